"""Every verdict x measure x direction x design becomes a sentence, the same from whichever side it is written."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re

import pytest
from run_by_hand import MDA, PAIRS, PEEL, failed, pair, run
from verdict_rows import SIZES, SPANS, a_run, outcome, row, swapped, told

from analytics.domain.finding import VERDICTS
from analytics.show.orient import MIRROR, margin_of, toward
from analytics.show.runs import words
from analytics.show.stories import story
from analytics.show.words import headline, outcome_sentence, sentence, small_line, tag
from schemas.standard import STANDARD
from schemas.vocabulary import Threshold

# What a director must never read, in any sentence.
BANNED = re.compile(
    r"significan|\btrend|\beffects?\b|\bCI\b|\bp\b|\bodds ratio|confidence|[α-ωΑ-Ω]|nan\b|(?-i:None)", re.IGNORECASE
)
MATRIX = list(itertools.product(SPANS, SIZES, ("lower", "higher", "none"), (False, True)))


@pytest.mark.parametrize(("verdict", "measure", "direction", "randomised"), MATRIX)
def test_every_verdict_has_a_sentence_that_says_it(
    verdict: str, measure: str, direction: str, randomised: bool
) -> None:
    entry = outcome(measure, direction)
    text = told(row(verdict, measure, direction), entry, randomised=randomised)
    assert text.endswith(".")
    assert not BANNED.search(text), text
    assert "−" not in text, f"a sentence says which way, it bears no sign: {text}"
    expected = MIRROR.get(verdict, verdict)
    marks = {
        "better_meaningful": "Even the low end is something a patient would notice",
        "better": "would notice it is open",
        "better_small": "less than a patient would notice", "equivalent": "about equally well",
        "not_shown_loss_excluded": "may be noticeably better", "not_shown": "too uncertain to say",
    }  # fmt: skip
    assert marks[expected] in text, text
    ahead, behind = (
        ("microdermabrasion", "chemical peel") if verdict in MIRROR else ("chemical peel", "microdermabrasion")
    )
    if expected in ("better", "better_small", "better_meaningful"):
        assert text.lower().index(ahead) < text.lower().index(behind), text


@pytest.mark.parametrize(("verdict", "measure", "direction", "randomised"), MATRIX)
def test_the_sentence_is_the_same_from_both_sides(verdict: str, measure: str, direction: str, randomised: bool) -> None:
    entry, rows = outcome(measure, direction), row(verdict, measure, direction)
    other = [swapped(one) for one in rows]
    if verdict in ("equivalent", "not_shown") and abs(sum(SPANS[verdict])) < 1e-9:
        pytest.skip("no side is ahead")
    assert told(rows, entry, randomised=randomised) == told(other, entry, randomised=randomised)


def test_the_matrix_holds_every_verdict() -> None:
    assert set(SPANS) | {"not_estimable"} == set(VERDICTS)


@pytest.mark.parametrize("direction", ["lower", "higher"])
def test_what_was_not_randomised_is_told_as_after(direction: str) -> None:
    text = told(row("better", "difference", direction), outcome("difference", direction))
    assert "improved by" in text
    assert "after chemical peel than after microdermabrasion" in text
    randomised = told(row("better", "difference", direction), outcome("difference", direction), randomised=True)
    assert "chemical peel had improved" in randomised
    assert "after" not in randomised


def test_without_a_direction_nothing_is_better() -> None:
    made = a_run(row("better", "difference", "none"), outcome("difference", "none"))
    text = words(outcome_sentence(story(made, "marks"))) + words(tag(story(made, "marks")).runs) + words(headline(made))
    assert "higher after chemical peel than after microdermabrasion" in text
    assert "better" not in text
    assert "improved" not in text
    assert "advantage" not in text


@pytest.mark.parametrize("measure", list(SIZES))
@pytest.mark.parametrize("direction", ["lower", "higher"])
def test_an_outcome_without_a_start_does_not_improve(measure: str, direction: str) -> None:
    made = a_run(row("better", measure, direction), outcome(measure, direction, baseline="none"))
    text = words(outcome_sentence(story(made, "marks"))) + words(headline(made))
    assert "improved" not in text
    assert text.startswith("At week")


@pytest.mark.parametrize("measure", list(SIZES))
def test_without_an_agreed_size_the_sentence_says_so(measure: str) -> None:
    entry = outcome(measure, "lower", sized=False)
    text = told([{**one, "verdict": one["verdict"] and "better"} for one in row("better", measure, "lower")], entry)
    assert "has not been agreed" in text


def test_ratios_are_told_in_percent_and_never_as_ratios() -> None:
    text = told(row("better", "rate_ratio", "lower"), outcome("rate_ratio", "lower"))
    # low 0.4 and high 1.6 of the meaningful ratio 0.8 are ratios 0.915 and 0.700, middle 0.8
    assert "20 % fewer marks were counted (likely between 9 % and 30 % fewer)" in text.replace("\u00a0", " ")


def test_an_ordinal_outcome_is_told_in_patients_out_of_a_hundred() -> None:
    text = told(row("better", "odds_ratio", "lower"), outcome("odds_ratio", "lower"))
    assert (
        "in 56 of 100 pairs made of a patient from each group, the patient after chemical peel did better"
        in text.replace("\u00a0", " ")
    )
    assert "(likely between 52 and 60; 50 would mean no difference)" in text


def test_an_arm_under_the_minimum_cell_gets_no_verdict() -> None:
    rows = [{**one, "n_arm": 4} for one in row("better_meaningful", "difference", "lower")]
    made = a_run(rows, outcome("difference", "lower"))
    each = story(made, "marks")
    text = words(outcome_sentence(each))
    assert each.answer == "few"
    assert text.startswith("Too few patients to judge: 4 after chemical peel and 149 after microdermabrasion")
    assert "improved" not in text
    assert "too few" in words(tag(each).runs)
    assert words(headline(made)) == "There are too few patients to compare the treatments."


@pytest.mark.parametrize(
    ("status", "notes", "expected"),
    [("not_estimable", "fewer than 10 patients per arm", "fewer than 10 patients per arm"),
     ("did_not_converge", "", "did not settle on an answer"), ("suppressed", "", "too few patients to show"),
     ("not_estimable", "", "there was nothing to compare")],
)  # fmt: skip
def test_what_could_not_be_compared_says_why(status: str, notes: str, expected: str) -> None:
    rows = [{**failed("texture_grade", (PEEL, MDA), status=status, notes=notes), "outcome": "marks"}]
    made = a_run(rows, outcome("difference", "lower"))
    assert expected in words(outcome_sentence(story(made, "marks")))
    few = status == "suppressed"
    told = "There are too few patients to compare the treatments." if few else "The treatments could not be compared."
    assert words(headline(made)) == told


def test_two_baseline_models_that_disagree_are_both_told() -> None:
    main = {**row("better", "difference", "lower")[0], "verdict": "not_shown", "notes": "depends on the baseline model"}
    beside = {
        **row("worse", "difference", "lower")[0],
        "analysis": "sensitivity",
        "adjustment": "change_score",
        "verdict": "",
    }
    made = a_run([main, beside], outcome("difference", "lower"))
    text = words(outcome_sentence(story(made, "marks")))
    assert text.startswith("The answer depends on how the starting condition is allowed for.")
    assert "Between patients who started alike" in text
    assert "counting only the change since the start" in text
    assert "the answer depends" in words(headline(made))
    assert "improved" not in text


@pytest.mark.parametrize(
    ("adjustment", "said"),
    [("covariates", "Between patients who started alike"), ("change_score", "Counting only the change since the start"),
     ("none", "With nothing allowed for")],
)  # fmt: skip
def test_a_baseline_model_that_stands_alone_tells_its_own_numbers_only(adjustment: str, said: str) -> None:
    note = {"verdict": "not_shown", "notes": "depends on the baseline model", "adjustment": adjustment}
    text = words(outcome_sentence(story(a_run([{**row("better", "difference", "lower")[0], **note}],
                                              outcome("difference", "lower")), "marks")))  # fmt: skip
    assert f". {said}, the data fit " in text
    assert text.count("anything from") == 1
    assert text.endswith("another usual way of allowing for it gives another answer.")


def test_secondary_findings_are_descriptive_and_late_questions_exploratory() -> None:
    blank = {"conf_low_adjusted": math.nan, "conf_high_adjusted": math.nan}
    rows = [{**one, **blank, "analysis": "secondary"} for one in row("better", "difference", "lower")]
    assert told(rows, outcome("difference", "lower")).startswith("Descriptive: by week\u00a012, ")
    rows = [{**one, **blank, "analysis": "exploratory"} for one in row("better", "difference", "lower")]
    assert told(rows, outcome("difference", "lower")).startswith("Exploratory, asked after the plan: by week\u00a012, ")


def test_turning_and_margins() -> None:
    assert toward("difference", "lower") == ("negate",)
    assert toward("difference", "lower", swapped=True) == ()
    assert toward("rate_ratio", "lower", swapped=True) == ("invert", "percent_less")
    assert toward("win_probability", "lower") == ("hundred",), "a win probability already means better"
    below, above = (margin_of("rate_ratio", dataclasses.replace(outcome("rate_ratio", "lower"), meaningful_difference={
        "rate_ratio": Threshold(size, "s")}), run().plan) for size in (0.8, 1.25))  # fmt: skip
    assert below is not None
    assert above is not None
    assert below.number.text == above.number.text == "20"


def test_three_treatments_best_of_all_and_the_pairs_beside() -> None:
    entry = outcome("difference", "lower")
    rows = [row("better_meaningful", "difference", "lower", PAIRS[0])[0], row("better_small", "difference", "lower",
    PAIRS[1])[0],
            row("worse", "difference", "lower", PAIRS[2])[0]]  # fmt: skip
    made = run(rows, vocabulary=STANDARD.with_outcome(entry), primary=("marks",), secondary=())
    assert words(headline(made)) == "Marks on skin improved most after chemical peel."
    small = words(small_line(story(made, "marks")))
    assert "Also better after chemical peel than after dermal roller" in small
    assert "Also better after dermal roller than after microdermabrasion" in small


def test_three_treatments_nothing_shown_gives_the_widest_limit() -> None:
    entry = outcome("difference", "lower")
    rows = [
        row(v, "difference", "lower", p)[0]
        for v, p in zip(("not_shown", "equivalent", "not_shown_gain_excluded"), PAIRS)
    ]
    made = run(rows, vocabulary=STANDARD.with_outcome(entry), primary=("marks",), secondary=())
    text = words(outcome_sentence(story(made, "marks")))
    # the widest of all limits is 1.7 x 0.5 = 0.85
    assert (
        "no difference in marks on skin was shown between the three treatments: any is likely smaller than 0.85 marks"
        in text
    )
    assert "a patient would notice (0.5 marks) is not ruled out" in text
    assert words(headline(made)) == "No difference was shown between the three treatments."


def test_all_pairs_equal_is_said_as_an_answer() -> None:
    entry = outcome("difference", "lower")
    rows = [row("equivalent", "difference", "lower", p)[0] for p in PAIRS]
    made = run(rows, vocabulary=STANDARD.with_outcome(entry), primary=("marks",), secondary=())
    assert words(headline(made)) == "Marks on skin did about equally well after all three treatments."
    assert "likely smaller than 0.30 marks" in words(outcome_sentence(story(made, "marks")))


def test_the_headline_joins_outcomes_with_one_answer_and_keeps_the_strongest() -> None:
    shown = [pair(o, c, e, 0.1) for o in ("texture_grade", "scar_score") for c, e in zip(PAIRS, (-2.0, -0.1, 0.1))]
    unknown = [failed("absorbed_percent", c, method="fractional_logit") for c in PAIRS]
    made = run([*shown, *unknown], primary=("texture_grade", "scar_score", "absorbed_percent"), secondary=())
    assert (
        words(headline(made))
        == "Texture grade and scar score improved more after chemical peel than after microdermabrasion."
    )
    assert sentence(made).count("\n") == 3


@pytest.mark.parametrize(
    ("notes", "expected"),
    [("clinic_id = north left out: it is a combination; not estimable: 9 patients leave no residual degrees of freedom",
      "too few patients for this comparison"),
     ("2 and 3 taken together; not estimable: nothing varies within the two arms", "hardly differ between patients"),
     ("not estimable: nothing varies: every reading was the same", "every reading was the same"),
     ("not estimable: every reading was the same", "every reading was the same"),
     ("a remark; peel has one patient here (at least 2 are needed)", "too few patients for this comparison"),
     ("not estimable: a count below 0", "a count below 0")],
)  # fmt: skip
def test_the_reason_that_decided_is_told_without_the_remarks_before_it(notes: str, expected: str) -> None:
    rows = [{**failed("texture_grade", (PEEL, MDA), notes=notes), "outcome": "marks"}]
    text = words(outcome_sentence(story(a_run(rows, outcome("difference", "lower")), "marks")))
    assert text == f"Cannot be compared: {'the readings ' if 'hardly' in expected else ''}{expected}."


def test_two_arms_are_named_and_not_counted() -> None:
    made = a_run(row("not_shown", "difference", "lower"), outcome("difference", "lower"))
    assert words(headline(made)) == "No difference was shown between microdermabrasion and chemical peel."


def test_without_an_agreed_size_what_could_have_been_found_is_told() -> None:
    power = run().tables["power"].assign(meaningful=float("nan"), patients_per_arm=float("nan"))
    blank = STANDARD.outcomes["texture_grade"]
    vocabulary = STANDARD.with_outcome(dataclasses.replace(blank, meaningful_difference={}))
    rows = [{**pair("texture_grade", (PEEL, MDA), -0.2, 0.2), "verdict": "not_shown"}]
    made = run(rows, vocabulary=vocabulary, arms=(MDA, PEEL), tables={"power": power})
    text = words(outcome_sentence(story(made, "texture_grade")))
    assert "Groups of this size would usually show a difference of 0.58 grade points or more." in text


def test_sides_of_one_face_need_patients_and_not_groups() -> None:
    rows = [{**pair("texture_grade", (PEEL, MDA), -0.2, 0.3), "method": "paired_difference"}]
    text = words(outcome_sentence(story(run(rows, arms=(MDA, PEEL)), "texture_grade")))
    assert "about 140 patients treated on both sides are needed." in text


def test_patients_needed_and_a_group_that_was_large_enough() -> None:
    text = words(outcome_sentence(story(run(), "inflammatory_lesions")))
    assert "To find a difference of 20\u00a0%, about 280 patients per group are needed." in text
    power = run().tables["power"].assign(patients_per_arm=20.0)
    text = words(outcome_sentence(story(run(tables={"power": power}), "inflammatory_lesions")))
    assert "Groups of this size would usually show a difference of 20\u00a0%." in text


def test_a_smaller_difference_that_is_shown_goes_before_a_larger_one_that_is_not() -> None:
    rows = [pair("texture_grade", c, e, s) for c, e, s in zip(PAIRS, (-0.6, -1.1, -0.5), (0.1, 0.9, 0.9))]
    each = story(run(rows), "texture_grade")
    assert each.lead is not None
    assert (each.lead.ahead, each.lead.behind) == (PEEL, MDA)
    assert words(headline(run(rows))).startswith(
        "Texture improved more after chemical peel than after microdermabrasion."
    )
