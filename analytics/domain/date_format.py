"""Dates in a clinic's own writing: a strict reader for a format like ``%d/%m/%Y``, the same in every locale."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from analytics.domain.errors import UsageError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
PARTS = {
    "d": r"(?P<d>[0-9]{1,2})", "m": r"(?P<m>[0-9]{1,2})", "Y": r"(?P<Y>[0-9]{4})", "y": r"(?P<y>[0-9]{2})",
    "H": r"(?P<H>[0-9]{1,2})", "I": r"(?P<I>[0-9]{1,2})", "M": r"(?P<M>[0-9]{2})", "S": r"(?P<S>[0-9]{2})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)", "b": f"(?P<b>{'|'.join(MONTHS)})", "B": f"(?P<B>{'|'.join(LONG_MONTHS)})",
    "%": "%",
}  # fmt: skip
_EXAMPLE = {
    "d": "31", "m": "01", "Y": "2026", "y": "26", "H": "14", "I": "02", "M": "30", "S": "00", "p": "pm", "b": "Jan",
    "B": "January",
}  # fmt: skip
EARLIEST, LATEST = 1900, 2199
ISO = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:[ T](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2}))?)?"
)


@dataclass(frozen=True)
class DateFormat:
    """A compiled format. ``timed``: it holds an hour, so midnight is a time and not the lack of one."""

    pattern: re.Pattern[str]
    text: str
    timed: bool | None  # None: decided by each text (ISO)

    @property
    def example(self) -> str:
        """A date written so, of a day that tells day and month apart: 31.01.2026."""
        parts = re.split(r"%(.)", self.text)
        return "".join(_EXAMPLE.get(part, part) if i % 2 else part for i, part in enumerate(parts))

    def read(self, text: str) -> tuple[dt.datetime, bool] | None:
        """(moment, whether the text gave a time), or None where it is no such date in a plausible year."""
        found = self.moment(text)
        return found if found is not None and plausible(found[0]) else None

    def moment(self, text: str) -> tuple[dt.datetime, bool] | None:
        """As ``read``, for any year."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        part = found.groupdict()
        try:
            moment = dt.datetime(
                _year(part), _month(part), int(part["d"]), _hour(part), int(part.get("M") or 0), int(part.get("S") or 0)
            )
        except ValueError:
            return None
        timed = part.get("H") is not None if self.timed is None else self.timed
        return moment, timed


def plausible(moment: dt.datetime) -> bool:
    """Whether a session or birth of a living patient can have this year."""
    return EARLIEST <= moment.year <= LATEST


CANONICAL = DateFormat(ISO, "2026-03-01 or 2026-03-01 14:30", None)


def compile_format(text: str) -> DateFormat:
    """The reader of ``text``. Raises ValueError with a sentence where it does not settle a day."""
    if text.strip() in ("?", ""):
        raise ValueError(
            'the date format is not settled yet: write it like "%d/%m/%Y" (day, month, year of four digits)'
        )
    pattern: list[str] = []
    seen: list[str] = []
    pieces = re.split(r"%(.)", text)
    for literal, directive in zip(pieces[::2], [*pieces[1::2], ""]):
        pattern.append(re.escape(literal))
        if directive:
            pattern.append(_part(directive, seen))
    if not {"d"} <= set(seen) or not set(seen) & {"m", "b", "B"} or not set(seen) & {"Y", "y"}:
        raise ValueError(f"the date format {text!r} must hold a day (%d), a month (%m, %b or %B) and a year (%Y or %y)")
    if ("I" in seen) != ("p" in seen):
        raise ValueError(
            f"the date format {text!r}: %I (hours to 12) and %p (am, pm) go together; %H is the hour to 23"
        )
    timed = bool(set(seen) & {"H", "I"})
    return DateFormat(re.compile("".join(pattern), re.IGNORECASE | re.ASCII), text, timed)


def _part(directive: str, seen: list[str]) -> str:
    if directive not in PARTS:
        raise ValueError(
            f"%{directive} is not known in a date format; possible are {', '.join('%' + p for p in PARTS)}"
        )
    if directive in seen:
        raise ValueError(f"%{directive} stands twice in the date format")
    if directive != "%":
        seen.append(directive)
    return PARTS[directive]


def _year(part: dict[str, str]) -> int:
    if part.get("Y"):
        return int(part["Y"])
    short = int(part["y"])
    return short + (1900 if short >= 69 else 2000)  # the rule of POSIX strptime


def _month(part: dict[str, str]) -> int:
    if part.get("m"):
        return int(part["m"])
    return MONTHS.index((part.get("b") or part["B"])[:3].lower()) + 1


def _hour(part: dict[str, str]) -> int:
    if not part.get("I"):
        return int(part.get("H") or 0)
    hour = int(part["I"])
    if not 1 <= hour <= 12:
        raise ValueError("an hour with am or pm goes from 1 to 12")
    return hour % 12 + (12 if part["p"][0] in "pP" else 0)


def as_date(value: Any) -> dt.date | None:
    """A date from a date or ISO text; UsageError for anything else."""
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.date.fromisoformat(str(value).replace("T", " ").split(" ")[0])
    except ValueError:
        raise UsageError(f"A cut-off must be a date like 2026-09-30; {value!r} was found.") from None
