"""The sentence of each verdict, in a director's words: what happened, within which limits, would a patient notice."""

from __future__ import annotations

from analytics.domain.block import Runs
from analytics.domain.hidden import FEWER, Hidden
from analytics.show import names, sizes
from analytics.show.numbers import finite, hidden, result, results
from analytics.show.orient import Row, Told, told
from analytics.show.runs import capital, joined, listed, name, runs, small
from analytics.show.stories import Evidence, Story

ABOUT_EQUAL = "about equally well"


def outcome_sentence(each: Story) -> Runs:
    """The answer for one outcome: the strongest pair, or what its absence means."""
    body = _ANSWERS[each.answer](each)
    if each.analysis == "exploratory":
        return runs("Exploratory, asked after the plan: ", small(body))
    return runs("Descriptive: ", small(body)) if each.descriptive and each.answer != "none" else body


def _shown(each: Story) -> Runs:
    pair = lead(each)
    return runs(capital(runs(names.when(each), ", ", claim(each, pair))), _meaning(pair))


def lead(each: Story) -> Told:
    """The pair of the sentence."""
    if each.lead is None:
        raise ValueError(f"{each.outcome.id}: nothing was estimated, so there is no pair to tell of")
    return each.lead


def claim(each: Story, pair: Told) -> Runs:
    """The comparison with its interval, for a pair where a difference was shown; no verdict's meaning yet."""
    source = each.evidence
    slightly = " slightly" if pair.verdict == "better_small" else ""
    likely = runs(" (", sizes.between(pair), ")")
    if pair.scale == "units" and sizes.improves(pair):
        return _improved_by(each, pair, slightly, likely)
    if pair.scale == "units":
        return runs(names.subject(source, pair.outcome), " was ", sizes.size(pair, "estimate"), f" {sizes.side(pair)}",
                    after_than(source, pair), likely)  # fmt: skip
    return runs(improved(each, pair, slightly), ": ", _detail(each, pair), likely, sizes.per_patient(source, pair))


def _improved_by(each: Story, pair: Told, slightly: str, likely: Runs) -> Runs:
    source, about = each.evidence, names.subject(each.evidence, pair.outcome)
    if source.plan.randomised:
        by = runs(" by ", sizes.size(pair, "estimate"), " more than ") if not slightly else runs(" slightly more than ")
        late = runs(", by ", sizes.size(pair, "estimate")) if slightly else ()
        ahead, behind = names.arm(source, pair.ahead), names.arm(source, pair.behind)
        return runs(ahead, " had improved ", about, by, behind, late, likely)
    if slightly:
        return runs(about, " had improved slightly more", after_than(source, pair), ", by ",
                    sizes.size(pair, "estimate"), likely)  # fmt: skip
    return runs(about, " had improved by ", sizes.size(pair, "estimate"), " more", after_than(source, pair), likely)


def improved(each: Story, pair: Told, slightly: str = "") -> Runs:
    """ "texture had improved more after A than after B"; randomised: "A had improved texture more than B"."""
    source, about = each.evidence, names.subject(each.evidence, pair.outcome)
    if not sizes.improves(pair):
        if pair.outcome.direction != "none" and pair.scale != "percent":
            return runs("patients had done", slightly, " better on ", about, after_than(source, pair))
        return runs(about, f" was{slightly} {sizes.side(pair)}", after_than(source, pair))
    if source.plan.randomised:
        ahead, behind = names.arm(source, pair.ahead), names.arm(source, pair.behind)
        return runs(ahead, " had improved ", about, f"{slightly} more than ", behind)
    return runs(about, f" had improved{slightly} more", after_than(source, pair))


def after_than(source: Evidence, pair: Told) -> Runs:
    """ " after A than after B"."""
    return runs(" after ", names.arm(source, pair.ahead), " than after ", names.arm(source, pair.behind))


def _detail(each: Story, pair: Told) -> Runs:
    """What the size of a ratio, a probability or a risk means."""
    source, side = each.evidence, sizes.side(pair)
    if pair.scale == "of_hundred":
        return runs("in ", pair.number("estimate"), " of ", sizes.hundred(),
                    " pairs made of a patient from each group, ",
                    "the patient after ", names.arm(source, pair.ahead), " did better")  # fmt: skip
    if pair.scale == "of_hundred_more":
        return runs(pair.number("estimate"), f" {side} patients out of ", sizes.hundred())
    if pair.scale == "times":
        return runs("the odds of a better grade were ", pair.number("estimate"), " times as high")
    percent = sizes.size(pair, "estimate")
    if pair.outcome.kind == "count":
        return runs(percent, f" {side} ", names.things(pair.outcome), " were counted")
    return runs("the readings were ", percent, f" {side}")


