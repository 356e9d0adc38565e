"""Nothing but the counted repairs: of every accepted row each value is the text of its cell, read by a plain reader."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.domain.dataset import Sifted
from analytics.domain.errors import DataRefused
from analytics.intake.sift import sift
from analytics.sources.read import read

MAPPING = """
decimal: ","
separator: ";"
columns:
  patient_id: Id
  session_date: {from: Day, format: "%d.%m.%Y"}
  treatment: {from: Done, values: {dermal_roller: [Roller], chemical_peel: [Peel]}}
  side: Side
  roller_needle_mm: {from: Needle, unit: um}
  satisfaction_vas: {from: Happy, scale: [0, 10]}
  gais: {from: Change, scale: [1, 5], reverse: true}
  roughness_ra_um: Rough
  acne_iga: {from: Acne, values: {0: [clear], 2: [mild]}}
  rater_id: Rater
"""
POOL = {
    "Id": ["1", "2", " 3", "4 ", "e\u0301", ""],
    "Day": ["01.02.2024", " 02.02.2024", "03.02.2024", "31.02.2024"],
    "Done": ["Roller", "roller", " Roller", "", "dermal_roller", "Laser"],
    "Side": ["", "left", "LEFT ", "right", "port"],
    "Needle": ["", "500", " 1500", "1000,5", "9"],
    "Happy": ["", "3", "7,5", " 10", "11"],
    "Change": ["", "1", "4", "2,5"],
    "Rough": ["", "12,5", " 7", "+3,25", "1.5", ",5"],
    "Acne": ["", "3", "mild", " clear", "Mild", "1"],
    "Rater": ["a", "b ", "\tc"],
}
WORDS = {"roller": "dermal_roller", "peel": "chemical_peel", "dermal_roller": "dermal_roller"}
GRADES = {"clear": 0.0, "mild": 2.0}
NUMBERS = {
    "Needle": ("roller_needle_mm", "unit", lambda v: v / 1000),
    "Happy": ("satisfaction_vas", "rescale", lambda v: v * 10),
    "Change": ("gais", "rescale", lambda v: 6 - v),
    "Rough": ("roughness_ra_um", "", lambda v: v),
    "Acne": ("acne_iga", "", lambda v: v),
}
TEXTS = {"Id": "patient_id", "Done": "treatment", "Side": "side", "Rater": "rater_id"}
FOLDER: dict[str, Path] = {}


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    FOLDER["at"] = tmp_path_factory.mktemp("repairs")


def sifted(rows: list[tuple[str, ...]], mapping: str = MAPPING) -> Sifted | None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerows([POOL, *rows])
    path = FOLDER["at"] / "sessions.csv"
    path.write_text(stream.getvalue(), newline="", encoding="utf-8")
    try:
        return sift(read([path], [mapping]))
    except DataRefused:
        return None


def plain(header: str, text: str) -> tuple[object, list[tuple[str, str]]]:
    """What the cell means, and the repairs that it takes."""
    short = text.strip()
    name = TEXTS[header] if header in TEXTS else NUMBERS[header][0]
    done = [("trim", name)] if short != text and short else []
    if not short:
        return None, []
    if header in ("Id", "Rater"):
        meant = {"e\u0301": "\u00e9"}.get(short, short)
    elif header == "Done":
        meant = WORDS[short.lower()]
    elif header == "Side":
        meant = short.lower()
    elif short.lower() in GRADES:
        return GRADES[short.lower()], [*([] if header not in NUMBERS else done), ("synonym", name)]
    else:
        _, kind, convert = NUMBERS[header]
        done += [("decimal_comma", name)] * ("," in short) + [(kind, name)] * bool(kind)
        return convert(float(short.replace(",", "."))), done
    return meant, [*done, *([("synonym", name)] if meant != short else [])]


def check(rows: list[tuple[str, ...]]) -> None:
    found = sifted(rows)
    if found is None:
        return
    counted: Counter[tuple[str, str]] = Counter()
    for record in found.sessions.to_dict("records"):
        cells = dict(zip(POOL, rows[record["_row"] - 2]))
        day = cells["Day"].strip()
        assert record["session_date"] == pd.to_datetime(day, format="%d.%m.%Y")
        counted.update([("trim", "session_date")] * (day != cells["Day"]))
        for header, text in cells.items():
            if header == "Day":
                continue
            name = TEXTS[header] if header in TEXTS else NUMBERS[header][0]
            meant, done = plain(header, text)
            counted.update(done)
            value = record[name]
            assert (meant is None and pd.isna(value)) or value == pytest.approx(meant, abs=1e-9), (header, text)
    assert dict(found.repairs) == dict(counted)


@st.composite
def files(draw: st.DrawFn) -> list[tuple[str, ...]]:
    rng = random.Random(draw(st.integers(0, 2**32)))
    weights = {name: [4] * (len(texts) - 1) + [1] for name, texts in POOL.items()}
    return [tuple(rng.choices(POOL[n], weights[n])[0] for n in POOL) for _ in range(draw(st.integers(1, 25)))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_every_accepted_value_is_its_text_after_the_counted_repairs(rows: list[tuple[str, ...]]) -> None:
    check(rows)


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_every_accepted_value_in_many_files(rows: list[tuple[str, ...]]) -> None:
    check(rows)


def test_every_kind_of_repair_is_counted_by_column() -> None:
    rows = [
        ("1 ", "01.02.2024", "roller", "LEFT", "500", "7,5", "1", "12,5", "mild", "a"),
        ("1", "01.02.2024", "", "left", "", "5", "", "13,5", "mild", "a"),
        ("2", "02.02.2024", "", "", "", "", "", "7", "", "b"),
    ]
    found = sifted(rows, MAPPING + "replicates: mean\n")
    assert found is not None
    assert dict(found.repairs) == {
        ("trim", "patient_id"): 1, ("synonym", "treatment"): 1, ("synonym", "side"): 1, ("synonym", "acne_iga"): 2,
        ("unit", "roller_needle_mm"): 1, ("rescale", "satisfaction_vas"): 2, ("rescale", "gais"): 1,
        ("decimal_comma", "satisfaction_vas"): 1, ("decimal_comma", "roughness_ra_um"): 2,
        ("averaged", "roughness_ra_um"): 2, ("averaged", "satisfaction_vas"): 2,
    }  # fmt: skip
    assert found.sessions["roughness_ra_um"].dropna().tolist() == [13.0, 7.0]
    assert found.sessions["satisfaction_vas"].dropna().tolist() == [62.5]


def test_repairs_of_rows_set_aside_are_not_counted() -> None:
    found = sifted([(" 1", "01.02.2024", "Laser", "", "", "", "", "", "", "a"),
                    ("2", "01.02.2024", "", "", "", "", "", "1", "", "a")])  # fmt: skip
    assert found is not None
    assert dict(found.repairs) == {}
