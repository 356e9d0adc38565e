"""One column of the file as one of ours: its format, unit, scale, texts and words for missing, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.domain.date_guess import UNSETTLED
from analytics.domain.mapping_checks import column_type
from analytics.intake.draft.columns import Chosen
from analytics.intake.draft.content import Facts
from analytics.intake.draft.drafted import Entry, Source, Text
from analytics.intake.draft.names import words_of
from analytics.intake.draft.shape import visit_of
from analytics.intake.draft.texts import meanings
from analytics.intake.draft.treatments import NOTHING, Meant, listed
from analytics.intake.draft.units import Conversion
from schemas.spelling import fold
from schemas.vocabulary import Vocabulary

MOST_TEXTS = 60
BY_CONTENT = "by what stands in it, not by its name: check"


def date_source(facts: Facts, formats: Sequence[str], **keys: Any) -> Source:
    """A column of dates; two possible formats are left to a person."""
    if len(formats) == 1:
        told = {"format": formats[0]} if formats[0] else {}
        return Source(facts.header, {**told, **keys})
    examples = "; ".join(facts.dates.examples) or "no cell tells them apart"
    reasons = (f"one of {' or '.join(formats[:2])}: {examples}", "replace the ? by the right one")
    return Source(facts.header, {"format": UNSETTLED, **keys}, reasons=reasons)


def column_source(
    chosen: Chosen, vocabulary: Vocabulary, table_missing: Sequence[str], arms: Meant = NOTHING, **keys: Any
) -> Source:
    """Any other column, with what its texts or numbers need."""
    facts, target = chosen.facts, chosen.target
    reasons = [BY_CONTENT] if chosen.by_content else []
    own = [gap for gap in (*facts.gaps, *facts.coded_gaps) if fold(gap) not in {fold(t) for t in table_missing}]
    told: dict[str, Any] = {**keys, **({"missing": own} if own else {})}
    if facts.coded_gaps:
        reasons.append(f"{', '.join(facts.coded_gaps)} lies far from all other values: taken as missing")
    kind = column_type(vocabulary, target)
    if target == "visit" and not facts.numeric:
        return Source(facts.header, told, visit_values(facts), reasons=tuple(reasons))
    if kind in ("code", "codes", "boolean") or (kind in ("number", "integer") and not facts.numeric):
        header = words_of(facts.header)
        found = meanings(facts.used[:MOST_TEXTS], target, vocabulary, header=header, arms=arms.arms)
        values: dict[str, list[Text]] = {}
        for text, (code, reason) in found.found.items():
            values.setdefault(code, []).append(Text(text, facts.count(text), reason))
        left = tuple(Text(t, facts.count(t)) for t in found.left)
        return Source(facts.header, told, values, left if not _open(vocabulary, target) else (), tuple(reasons))
    by: Conversion | None = chosen.fit.by
    if by is not None and by.keys:
        told = {**told, **by.keys}
        reasons.append(by.reason)
    return Source(facts.header, told, reasons=tuple(reasons))


def visit_values(facts: Facts) -> dict[str, list[Text]]:
    """Texts of visits by their number, in order."""
    found: dict[float, list[Text]] = {}
    for text in facts.used:
        told = visit_of(text)
        if told is not None:
            found.setdefault(float(told[1]), []).append(Text(text, facts.count(text), told[2]))
    return {f"{number:g}": texts for number, texts in sorted(found.items())}


def _open(vocabulary: Vocabulary, target: str) -> bool:
    column = vocabulary.columns.get(target)
    codes = vocabulary.codes.get(column.codes) if column is not None else None
    return codes is not None and codes.open


def treatment_source(facts: Facts, meant: Meant) -> tuple[Source, tuple[Text, ...]]:
    """The treatments with each text's count; and the texts that match nothing."""
    values: dict[str, list[Text]] = {}
    for arm in dict.fromkeys(arm for arm, _ in meant.arms.values()):
        mine = [(t, facts.count(t)) for t, (a, _) in meant.arms.items() if a == arm and fold(t) != fold(arm)]
        rivals = [t for t, (a, _) in meant.arms.items() if a != arm] + list(meant.left)
        once = _folded(mine)
        rows = listed(sorted(once, key=lambda row: (-row[1], row[0])), rivals)
        values[arm] = [
            Text(text, count, meant.arms[text][1] if text in meant.arms else f"{texts} texts")
            for text, count, texts in rows
        ]
    ranked = {arm: texts for arm, texts in sorted(values.items()) if texts}
    left = tuple(Text(t, facts.count(t)) for t in meant.left)
    return Source(facts.header, {}, ranked), left


def _folded(texts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Spellings that a mapping reads alike, once."""
    found: dict[str, tuple[str, int]] = {}
    for text, count in texts:
        first = found.get(fold(text), (text, 0))
        found[fold(text)] = (first[0], first[1] + count)
    return list(found.values())


def outcome_texts(named: Mapping[str, Chosen], column: Facts, rest: Sequence[str]) -> Source:
    """The outcome column of a long file."""
    values: dict[str, list[Text]] = {}
    for text, chosen in named.items():
        reason = BY_CONTENT if chosen.by_content else ""
        if fold(text) != chosen.target:
            values.setdefault(chosen.target, []).append(Text(text, column.count(text), reason))
    return Source(column.header, {}, values, tuple(Text(t, column.count(t)) for t in rest))


def entry(target: str, *sources: Source) -> Entry:
    """One of our columns from one column of the file, or several."""
    return Entry(target, tuple(sources))
