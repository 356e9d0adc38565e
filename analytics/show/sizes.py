"""How large a difference is, in words: sizes, ranges and what a patient would notice, for every scale of telling."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from analytics.domain.block import Number, Runs
from analytics.show import names
from analytics.show.numbers import exact, finite, number, result
from analytics.show.orient import Margin, Told, Which
from analytics.show.runs import NBSP, runs
from analytics.show.stories import Evidence, Row

PERCENT = f"{NBSP}%"


def hundred() -> Number:
    """The 100 of "patients out of 100"."""
    return Number("100", "L", "per hundred")


def fifty() -> Number:
    """The 50 of 100 that means no difference."""
    return Number("50", "L", "half of a hundred")


def improves(pair: Told) -> bool:
    """Whether the outcome can be said to have improved: it has a start and a better direction."""
    return pair.outcome.baseline != "none" and pair.outcome.direction != "none"


def side(pair: Told) -> str:
    """The word for the side on which ``ahead`` lies."""
    if pair.scale == "of_hundred_more":
        return "fewer" if pair.outcome.direction == "lower" else "more"
    if pair.scale == "percent" and pair.outcome.kind == "count":
        return "fewer" if pair.outcome.direction == "lower" else "more"
    if pair.scale == "units" and improves(pair):
        return "more"
    return "lower" if pair.outcome.direction == "lower" else "higher"


OTHER_SIDE = {"fewer": "more", "more": "fewer", "lower": "higher", "higher": "lower"}


def size(pair: Told, which: Which, *, steps: str = "") -> Runs:
    """The number with its unit: "0.9 grade points", "20 %", "12"."""
    value = pair.number(which, steps=steps)
    if pair.scale == "units":
        return runs(value, names.unit(pair.outcome))
    return runs(value, PERCENT) if pair.scale == "percent" else runs(value)


def plain(pair: Told) -> Runs:
    """The estimate as a size with its side: "0.9 grade points more", "9 % lower", "60 of 100 pairs"."""
    amount = size(pair, "estimate")
    if pair.scale == "of_hundred":
        return runs(amount, " of ", hundred(), " pairs")
    if pair.scale == "of_hundred_more":
        return runs(amount, f" {side(pair)} patients out of ", hundred())
    return runs(amount, " times the odds" if pair.scale == "times" else f" {side(pair)}")


def between(pair: Told) -> Runs:
    """ "likely between 0.4 and 1.4 more" of a pair whose interval lies on one side."""
    if pair.scale == "of_hundred":
        return runs("likely between ", pair.number("low"), " and ", pair.number("high"), "; ", fifty(), NO_DIFFERENCE)
    if pair.scale == "times":
        return runs("likely between ", pair.number("low"), " and ", pair.number("high"), " times")
    low = size(pair, "low") if pair.scale == "percent" else runs(pair.number("low"))
    high = size(pair, "high") if pair.scale == "percent" else runs(pair.number("high"))
    return runs("likely between ", low, " and ", high, f" {side(pair)}")


NO_DIFFERENCE = " would mean no difference"


def anything(source: Evidence, pair: Told) -> Runs:
    """ "anything from 0.6 grade points more after B to 0.9 more after A": a range on both sides of no difference."""
    if pair.scale == "of_hundred":
        favour = runs(" pairs in favour of ", names.arm(source, pair.ahead), " (", fifty(), NO_DIFFERENCE, ")")
        return runs("anything from ", pair.number("low"), " to ", pair.number("high"), " of ", hundred(), favour)
    if pair.scale == "times":
        tail = runs(" times the odds after ", names.arm(source, pair.ahead))
        return runs("anything from ", pair.number("low"), " to ", pair.number("high"), tail)
    if pair.scale == "percent":
        return runs("anything from ", _percent(pair, "low"), " to ", _percent(pair, "high"), _than(source, pair))
    return runs("anything from ", _units(source, pair, "low"), " to ", _units(source, pair, "high"))


def _percent(pair: Told, which: Which) -> Runs:
    point = pair.points[1] if which == "low" else pair.points[2]
    if point == 0:
        return runs("no difference")
    word = side(pair) if point > 0 else OTHER_SIDE[side(pair)]
    if abs(point) > MOST_PERCENT and word in MANY_TIMES:
        return runs("over ", Number("10", "L", "many times"), f" times as {MANY_TIMES[word]}")
    return runs(size(pair, which, steps="abs"), f" {word}")


# A limit of 200 161 % is no news to anybody: beyond ten times it only says that nothing is known.
MOST_PERCENT = 900
MANY_TIMES = {"more": "many", "higher": "high"}


def _than(source: Evidence, pair: Told) -> Runs:
    return runs(" after ", names.arm(source, pair.ahead), " than after ", names.arm(source, pair.behind))


def _units(source: Evidence, pair: Told, which: Which) -> Runs:
    point = pair.points[1] if which == "low" else pair.points[2]
    if point == 0:
        return runs("no difference")
    arm = names.arm(source, pair.ahead if point > 0 else pair.behind)
    patients = runs(f" {side(pair)} patients out of ", hundred()) if pair.scale == "of_hundred_more" else None
    return runs(size(pair, which, steps="abs"), patients or f" {side(pair)}", " after ", arm)


def noticeable(pair: Told) -> Runs:
    """The least a patient would notice, as told beside this pair; empty where nothing is agreed."""
    return margin_size(pair.margin, pair)


def margin_size(margin: Margin | None, pair: Told) -> Runs:
    """A meaningful difference with its unit; empty where nothing is agreed."""
    if margin is None:
        return ()
    if margin.scale == "units":
        return runs(margin.number, names.unit(pair.outcome))
    if margin.scale == "percent":
        return runs(margin.number, PERCENT)
    if margin.scale == "of_hundred":
        return runs(margin.number, " of ", hundred(), " pairs")
    if margin.scale == "of_hundred_more":
        return runs(margin.number, " patients out of ", hundred())
    return runs(margin.number, " times the odds")


def widest(pairs: Sequence[Told]) -> Runs:
    """The limit farthest from no difference over all pairs, told as a size without a side."""
    pair, which = max(((p, w) for p in pairs for w in ("low", "high")), key=lambda item: _distance(*item))
    index = 1 if which == "low" else 2
    column = pair.statistics[index]
    steps = _unsigned(pair, exact(pair.told[column]))
    text = result("findings", pair.told, column, " ".join((*steps, f"decimals:{pair.places[index]}")))
    if pair.scale == "units":
        return runs(text, names.unit(pair.outcome))
    if pair.scale == "percent":
        return runs(text, PERCENT)
    if pair.scale == "of_hundred":
        return runs(text, " of ", hundred(), " pairs in favour of either treatment")
    return (
        runs(text, " patients out of ", hundred()) if pair.scale == "of_hundred_more" else runs(text, " times the odds")
    )


def _distance(pair: Told, which: str) -> float:
    value = float(pair.told[pair.statistics[1 if which == "low" else 2]])
    if pair.scale in ("percent", "times"):
        return abs(float(exact(value).ln()))
    return abs(value - 0.5) if pair.scale == "of_hundred" else abs(value)


def _unsigned(pair: Told, value: Decimal) -> tuple[str, ...]:
    if pair.scale in ("percent", "times"):
        less = pair.scale == "percent" and pair.outcome.direction == "lower"
        turned = ("invert",) if (value > 1) == less else ()
        return turned if pair.scale == "times" else (*turned, "percent_less" if less else "percent_more")
    if pair.scale == "of_hundred":
        return ("hundred",) if value >= Decimal("0.5") else ("complement", "hundred")
    return ("abs", "hundred") if pair.scale == "of_hundred_more" else ("abs",)


def power(source: Evidence, row: Row) -> Row | None:
    """The power row of a finding: what difference could be found, and how many patients a meaningful one needs."""
    keys = ("outcome", "visit", "population", "contrast", "measure")
    return source.row("power", **{key: row[key] for key in keys})


def needed(source: Evidence, pair: Told) -> Runs:
    """ "To find a difference of 0.5 grade points, about 280 patients per group are needed."; empty if not known."""
    found = power(source, pair.row)
    margin = noticeable(pair)
    if found is None:
        return ()
    if not margin:
        return detectable(pair, found)
    if not finite(found["patients_per_arm"]):
        return ()
    patients = result("power", found, "patients_per_arm", "significant:2")
    if float(found["patients_per_arm"]) <= min(pair.n):
        return runs("Groups of this size would usually show a difference of ", margin, ".")
    within = pair.row["method"] == "paired_difference" or pair.row["population"] == "design=split_face"
    who = " patients treated on both sides are needed." if within else " patients per group are needed."
    return runs("To find a difference of ", margin, ", about ", patients, who)


def detectable(pair: Told, found: Row) -> Runs:
    """What groups like these would usually show, where no size is agreed; empty on scales that have no plain size."""
    if pair.scale not in ("units", "percent") or not finite(found["detectable"]):
        return ()
    steps = _unsigned(pair, exact(found["detectable"]))
    size = runs(result("power", found, "detectable", " ".join((*steps, "significant:2"))))
    unit = names.unit(pair.outcome) if pair.scale == "units" else runs(PERCENT)
    return runs("Groups of this size would usually show a difference of ", size, unit, " or more.")


def per_patient(source: Evidence, pair: Told) -> Runs:
    """ ", about 2.1 fewer per patient": the standardised difference in counts beside a ratio; empty if none.

    The repeated-measures model has none of its own: the negative binomial model beside it does.
    """
    if pair.scale != "percent" or pair.outcome.kind != "count":
        return ()
    keys = {key: pair.row[key] for key in ("outcome", "visit", "population", "contrast", "adjustment")}
    beside = source.rows("findings", **keys, measure="difference", method=(pair.row["method"], "negative_binomial"))
    row = next(iter(sorted(beside, key=lambda one: one["method"] != pair.row["method"])), None)
    if row is None or row["status"] != "estimated" or not finite(row["estimate"]):
        return ()
    same = (float(row["estimate"]) > 0) == (float(pair.row["estimate"]) > 1)
    value = number(row["estimate"], "abs significant:2", ref=_ref(row))
    return runs(", about ", value, f" {side(pair)} per patient") if same else ()


def _ref(row: Row) -> str:
    return result("findings", row, "estimate", "abs significant:2").ref
