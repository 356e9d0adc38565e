"""The commands as a person types them: exit codes, words, JSON, and that a dry run writes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from export_rooms import WEEKLY, Room
from typer.testing import CliRunner

from analytics.cli.app import app
from analytics.cli.exports import _tell
from analytics.domain.errors import Busy, NeedsPerson, NotWritten, OutcomesError, PlanRefused, UsageError
from analytics.schedule.alone import alone
from analytics.schedule.calling import Outcome, Trouble


def typed(room: Room, *arguments: str, fails: type[OutcomesError] | None = None) -> str:
    done = CliRunner().invoke(app, [*arguments, "--config", str(room.config)])
    if fails is None:
        assert done.exception is None, done.exception
        return done.stdout
    assert isinstance(done.exception, fails), done.exception or done.stdout
    return str(done.exception)


def test_what_is_due_without_a_store_is_for_a_person(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert typed(room, "run-due", "--now", "2026-03-05T12:00") == "Nothing is due.\n"
    told = typed(room, "run-due", "--now", "2026-03-09T12:00", fails=NeedsPerson)
    assert "weekly 2026-03-09" in told
    assert NeedsPerson.exit_code == 16


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path)
    typed(room, "run-due", "--now", "2026-03-05T12:00", "--dry-run")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["exports.yml"]
    room.call("2026-03-05T12:00")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    told = typed(room, "run-due", "--now", "2026-03-24T12:00", "--dry-run")
    assert told.splitlines() == [
        "weekly 2026-03-09 06:00: due, caught up",
        "weekly 2026-03-16 06:00: due, caught up",
        "weekly 2026-03-23 06:00: due",
    ]
    assert "would ask" in typed(room, "run-due", "--now", "2027-03-24T12:00", "--dry-run")
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def test_explain_list_and_check(tmp_path: Path) -> None:
    room = Room(tmp_path, WEEKLY.replace('"0 6 * * 1"', '"0 6 * * 1-5", first_in: month'))
    told = typed(room, "exports", "explain", "--now", "2026-03-05T12:00")
    assert "At 06:00 on Monday through Friday, only the first such date of each month (Europe/Rome)." in told
    dates = [line.split()[1] for line in told.splitlines() if "CE" in line]
    assert dates == ["2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-03"]
    assert "weekly  Wed 2026-04-01 06:00" in typed(room, "exports", "list", "--now", "2026-03-05T12:00")
    assert "can be used: 1 export." in typed(room, "exports", "check")
    assert "There is no store" in typed(room, "exports", "check")
    with_plan = WEEKLY.replace("format: [html]", "plan: absent.yml")
    assert "absent.yml" in typed(Room(tmp_path, with_plan), "exports", "check", fails=PlanRefused)


def test_status_for_people_and_programs(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert "no date yet" in typed(room, "exports", "status")
    for now in ("2026-03-05T12:00", "2026-03-09T12:00"):
        room.call(now)
    (tmp_path / "archive").rename(tmp_path / "old")
    (tmp_path / "archive").write_text("a file")
    room.call("2026-03-16T12:00")
    found = json.loads(typed(room, "exports", "status", "--json", "--now", "2026-03-16T12:00"))["exports"][0]
    assert found["dates"] == {"done": 1, "open": 1}
    assert found["last_sent"] == "2026-03-09T06:00+01:00"
    assert found["next"] == "2026-03-23T06:00+01:00"
    assert found["open"][0]["destinations"]["folder:archive"]["state"] == "pending"
    assert "folder:archive pending: " in typed(room, "exports", "status")


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (("run-due", "--now", "tomorrow"), UsageError, "2026-03-01T06:00+01:00"),
        (("run-due", "--only", "monthly"), UsageError, "choose from weekly"),
        (("exports", "explain", "monthly"), UsageError, "choose from weekly"),
        (("exports", "resolve", "weekly", "2026-03-09", "x"), UsageError, "--sent"),
        (("exports", "resolve", "weekly", "soon", "x", "--sent"), UsageError, "a day like"),
        (("exports", "release", "weekly", "2026-03-09"), UsageError, "no date 2026-03-09"),
    ],
)
def test_calls_that_cannot_be_meant(tmp_path: Path, arguments: tuple[str, ...], error: type, told: str) -> None:
    assert told in typed(Room(tmp_path), *arguments, fails=error)


def test_a_second_call_a_missing_file_and_a_full_disk_have_their_codes(tmp_path: Path) -> None:
    room = Room(tmp_path)
    with alone(room.settings.state_folder):
        typed(room, "run-due", fails=Busy)
        typed(room, "exports", "adopt", fails=Busy)
    room.config.unlink()
    typed(room, "run-due", fails=PlanRefused)
    room = Room(tmp_path)
    (tmp_path / "state/lock").unlink()
    (tmp_path / "state").rename(tmp_path / "was")
    (tmp_path / "state").write_text("a file")
    assert typed(room, "run-due", fails=NotWritten)


def test_help_is_quick_and_no_export_library_is_loaded_by_it() -> None:
    code = "import sys, analytics.cli.app; print(sorted({'cronsim', 'httpx', 'pydantic', 'boto3'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]"
    assert time.perf_counter() - started < 5


def test_the_troubles_of_a_long_outage_are_told_in_a_page(tmp_path: Path) -> None:
    left = [Trouble("daily", f"2026-03-{day:02}", "held", "held: few", f"release {day}") for day in range(1, 32)]
    with pytest.raises(NeedsPerson) as told:
        _tell(Outcome((), tuple(left)))
    lines = str(told.value).splitlines()
    assert len(lines) == 2 * (10 + 1)
    assert sum("and 21 more: outcomes exports status --json" in line for line in lines) == 2


def test_a_list_fits_a_screen_and_check_says_which_variable_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOOK_URL", "SMTP_USER", "SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    mail = "mail: {host: smtp.example.org, from: a@example.org, user_env: SMTP_USER, password_env: SMTP_PASSWORD}\n"
    many = ", ".join(f"person-{number}@hospital.example.org" for number in range(4))
    to = f"      - {{to: webhook, url_env: HOOK_URL}}\n      - {{to: mail, recipients: [{many}]}}\n"
    room = Room(tmp_path, mail + WEEKLY.replace("weekly", "weekly-of-all-clinics") + to)
    listed = typed(room, "exports", "list").splitlines()
    assert max(map(len, listed)) <= 80
    assert "person-3@hospital.example.org" in "".join(listed)
    told = typed(room, "exports", "check")
    assert "weekly-of-all-clinics, deliver.2 (webhook): the variable of url_env is not set here" in told
    assert "mail: the variable of password_env is not set here" in told
    assert "HOOK_URL" not in told


def test_a_damaged_entry_is_named_by_its_local_time(tmp_path: Path) -> None:
    room = Room(tmp_path)
    for now in ("2026-03-05T12:00", "2026-03-09T12:00"):
        room.call(now)
    room.place().ledger.path(room.slots()[0].due).write_text("")
    assert "2026-03-09 06:00: its entry in the ledger is damaged" in typed(room, "exports", "status")