def _meaning(pair: Told) -> Runs:
    """What a shown difference means for a patient."""
    least = sizes.noticeable(pair)
    if pair.verdict == "better_meaningful":
        return runs(". Even the low end is something a patient would notice (", least, " or more).")
    if pair.verdict == "better_small":
        return runs(": less than a patient would notice", runs(" (", least, ")") if least else "", ".")
    there = "There is an advantage" if pair.outcome.direction != "none" else "There is a difference"
    if not least:
        return runs(f". {there}; what size a patient would notice has not been agreed.")
    return runs(f". {there}; whether a patient would notice it is open (the least is taken to be ", least, ").")


def _equal(each: Story) -> Runs:
    pair, source = lead(each), each.evidence
    about = runs(capital(runs(names.when(each), ", ", names.subject(source, each.outcome))))
    if len(each.pairs) == 1:
        ahead, behind = names.arm(source, pair.ahead), names.arm(source, pair.behind)
        return runs(about, f" had done {ABOUT_EQUAL} after ", ahead, " and after ", behind,
                    ": any difference is smaller ",
                    "than a patient would notice (", sizes.noticeable(pair), "); the data fit ",
                    sizes.anything(source, pair), ".")  # fmt: skip
    return runs(about, f" had done {ABOUT_EQUAL} after ", names.how_many_arms(source, each.arms),
                ": any difference is ",
                "likely smaller than ", sizes.widest(each.pairs), ", less than a patient would notice (",
                sizes.noticeable(pair), ").")  # fmt: skip


def _not_shown(each: Story) -> Runs:
    return _single(each, lead(each)) if len(each.pairs) == 1 else _none_of_several(each)


def _single(each: Story, pair: Told) -> Runs:
    source = each.evidence
    fit = runs("the data fit ", sizes.anything(source, pair))
    if pair.verdict == "not_shown_loss_excluded":
        ahead, behind = capital(names.arm(source, pair.ahead)), names.arm(source, pair.behind)
        first = runs("No difference shown ", names.when(each), ". ", ahead, " may be noticeably better than ", behind,
                     ", hardly noticeably worse: ", fit, ".")  # fmt: skip
    elif pair.verdict == "equivalent":
        return _equal(each)
    else:
        first = runs(capital(runs(names.when(each), ", ")), "it is too uncertain to say: ", fit, ".")
    return joined([first, sizes.needed(source, pair)])


def _none_of_several(each: Story) -> Runs:
    source = each.evidence
    widest = sizes.widest(each.pairs)
    if each.pairs[0].scale == "of_hundred":
        size = runs("; no comparison is likely to lie beyond ", widest)
    else:
        size = runs(": any is likely smaller than ", widest)
    between = names.how_many_arms(source, each.arms) if source.plan.reference is None else names.arms(source, each.arms)
    first = runs(capital(runs(names.when(each), ", ")), "no difference in ", names.subject(source, each.outcome),
                 " was shown between ", the(between), size, _hidden(each))  # fmt: skip
    return joined([first, sizes.needed(source, _neediest(each))])


def _hidden(each: Story) -> Runs:
    """Whether a difference that a patient would notice may hide in the widest range."""
    open_pairs = [pair for pair in each.pairs if pair.verdict != "equivalent"]
    least = sizes.noticeable(each.pairs[0])
    return (
        runs("; a difference that a patient would notice (", least, ") is not ruled out.")
        if least and open_pairs
        else runs(".")
    )


def the(between: Runs) -> Runs:
    """ "the three treatments" out of "all three treatments"."""
    first = between[0]
    return runs("the ", between[1:]) if first.text == "all " else between


def _neediest(each: Story) -> Told:
    """The pair whose meaningful difference needs the most patients."""

    def patients(pair: Told) -> float:
        found = sizes.power(each.evidence, pair.row)
        return float(found["patients_per_arm"]) if found and finite(found["patients_per_arm"]) else -1.0

    return max(each.pairs, key=patients)


def _depends(each: Story) -> Runs:
    pair = next(p for p in each.pairs if p.depends)
    source, other = each.evidence, change_score(each.evidence, pair)
    first = runs("The answer depends on how the starting condition is allowed for")
    if other is None or pair.row["adjustment"] == "change_score":
        own = ALLOWED.get(str(pair.row["adjustment"]), "With nothing allowed for")
        return runs(first, ". ", own, ", the data fit ", sizes.anything(source, pair),
                    "; another usual way of allowing for it gives another answer.")  # fmt: skip
    return runs(first, ". Between patients who started alike, the data fit ", sizes.anything(source, pair),
                "; counting only the change since the start, ", sizes.anything(source, other), ".")  # fmt: skip


