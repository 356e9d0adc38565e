"""A draft as YAML that loads as it is: every guess with its reason beside it, what is open commented out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analytics.intake.draft.drafted import Draft, Entry, Source, TableDraft, Text
from analytics.intake.draft.proposals import arm_ids, arm_lines, open_arms, outcome_lines, strange_lists
from analytics.intake.draft.scalars import MOST_LISTED, above, comment, flow, remark, scalar
from schemas.vocabulary import Vocabulary


def mapping_text(draft: Draft, vocabulary: Vocabulary, *, clinic: str = "") -> str:
    """The whole file."""
    lines = [*_head(draft), *_reading(draft.sessions), *_columns(draft.sessions, vocabulary)]
    lines += [] if "clinic_id" in draft.sessions.targets else _clinic(clinic)
    lines += _readings(draft.sessions)
    lines += arm_lines(draft.sessions, vocabulary)
    lines += outcome_lines(draft.sessions, vocabulary)
    if draft.others:
        lines += ["tables:"]
        for name, table in draft.others.items():
            body = [*_place(table, draft.sessions), *_reading(table, main=False), *_columns(table, vocabulary)]
            lines += [f"  {name}:", *(f"    {line}" if line else "" for line in body)]
    if draft.alone:
        lines += ["", "# Not understood, left alone: " + ", ".join(remark(name) for name in draft.alone)]
    return "\n".join(lines) + "\n"


def _head(draft: Draft) -> list[str]:
    return [
        f"# Draft: how the columns and texts of {remark(draft.sessions.found.place)} become ours.",
        "# Made from the names and contents of the columns. Read it once: correct what is wrong, delete what is not",
        "# wanted, take the # away where a proposal is right. Then: outcomes mapping check THIS_FILE DATA",
        "# Every name of ours is explained by: outcomes dictionary",
        f"shape: {draft.sessions.shape}"
        + ("  # one line per measurement" if draft.sessions.shape == "long" else "  # one line per session or patient"),
    ]


def _reading(table: TableDraft, *, main: bool = True) -> list[str]:
    found = table.found
    lines = [f"sheet: {scalar(found.sheet)}"] if found.sheet else []
    lines += [f"header_row: {found.header_row}  # the row with the column names"] if found.header_row != 1 else []
    lines += [f"decimal: {scalar(table.decimal)}"] if table.decimal != "." else []
    if found.separator:
        lines.append(f"separator: {scalar({chr(9): 'tab'}.get(found.separator, found.separator))}")
    lines += [f"missing: {flow(table.missing)}  # besides empty cells"] if table.missing else []
    return lines


def _place(table: TableDraft, main: TableDraft) -> list[str]:
    return [f"file: {scalar(table.found.file)}"] if table.found.file != main.found.file else []


def _columns(table: TableDraft, vocabulary: Vocabulary) -> Iterator[str]:
    yield "columns:"
    arms = arm_ids(table, vocabulary)
    for entry in table.entries:
        open_ = arms if entry.target == "treatment" else []
        yield from (f"  {line}" for line in _entry(entry, open_))
    for name, sources in strange_lists(table).items():
        listed = ", ".join(_flow_source(source) for source in sources)
        reasons = dict.fromkeys(reason for source in sources for reason in source.reasons)
        yield f"  # {name}: [{listed}]{comment(list(reasons))}"
    shown = {source.header for sources in table.lists.values() for source in sources}
    left = [f.header for f in table.left if f.header not in shown]
    if left:
        yield "  # not used: " + ", ".join(remark(header) for header in left[:40])
        if len(left) > 40:
            yield f"  # and {len(left) - 40} more"


def _entry(entry: Entry, arms: Sequence[tuple[str, Text]] = ()) -> Iterator[str]:
    if not entry.sources:
        yield f"{entry.target}: {{row_number: true}}  # no column of ids was found: every line is a patient of its own"
        return
    if len(entry.sources) > 1:
        yield from above([reason for source in entry.sources for reason in source.reasons][:1])
        yield f"{entry.target}:"
        for source in entry.sources:
            yield f"  - {_flow_source(source)}{comment(source.reasons)}"
        return
    (source,) = entry.sources
    yield from above(source.reasons)
    if not source.keys and not source.values and not arms:
        yield f"{entry.target}: {scalar(source.header)}{comment(source.reasons)}"
        yield from _left_over(source)
        return
    yield f"{entry.target}:{comment(source.reasons)}"
    yield f"  from: {scalar(source.header)}"
    for key, value in source.keys.items():
        yield f"  {key}: {_value(value)}"
    if source.values:
        yield "  values:"
        for code, texts in source.values.items():
            yield f"    {_key(code)}:"
            for text in texts:
                yield f"      - {scalar(text.text)}  # {text.lines:,}{', ' + text.reason if text.reason else ''}"
    if arms:
        yield from open_arms(arms, first=not source.values)
    yield from _left_over(source)


def _key(code: str) -> str:
    return scalar(code)


def _value(value: Any) -> str:
    return flow(value) if isinstance(value, (list, tuple)) else scalar(value)


def _flow_source(source: Source) -> str:
    pairs = [f"from: {scalar(source.header)}", *(f"{key}: {_value(value)}" for key, value in source.keys.items())]
    if source.values:
        texts = ", ".join(f"{_key(code)}: {flow(t.text for t in of)}" for code, of in source.values.items())
        pairs.append(f"values: {{{texts}}}")
    return "{" + ", ".join(pairs) + "}"


def _left_over(source: Source) -> Iterator[str]:
    if source.unmatched:
        yield "  # texts that match nothing yet (rows with them are set aside):"
        yield from _shown(source.unmatched, "  ")


def _shown(texts: Sequence[Text], indent: str) -> Iterator[str]:
    for text in texts[:MOST_LISTED]:
        yield f"{indent}#   - {scalar(remark(text.text))}  # {text.lines:,}"
    if len(texts) > MOST_LISTED:
        yield f"{indent}#   and {len(texts) - MOST_LISTED} more"


def _clinic(clinic: str) -> list[str]:
    if clinic:
        return ["constants:", f"  clinic_id: {scalar(clinic)}  # the folder's name: correct it, it tells clinics apart"]
    return ["# constants: {clinic_id: NAME}   # when files of several clinics are read together"]


def _readings(table: TableDraft) -> list[str]:
    if not table.readings:
        return []
    lines = ["outcomes:"]
    for entry in table.readings:
        (source,) = entry.sources
        lines += [f"  {line}" for line in above(source.reasons)]
        lines.append(f"  {entry.target}:{comment(source.reasons)}")
        lines += [f"    {key}: {_value(value)}" for key, value in source.keys.items()]
    return lines
