"""The manual of the words: one drawn interval per paragraph, and what a director reads.

-1.0       -0.5        0        +0.5       +1.0      grade points more improvement after peel
  |----------|---------|----------|----------|       (half a point is the least a patient would notice)
"""

from __future__ import annotations

from typing import Any

from run_by_hand import ARMS, MDA, PAIRS, PEEL, failed, pair, run

from analytics.show.runs import words
from analytics.show.stories import story
from analytics.show.words import headline, outcome_sentence, small_line, tag


def interval(low: float, high: float, **changes: Any) -> dict[str, Any]:
    """Peel against microdermabrasion: from ``low`` to ``high`` grade points more improvement (lower is better)."""
    ends = {"conf_low_adjusted": -high, "conf_high_adjusted": -low, "conf_low": -high, "conf_high": -low}
    verdicts = {
        (0.6, 1.4): "better_meaningful", (0.4, 1.4): "better", (0.1, 0.4): "better_small", (-0.3, 0.2): "equivalent",
        (-0.2, 1.0): "not_shown_loss_excluded", (-1.0, 0.2): "not_shown_gain_excluded", (-0.8, 0.9): "not_shown",
        (-1.4, -0.4): "worse", (0.4996, 1.4): "better",
    }  # fmt: skip
    made = pair("texture_grade", (PEEL, MDA), round(-(low + high) / 2, 4), 0.2)
    return {**made, **ends, "verdict": verdicts[low, high], **changes}


def read(*rows: dict[str, Any], **changes: Any) -> str:
    made = run(list(rows), arms=(MDA, PEEL), primary=("texture_grade",), secondary=(), **changes)
    return words(outcome_sentence(story(made, "texture_grade"))).replace("\u00a0", " ")


def test_better_and_meaningful() -> None:
    """|--+====*======|          the whole interval beyond the least"""
    assert read(interval(0.6, 1.4)) == (
        "By week 12, texture had improved by 1.0 grade points more after chemical peel than after microdermabrasion "
        "(likely between 0.6 and 1.4 more). Even the low end is something a patient would notice (0.5 grade "
        "points or more)."
    )


def test_better_of_uncertain_size() -> None:
    assert read(interval(0.4, 1.4)) == (
        "By week 12, texture had improved by 0.9 grade points more after chemical peel than after microdermabrasion "
        "(likely between 0.4 and 1.4 more). There is an advantage; whether a patient would notice it is open "
        "(the least is "
        "taken to be 0.5 grade points)."
    )


def test_better_but_too_little() -> None:
    assert read(interval(0.1, 0.4)) == (
        "By week 12, texture had improved slightly more after chemical peel than after microdermabrasion, by "
        "0.25 grade "
        "points (likely between 0.10 and 0.40 more): less than a patient would notice (0.5 grade points)."
    )


def test_about_equal() -> None:
    assert read(interval(-0.3, 0.2)) == (
        "By week 12, texture had done about equally well after microdermabrasion and after chemical peel: any "
        "difference is "
        "smaller than a patient would notice (0.5 grade points); the data fit anything from 0.20 grade points "
        "more after "
        "chemical peel to 0.30 grade points more after microdermabrasion."
    )


def test_a_noticeable_loss_is_excluded() -> None:
    assert read(interval(-0.2, 1.0)).startswith(
        "No difference shown by week 12. Chemical peel may be noticeably better than microdermabrasion, hardly "
        "noticeably "
        "worse: the data fit anything from 0.2 grade points more after microdermabrasion to 1.0 grade points "
        "more after "
        "chemical peel."
    )


def test_a_noticeable_gain_is_excluded_is_told_from_the_other_side() -> None:
    assert read(interval(-1.0, 0.2)).startswith(
        "No difference shown by week 12. Microdermabrasion may be noticeably better than chemical peel"
    )


def test_too_uncertain_names_the_patients_needed() -> None:
    assert read(interval(-0.8, 0.9)) == (
        "By week 12, it is too uncertain to say: the data fit anything from 0.80 grade points more after "
        "microdermabrasion "
        "to 0.90 grade points more after chemical peel. To find a difference of 0.5 grade points, about 140 "
        "patients per "
        "group are needed."
    )


def test_worse_is_told_from_the_better_side() -> None:
    assert "more after microdermabrasion than after chemical peel" in read(interval(-1.4, -0.4))


def test_a_digit_more_where_rounding_would_reach_what_a_patient_notices() -> None:
    assert "(likely between 0.4996 and 1.4 more)" in read(interval(0.4996, 1.4))


def test_drawn_by_lot() -> None:
    assert read(interval(0.6, 1.4), randomised=True).startswith(
        "By week 12, chemical peel had improved texture by 1.0 grade points more than microdermabrasion (likely between"
    )


def test_three_treatments_in_one_answer() -> None:
    made = run()
    each = story(made, "texture_grade")
    assert words(tag(each).runs) == "▲ peel better"
    assert words(small_line(each)).replace("\u00a0", " ") == (
        "Roller: not told apart from either. 322 of 440 patients seen at week 12."
    )
    assert words(headline(made)) == (
        "Texture improved more after chemical peel than after microdermabrasion. For breakouts no difference was shown."
    )


def test_nothing_shown_in_three_treatments() -> None:
    assert words(outcome_sentence(story(run(), "inflammatory_lesions"))).replace("\u00a0", " ") == (
        "By week 12, no difference in breakouts was shown between the three treatments: any is likely smaller "
        "than 43 %; a "
        "difference that a patient would notice (20 %) is not ruled out. To find a difference of 20 %, about "
        "280 patients "
        "per group are needed."
    )


def test_what_could_not_be_compared() -> None:
    each = story(run(), "absorbed_percent")
    assert words(outcome_sentence(each)).replace("\u00a0", " ") == (
        "Cannot be compared: it was measured in 36 patients at week 12; measured at other hours."
    )
    assert words(tag(each).runs) == "? cannot be compared"


def test_an_arm_of_four_patients() -> None:
    rows = [pair("texture_grade", c, -0.9, 0.2, n={MDA: 30, PEEL: 4, ARMS[2]: 25}) for c in PAIRS]
    each = story(run(rows), "texture_grade")
    assert each.lead is not None
    assert PEEL not in (each.lead.ahead, each.lead.behind)
    assert "Peel and microdermabrasion: too few patients to judge." in words(small_line(each))


def test_nobody_had_it() -> None:
    seen = run().tables["visits"].assign(seen=0)
    made = run([failed("absorbed_percent", c) for c in PAIRS], tables={"visits": seen})
    assert words(outcome_sentence(story(made, "absorbed_percent"))).replace("\u00a0", " ") == (
        "Cannot be compared: nobody had it measured at week 12."
    )
