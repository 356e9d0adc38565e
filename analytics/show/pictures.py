"""Figures as blocks: the drawing, what it shows in words, and its numbers as a table."""

from __future__ import annotations

from analytics.domain.block import Figure, Runs, Table
from analytics.show import names
from analytics.show.numbers import number
from analytics.show.orient import margin_of
from analytics.show.runs import capital, runs
from analytics.show.series import Series, series
from analytics.show.stories import Evidence, Story
from analytics.show.tables.cells import NONE, grid
from analytics.show.tables.contrasts import picture_numbers
from schemas.vocabulary import Outcome


def forest(each: Story, *, stem: str = "") -> Figure | None:
    """The forest plot of a story; None where no pair can be drawn."""
    from analytics.show.figures import forest as draw
    from analytics.show.figures import to_svg
    from analytics.show.figures.forest import alt

    stem = stem or f"forest-{each.outcome.id}-{_visit(each.visit)}"
    picture = draw(each, stem=stem)
    if picture is None:
        return None
    data = picture_numbers(each, stem=stem)
    return Figure(to_svg(picture, stem), alt(each, each.pairs), forest_caption(each), data, stem)


def _visit(value: float) -> str:
    return f"{value:g}".replace(".", "_")


def forest_caption(each: Story) -> Runs:
    """What dot, line and shade mean."""
    count = len(each.pairs)
    if each.descriptive:
        line = runs("Line: the range that fits the data, for each pair alone.")
    elif count > 1:
        many = number(count, "word", ref="plan.pairs", kind="P")
        line = runs("Line: the range that fits the data once all ", many, " comparisons are allowed for.")
    else:
        line = runs("Line: the range that fits the data.")
    shaded = any(pair.margin is not None for pair in each.pairs)
    zone = " Shaded: less than a patient would notice." if shaded else ZONE_UNKNOWN
    whom = runs(capital(names.population(each.evidence, each.population)), ". ") if each.population != "all" else ()
    return runs(whom, "Dot: best estimate, filled where a difference is shown. ", line, zone)


ZONE_UNKNOWN = " No size that a patient would notice has been agreed, so none is shaded."


def trajectory(source: Evidence, outcome: Outcome, population: str, *, stem: str = "") -> Figure | None:
    """Averages over the visits; None where the run has none to draw."""
    from analytics.show.figures import to_svg
    from analytics.show.figures import trajectory as draw
    from analytics.show.figures.trajectory import alt

    stem = stem or f"trajectory-{outcome.id}"
    lines = series(source, outcome, population)
    if lines is None:
        return None
    picture = draw(source, lines, stem=stem)
    return Figure(
        to_svg(picture, stem), alt(source, lines), _caption(source, lines), _numbers(source, lines, stem), stem
    )


def _caption(source: Evidence, lines: Series) -> Runs:
    what = names.adjusted_for(source, baseline=lines.outcome.baseline != "none")
    adjusted = runs(" after adjustment for ", what) if what else ()
    start = " Open circle: the start, alike for all." if any(v == 0 for v in lines.visits) else ""
    return runs("Averages with their likely ranges", adjusted, f".{start} Numbers below: patients seen.")


def _numbers(source: Evidence, lines: Series, stem: str) -> Table:
    body = []
    for visit in lines.visits:
        line = [capital(names.visit(source, visit)) if visit else runs("Start")]
        for arm in lines.arms:
            point = next((p for p in lines.points[arm] if p.visit == visit), None)
            if point is None or point.mean is None:
                line.append(runs(NONE))
                continue
            limits = runs(" (", point.limits[0], " to ", point.limits[1], ")") if point.limits else ()
            seen = lines.seen.get((arm, visit))
            line.append(runs(point.mean, limits, runs("; ", seen, " seen") if seen else ()))
        body.append(line)
    heads = [names.arm_title(source, arm) for arm in lines.arms]
    return grid("Numbers of the figure", ["Visit", *heads], body, name=f"{stem}-numbers")


def margin_note(each: Story) -> Runs:
    """Where the size that a patient would notice comes from; empty where none is agreed."""
    measure = each.pairs[0].told["measure"] if each.pairs else "difference"
    margin = margin_of(measure, each.outcome, each.evidence.plan)
    if margin is None:
        return ()
    where = {"published": "a published figure", "convention": "a convention of this project", "plan": "set by the plan"}
    return runs("What a patient would notice is ", where[margin.standing], ".")
