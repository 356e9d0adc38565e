"""Which of our words a clinic's text means: exact before wildcards, whatever its case, accents and outer space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.spelling import fold


@dataclass(frozen=True)
class Match:
    """``id``: the word meant (None: nothing, or two wildcards); ``by``: id | exact | wildcard; ``claims``: rivals."""

    id: str | None
    by: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Matcher:
    """``exact``: folded text -> id. ``wild``: (parts between the stars, id). ``ids``: the words themselves."""

    exact: Mapping[str, str]
    wild: tuple[tuple[tuple[str, ...], str], ...] = ()
    ids: frozenset[str] = frozenset()
    open: bool = False

    @classmethod
    def of(
        cls,
        ids: Iterable[str],
        texts: Mapping[str, Iterable[str]] | None = None,
        *,
        spellings: Mapping[str, str] | None = None,
        open: bool = False,
    ) -> Matcher:
        """``ids`` always match themselves; ``texts`` (id -> texts of a mapping) come before the house's ``spellings``.

        ``open``: a text that matches nothing is kept as it is.
        """
        names = tuple(ids)
        exact = dict(spellings or {})
        wild = []
        for id_, given in (texts or {}).items():
            for text in given:
                if "*" in text:
                    wild.append((tuple(fold(text).split("*")), id_))
                else:
                    exact[fold(text)] = id_
        exact.update({fold(name): name for name in names})
        return cls(exact, tuple(wild), frozenset(names), open)

    def match(self, text: str) -> Match:
        """What ``text`` means."""
        if text in self.ids:
            return Match(text, "id")
        folded = fold(text)
        if folded in self.exact:
            return Match(self.exact[folded], "exact")
        claims = tuple(dict.fromkeys(id_ for parts, id_ in self.wild if fits(parts, folded)))
        if len(claims) == 1:
            return Match(claims[0], "wildcard")
        if self.open and not claims:
            return Match(text.strip(), "id")
        return Match(None, claims=claims)


def fits(parts: tuple[str, ...], text: str) -> bool:
    """Whether ``text`` is the parts in order with any run of characters between them (the first match is enough)."""
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def collisions(texts: Mapping[str, Iterable[str]], ids: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """(text, id, other id) for every exact text that two entries claim; an id is an exact text of its own entry."""
    owner: dict[str, str] = {fold(name): name for name in ids}
    found = []
    for id_, given in texts.items():
        for text in given:
            other = owner.setdefault(fold(text), id_)
            if "*" not in text and other != id_:
                found.append((text, other, id_))
    return found
