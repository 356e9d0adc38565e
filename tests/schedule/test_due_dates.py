"""What is due: from the state and not from having been awake; missed dates, clocks that jump, states that are lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from export_rooms import DAILY, WEEKLY, Room, at

from analytics.schedule.deciding import adopt


def names(room: Room) -> list[str]:
    return [name.removeprefix("weekly-").removeprefix("daily-") for name in room.archive]


def test_dates_count_from_first_sight(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert room.call("2026-03-05T12:00").exit_code == 0
    assert room.archive == []
    assert room.call("2026-03-09T04:59:59").lines == ()
    assert room.call("2026-03-09T05:00").lines == ("weekly 2026-03-09: sent to folder:archive",)
    assert room.call("2026-03-09T05:15").lines == ()
    assert names(room) == ["2026-03-09"]


def test_the_date_of_this_very_moment_counts_at_first_sight(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-09T06:00+01:00")
    assert names(room) == ["2026-03-09"]


def test_every_missed_date_is_made_up_once(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-05T12:00")
    room.call("2026-04-01T12:00")
    room.call("2026-04-01T12:15")
    assert names(room) == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert [slot.late for slot in room.slots()] == [True, True, True, False]


@pytest.mark.parametrize(
    ("catch_up", "now", "sent"),
    [("latest", "2026-04-01T12:00", ["2026-03-30"]), ("none", "2026-04-01T12:00", []),
     ("none", "2026-03-30T22:30+02:00", ["2026-03-30"])],
)  # fmt: skip
def test_catching_up_only_the_latest_or_none(tmp_path: Path, catch_up: str, now: str, sent: list[str]) -> None:
    room = Room(tmp_path, WEEKLY + f"    catch_up: {catch_up}\n")
    room.call("2026-03-05T12:00")
    room.call(now)
    assert names(room) == sent
    skipped = [slot for slot in room.slots() if slot.status == "skipped"]
    assert len(skipped) == 4 - len(sent)
    assert all("catch_up" in slot.why[0] for slot in skipped)


def test_a_changed_schedule_counts_from_first_sight_and_the_old_one_until_then(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-05T12:00")
    room.write(WEEKLY.replace("0 6 * * 1", "0 6 * * 3"))
    room.call("2026-03-12T12:00")
    assert names(room) == ["2026-03-09"], "the old rule's Monday, not the new rule's Wednesday"
    room.call("2026-03-20T12:00")
    assert names(room) == ["2026-03-09", "2026-03-18"]


def test_more_than_31_dates_ask_first(tmp_path: Path) -> None:
    room = Room(tmp_path, DAILY)
    room.call("2026-03-01T12:00")
    found = room.call("2026-04-04T12:00")
    assert found.exit_code == 16
    assert "34 dates" in found.troubles[0].said
    assert room.archive == []
    assert room.slots() == []
    assert room.call("2026-04-04T12:00", yes=True).exit_code == 0
    assert len(room.archive) == 34


def test_31_dates_do_not_ask(tmp_path: Path) -> None:
    room = Room(tmp_path, DAILY)
    room.call("2026-03-01T12:00")
    assert room.call("2026-04-01T12:00").exit_code == 0
    assert len(room.archive) == 31


def test_35_days_of_silence_ask_and_a_clock_far_ahead_blocks_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-05T12:00")
    assert room.call("2036-03-05T12:00").exit_code == 16
    assert room.archive == []
    assert room.call("2026-03-09T12:00").exit_code == 0
    assert names(room) == ["2026-03-09"]


def test_a_clock_that_was_believed_in_2036_and_comes_back(tmp_path: Path) -> None:
    room = Room(tmp_path, WEEKLY + "    catch_up: latest\n")
    room.call("2026-03-05T12:00")
    room.call("2036-03-05T12:00", yes=True)
    assert names(room) == ["2036-03-03"]
    found = room.call("2026-03-10T12:00")
    assert found.exit_code == 16
    assert "backwards" in found.troubles[0].said
    assert room.call("2026-03-10T12:05", yes=True).exit_code == 0
    room.call("2026-03-16T12:00")
    assert names(room) == ["2026-03-16", "2036-03-03"]


def test_adopt_after_a_clock_that_was_believed_in_2036(tmp_path: Path) -> None:
    room = Room(tmp_path, WEEKLY + "    catch_up: latest\n")
    room.call("2026-03-05T12:00")
    room.call("2036-03-05T12:00", yes=True)
    adopt(room.settings, now=at("2026-03-10T12:00"))
    assert room.call("2026-03-16T12:00").exit_code == 0
    assert names(room) == ["2026-03-16", "2036-03-03"]


def test_a_clock_put_back_an_hour_sends_nothing_twice(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-05T12:00")
    room.call("2026-03-09T05:10")
    assert room.call("2026-03-09T04:10").exit_code == 0
    assert room.call("2026-03-09T05:20").exit_code == 0
    assert room.maker.made == ["2026-03-09T05:00:00+00:00"]


def test_a_lost_state_beside_an_archive_asks(tmp_path: Path) -> None:
    room = Room(tmp_path)
    for now in ("2026-03-05T12:00", "2026-03-09T12:00", "2026-03-16T12:00"):
        room.call(now)
    shutil.rmtree(tmp_path / "state")
    found = room.call("2026-03-31T12:00")
    assert found.exit_code == 16
    assert "2026-03-16" in found.troubles[0].said
    assert "adopt" in found.troubles[0].fix
    assert len(room.archive) == 2
    room.call("2026-03-31T12:00", yes=True)
    assert room.call("2026-04-06T12:00").exit_code == 0
    assert names(room) == ["2026-03-09", "2026-03-16", "2026-04-06"]


def test_a_new_export_beside_the_archive_of_another_does_not_ask(tmp_path: Path) -> None:
    room = Room(tmp_path)
    for now in ("2026-03-05T12:00", "2026-03-09T12:00"):
        room.call(now)
    room.write(WEEKLY + WEEKLY.partition("\n")[2].replace("weekly", "weekly-two"))
    assert room.call("2026-03-10T12:00").exit_code == 0


@pytest.mark.parametrize("damage", [b"", b"garbage", b"{}\n{}\n"])
def test_a_damaged_schedule_is_rebuilt_from_the_dates(tmp_path: Path, damage: bytes) -> None:
    room = Room(tmp_path)
    for now in ("2026-03-05T12:00", "2026-03-09T12:00"):
        room.call(now)
    (room.place().folder / "schedule.json").write_bytes(damage)
    assert room.call("2026-03-24T12:00").exit_code == 0
    assert names(room) == ["2026-03-09", "2026-03-16", "2026-03-23"]


def test_a_damaged_schedule_without_dates_asks(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.call("2026-03-05T12:00")
    (room.place().folder / "schedule.json").write_bytes(b"x")
    assert room.call("2026-03-09T12:00").exit_code == 16


def test_other_exports_go_on(tmp_path: Path) -> None:
    room = Room(tmp_path, WEEKLY + DAILY.partition("\n")[2])
    room.call("2026-03-05T12:00")
    (room.place().folder / "schedule.json").write_bytes(b"x")
    found = room.call("2026-03-06T12:00")
    assert found.exit_code == 16
    assert room.archive == ["daily-2026-03-06"]


def test_a_rule_of_several_dates_a_day_gives_each_its_own_folder(tmp_path: Path) -> None:
    room = Room(tmp_path, WEEKLY.replace("0 6 * * 1", "*/30 * * * *"))
    room.call("2026-10-24T23:59")
    room.call("2026-10-25T02:10")
    assert len(room.archive) == 5
    assert names(room)[0] == "2026-10-25-0000z"
