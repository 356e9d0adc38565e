"""The rule by which dates come: a cron line in a time zone, perhaps the first in each period, never on a holiday."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analytics.schedule.destinations.library import delivery_libraries

PERIODS = ("week", "month", "quarter", "year")
ENDINGS = {"1": "st", "2": "nd", "3": "rd"}
EARLY = dt.timedelta(hours=3)  # no change of a clock is longer: what cronsim tells of the past is dropped after
DAY = dt.timedelta(days=1)
SEARCHED = dt.timedelta(days=366 * 9)  # two 29ths of February may be eight years apart


@dataclass(frozen=True)
class Rule:
    """``cron``: five fields. ``first_in``: a period or "". ``holidays``: ISO dates. ``zone``: name of a time zone."""

    cron: str
    first_in: str = ""
    holidays: tuple[str, ...] = ()
    zone: str = "UTC"

    def dates(self, start: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
        """Every date from ``start`` to ``until``, both included, in UTC, rising."""
        for date in self._chosen(start):
            if date > until:
                return
            if date >= start:
                yield date

    def next_after(self, moment: dt.datetime, *, count: int = 1) -> list[dt.datetime]:
        """The next dates behind ``moment``, in UTC; fewer where the rule gives none."""
        found: list[dt.datetime] = []
        for date in self.dates(moment + dt.timedelta(seconds=1), moment + SEARCHED):
            found.append(date)
            if len(found) == count:
                break
        return found

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def _chosen(self, start: dt.datetime) -> Iterator[dt.datetime]:
        """Working dates, one a period where a period is asked for, from the start of the period around ``start``."""
        begun = start if not self.first_in else self._period_start(start)
        taken = None
        holidays = frozenset(self.holidays)
        for date in self._ticks(begun):
            day = self.local(date).date()
            period = period_of(day, self.first_in) if self.first_in else None
            if day.isoformat() in holidays or (self.first_in and period == taken):
                continue
            taken = period
            yield date

    def _ticks(self, start: dt.datetime) -> Iterator[dt.datetime]:
        """What the cron line gives from ``start`` on, in UTC; cronsim forgets which of two equal hours it began in."""
        with delivery_libraries():
            import cronsim
        last = start - dt.timedelta(seconds=1)
        for tick in cronsim.CronSim(self.cron, self.local(start - EARLY)):
            date = tick.astimezone(dt.UTC)
            if date > last:
                last = date
                yield date

    def _period_start(self, moment: dt.datetime) -> dt.datetime:
        day = self.local(moment).date()
        first = day
        while period_of(first - DAY, self.first_in) == period_of(day, self.first_in):
            first -= DAY
        return dt.datetime.combine(first, dt.time(), ZoneInfo(self.zone)).astimezone(dt.UTC)


def period_of(day: dt.date, period: str) -> tuple[int, int]:
    """Which week (from Monday), month, quarter or year a day lies in."""
    if period == "week":
        year, week, _ = day.isocalendar()
        return year, week
    return day.year, {"month": day.month, "quarter": (day.month - 1) // 3, "year": 0}[period]


def said(rule: Rule) -> str:
    """The rule as a sentence."""
    words = _cron_words(rule.cron)
    if rule.first_in:
        words += f", only the first such date of each {rule.first_in}"
    if rule.holidays:
        words += f", never on {len(rule.holidays)} {'holiday' if len(rule.holidays) == 1 else 'holidays'}"
    return f"{words} ({rule.zone})"


def _cron_words(cron: str) -> str:
    with delivery_libraries():
        import cronsim
    told = str(cronsim.CronSim(cron, dt.datetime(2026, 1, 1)).explain())
    return re.sub(r"\b(\d*?)(1[123]|\d)th\b", lambda found: f"{found[1]}{found[2]}{ENDINGS.get(found[2], 'th')}", told)


def fault(cron: str) -> str:
    """What is wrong with a cron line; empty where nothing is."""
    with delivery_libraries():
        import cronsim
    fields = cron.split()
    if len(fields) != 5:
        return "a cron line has five fields (minute, hour, day, month, weekday), like 0 6 * * 1-5"
    try:
        cronsim.CronSim(cron, dt.datetime(2026, 1, 1))
    except (cronsim.CronSimError, AssertionError, ValueError, TypeError, IndexError) as error:
        place = str(error).removeprefix("Bad ") if "Bad " in str(error) else "one of its fields"
        return f"the cron line is not understood: {place}"
    return ""
