"""Methods, glossary, plan and receipt: what an analyst or auditor needs to judge the answers."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names, tables
from analytics.show.protocol import protocol_sentence
from analytics.show.runs import bullets, joined, listed, note, runs, strong
from analytics.show.stories import ANALYSES, Evidence, Row
from analytics.show.tables.contrasts import method_and_adjustment


def methods(source: Evidence) -> tuple[Block, ...]:
    """One protocol sentence for every estimand: those that differ in the visit alone are told together."""
    rows = source.rows("findings")
    if not rows:
        return (note("Nothing was compared."),)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["outcome"]), str(row["population"])), []).append(row)
    return (bullets([_estimands(source, group) for group in groups.values()]),)


def _estimands(source: Evidence, rows: Sequence[Row]) -> Runs:
    """The main estimand of one outcome in one population, its other visits, and what stands beside it."""
    asked = [row for row in rows if row["analysis"] in ANALYSES] or list(rows)
    last = source.plan.visits.last
    main = min(asked, key=lambda row: (ANALYSES.index(row["analysis"]) if row["analysis"] in ANALYSES else 9,
                                       row["visit"] != last))  # fmt: skip
    visits = sorted({float(row["visit"]) for row in asked} - {float(main["visit"])})
    same = [names.visit(source, visit) for visit in visits]
    others = runs("The same at ", listed(same), ", for each pair alone.") if same else ()
    beside = dict.fromkeys(method_and_adjustment(row) for row in rows if row["analysis"] == "sensitivity")
    extra = runs("Beside it, without a verdict: ", "; ".join(beside), ".") if beside else ()
    label = strong(names.label(source.outcome(str(main["outcome"]))), ".")
    return joined([label, protocol_sentence(main, source), others, extra])


def glossary(source: Evidence) -> tuple[Block, ...]:
    """The words of the report."""
    return tables.glossary(source)


def plan(source: Evidence) -> tuple[Block, ...]:
    """The plan, and whether somebody wrote it."""
    own = source.facts.get("planned", True)
    first = "The plan was given before the analysis." if own else "Nobody gave a plan: this is the standard one."
    return note(first), tables.plan(source)


def receipt(source: Evidence) -> tuple[Block, ...]:
    """What went in and what worked on it."""
    return (tables.receipt(source),)
