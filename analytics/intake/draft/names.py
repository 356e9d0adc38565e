"""Names of columns and texts, cut into words and compared with phrases of the dictionary, whatever their language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from schemas.spelling import fold


def word_set(text: str) -> frozenset[str]:
    """Words written one behind the other."""
    return frozenset(text.split())


#: Short ways to write a word that many headers use.
SHORT = {
    "nr": "number", "no": "number", "num": "number", "nummer": "number", "numero": "number", "n": "number",
    "#": "number", "hrs": "hours", "hr": "hours", "h": "hours", "std": "stunden", "yrs": "years", "yob": "birth year",
    "dob": "birth date", "wk": "week", "wks": "weeks", "appt": "appointment", "appts": "appointment", "tx": "treatment",
    "pct": "percent", "proz": "prozent", "lfd": "laufende", "nb": "number", "pt": "patient", "pat": "patient",
    "insp": "inspection", "vas": "satisfaction", "conc": "concentration", "min": "minutes", "mins": "minutes",
    "infl": "inflammatory", "noninfl": "noninflammatory", "id": "id", "ref": "reference",
}  # fmt: skip
#: Words that say little about what a column is.
FILLER = word_set(
    "the of a an in on at from and or for to by is was it with der die das des dem den und oder am im von vom zur zum"
    " il la le lo gli i di del della dei e o el los las de du des et ou en al"
)
_AFTER = frozenset(("no", "n"))  # short for number only behind another word
_UNIT = re.compile(r"[\(\[]([^)\]]*)[\)\]]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
KNOWN = 0.7  # likeness from which a word counts as a word of a phrase


@dataclass(frozen=True)
class Name:
    """A header: as the file has it, its words, and the text of its brackets (often a unit)."""

    header: str
    words: tuple[str, ...]
    bracket: str = ""


def name_of(header: str) -> Name:
    """A header cut up."""
    found = _UNIT.search(header)
    bracket = found.group(1).strip() if found else ""
    plain = _UNIT.sub(" ", header) if bracket else header
    return Name(header, words_of(plain) or words_of(header), bracket)


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """Words of a text: folded, cut at signs and at inner capitals, short forms written out, fillers left out."""
    plain = fold(_CAMEL.sub(" ", text).replace("µ", "u").replace("ß", "ss")).replace("per cent", "percent")
    pieces = re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)?|%|#|\?", plain)
    long = [
        word
        for i, piece in enumerate(pieces)
        for word in (SHORT.get(piece, piece) if i or piece not in _AFTER else piece).split()
    ]
    return tuple(word for word in long if word not in FILLER) or tuple(long)


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> float:
    """How much two words are the same word: equal, inflected, cut short, part of a compound, or misspelt."""
    if one == other:
        return 1.0
    if len(one) < 3 or len(other) < 3 or one[0].isdigit():
        return 0.0
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and len(short) >= 4:
        return 0.95 if len(long) - len(short) <= 2 else 0.85
    if len(short) >= 5 and long.endswith(short):
        return 0.75
    shared = _shared(short, long)
    if shared >= 4 and shared >= 0.66 * len(short):
        return 0.85 if len(long) - shared <= 4 else 0.7
    if len(short) >= 5 and difflib.SequenceMatcher(None, one, other).ratio() >= 0.84:
        return 0.8
    return 0.0


def _shared(one: str, other: str) -> int:
    """Letters that both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


class Dictionary:
    """Phrases by target; ``likeness(words, target)`` from 0 to 1, rare words weighing more than common ones."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self.phrases = {target: tuple(words_of(p) for p in of) for target, of in phrases.items()}
        self.compact = {target: frozenset("".join(p) for p in of) for target, of in self.phrases.items()}
        self.users: dict[str, int] = {}
        for of in self.phrases.values():
            for word in {word for phrase in of for word in phrase}:
                self.users[word] = self.users.get(word, 0) + 1

    def weight(self, word: str) -> float:
        """A word of one target weighs 1; the more targets use it, the less it says."""
        return 1.0 / self.users.get(word, 1) ** 0.5

    def likeness(self, words: tuple[str, ...], target: str) -> float:
        """How well ``words`` name ``target``."""
        if not words or target not in self.phrases:
            return 0.0
        joined = "".join(words)
        if joined in self.compact[target]:
            return 1.0
        return max((self._phrase(words, phrase) for phrase in self.phrases[target]), default=0.0)

    def known(self, word: str) -> dict[str, float]:
        """Targets that have a word like ``word`` in a phrase, with how like it is."""
        found = {
            t: max((alike(word, w) for phrase in of for w in phrase), default=0.0) for t, of in self.phrases.items()
        }
        return {target: likeness for target, likeness in found.items() if likeness >= KNOWN}

    def _phrase(self, words: tuple[str, ...], phrase: tuple[str, ...]) -> float:
        """Matched weight of both, the header's own counting more; common words count for little."""
        here = [max((alike(word, p) * self.weight(p) ** 0.5 for p in phrase), default=0.0) for word in words]
        there = [max((alike(word, p) for word in words), default=0.0) for p in phrase]
        weights = [self.weight(p) for p in phrase]
        mine = sum(here) / len(words)
        theirs = sum(a * w for a, w in zip(there, weights)) / sum(weights)
        return min(0.65 * mine + 0.35 * theirs, 0.99) if mine > 0.0 else 0.0
