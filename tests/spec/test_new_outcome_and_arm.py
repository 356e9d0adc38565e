"""An outcome and an arm that a mapping adds are validated, analysed, plotted and documented like the house's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import analytics as oc
from analytics.domain.mapping import load_mapping
from schemas.dictionary import lines
from schemas.standard import STANDARD

MAPPING = """
columns: {patient_id: who, session_date: when, treatment: what, glow: Glow}
treatments: {led_mask: {label: LED mask, definition: Red light for ten minutes.}}
outcomes:
  glow:
    {label: Glow, domain: texture, kind: continuous, range: [0, 20], step: 1, direction: higher, unit: points,
     definition: How much the skin shines, meaningful_difference: {difference: 2}}
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    (tmp_path / "m.yml").write_text(MAPPING)
    return tmp_path / "m.yml"


@pytest.fixture
def sifted(tmp_path: Path, mapping: Path):
    rng = np.random.default_rng(2)
    rows = ["who,when,what,Glow"]
    for i in range(40):
        arm, gain = ("led_mask", 4) if i % 2 else ("chemical_peel", 0)
        start = int(rng.integers(3, 9))
        rows += [f"P{i},2026-01-05,{arm},{start}", f"P{i},2026-03-30,,{start + gain + int(rng.integers(0, 3))}"]
    rows += ["P0,2026-03-31,,25"]
    (tmp_path / "glow.csv").write_text("\n".join(rows) + "\n")
    return oc.validate(oc.read(tmp_path / "glow.csv", mapping=mapping))


def test_it_is_validated_by_its_own_range(sifted) -> None:
    (fault,) = sifted.quarantine.to_dict("records")
    assert (fault["rule"], fault["column"], fault["value"], fault["row"]) == ("range", "Glow", "25", 82)
    assert "0 to 20" in fault["must"]


def test_it_is_analysed_with_its_direction_and_meaning(sifted) -> None:
    found = oc.analyse(sifted).tables["findings"]
    (row,) = found[found["analysis"] == "primary"].to_dict("records")
    assert (row["outcome"], row["contrast"]) == ("glow", "led_mask v chemical_peel")
    assert row["method"] == "ancova"
    assert 3 < row["estimate"] < 5
    assert row["verdict"] == "better_meaningful"


def test_it_is_told_and_drawn(sifted) -> None:
    run = oc.analyse(sifted)
    words = repr(oc.section(run, "page_one"))
    assert "LED mask" in words
    assert "glow" in words.lower()
    figure = oc.plot(oc.compare(oc.cohort(sifted), outcome="glow"))
    assert "svg" in str(figure._repr_mimebundle_())


def test_it_is_documented_and_nothing_global_changed(mapping: Path) -> None:
    vocabulary = load_mapping(mapping).vocabulary(STANDARD)
    assert any("glow" in line for line in lines("outcomes", vocabulary))
    assert any("led_mask" in line for line in lines("treatments", vocabulary))
    assert "glow" not in STANDARD.outcomes
    assert "led_mask" not in STANDARD.treatments
