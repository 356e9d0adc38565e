"""What a draft proposes, commented out: arms for texts that match nothing, outcomes for numbers that are left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analytics.intake.draft.content import Facts
from analytics.intake.draft.drafted import Source, TableDraft, Text
from analytics.intake.draft.scalars import MOST_LISTED, flow, remark, scalar
from schemas.spelling import fold
from schemas.vocabulary import Vocabulary


def arm_ids(table: TableDraft, vocabulary: Vocabulary) -> list[tuple[str, Text]]:
    """Ids for treatment texts that match nothing."""
    taken = {*vocabulary.treatments, *vocabulary.outcomes, *vocabulary.columns, *vocabulary.parameters()}
    return [(_id(text.text, taken), text) for text in table.arms[:MOST_LISTED]]


def open_arms(arms: Sequence[tuple[str, Text]], *, first: bool) -> Iterator[str]:
    """Texts that match nothing, as values of arms of their own; ``first``: no other values stand there."""
    yield "    # These match nothing and their rows are set aside: list them under a treatment of ours,"
    yield "    # or take the # away here and under treatments: below."
    if first:
        yield "  # values:"
    for name, text in arms:
        yield f"    # {name}: {flow([text.text])}  # {text.lines:,}"


def strange_lists(table: TableDraft) -> dict[str, Sequence[Source]]:
    """Lists of outcomes that are not ours, by an id."""
    taken: set[str] = set()
    return {_id(stem, taken): sources for stem, sources in table.lists.items()}


def arm_lines(table: TableDraft, vocabulary: Vocabulary) -> list[str]:
    """Treatment texts that match nothing, proposed as arms."""
    arms = arm_ids(table, vocabulary)
    lines = ["# treatments:   # if these are treatments of their own"] if arms else []
    return lines + [
        f"#   {name}: {{label: {scalar(remark(text.text))}}}  # {text.lines:,} lines" for name, text in arms
    ]


def outcome_lines(table: TableDraft, vocabulary: Vocabulary) -> list[str]:
    """Leftover numbers, proposed as outcomes."""
    by_header = {f.header: f for f in table.left}
    rows = [(name, [by_header[s.header] for s in sources]) for name, sources in strange_lists(table).items()]
    shown = {f.header for _, group in rows for f in group}
    taken = {name for name, _ in rows}
    rest = [f for f in table.left if f.numeric and f.distinct > 1 and f.header not in shown]
    rows = [row for row in rows if row[0] not in vocabulary.outcomes]
    rows += [(_id(f.header, taken), [f]) for f in rest]
    rows = [(name, group) for name, group in rows if all(f.numeric for f in group)][:MOST_LISTED]
    if not rows:
        return []
    told = "if these numbers are outcomes: take the # away, correct kind and direction, and name the"
    lines = [f"  # {told}" if table.readings else f"# outcomes:   # {told}"]
    more = "column under columns: too, as ID: HEADER (lists of them stand there already)"
    lines.append(f"  # # {more}" if table.readings else f"#   # {more}")
    for name, group in rows:
        kind, span = _kind(group)
        label = scalar(remark(name if len(group) > 1 else group[0].header))
        low, high = min(f.quantile(0.0) for f in group), max(f.quantile(1.0) for f in group)
        told = f"{{label: {label}, domain: texture, kind: {kind}{span}, direction: lower}}"
        lines.append(f"{'  # ' if table.readings else '#   '}{name}: {told}  # {low:g} to {high:g}")
    return lines


def _kind(group: Sequence[Facts]) -> tuple[str, str]:
    low, high = min(f.quantile(0.0) for f in group), max(f.quantile(1.0) for f in group)
    whole = all(f.whole() == 1.0 for f in group)
    distinct = len({value for f in group for value in f.seen.tolist()})
    counted = any("count" in f.header.casefold() or "anzahl" in f.header.casefold() for f in group)
    if whole and (low, high) == (0.0, 1.0):
        return "binary", ""
    if whole and distinct <= 7 and not counted:
        return "ordinal", f", range: [{low:g}, {high:g}]"
    return ("count", "") if whole and low >= 0 else ("continuous", "")


def _id(text: str, taken: set[str]) -> str:
    """An id made of a text's letters, not taken yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(text).replace("ß", "ss")).strip("_")[:40] or "other"
    plain = plain if plain[0].isalpha() else f"x_{plain}"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name
