"""A year of daily exports with outages, by told moments: every date is delivered once."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from export_rooms import DAILY, Room, at


def year(room: Room, *, days: int) -> list[str]:
    chance = random.Random(5)
    room.call("2026-01-01T12:00+01:00")
    day, end = at("2026-01-02T00:00"), at("2026-01-02T00:00") + dt.timedelta(days=days)
    while day < end:
        for _ in range(chance.choice((0, 1, 1, 2))):
            room.call((day + dt.timedelta(minutes=chance.randrange(1440))).isoformat())
        day += dt.timedelta(days=chance.choice((1,) * 12 + (9, 20)))
    room.call(end.isoformat())
    return [name.removeprefix("daily-") for name in room.archive]


def wanted(days: int) -> list[str]:
    first = dt.date(2026, 1, 2)
    return [(first + dt.timedelta(days=n)).isoformat() for n in range(days)]


def test_two_months_with_outages(tmp_path: Path) -> None:
    room = Room(tmp_path, DAILY)
    assert year(room, days=60) == wanted(60)
    assert len(room.maker.made) == len(set(room.maker.made)) == 60


@pytest.mark.long
def test_a_year_with_outages(tmp_path: Path) -> None:
    room = Room(tmp_path, DAILY)
    assert year(room, days=364) == wanted(364)
    assert len(room.maker.made) == len(set(room.maker.made)) == 364
    print(f"364 dates, {len(room.maker.made)} made and sent once")
