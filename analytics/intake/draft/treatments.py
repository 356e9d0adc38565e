"""Treatment texts: which arm each means, by the dictionary's words, then by the settings that its rows have filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.domain.matching import Matcher
from analytics.intake.draft.content import Facts
from analytics.intake.draft.names import Dictionary, word_set, words_of
from schemas.spelling import fold
from schemas.synonyms_texts import TREATMENTS

SURE = 0.5
#: Words of other treatments that borrow a name of ours: radio-frequency needling, laser peels.
OTHERS = word_set(
    "rf radiofrequency radiofrequenz radiofrequenza laser ipl carbon hydrafacial plasma ultrasound hifu botox filler"
    " prp led cryo"
)
LEAST_LINES = 6  # of a text before its filled settings say anything
MARKED = 0.9  # share of a setting's rows that one treatment must have
MOST_LISTED = 8  # texts of one beginning from which a * stands for them
_WORDS = Dictionary(TREATMENTS)
_SETTINGS = (
    ("peel_percent", re.compile(r"(?:[a-z]\s*|^)(\d+(?:[.,]\d+)?)\s*(?:%|/|$)", re.I)),
    ("peel_minutes", re.compile(r"(\d+(?:[.,]\d+)?)\s*min", re.I)),
    ("peel_layers", re.compile(r"\bx\s*(\d+)|(\d+)\s*(?:layers|coats|Schichten|strati|capas|couches)", re.I)),
    ("roller_needle_mm", re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:mm|$)", re.I)),
    ("mda_passes", re.compile(r"(\d+)\s*(?:passes|Durchg|passaggi|pasadas|passages)", re.I)),
)


@dataclass(frozen=True)
class Meant:
    """``arms``: text -> (treatment id, reason); ``left``: texts that match nothing, most frequent first."""

    arms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    left: tuple[str, ...] = ()


NOTHING = Meant()


def arm_of(text: str) -> str:
    """The arm that a text names by its words ("" = none, or two alike)."""
    words = [w for w in words_of(re.sub(r"\d+(?:[.,]\d+)?|/|%", " ", text)) if not w.isdigit()]
    if OTHERS & set(words):
        return ""
    scores: dict[str, float] = {}
    for arm in TREATMENTS:
        whole = _WORDS.likeness(tuple(words), arm)
        single = max((_WORDS.likeness((w,), arm) * (0.9 if len(w) > 2 or w == words[0] else 0.4) for w in words),
                     default=0.0)  # fmt: skip
        scores[arm] = max(whole, single)
    (second, _), (best, arm) = sorted((score, arm) for arm, score in scores.items())[-2:]
    return arm if best >= SURE and best > second + 0.05 else ""


def meant_by_words(texts: Sequence[str]) -> Meant:
    """What the texts mean by themselves."""
    arms = {}
    matcher = Matcher.of(TREATMENTS)
    for text in texts:
        known = matcher.match(text).id
        arm = known or arm_of(text)
        if arm:
            arms[text] = (arm, "")
    return Meant(arms, tuple(t for t in texts if t not in arms))


def arm_codes(facts: Facts, meant: Meant) -> np.ndarray:
    """Arm per line as a number: 0.. in the order of TREATMENTS, -1 no treatment, -2 a text nobody understands yet."""
    order = {arm: i for i, arm in enumerate(TREATMENTS)}
    by_text = [order[meant.arms[t][0]] if t in meant.arms else -2 for t in facts.texts]
    return np.array([*by_text, -1])[facts.codes]


def meant_by_settings(facts: Facts, meant: Meant, others: Sequence[Facts]) -> Meant:
    """Texts that match nothing, told by columns that only one treatment fills (needle length, peel layers)."""
    arms = arm_codes(facts, meant)
    markers: dict[int, list[Facts]] = {}
    for column in others:
        arm = only_with(column, arms)
        if arm is not None and column.share(arms == arm) >= 0.4:
            markers.setdefault(arm, []).append(column)
    found = dict(meant.arms)
    names = list(TREATMENTS)
    for text in (t for t in meant.left if facts.count(t) >= LEAST_LINES and not OTHERS & set(words_of(t))):
        here = facts.codes == facts.texts.index(text)
        marked = {arm: max(c.share(here) for c in columns) for arm, columns in markers.items()}
        good = [arm for arm, share in marked.items() if share >= 0.5]
        if len(good) == 1 and all(share < 0.1 for arm, share in marked.items() if arm != good[0]):
            column = max(markers[good[0]], key=lambda c: c.share(here))
            found[text] = (names[good[0]], f"its rows fill {column.header!r}, as only rows of this treatment do")
    return Meant(found, tuple(t for t in meant.left if t not in found))


def only_with(column: Facts, arms: np.ndarray) -> int | None:
    """The one arm whose rows fill ``column`` (rows with texts not understood yet do not count)."""
    here = arms[column.filled & (arms != -2)]
    if len(here) < 10:
        return None
    counts = np.bincount(here[here >= 0], minlength=len(TREATMENTS))
    arm = int(np.argmax(counts))
    often = column.share(arms == arm) >= 0.05
    return arm if often and counts[arm] >= MARKED * len(here) and counts[arm] < (arms >= 0).sum() else None


def settings_in(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Settings written into treatment texts, as in GA35/3min/x1: parameter -> number by text (NaN: none)."""
    found = {}
    for parameter, pattern in _SETTINGS:
        hits = [pattern.search(text) for text in texts]
        numbers = [next(g for g in hit.groups() if g) if hit else "nan" for hit in hits]
        found[parameter] = np.array([float(n.replace(",", ".")) for n in numbers])
    return found


def listed(texts: Sequence[tuple[str, int]], rivals: Sequence[str]) -> list[tuple[str, int, int]]:
    """(text or wildcard, lines, texts) for one arm: many texts of one beginning become one with ``*``.

    ``rivals``: texts of other arms and of none, which a wildcard must not claim.
    """
    groups: dict[str, list[tuple[str, int]]] = {}
    for text, count in texts:
        head = re.match(r"[^\W\d_]+", text)
        groups.setdefault(fold(head.group()) if head else text, []).append((text, count))
    rows = []
    for beginning, group in groups.items():
        claimed = [r for r in rivals if fold(r).startswith(beginning)]
        alike = {fold(text) for text, _ in group}
        if len(alike) >= MOST_LISTED and len(beginning) >= 2 and not claimed:
            start = re.match(r"[^\W\d_]+", group[0][0])
            rows.append((f"{start.group() if start else ''}*", sum(n for _, n in group), len(group)))
        else:
            rows += [(text, count, 1) for text, count in group]
    return rows
