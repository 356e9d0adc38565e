"""Data quality, plan, receipt and glossary: what was received, what was mended or set aside, and what was agreed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import fact
from analytics.show.runs import capital, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import NONE, empty, grid, part, spoken, value
from schemas.vocabulary import Outcome

REPAIRS = {
    "trim": "spaces taken away", "decimal_comma": "decimal comma read", "decimal comma": "decimal comma read",
    "unit": "brought to our unit", "synonym": "word read as one of the choices", "rescale": "brought to our scale",
    "averaged": "averaged with another reading",
}  # fmt: skip
SEVERITY = {"error": "set aside", "warning": "to look at"}


def files(source: Evidence) -> Block:
    """Rows received, accepted and set aside by file."""
    rows = source.rows("files")
    if not rows:
        return empty("The run holds no account of the files.")
    body = [
        [name(row["name"], "files"), value("files", row, "received", "whole"), value("files", row, "accepted", "whole"),
         part("files", row, "quarantined", "received")] for row in rows
    ]  # fmt: skip
    remark = "Received is accepted plus set aside, over all tables of a file."
    return grid("Rows by file", ["File", "Received", "Accepted", "Set aside"], body, name="files", remark=remark)


def rules(source: Evidence) -> Block:
    """Rows or entries that broke a rule."""
    rows = source.rows("quality")
    if not rows:
        return empty("No row broke a rule, and none gave cause for a warning.")
    order = sorted(rows, key=lambda row: (row["severity"] != "error", -row["rows"]))
    body = [
        [_rule(row["rule"]), name(row["file"], "files"), name(spoken(row["table"]), "table"),
         SEVERITY.get(row["severity"], row["severity"]), value("quality", row, "rows", "whole")] for row in order
    ]  # fmt: skip
    inside = "Every one of them stands in quarantine.csv with its row, what was found and how to mend it."
    remark = "" if source.rounded_to else inside
    return grid(
        "What was wrong",
        ["Rule", "File", "Table", "What happened", "Rows"],
        body,
        name="rules",
        remark=remark,
        texts=(1, 2, 3),
    )


def _rule(rule: str) -> Runs:
    """A rule's id with its sentence."""
    from schemas.rules import NAMED

    known = NAMED.get(str(rule).partition(":")[0])
    meaning = f" ({known.summary or known.sentence})" if known is not None else ""
    return capital(name(f"{spoken(rule)}{meaning}", f"rules.{rule}"))


def repairs(source: Evidence) -> Block:
    """What was read after a harmless repair."""
    rows = source.rows("repairs")
    if not rows:
        return empty("No value had to be repaired before it could be read.")
    body = [
        [capital(name(REPAIRS.get(row["kind"], spoken(row["kind"])), "repair")), _column(source, str(row["column"])),
         value("repairs", row, "count", "whole")]
        for row in rows
    ]  # fmt: skip
    return grid("What was repaired", ["Repair", "Column", "Values"], body, name="repairs", heads=2)


def _column(source: Evidence, column: str) -> Runs:
    """An outcome or column by its label."""
    entry = source.vocabulary.outcomes.get(column)
    label = entry.label if entry else names.column_label(source, column)
    return name(label, f"vocabulary.{column}")


def plan(source: Evidence) -> Block:
    """The whole plan, as it was when the data were analysed."""
    values = json.loads(source.plan.canonical())
    body = [[name(key, "plan"), _value(item, f"plan.{key}")] for key, item in _lines(values)]
    remark = runs("Fingerprint of the plan: ", name(source.plan.sha256, "facts.plan_sha256", kind="D"), ".")
    return grid("The plan", ["Item", "Value"], body, name="plan", remark=remark, texts=(1,))


def _lines(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Nested items as dotted lines; a list of outcomes as one line for each."""
    for key, item in values.items():
        if isinstance(item, dict):
            yield from _lines(item, f"{before}{key}.")
        elif isinstance(item, list) and item and all(isinstance(i, dict) for i in item):
            for each in item:
                more = ", ".join(f"{k}: {_plain(v)}" for k, v in each.items() if k != "outcome" and v is not None)
                yield f"{before}{key}", f"{each.get('outcome', '')}{f' ({more})' if more else ''}"
        else:
            yield f"{before}{key}", item


def _plain(item: Any) -> str:
    if isinstance(item, dict):
        return ", ".join(f"{k} {v}" for k, v in item.items())
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, list):
        return ", ".join(_plain(i) for i in item) or "none"
    if item is None:
        return "not set"
    return f"{item:g}" if isinstance(item, float) else str(item)


def _value(item: Any, ref: str) -> Runs:
    return name(_plain(item), ref, kind="P")


def receipt(source: Evidence) -> Block:
    """What went in and what worked on it."""
    facts = source.facts
    body: list[list[object]] = [["Run", _fact(facts.get("run_id"), "facts.run_id")]]
    body.append(["Data up to", _fact(facts.get("cutoff"), "facts.cutoff")])
    for key, count in dict(facts.get("rows", {})).items():
        body.append([name(f"Rows {spoken(key)}", "facts.rows"), runs(fact(count, f"facts.rows.{key}"))])
    for index, each in enumerate(facts.get("inputs", ())):
        rows = runs(fact(each["rows"], f"facts.inputs.{index}.rows"), " rows, ") if "rows" in each else ()
        body.append(
            [
                runs("File ", name(each["name"], "facts.inputs")),
                runs(rows, _fact(each["sha256"], f"facts.inputs.{index}")),
            ]
        )
    body.append(["Plan", _fact(source.plan.sha256, "facts.plan_sha256")])
    for key, item in dict(facts.get("software", {})).items():
        body.append([name(f"Software, {spoken(key)}", "facts.software"), _fact(item, f"facts.software.{key}")])
    remark = "The same files, plan and software give the same report, byte for byte."
    return grid("Receipt", ["Item", "Value"], body, name="receipt", remark=remark, texts=(1,))


def _fact(item: Any, ref: str) -> Runs:
    return name(item, ref, kind="D") if item is not None else runs(NONE)


def glossary(source: Evidence) -> tuple[Block, ...]:
    """The treatments and outcomes of the plan, then the words of the report, a table for each group."""
    from schemas.glossary import GLOSSARY

    plan, vocabulary = source.plan, source.vocabulary
    own: list[list[object]] = []
    for arm in plan.arms:
        entry = vocabulary.treatments.get(arm)
        if entry is not None and entry.definition:
            own.append(
                [names.arm_label(source, arm), name(entry.definition, f"vocabulary.treatments.{arm}.definition")]
            )
    for item in plan.outcomes:
        outcome = vocabulary.outcomes[item.outcome]
        own.append([names.label(outcome), _meaning(outcome)])
    groups = [("Compared in this report", own)]
    groups += [(heading, [[capital(name(k, "word")), name(v, "word")] for k, v in terms.items()]) for heading, terms in
               GLOSSARY.items()]  # fmt: skip
    return tuple(
        grid(heading, ["Word", "Meaning"], body, name=f"glossary-{index}", texts=(1,))
        for index, (heading, body) in enumerate(groups) if body
    )  # fmt: skip


def _meaning(outcome: Outcome) -> Runs:
    ref = f"vocabulary.outcomes.{outcome.id}"
    return name(" ".join(text for text in (outcome.definition, *outcome.notes) if text), ref)
