"""Figures: fixed bytes, clean SVG, drawn from the printed numbers, told apart without colour, on any label."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from run_by_hand import ARMS, MDA, PAIRS, PEEL, pair, run

from analytics.show.figures import Picture, forest, to_svg, trajectory
from analytics.show.figures.canvas import COLOURS, DASHES, MARKERS, SMALL, WIDTH, fitted, width
from analytics.show.figures.scale import linear, logarithmic
from analytics.show.figures.trajectory import spread
from analytics.show.series import measured, series
from analytics.show.stories import evidence, story
from schemas.standard import STANDARD
from schemas.vocabulary import Treatment

ROOT = Path(__file__).resolve().parents[3]
OUTCOMES = ("texture_grade", "inflammatory_lesions", "roughness_ra_um", "acne_iga", "melanin_index")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(outcome: str = "texture_grade", **changes) -> str:
    picture = forest(story(run(**changes), outcome), stem=f"forest-{outcome}")
    assert picture is not None
    return to_svg(picture, picture.name)


def course(outcome: str = "texture_grade", **changes) -> str:
    source = evidence(run(**changes))
    lines = series(source, source.outcome(outcome), "all")
    assert lines is not None
    picture = trajectory(source, lines, stem=f"trajectory-{outcome}")
    return to_svg(picture, picture.name)


ALL = [*(("forest", o) for o in OUTCOMES), ("trajectory", "texture_grade"), ("trajectory", "inflammatory_lesions")]


def svg_of(kind: str, outcome: str) -> str:
    return drawn(outcome) if kind == "forest" else course(outcome)


def texts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize(("kind", "outcome"), ALL)
def test_the_svg_is_clean(kind: str, outcome: str) -> None:
    svg = svg_of(kind, outcome)
    root = ElementTree.fromstring(svg)
    assert "<style" not in svg
    assert "style=" not in svg
    assert "<script" not in svg
    assert "<metadata" not in svg
    assert "matplotlib" not in svg.lower()
    assert "20" not in root.attrib.get("date", "")
    assert not re.search(r"https?://(?!www\.w3\.org/(2000/svg|1999/xlink))", svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    assert root.attrib["viewBox"].split()[2] == str(WIDTH)
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    assert all(i.startswith(f"{kind}-{outcome}-") for i in ids)
    used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
    assert {a or b for a, b in used} <= set(ids)


@pytest.mark.parametrize(("kind", "outcome"), ALL)
def test_nothing_leaves_the_sheet_in_the_widest_usual_font(kind: str, outcome: str) -> None:
    for element in texts(svg_of(kind, outcome)):
        room = width(
            element.text or "", float(element.attrib["font-size"]), bold=element.attrib.get("font-weight") == "700"
        )
        x, anchor = float(element.attrib["x"]), element.attrib.get("text-anchor", "start")
        left = x - {"start": 0.0, "middle": room / 2, "end": room}[anchor]
        assert left >= -1, element.text
        assert left + room <= WIDTH + 1, element.text
        assert float(element.attrib["font-size"]) >= SMALL, "smaller is not readable on a telephone"


@pytest.mark.parametrize(("kind", "outcome"), ALL)
def test_own_white_ground(kind: str, outcome: str) -> None:
    first = next(ElementTree.fromstring(svg_of(kind, outcome)).iter(f"{SVG}path"))
    assert first.attrib["fill"] == "#ffffff"


def test_bytes_are_fixed_over_processes_settings_and_hash_seeds(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(
        "lines.linewidth: 9\nfont.size: 30\nsvg.fonttype: path\ntext.usetex: False\n"
    )
    code = (
        "import sys; sys.path.insert(0, 'tests/unit/show'); import test_figures as t;"
        "sys.stdout.write(t.drawn() + t.course())"
    )
    made = []
    for seed, folder, zone in (("0", "", "UTC"), ("7", str(tmp_path), "Asia/Kolkata")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        env |= {"MATPLOTLIBRC": folder} if folder else {}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, check=True
        )
        made.append(done.stdout)
    assert made[0] == made[1] == drawn() + course()


def dots(svg: str) -> list[float]:
    """Where the markers of a figure stand, in units of the sheet."""
    return [float(e.attrib["x"]) for e in ElementTree.fromstring(svg).iter(f"{SVG}use")]


def test_figures_are_drawn_from_the_printed_numbers() -> None:
    """Two estimates that print alike are drawn alike: a figure gives back no digit that is not printed."""
    rows = [[pair("texture_grade", PAIRS[0], estimate, 0.2)] for estimate in (-0.912, -0.908)]
    made = [drawn(rows=r, arms=(MDA, PEEL)) for r in rows]
    assert made[0] == made[1]
    other = drawn(rows=[pair("texture_grade", PAIRS[0], -1.1, 0.2)], arms=(MDA, PEEL))
    assert dots(other) != dots(made[0])


def test_better_lies_to_the_right_whatever_the_direction() -> None:
    for outcome, estimate in (("texture_grade", -0.9), ("hydration_au", 6.0)):
        made = story(
            run([pair(outcome, PAIRS[0], estimate, abs(estimate) / 5)], primary=(outcome,), secondary=()), outcome
        )
        picture = forest(made, stem="f")
        assert picture is not None
        svg = to_svg(picture, "f")
        zero = min(float(m) for m in re.findall(r'd="M ([\d.]+) 40[\d. ]*L \1 58', svg))
        assert dots(svg)[0] > zero, outcome
        assert "more improvement after the first-named →" in svg


def test_filled_and_hollow_dots_tell_shown_from_not_shown() -> None:
    picture = forest(story(run(), "texture_grade"), stem="f")
    assert picture is not None
    faces = [line.get_markerfacecolor() for line in picture.sheet.lines if line.get_marker() == "o"]
    assert len(set(faces)) == 2


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def lightness(colour: str) -> float:
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


# Simulated dichromats (Machado, Oliveira and Fernandes 2009, severity 1), applied to linear RGB.
BLINDNESS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    linear_parts = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    made = [max(0.0, min(1.0, sum(m * v for m, v in zip(line, linear_parts)))) ** (1 / 2.2) for line in matrix]
    return made[0], made[1], made[2]


def test_the_first_three_colours_survive_colour_blindness_and_greyscale() -> None:
    for one, two in combinations(COLOURS[:3], 2):
        assert abs(lightness(one) - lightness(two)) > 10, "the same grey"
        for name, matrix in BLINDNESS.items():
            distance = sum((x - y) ** 2 for x, y in zip(seen(one, matrix), seen(two, matrix))) ** 0.5
            assert distance > 0.2, f"{one} and {two} look alike to a {name}"
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in COLOURS), "too pale on white"


def test_colour_is_never_alone() -> None:
    assert len(set(MARKERS)) == len(COLOURS) == len({str(d) for d in DASHES})


def test_numbers_of_patients_stand_under_the_axis() -> None:
    found = [e.text for e in texts(course())]
    assert "patients seen:" in found
    for count in ("203", "141", "96"):
        assert count not in found, "the start counts readings before the first session, not members"
    assert {"149", "104", "69", "190", "130", "84"} <= set(found)


def test_long_and_hostile_labels_stay_on_the_sheet() -> None:
    label = 'Extra $long$ <b>"name"</b> & 猫 مرحبا of a treatment that nobody wanted to shorten' + "\x07"
    vocabulary = STANDARD.with_treatment(Treatment(PEEL, label, label, "x"))
    for svg in (drawn(vocabulary=vocabulary), course(vocabulary=vocabulary)):
        root = ElementTree.fromstring(svg)
        shown = "".join(e.text or "" for e in root.iter(f"{SVG}text"))
        assert "Extra" in shown
        assert "<b>" not in svg
        for element in root.iter(f"{SVG}text"):
            assert width(element.text or "", float(element.attrib["font-size"])) <= WIDTH


def test_many_arms_and_visits_fit() -> None:
    arms = tuple(f"arm_{k}" for k in "abcdefgh")
    vocabulary = STANDARD
    for arm in arms:
        vocabulary = vocabulary.with_treatment(Treatment(arm, arm.title(), arm.title(), "x"))
    n = dict.fromkeys(arms, 20)
    rows = [pair("texture_grade", (b, a), -0.3, 0.2, n=n) for a, b in combinations(arms, 2)]
    picture = forest(story(run(rows, vocabulary=vocabulary, arms=arms), "texture_grade"), stem="f")
    assert picture is not None
    assert to_svg(picture, "f").count("<text") > 50


def test_a_story_without_a_pair_is_not_drawn() -> None:
    assert forest(story(run(), "absorbed_percent"), stem="f") is None
    source = evidence(run())
    assert series(source, source.outcome("absorbed_percent"), "all") is None


def test_medians_are_drawn_where_nothing_was_fitted() -> None:
    source = evidence(run())
    lines = measured(source, source.outcome("elasticity_r2"), "all")
    assert lines is not None
    assert lines.visits == (0.0, 4.0, 8.0, 12.0)
    assert "Median" in to_svg(trajectory(source, lines, stem="t"), "t")


def test_a_picture_shows_once_and_without_pyplot() -> None:
    code = "import sys, matplotlib; import analytics.show.figures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "False"
    picture = forest(story(run(), "texture_grade"), stem="f")
    assert isinstance(picture, Picture)
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    found = re.fullmatch(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)">', bundle["text/html"])
    assert found is not None
    assert found[2].startswith("Texture")
    assert base64.b64decode(found[1]).decode() == to_svg(picture, "f")


def test_axes_reach_over_all_values_and_have_round_ticks() -> None:
    axis = linear([-0.3, 1.4, 0.0], 0, 100, signed=True)
    assert [text for _, text in axis.ticks] == ["−0.5", "0", "+0.5", "+1.0", "+1.5"]
    assert axis.place(-0.5) == 0
    assert axis.place(1.5) == 100
    assert len(linear([5.0, 5.0], 0, 1).ticks) >= 2, "no variation still has an axis"
    ratios = logarithmic([0.6, 1.0, 1.3], 0, 100, label=str)
    assert ratios.place(0.6) > 0
    assert ratios.place(1.3) < 100
    assert [ratio for ratio, _ in ratios.ticks] == [0.8, 1.0, 1.25]
    assert ratios.place(0.8) - ratios.place(1.0) == pytest.approx(ratios.place(1.0) - ratios.place(1.25))


@pytest.mark.parametrize("wanted", [[10.0, 11.0, 12.0], [98.0, 99.0, 100.0], [0.0, 0.0, 0.0], [5.0, 50.0, 95.0]])
def test_labels_are_moved_apart_within_the_plot(wanted: list[float]) -> None:
    places = spread(wanted, 14, 0, 100)
    assert all(b - a >= 14 - 1e-9 for a, b in pairwise(places))
    assert places[0] >= 0
    assert places[-1] <= 100


def test_fitting_cuts_only_what_is_too_wide() -> None:
    assert fitted("Peel", 100) == "Peel"
    assert fitted("Microdermabrasion", 50).endswith("…")
    assert width(fitted("Microdermabrasion", 50)) <= 50
    assert len(ARMS) == 3
