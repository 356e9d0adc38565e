"""A forest plot of findings within levels: every level of every pair, named, on one side, with the numbers printed."""

from __future__ import annotations

import io
from typing import Any

import pytest

import analytics as oc
from analytics.domain.finding import Findings
from analytics.show.figures import forest_levels, to_svg
from analytics.show.figures.canvas import WIDTH, width
from analytics.show.stories import evidence, group_stories


@pytest.fixture(scope="module")
def cohort() -> Any:
    return oc.cohort(oc.validate(oc.example(patients=120)))


def texts(picture: Any) -> list[str]:
    return [text.get_text() for text in picture.sheet.texts]


@pytest.mark.parametrize(
    ("outcome", "by"), [("texture_grade", "skin_type"), ("texture_grade", "age"), ("inflammatory_lesions", "age")]
)
def test_every_level_of_every_pair_has_a_row(cohort: Any, outcome: str, by: str) -> None:
    found = oc.compare(cohort, outcome=outcome, by=by)
    picture = oc.plot(found)
    label = cohort.vocabulary.columns[by].label
    levels = [population.partition("=")[2] for population in dict.fromkeys(found.frame["population"])]
    contrasts = found.frame["contrast"].nunique()
    assert len(levels) > 1
    for level in levels:
        assert texts(picture).count(f"{label}: {level}") == contrasts
        assert picture.alt.count(f"{label}: {level}") == contrasts
    assert sum(" v " in text for text in texts(picture)) == contrasts


def test_what_cannot_be_drawn_is_said_in_its_row(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="texture_grade", by="skin_type")
    without = found.frame[found.frame["status"] != "estimated"]
    assert len(without)
    said = [text for text in texts(oc.plot(found)) if text in ("cannot be compared", "too few patients")]
    assert len(said) >= len(without)


def test_a_pair_is_told_from_one_side_at_every_level(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="inflammatory_lesions", by="age")
    signs = found.frame.groupby("contrast")["estimate"].apply(lambda ratios: set(ratios > 1))
    assert signs.map(len).max() > 1, "the example no longer has levels with opposite answers"
    drawn = texts(oc.plot(found))
    turned = [text for text in drawn if text.startswith("\N{MINUS SIGN}") and "(" in text]
    assert len(turned) == sum(len(each) > 1 for each in signs)


def test_two_designs_are_both_drawn(cohort: Any) -> None:
    drawn = " ".join(texts(oc.plot(oc.compare(cohort, outcome="texture_grade"))))
    assert drawn.count("Patients with a single treatment") == 3
    assert drawn.count("Patients with different treatments on their sides") == 3


def test_numbers_of_two_kinds_stand_on_two_axes(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="inflammatory_lesions", by="age")
    frame = found.frame.copy()
    other = frame["population"] == frame["population"].iloc[0]
    frame.loc[other, ["measure", "estimate", "conf_low", "conf_high"]] = ["difference", -1.0, -2.0, 1.0]
    mixed = Findings(frame, found.arm_means, found.vocabulary, found.plan)
    one, two = (
        forest_levels(group_stories(evidence(value), "inflammatory_lesions", 12.0), stem="f")
        for value in (found, mixed)
    )
    arrows = [sum("after the first-named" in text for text in texts(picture)) for picture in (one, two)]
    assert arrows == [1, 2]
    assert [texts(two).count(f"Age: {level}") for level in ("18-33", "34-67")] == [3, 3]


def test_the_same_bytes_twice_and_nothing_outside(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="texture_grade")
    pictures = [oc.plot(found) for _ in range(2)]
    assert len({to_svg(picture, picture.name) for picture in pictures}) == 1
    pictures[0].savefig(io.BytesIO(), format="png")
    for text in pictures[0].sheet.texts:
        if text.get_text() and text.get_horizontalalignment() == "left":
            wide = width(text.get_text(), bold=text.get_fontweight() == "bold")
            assert text.get_position()[0] + wide <= WIDTH
