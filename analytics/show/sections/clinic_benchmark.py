"""The evidence of the clinic benchmark: a funnel and a table by name for each outcome, of clinics and of providers."""

from __future__ import annotations

from analytics.domain.block import Block, Figure, Runs
from analytics.show import names
from analytics.show.numbers import finite, result, results
from analytics.show.runs import NBSP, heading, listed, name, note, runs, text
from analytics.show.stories import Evidence, Row
from analytics.show.tables import benchmark as tables
from analytics.show.tables.data_quality import ELSEWHERE, held

SEVERAL_ENOUGH = 10  # places from which the limits of their spread are worth telling (convention of this project)
CERTAIN = 0.05  # below it the places differ by more than chance: the usual convention


def benchmark_clinics(source: Evidence) -> tuple[Block, ...]:
    """Clinics, outcome by outcome."""
    return _level(source, "clinic")


def benchmark_providers(source: Evidence) -> tuple[Block, ...]:
    """Providers, each within a clinic."""
    return _level(source, "provider")


def benchmark_spread(source: Evidence) -> tuple[Block, ...]:
    """How far the places differ, all taken together."""
    return (tables.spread_table(source),)


def _level(source: Evidence, level: str) -> tuple[Block, ...]:
    if not held(source, "benchmark", "benchmark_overall"):
        return (note(f"{tables.SEVERAL[level].capitalize()}: ", ELSEWHERE),)
    wholes = tables.wholes(source, level)
    if not wholes:
        return (note(tables.why_none(source, level, None)),)
    reasons = [tables.why_none(source, level, whole) for whole in wholes]
    if all(reasons) and len({str(reason) for reason in reasons}) == 1:
        return (note(reasons[0]),)
    blocks: list[Block] = []
    for whole, why in zip(wholes, reasons):
        blocks.append(heading(names.label(source.outcome(str(whole["outcome"]))), level=3))
        blocks += [note(why)] if why else _shown(source, whole)
    return tuple(blocks)


def _shown(source: Evidence, whole: Row) -> list[Block]:
    drawn = funnel(source, whole)
    figure = [drawn] if drawn is not None else [note("No figure is drawn: nothing varies.")]
    return [text(spread(source, whole)), *figure, tables.table(source, whole)]


def funnel(source: Evidence, whole: Row, *, stem: str = "") -> Figure | None:
    """The funnel plot of an overall line; None where nothing can be drawn."""
    from analytics.show.figures import to_svg
    from analytics.show.figures.funnel import alt
    from analytics.show.figures.funnel import funnel as draw

    stem = stem or f"funnel-{whole['level']}-{whole['outcome']}"
    rows = tables.places_of(source, whole)
    picture = draw(source, whole, rows, stem=stem)
    if picture is None:
        return None
    data = tables.numbers(source, whole, stem=stem)
    return Figure(to_svg(picture, stem), alt(source, whole, rows), _caption(whole), data, stem)


def _caption(whole: Row) -> Runs:
    what = tables.ONE_OF[str(whole["level"])]
    inner, outer = (runs(name(text, "funnel.limits"), f"{NBSP}%") for text in ("95", "99.8"))
    return runs(
        f"Each sign is a {what} after adjustment, with a bar where it is drawn towards the average. If nothing but "
        "chance made them differ, ", inner, " would lie within the dashed lines and ", outer, " within the solid ones. "
        "Filled: outside, with the name where there is room.",
    )  # fmt: skip


def spread(source: Evidence, whole: Row) -> Runs:
    """How far the places differ beyond chance, and how many lie outside."""
    return runs(outside(whole), " ", beyond_chance(source, whole))


def outside(whole: Row) -> Runs:
    """ "1 of 12 providers lies outside the inner limits, none outside the outer; chance alone would put 0.6 there." """
    count, far = (whole[s] if finite(whole[s]) else 0 for s in ("outside_inner", "outside_outer"))
    several = tables.many(whole)
    chance = runs(
        "; chance alone would put about ", result("benchmark_overall", whole, "expected_outside", "significant:1"),
        " there.",
    )  # fmt: skip
    if not count:
        return runs("None of ", several, " lies outside the inner limits", chance)
    lie = "lies" if count == 1 else "lie"
    many = result("benchmark_overall", whole, "outside_inner", "whole")
    first = runs(many, " of ", several, f" {lie} outside the inner limits")
    outer = runs(
        ", ", result("benchmark_overall", whole, "outside_outer", "whole") if far else "none", " outside the outer"
    )
    return runs(first, outer, chance)


def beyond_chance(source: Evidence, whole: Row) -> Runs:
    """The spread between places that chance does not make, with what the data fit."""
    if not finite(whole["spread"]) or not finite(whole["spread_high"]):
        return ()
    several = tables.SEVERAL[str(whole["level"])].capitalize()
    high = size(source, whole, "spread_high")
    if not whole["spread"]:
        alike = runs(f"{several} differ by no more than chance makes them")
        if whole["places"] < SEVERAL_ENOUGH or not whole["spread_high"]:
            return runs(alike, "; so few cannot show that they are alike.")
        return runs(alike, "; a true spread of up to ", high, " around the average would fit the data too.")
    typical = runs(f"{several} lie about ", size(source, whole, "spread"), " from their average once chance is out")
    sure = _sure(whole)
    if whole["places"] < SEVERAL_ENOUGH:
        return runs(typical, f"{sure}. So few cannot tell how far they differ in general.")
    low = result("benchmark_overall", whole, "spread_low", "significant:2") if whole["spread_low"] else "none"
    return runs(typical, " (the data fit anything from ", low, " to ", high, f"){sure}.")


def _sure(whole: Row) -> str:
    """Whether the spread is more than chance; a copy that leaves the house does not tell it."""
    if not finite(whole["p_value"]):
        return ""
    return ", all together more than chance" if differs(whole) else ", which may still be chance"


def differs(whole: Row) -> bool:
    """Whether the places differ by more than chance, all taken together (overdispersion)."""
    return finite(whole["p_value"]) and whole["p_value"] < CERTAIN


def size(source: Evidence, whole: Row, statistic: str) -> Runs:
    """A spread in percentage points or in the outcome's unit."""
    told = result("benchmark_overall", whole, statistic, "significant:2")
    if tables.is_share(whole):
        return runs(told, " percentage points")
    return runs(told, names.unit(source.outcome(str(whole["outcome"]))))


def lookups(rows: list[Row], statistic: str, form: str = "sum whole") -> Runs:
    """A sum over overall lines."""
    return runs(results([("benchmark_overall", row, statistic) for row in rows], form))


def hidden(source: Evidence) -> Runs:
    """How many are not shown; the largest count over outcomes at each level."""
    said = []
    for level in tables.ONE_OF:
        wholes = [row for row in tables.wholes(source, level) if finite(row["hidden"]) and row["hidden"]]
        if wholes:
            said.append(tables.many(max(wholes, key=lambda row: row["hidden"]), "hidden"))
    return listed(said)
