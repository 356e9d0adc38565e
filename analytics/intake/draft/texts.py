"""What the texts of a coded column mean: the house's spellings, the dictionary's words, short forms, negation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from analytics.domain.matching import Matcher
from analytics.intake.draft.names import Dictionary, word_set, words_of
from analytics.intake.draft.treatments import arm_of
from schemas.spelling import fold, permitted, spellings
from schemas.synonyms_texts import TEXTS
from schemas.vocabulary import Vocabulary

NOT = word_set("not no non nicht kein keine pas sin sans senza never")
SURE = 0.55  # likeness from which a word of the dictionary is taken
STRICT = {"side": 0.9}  # a side wrongly taken turns a comparison round: only its plain words
AHEAD = 0.08  # by which it must lead the next meaning


@dataclass(frozen=True)
class Meanings:
    """``house``: read without a mapping; ``found``: text -> (code, reason); ``open``: texts that match nothing."""

    house: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    def share(self, count: Mapping[str, int]) -> float:
        """Share of lines whose text has a meaning."""
        whole = sum(count.values())
        return sum(n for t, n in count.items() if t in self.house or t in self.found) / whole if whole else 0.0

    @property
    def codes(self) -> set[str]:
        return {*self.house.values(), *(code for code, _ in self.found.values())}


@lru_cache(maxsize=64)
def _dictionary(codes: str) -> Dictionary:
    return Dictionary(TEXTS.get(codes, {}))


def code_list(vocabulary: Vocabulary, column: str) -> str:
    """Id of the code list of a column or parameter ("" = none)."""
    known = vocabulary.columns.get(column)
    return known.codes if known is not None else column if column in vocabulary.codes else ""


def meanings(
    texts: Sequence[str],
    column: str,
    vocabulary: Vocabulary,
    *,
    header: Sequence[str] = (),
    arms: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Meanings:
    """What ``texts`` (most frequent first) mean in ``column``; ``header``: its words, an echo of which means yes.

    ``arms``: what treatment texts of the same clinic are known to mean.
    """
    ids = _ids(vocabulary, column)
    matcher = Matcher.of(ids, spellings=spellings(vocabulary, column))
    several = getattr(vocabulary.columns.get(column), "type", "") == "codes"
    house: dict[str, str] = {}
    for text in texts:
        parts = [p.strip() for p in text.split(";") if p.strip()] if several else [text]
        codes = [matcher.match(part).id for part in parts]
        if codes and all(code is not None for code in codes):
            house[text] = ";".join(str(code) for code in codes)
    open_ = [text for text in texts if text not in house]
    if code_list(vocabulary, column) == "treatment":
        named = {t: arms.get(t) or (arm_of(t), "") for t in open_}
        found = {t: (arm, reason) for t, (arm, reason) in named.items() if arm}
        return Meanings(house, found, tuple(t for t in open_ if t not in found))
    if set(texts) == {"0", "1"} and column == "sex":
        return Meanings({}, _flag(header), ())
    found = _by_words(open_, code_list(vocabulary, column), set(ids))
    found |= _short_forms([t for t in open_ if t not in found], column, ids, vocabulary)
    if {"yes", "no"} <= set(ids) or set(ids) == {"true", "false"}:
        found = _yes_and_no(open_, found, house, ids, header)
    taken = {*house.values(), *(code for code, _ in found.values())}
    left = [text for text in open_ if text not in found]
    found |= _remainder(left, [i for i in ids if i not in taken], len(ids), open_list=_open(vocabulary, column))
    return Meanings(house, found, tuple(t for t in open_ if t not in found))


def _ids(vocabulary: Vocabulary, column: str) -> tuple[str, ...]:
    """The codes of a column, those of open lists too."""
    if getattr(vocabulary.columns.get(column), "type", "") == "boolean":
        return ("true", "false")
    codes = vocabulary.codes.get(code_list(vocabulary, column))
    return permitted(vocabulary, column) or (tuple(codes.codes) if codes else ())


def _open(vocabulary: Vocabulary, column: str) -> bool:
    codes = vocabulary.codes.get(code_list(vocabulary, column))
    return codes is not None and codes.open


def _flag(header: Sequence[str]) -> dict[str, tuple[str, str]]:
    """1 and 0 under a header that is itself one of two sexes."""
    found = _by_words([" ".join(header)], "sex", {"female", "male"})
    yes = next((code for code, _ in found.values()), "")
    no = {"female": "male", "male": "female"}.get(yes, "")
    return {"1": (yes, "the header says so"), "0": (no, "the other one")} if yes else {}


def _by_words(texts: Iterable[str], codes: str, ids: set[str]) -> dict[str, tuple[str, str]]:
    """Texts that name one code clearly more than any other, or whose known words all belong to one."""
    dictionary, found = _dictionary(codes), {}
    sure = STRICT.get(codes, SURE)
    for text in texts:
        words = words_of(text)
        if not words or (words[0] in NOT and "no" in ids):
            continue
        ranked = sorted((dictionary.likeness(words, code), code) for code in TEXTS.get(codes, {}) if code in ids)
        if not ranked:
            continue
        best, code = ranked[-1]
        if best >= sure and (len(ranked) == 1 or best >= ranked[-2][0] + AHEAD):
            found[text] = (code, "" if best >= 0.95 else "by its words")
        elif codes not in STRICT and (agreed := _agreed(words, dictionary)) in ids:
            found[text] = (agreed, "by its words")
    return found


def _agreed(words: Sequence[str], dictionary: Dictionary) -> str:
    """The one code that all known words of a text belong to ("" = none; at least half must be known)."""
    known = [set(codes) for word in words if (codes := dictionary.known(word))]
    if not known or len(known) * 2 < len(words):
        return ""
    shared = set.intersection(*known)
    return next(iter(shared)) if len(shared) == 1 else ""


def _short_forms(
    texts: Sequence[str], column: str, ids: Sequence[str], vocabulary: Vocabulary
) -> dict[str, tuple[str, str]]:
    """One or two letters each (C, O, D; LH, RH; Fr., Hr.) that fit one code only, most texts being such."""
    short = {t: plain for t in texts if 1 <= len(plain := fold(t).rstrip(".")) <= 3 and plain.isalpha()}
    if len(short) < 2 or len(short) <= len(texts) / 2:
        return {}
    names = {code: [code, *_names_of(vocabulary, column, code)] for code in ids}
    found = {}
    for text, letters in short.items():
        fits = [code for code in ids if any(_abbreviates(letters, fold(name)) for name in names[code])]
        if len(fits) != 1:
            fits = [code for code in ids if code[0] == letters[0]]
        if len(fits) == 1:
            found[text] = (fits[0], "short form")
    fair = len({code for code, _ in found.values()}) >= min(len(found), len(ids) - 1)
    return found if fair else {}


def _names_of(vocabulary: Vocabulary, column: str, code: str) -> tuple[str, ...]:
    codes = code_list(vocabulary, column)
    house = vocabulary.codes[codes].synonyms.get(code, ()) if codes in vocabulary.codes else ()
    return (*house, *TEXTS.get(codes, {}).get(code, ()))


def _abbreviates(letters: str, name: str) -> bool:
    """The beginning of the name, the first letters of its words, or first letter to last with some left out."""
    words = name.split()
    if name.startswith(letters) or "".join(w[0] for w in words) == letters:
        return True
    rest = iter(name)
    return len(letters) >= 2 and name[0] == letters[0] and name[-1] == letters[-1] and all(c in rest for c in letters)


def _yes_and_no(
    texts: Sequence[str],
    found: dict[str, tuple[str, str]],
    house: Mapping[str, str],
    ids: Sequence[str],
    header: Sequence[str],
) -> dict[str, tuple[str, str]]:
    """A text and its negation are yes and no; a text that only repeats the header is yes."""
    yes, no = ("true", "false") if "true" in ids else ("yes", "no")
    found = dict(found)
    words = {text: words_of(text) for text in texts}
    for text, these in words.items():
        if len(these) > 1 and these[0] in NOT:
            found[text] = (no, "says not")
            found |= {t: (yes, f"the other of {text!r}") for t, w in words.items() if w == these[1:]}
    for text, these in words.items():
        if text not in found and these and set(these) <= set(header):
            found[text] = (yes, "repeats the header")
    return found


def _remainder(left: Sequence[str], codes: Sequence[str], whole: int, *, open_list: bool) -> dict[str, tuple[str, str]]:
    """Where only one code (unknown apart) is left for the texts that are left, it is theirs."""
    core = [code for code in codes if code not in ("unknown", "other", "sunburn", "both")]
    if open_list or len(left) != 1 or len(core) != 1 or whole - len(codes) < 1:
        return {}
    return dict.fromkeys(left, (core[0], "what is left over"))