#: How the starting condition was allowed for -> in words.
ALLOWED = {
    "covariates": "Between patients who started alike",
    "change_score": "Counting only the change since the start",
}


def change_score(source: Evidence, pair: Told) -> Told | None:
    """The same comparison with the change since the start as response: the other baseline model."""
    keys = {key: pair.row[key] for key in ("outcome", "visit", "population", "contrast", "method")}
    rows = source.rows("findings", **keys, adjustment="change_score")
    rows.sort(key=lambda row: row["measure"] != pair.row["measure"])
    return told(rows, pair.outcome, source.plan) if rows else None


def _few(each: Story) -> Runs:
    row = min(each.few, key=lambda r: min(float(r["n_arm"]), float(r["n_reference"])))
    source = each.evidence
    if row["status"] == "suppressed":
        return runs("Cannot be compared: too few patients to show", _who(each, row), ".")
    return runs("Too few patients to judge: ", result("findings", row, "n_arm", "whole"), " after ",
                names.arm(source, row["arm"]), " and ", result("findings", row, "n_reference", "whole"), " after ",
                names.arm(source, row["reference"]), " had a reading at ", names.visit(source, each.visit),
                ". The figures stand in the tables, without a verdict.")  # fmt: skip


def _who(each: Story, row: Row) -> Runs:
    """How many there were, where an outside copy tells it; a risk may rest on few patients among many."""
    counts = (row["n_arm"], row["n_reference"])
    if not any(isinstance(n, Hidden) and n.code == FEWER for n in counts):
        return ()
    told_counts = [
        runs(result("findings", row, column, "whole"), " after ", names.arm(each.evidence, row[side]))
        for column, side in (("n_arm", "arm"), ("n_reference", "reference"))
        if not (isinstance(row[column], Hidden) and row[column].code != FEWER)
    ]
    return runs(": ", listed(told_counts), " had a reading at ", names.visit(each.evidence, each.visit))


def _none(each: Story) -> Runs:
    return runs("Cannot be compared: ", reason(each), ".")


REASONS = {
    "did_not_converge": "the calculation did not settle on an answer",
    "suppressed": "too few patients to show",
}


def reason(each: Story) -> Runs:
    """Why nothing could be compared, without a full stop."""
    source = each.evidence
    cells = [("visits", row, "seen") for row in source.rows("visits", outcome=each.outcome.id, visit=each.visit)]
    if cells and not any(row["seen"] for _, row, _ in cells):
        return runs("nobody had it measured at ", names.visit(source, each.visit))
    why = _why(each)
    if not cells or hidden(row["seen"] for _, row, _ in cells):
        return why
    whom = " patient at " if sum(row["seen"] for _, row, _ in cells) == 1 else " patients at "
    return runs("it was measured in ", results(cells, "sum whole"), whom, names.visit(source, each.visit), "; ", why)


# What a model says -> what a director reads; the note itself stands under the table of comparisons.
PLAIN = {
    "degrees of freedom": "too few patients for this comparison",
    "has one patient": "too few patients for this comparison",
    "too few patients": "too few patients for this comparison",
    "alone in a cell": "too few patients for this comparison",
    "every reading was the same": "every reading was the same",
    "does not vary": "the readings hardly differ between patients",
    "do not vary": "the readings hardly differ between patients",
    "nothing varies": "the readings hardly differ between patients",
    "separates": "the readings leave no doubt in some group, so no size can be given",
    "did not settle": REASONS["did_not_converge"],
}
NO_REASON = "there was nothing to compare"
PREFIX = "not estimable: "


def _why(each: Story) -> Runs:
    """The reason that decided, in plain words where there are some, else as the analysis noted it."""
    if not each.failed:
        return runs(NO_REASON)
    row = each.failed[0]
    if row["status"] in REASONS:
        return runs(REASONS[str(row["status"])])
    notes = [note for note in str(row.get("notes") or "").split("; ") if note and note != "nan"]
    if not notes:
        return runs(NO_REASON)
    named = next((note.removeprefix(PREFIX) for note in notes if note.startswith(PREFIX)), "")
    told_in = named or "; ".join(notes)  # a reason without its prefix may stand in several parts
    plain = next((words for marker, words in PLAIN.items() if marker in told_in), None)
    return runs(plain) if plain else name(named or notes[-1], "notes")


_ANSWERS = {
    "shown": _shown, "equal": _equal, "not_shown": _not_shown, "depends": _depends, "few": _few, "none": _none,
}  # fmt: skip
