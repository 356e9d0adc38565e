"""The shape of a table: one line per session, one per measurement, or one column per visit, side or both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.intake.draft.content import Facts, groups_of
from analytics.intake.draft.context import Context
from analytics.intake.draft.keys import WORDS

_WEEK = r"w|wk|week|weeks|wo|wch|woche|wochen|sett|settimana|sem|semana|semaine"
_MONTH = r"m|mo|mth|month|months|monat|monate|mese|mesi|mes|meses|mois"
_DAY = r"d|day|tag|giorno|dia|día|j|jour"
_VISIT = r"v|s|vis|visit|visite|visita|besuch|t|tp|timepoint|session|sitzung|seduta|sesion|sesión|seance|séance"
_START = r"baseline|base|bl|bsl|start|initial|ausgangswert|ausgang|basale|basal|inizio|inicio|debut|début|screening"
_MARK = re.compile(
    rf"^(?:(?P<week>{_WEEK})|(?P<month>{_MONTH})|(?P<day>{_DAY})|(?P<visit>{_VISIT}))[\s_.:-]*(?P<n>\d{{1,3}})$", re.I
)
_BEHIND = re.compile(rf"^(?P<n>\d{{1,3}})[\s_.-]*(?:(?P<week>{_WEEK})|(?P<month>{_MONTH}))\.?$", re.I)
_SIDES = {
    "l": "left", "left": "left", "li": "left", "links": "left", "sx": "left", "sinistra": "left", "izq": "left",
    "izquierda": "left", "gauche": "left", "lt": "left", "r": "right", "right": "right", "re": "right", "rt": "right",
    "rechts": "right", "dx": "right", "destra": "right", "der": "right", "derecha": "right", "droite": "right",
}  # fmt: skip
_CUT = re.compile(r"[\s_./:()\[\]-]+")
WEEKS_PER_MONTH = 4


@dataclass(frozen=True)
class Place:
    """What a header says beyond its value: the stem that is left, ``told`` (visit, study_day, side), a remark."""

    stem: str
    told: tuple[tuple[str, object], ...]
    remark: str = ""


def place_of(header: str) -> Place | None:
    """A header with a visit or a side in it; None where it names neither."""
    pieces = [p for p in _CUT.split(header.strip()) if p]
    told: dict[str, object] = {}
    remark, rest = "", []
    i = 0
    while i < len(pieces):
        two = " ".join(pieces[i : i + 2])
        mark = visit_of(two) if i + 1 < len(pieces) else None
        step = 2 if mark else 1
        mark = mark or visit_of(pieces[i])
        side = _SIDES.get(pieces[i].casefold())
        if mark and not set(told) & {"visit", "study_day"}:
            told[mark[0]], remark = mark[1], remark or mark[2]
        elif side and "side" not in told and len(pieces) > 1:
            told["side"], step = side, 1
        else:
            rest.append(pieces[i])
            step = 1
        i += step
    if not told:
        found = re.fullmatch(r"(.*?[^\W\d_])_?(\d{1,2})", header.strip())
        if not found:
            return None
        return Place(
            found.group(1).casefold(), (("visit", int(found.group(2))),), "numbered columns: visits, or sites?"
        )
    return Place(" ".join(rest).casefold(), tuple(sorted(told.items())), remark)


def visit_of(text: str) -> tuple[str, int, str] | None:
    if re.fullmatch(_START, text, re.I):
        return "visit", 0, ""
    found = _MARK.match(text.strip()) or _BEHIND.match(text.strip())
    if not found:
        return None
    part, number = found.groupdict(), int(found.group("n"))
    if part.get("month"):
        return "visit", number * WEEKS_PER_MONTH, f"months counted as {WEEKS_PER_MONTH} weeks"
    return ("study_day", number, "") if part.get("day") else ("visit", number, "")


def are_visits(facts: Facts) -> bool:
    """Whether its texts are visits: Baseline, Week 4, V2."""
    return facts.distinct >= 2 and not facts.numeric and all(visit_of(text) for text in facts.used[:60])


def lists(facts: Mapping[str, Facts], taken: set[str]) -> dict[str, list[tuple[Facts, Place]]]:
    """Columns that are one measure at several visits or sides: stem -> its columns. At least two of a stem."""
    groups: dict[str, list[tuple[Facts, Place]]] = {}
    for header, f in facts.items():
        place = place_of(header) if header not in taken and f.n and not f.dates.formats else None
        if place is not None and place.stem:
            groups.setdefault(place.stem, []).append((f, place))
    return {stem: _one_time(group) for stem, group in groups.items() if _is_list(group)}


def _is_list(group: Sequence[tuple[Facts, Place]]) -> bool:
    told = [place.told for _, place in group]
    numeric = sum(f.numeric for f, _ in group)
    numbered = all(place.remark.startswith("numbered") for _, place in group)
    # A visit written out holds together: one column of a few cells, some of them slips, may look like texts.
    mixed = 0 < numeric < len(group) and (numbered or 2 * numeric <= len(group))
    if len(group) < 2 or len(set(told)) < len(told) or mixed:
        return False
    return not numbered or _similar([f for f, _ in group])


def _similar(columns: Sequence[Facts]) -> bool:
    """Numbered columns are one measure only where they share their range (Question1, Question2 may not)."""
    spans = [(f.seen[0], f.seen[-1]) for f in columns if len(f.seen)]
    if len(spans) < 2:
        return False
    lows, highs = zip(*spans)
    width = max(highs) - min(lows)
    return width > 0 and (max(lows) - min(lows)) <= 0.35 * width and (max(highs) - min(highs)) <= 0.35 * width


def _one_time(group: list[tuple[Facts, Place]]) -> list[tuple[Facts, Place]]:
    """In the order of visits; a mark without a time among others with one is their start."""

    def order(item: tuple[Facts, Place]) -> tuple:
        told = dict(item[1].told)
        return (float(str(told.get("visit", told.get("study_day", 0)))), str(told.get("side", "")))

    return sorted(group, key=order)


def long_columns(context: Context) -> tuple[Facts, Facts] | None:
    """(outcome column, value column) of a table with one line per measurement; None where it has another shape."""
    known = {f.header for f in (context.patient, context.date, context.treatment) if f is not None}
    if context.patient is None or context.lines < 6:
        return None
    rest = [f for h, f in context.facts.items() if h not in known and f.n]
    values = [f for f in rest if f.numeric and f.n >= 0.9 * context.lines and f.distinct >= 5]
    names = [
        f for f in rest if not f.numeric and not are_visits(f) and f.n >= 0.95 * context.lines and 2 <= f.distinct <= 60
    ]
    best: tuple[float, Facts, Facts] | None = None
    for name in names:
        apart = _apart(name, context)
        for value in values:
            score = apart + _explained(name, value)
            score += 0.5 * (WORDS.likeness(name.name.words, "outcome") + WORDS.likeness(value.name.words, "value"))
            if apart >= 0.5 and score >= 1.0 and (best is None or score > best[0]):
                best = (score, name, value)
    return None if best is None else best[1:]


def _apart(name: Facts, context: Context) -> float:
    """How often several lines of one patient and day differ in this column: an outcome's name tells them apart."""
    lines = len(context.who)
    occasions = len(np.unique(context.occasion))
    joint = len(np.unique(groups_of(context.occasion, name.codes)))
    if occasions > 0.75 * lines:
        return 0.0
    return (joint - occasions) / max(lines - occasions, 1)


def _explained(name: Facts, value: Facts) -> float:
    """Share of the spread of (ranks of) the values that lies between the names."""
    keep = np.isfinite(value.values) & name.filled
    if keep.sum() < 10:
        return 0.0
    ranks = np.argsort(np.argsort(value.values[keep], kind="stable"), kind="stable").astype(float)
    codes = name.codes[keep]
    sums, counts = np.bincount(codes, ranks), np.bincount(codes)
    means = sums[counts > 0] / counts[counts > 0]
    between = float((counts[counts > 0] * (means - ranks.mean()) ** 2).sum())
    return between / max(float(((ranks - ranks.mean()) ** 2).sum()), 1e-9)
