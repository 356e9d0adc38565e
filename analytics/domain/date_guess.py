"""Which date format a column's texts settle: a day beyond 12 decides, else two candidates remain and both are told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.domain.date_format import CANONICAL, LONG_MONTHS, DateFormat, compile_format

#: Day first before month first: where both fit, neither is taken.
_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y",
    "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%y-%m-%d", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y",
    "%B %d, %Y",
    "%d-%b-%y", "%d%b%Y", "%d. %m. %Y", "%Y-%m-%d",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", "T%H:%M", "T%H:%M:%S", ", %H:%M")
ISO = "%Y-%m-%d"
LEAST = 0.85  # share of texts that a format must read; the rest are faults of the file
CLEAR = 0.03  # two formats whose shares are nearer than this are both possible
UNSETTLED = "?"


@dataclass(frozen=True)
class Guess:
    """``formats``: what reads the texts, best first ("" = ours, no format needed); ``share`` of texts read by it.

    ``examples``: for two candidates, texts that both read, and as which days.
    """

    formats: tuple[str, ...] = ()
    share: float = 0.0
    examples: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return len(self.formats) == 1


def _all() -> Iterable[tuple[str, DateFormat]]:
    for day in _DAYS:
        for time in _TIMES:
            yield day + time, compile_format(day + time)


_FORMATS: list[tuple[str, DateFormat]] = []


def formats() -> Sequence[tuple[str, DateFormat]]:
    """Every format that is tried, compiled once."""
    if not _FORMATS:
        _FORMATS.extend(_all())
    return _FORMATS


def looks_dated(text: str) -> bool:
    """Whether a text can be a date at all: two separated runs of digits, a month's name, or eight digits."""
    return 6 <= len(text) <= 30 and bool(
        re.search(r"\d[-/. ]+\d|\d[-/. ]*[A-Za-z]{3}|[A-Za-z]{3,9}\.? \d|^(19|20)\d{6}$", text)
    )


def guess_format(texts: Sequence[str], *, most: int = 3000) -> Guess:
    """What the texts settle. Not dates: no formats."""
    given = [text.strip() for text in texts if text.strip()][:most]
    if not given or sum(map(looks_dated, given[:200])) < LEAST * len(given[:200]):
        return Guess()
    ours = sum(CANONICAL.read(text) is not None for text in given) / len(given)
    if ours >= LEAST:
        return Guess(("",), ours)
    probe = given[:60]
    fits = [(f, c) for f, c in formats() if sum(c.read(t) is not None for t in probe) >= 0.3 * len(probe)]
    shares = sorted(((sum(c.read(t) is not None for t in given) / len(given), -i) for i, (_, c) in enumerate(fits)))
    ranked = [(share, fits[-i]) for share, i in reversed(shares) if share >= LEAST]
    if not ranked:
        return Guess()
    best = ranked[0][0]
    near = [(f, c) for share, (f, c) in ranked if share >= best - CLEAR]
    return Guess(tuple(f for f, _ in near), best, _examples(given, near) if len(near) > 1 else ())


def _examples(given: Sequence[str], near: Sequence[tuple[str, DateFormat]], count: int = 3) -> tuple[str, ...]:
    """Texts that the candidates read as different days, with both days."""
    told = []
    for text in dict.fromkeys(given):
        days = [found[0].date() for _, c in near[:2] if (found := c.read(text)) is not None]
        if len(set(days)) == 2:
            told.append(f"{text} is {said(days[0])} or {said(days[1])}")
    return tuple(told[:count])


def said(day: dt.date) -> str:
    """A day in words that cannot be misread, the same in every locale."""
    return f"{day.day} {LONG_MONTHS[day.month - 1].capitalize()} {day.year}"
