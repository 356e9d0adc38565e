"""Figures among others, in other colours and as files: without pyplot, once, with fixed bytes and alt text."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

import analytics as oc
from analytics.domain.errors import UsageError
from analytics.show.figures import to_svg
from analytics.show.figures.canvas import COLOURS, INK, PAPER, WIDTH, width

ROOT = Path(__file__).resolve().parents[3]
KINDS = ("findings", "cohort", "fit", "power", "ratio", "share")


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    cohort = oc.cohort(oc.validate(oc.example(patients=60)))
    readings = oc.readings(cohort, outcome="texture_grade")
    return {
        "findings": oc.compare(cohort, outcome="texture_grade"), "cohort": cohort,
        "fit": oc.fit_mmrm("change ~ arm * week", readings, subject="patient", visit="week"),
        "power": oc.power(cohort, outcome="texture_grade"),
        "ratio": oc.power(cohort, outcome="roughness_ra_um", difference=0.9),
        "share": oc.power(cohort, outcome="acne_iga", difference=0.3),
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_one_picture_with_words_for_it(values: dict[str, Any], kind: str) -> None:
    bundle = oc.plot(values[kind])._repr_mimebundle_()
    assert bundle["text/html"].count("<img") == 1
    assert len(bundle["text/plain"]) > 40
    assert "alt=" in bundle["text/html"]
    assert "style=" not in bundle["text/html"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_files_have_the_same_bytes_twice(values: dict[str, Any], kind: str, form: str) -> None:
    made = [io.BytesIO(), io.BytesIO()]
    for target in made:
        oc.plot(values[kind]).savefig(target, format=form)
    assert made[0].getvalue() == made[1].getvalue()
    assert len(made[0].getvalue()) > 1000


def test_a_file_by_name_is_the_picture_of_the_report(values: dict[str, Any], tmp_path: Path) -> None:
    picture = oc.plot(values["findings"])
    picture.savefig(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text() == to_svg(picture, picture.name)


@pytest.mark.parametrize("kind", KINDS)
def test_on_axes_of_somebody_else(values: dict[str, Any], kind: str) -> None:
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    assert oc.plot(values[kind], ax=left) is figure
    alone = oc.plot(values[kind]).sheet
    assert [text.get_text() for text in left.texts] == [text.get_text() for text in alone.texts]
    assert len(left.lines) == len([one for one in alone.get_children() if type(one).__name__ == "Line2D"])
    ratio = left.texts[0].get_fontsize() / alone.texts[0].get_fontsize()
    assert 0.3 < ratio < 1.2
    assert not right.texts
    figure.savefig(io.BytesIO(), format="png")


def test_a_smaller_place_has_smaller_letters(values: dict[str, Any]) -> None:
    sizes = []
    for inches in (4, 8):
        figure = Figure(figsize=(inches, inches))
        oc.plot(values["power"], ax=figure.subplots())
        sizes.append(figure.axes[0].texts[0].get_fontsize())
    assert sizes[1] == pytest.approx(2 * sizes[0])


def test_other_colours(values: dict[str, Any]) -> None:
    plain = to_svg(oc.plot(values["cohort"]), "t")
    dark = to_svg(oc.plot(values["cohort"], theme={"paper": "black", "ink": "white", "arms": ["cyan", "orange"]}), "t")
    assert PAPER in plain
    assert {COLOURS[0], COLOURS[1], INK} <= {c for c in (COLOURS[0], COLOURS[1], INK) if c in plain}
    assert not [colour for colour in (COLOURS[0], COLOURS[1], INK) if colour in dark]
    assert "#00ffff" in dark
    assert COLOURS[2] in dark
    with pytest.raises(UsageError, match="A theme has no 'inks'"):
        oc.plot(values["cohort"], theme={"inks": "red"})
    with pytest.raises(UsageError, match="is no colour"):
        oc.plot(values["cohort"], theme={"ink": "skin"})
    with pytest.raises(UsageError, match="axes of matplotlib"):
        oc.plot(values["cohort"], ax="left")


@pytest.mark.parametrize("kind", ["power", "ratio", "share"])
def test_words_of_the_power_figure_stay_on_the_sheet_and_apart(values: dict[str, Any], kind: str) -> None:
    svg = ElementTree.fromstring(to_svg(oc.plot(values[kind]), "p"))
    boxes = []
    for element in svg.iter("{http://www.w3.org/2000/svg}text"):
        size, x, y = (float(element.attrib[name]) for name in ("font-size", "x", "y"))
        room = width(element.text or "", size)
        left = x - {"start": 0.0, "middle": room / 2, "end": room}[element.attrib.get("text-anchor", "start")]
        boxes.append((element.text, left, left + room, y - 0.75 * size, y))
    for text, left, right, _, _ in boxes:
        assert -1 <= left < right <= WIDTH + 1, text
    for at, one in enumerate(boxes):
        for two in boxes[at + 1 :]:
            apart = one[2] <= two[1] or two[2] <= one[1] or one[4] <= two[3] or two[4] <= one[3]
            assert apart, (one[0], two[0])


def test_pyplot_is_never_loaded() -> None:
    code = (
        "import analytics as oc, sys; c = oc.cohort(oc.validate(oc.example(patients=60)));"
        "oc.plot(c)._repr_mimebundle_(); oc.plot(oc.compare(c, outcome='texture_grade'))._repr_mimebundle_();"
        "oc.plot(oc.power(c, outcome='texture_grade'))._repr_mimebundle_(); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "False"
