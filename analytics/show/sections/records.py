"""Methods, glossary, plan and receipt: what an analyst or auditor needs to judge the answers."""

from __future__ import annotations

from analytics.domain.block import Block
from analytics.show import names, tables
from analytics.show.protocol import protocol_sentence
from analytics.show.runs import bullets, heading, note
from analytics.show.stories import Evidence, Row


def methods(source: Evidence) -> tuple[Block, ...]:
    """One protocol sentence for every estimand that was estimated, by outcome."""
    rows = _estimands(source)
    if not rows:
        return (note("Nothing was compared."),)
    blocks: list[Block] = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        mine = [row for row in rows if row["outcome"] == outcome]
        main = [protocol_sentence(row, source) for row in mine if row["analysis"] != "sensitivity"]
        other = [protocol_sentence(row, source) for row in mine if row["analysis"] == "sensitivity"]
        blocks.append(heading(names.label(source.outcome(outcome)), level=3, anchor=f"methods-{outcome}"))
        blocks += [bullets(main)] if main else []
        blocks += [note("Beside it, without a verdict:"), bullets(other)] if other else []
    return tuple(blocks)


def _estimands(source: Evidence) -> list[Row]:
    """The first row of every estimand, in the order of the findings."""
    found: dict[tuple[object, ...], Row] = {}
    for row in source.rows("findings"):
        key = tuple(row[k] for k in ("analysis", "outcome", "visit", "population", "method", "adjustment"))
        if key not in found or (not found[key]["verdict"] and row["verdict"]):
            found.setdefault(key, row)
    return list(found.values())


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
