"""Sealed once, delivered to each place on its own, kept where it fails, held at gates, decided by a person."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from export_rooms import WEEKLY, Room, at

from analytics.domain.errors import DataRefused, NotWritten, UsageError
from analytics.schedule.alone import alone
from analytics.schedule.config import Gates
from analytics.schedule.deciding import adopt, release, resolve
from analytics.schedule.gates import standing
from analytics.schedule.slots import Leg

TWO = WEEKLY + "      - {to: folder, path: away/reports}\n"
FIRST, DUE = "2026-03-05T12:00", "2026-03-09T05:10"


def started(tmp_path: Path, text: str = WEEKLY, **how: Any) -> Room:
    room = Room(tmp_path, text, **how)
    room.call(FIRST)
    return room


def test_a_place_that_cannot_be_written_is_kept_and_the_other_has_its_report(tmp_path: Path) -> None:
    room = started(tmp_path, TWO)
    found = room.call(DUE)
    assert found.exit_code == 14
    assert room.archive == ["weekly-2026-03-09"]
    (tmp_path / "away").mkdir()
    assert room.call("2026-03-09T05:20").exit_code == 0
    assert room.maker.made == ["2026-03-09T05:00:00+00:00"], "it was made once"
    assert (tmp_path / "away/reports/weekly-2026-03-09/report.html").is_file()


def test_within_the_budget_it_is_tried_again_with_pauses(tmp_path: Path) -> None:
    room = started(tmp_path, TWO, budget=1)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            (tmp_path / "away").mkdir()

    assert room.call(DUE, sleep=sleep).exit_code == 0
    assert len(slept) == 2
    assert slept[1] > slept[0] / 2


def test_a_report_that_cannot_be_written_is_kept(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.maker.fails = [NotWritten("The disk is full."), OSError(28, "No space left on device")]
    assert room.call(DUE).exit_code == 14
    assert room.call(DUE).exit_code == 14
    assert room.call(DUE).exit_code == 0


def test_what_the_data_refuse_is_for_a_person_and_a_fault_of_ours_too(tmp_path: Path) -> None:
    room = started(tmp_path, WEEKLY + WEEKLY.partition("\n")[2].replace("weekly", "other"))
    room.maker.fails = [DataRefused("There is no store.", fix="ingest"), ZeroDivisionError("P-0071")]
    found = room.call(DUE)
    assert found.exit_code == 16
    assert [one.said for one in found.troubles] == ["There is no store.", "a fault of this program (ZeroDivisionError)"]
    assert "P-0071" not in json.dumps(room.events)
    assert [event["at"].partition(" in ")[0] for event in room.events if event["event"] == "fault"]
    assert found.troubles[0].fix == "ingest"
    assert room.slots()[0].why == ("There is no store.",)
    assert not room.place().making.exists()
    assert room.call(DUE).exit_code == 0
    assert len(room.archive) == 2


def test_the_log_has_an_event_a_line_and_an_unwritable_log_stops_nothing(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.call(DUE)
    assert [e["state"] for e in room.events if e["event"] == "destination"] == ["committing", "sent"]
    shutil.rmtree(tmp_path / "state/log")
    (tmp_path / "state/log").write_text("a file")
    assert room.call("2026-03-16T05:10").exit_code == 0
    assert len(room.archive) == 2


def test_everything_in_the_state_is_for_the_owner_alone(tmp_path: Path) -> None:
    os.umask(0o022)
    room = started(tmp_path)
    room.call(DUE)
    found = {p.relative_to(tmp_path): stat.S_IMODE(p.lstat().st_mode) for p in (tmp_path / "state").rglob("*")}
    wrong = {str(p): oct(m) for p, m in found.items() if m & 0o077}
    assert found
    assert wrong == {}


def test_a_second_call_is_told_who_is_at_work(tmp_path: Path) -> None:
    room = started(tmp_path)
    with alone(room.settings.state_folder):
        found = room.refusal(DUE)
    assert found is not None
    assert found.exit_code == 17
    assert f"process {os.getpid()}" in str(found)
    assert room.call(DUE).exit_code == 0


def test_the_lock_is_free_at_once_after_kill_9(tmp_path: Path) -> None:
    room = started(tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from analytics.schedule.alone import alone\n"
        f"with alone(Path({str(tmp_path / 'state')!r})): print('in', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "in\n"
    found = room.refusal(DUE)
    assert found is not None
    assert f"process {owner.pid}" in str(found)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert room.call(DUE).exit_code == 0


HELD = WEEKLY + "    gates: {min_new_rows: 1, max_age_days: 10}\n"


def test_a_held_report_is_released_as_it_was_sealed(tmp_path: Path) -> None:
    room = started(tmp_path, HELD)
    room.maker.measures = {"last": "2026-02-01"}
    found = room.call(DUE)
    assert found.exit_code == 16
    assert "36 days before the date" in found.troubles[0].said
    assert "outcomes exports release weekly 2026-03-09" in found.troubles[0].fix
    assert room.archive == []
    assert room.call("2026-03-09T05:20").exit_code == 16
    room.maker.measures = {"last": "2026-03-15"}
    assert room.call("2026-03-16T05:20").exit_code == 16, "the other is held still"
    done = release(room.settings, "weekly", "2026-03-09", now=at("2026-03-16T06:00"))
    assert done.lines == ("weekly 2026-03-09: sent to folder:archive",)
    assert len(room.maker.made) == 2
    assert room.archive == ["weekly-2026-03-09", "weekly-2026-03-16"]
    with pytest.raises(UsageError, match="not held"):
        release(room.settings, "weekly", "2026-03-09", now=at("2026-03-16T06:00"))


OLD = {"received": 100, "aside": 2, "new_rows": 9, "last": "2026-03-08", "clinics": {"north": "2026-03-08"}}


@pytest.mark.parametrize(
    ("gates", "now", "code"),
    [
        ({"min_new_rows": 3}, {"new_rows": 2}, "min_new_rows"),
        ({"max_quarantined": 0.1}, {"received": 100, "aside": 11}, "max_quarantined"),
        ({"max_quarantined": 0.1}, {"received": 110, "aside": 8}, "max_quarantined"),
        ({"max_age_days": 10}, {"last": "2026-02-26"}, "max_age_days"),
        ({"max_age_days": 10}, {"last": None}, "max_age_days"),
        ({"clinics_present": "all"}, {"clinics": {}}, "clinics_present"),
        ({"clinics_present": "all"}, {"clinics": {"north": "2026-01-01"}}, "clinics_present"),
        ({"clinics_present": ["north", "south"]}, {}, "clinics_present"),
        ({"headline_flip": "hold"}, {"verdicts": {"texture": "worse_small"}}, "headline_flip"),
    ],
)  # fmt: skip
def test_each_gate(gates: dict[str, Any], now: dict[str, Any], code: str) -> None:
    day = at("2026-03-09T00:00").date()
    old = {**OLD, "verdicts": {"texture": "better_meaningful"}}
    found = standing(Gates(**gates), {**old, **now}, old, day=day, late=False)
    assert [one for one, _ in found] == [code]
    assert (
        standing(
            Gates(**gates), {**old, "clinics": {"north": "2026-03-01", "south": "2026-03-01"}}, old, day=day, late=False
        )
        == []
    )
    assert standing(Gates(), {**old, **now}, old, day=day, late=False) == []


def test_too_few_new_rows_hold_no_date_that_is_caught_up() -> None:
    day = at("2026-03-09T00:00").date()
    assert standing(Gates(min_new_rows=3), {"new_rows": 0}, None, day=day, late=True) == []


def with_state(room: Room, label: str, state: str) -> None:
    slot = room.slots()[0]
    from dataclasses import replace

    room.place().ledger.write(replace(slot.with_leg(label, Leg(state)), status="open"))


def test_perhaps_stays_until_a_person_has_said(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.call(DUE)
    with_state(room, "folder:archive", "perhaps")
    found = room.call("2026-03-10T05:10")
    assert found.exit_code == 16
    assert 'resolve weekly 2026-03-09 "folder:archive"' in found.troubles[0].fix
    told = resolve(room.settings, "weekly", "2026-03-09", "folder:archive", arrived=True, now=at(DUE))
    assert "counts as sent" in told
    assert room.call("2026-03-10T05:20").exit_code == 0
    with pytest.raises(UsageError, match="nothing to decide"):
        resolve(room.settings, "weekly", "2026-03-09", "folder:archive", arrived=True, now=at(DUE))
    with pytest.raises(UsageError, match="choose from folder:archive"):
        resolve(room.settings, "weekly", "2026-03-09", "folder:x", arrived=True, now=at(DUE))
    with pytest.raises(UsageError, match="no date 2026-03-10"):
        resolve(room.settings, "weekly", "2026-03-10", "folder:archive", arrived=True, now=at(DUE))


def test_perhaps_that_has_not_arrived_is_sent_again(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.call(DUE)
    shutil.rmtree(tmp_path / "archive")
    with_state(room, "folder:archive", "perhaps")
    resolve(room.settings, "weekly", "2026-03-09", "folder:archive", arrived=False, now=at(DUE))
    assert room.call("2026-03-10T05:10").exit_code == 0
    assert room.archive == ["weekly-2026-03-09"]
    assert len(room.maker.made) == 1


@pytest.mark.parametrize(("there", "code", "state"), [(True, 0, "sent"), (False, 16, "perhaps")])
def test_after_a_cut_in_the_last_step_the_place_is_looked_at(
    tmp_path: Path, there: bool, code: int, state: str
) -> None:
    room = started(tmp_path)
    room.call(DUE)
    with_state(room, "folder:archive", "committing")
    if not there:
        shutil.rmtree(tmp_path / "archive/weekly-2026-03-09")
    assert room.call("2026-03-10T05:10").exit_code == code
    assert room.slots()[0].legs["folder:archive"].state == state


@pytest.mark.parametrize("damage", [b"", b"garbage\n", "half"])
def test_a_damaged_date_is_healed_by_asking_the_places(tmp_path: Path, damage: Any) -> None:
    room = started(tmp_path, TWO)
    room.call(DUE)
    path = room.place().ledger.path(room.slots()[0].due)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage == "half" else damage)
    (tmp_path / "away").mkdir()
    (tmp_path / "away/reports").mkdir()
    found = room.call("2026-03-10T05:10")
    assert found.exit_code == 16
    states = {label: leg.state for label, leg in room.slots()[0].legs.items()}
    assert states == {"folder:archive": "sent", "folder:away/reports": "perhaps"}
    assert len(room.maker.made) == 1


def test_a_damaged_date_that_was_held_is_not_let_out(tmp_path: Path) -> None:
    room = started(tmp_path, HELD.replace("{to: folder, path: archive/}", "{to: webhook, url_env: HOOK_URL}"))
    room.maker.measures = {"last": "2026-02-01"}
    assert room.call(DUE).troubles[0].what == "held"
    room.place().ledger.path(room.slots()[0].due).write_bytes(b"x")
    assert room.call(DUE).troubles[0].what == "held"
    assert len(room.maker.made) == 1


def test_a_damaged_date_whose_run_is_lost_too_is_perhaps(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.call(DUE)
    room.place().ledger.path(room.slots()[0].due).write_bytes(b"x")
    (room.place().run(room.place().ledger.stamps()[0]) / "seal.json").write_bytes(b"x")
    assert room.call("2026-03-10T05:10").exit_code == 16
    assert room.slots()[0].legs["folder:archive"].state == "perhaps"
    resolve(room.settings, "weekly", "2026-03-09", "folder:archive", arrived=True, now=at(DUE))
    assert room.call("2026-03-10T05:20").exit_code == 0


def test_a_sealed_run_that_was_changed_is_not_sent(tmp_path: Path) -> None:
    room = started(tmp_path, TWO)
    room.call(DUE)
    (tmp_path / "away").mkdir()
    copy = room.place().run(room.slots()[0].stamp) / "copy"
    (copy / "report.html").write_text("another")
    assert room.call("2026-03-09T05:20").exit_code == 16
    assert not (tmp_path / "away/reports/weekly-2026-03-09").exists()
    shutil.rmtree(copy)
    found = room.call("2026-03-09T05:30")
    assert found.exit_code == 16
    assert "damaged or gone" in found.troubles[0].said


def test_a_place_that_is_no_longer_named_owes_nothing(tmp_path: Path) -> None:
    room = started(tmp_path, TWO)
    room.call(DUE)
    room.write(WEEKLY)
    assert room.call("2026-03-09T05:20").exit_code == 0
    assert room.slots()[0].status == "done"


def test_keep_removes_only_what_the_manifest_names(tmp_path: Path) -> None:
    room = started(tmp_path, WEEKLY + "    keep: {runs: 2}\n")
    room.call("2026-03-09T12:00")
    mine = tmp_path / "archive/weekly-2026-03-09"
    (mine / "notes.txt").write_text("of a person")
    outside = tmp_path / "precious.txt"
    outside.write_text("x")
    (mine / "report.html").unlink()
    (mine / "report.html").symlink_to(outside)
    for now in ("2026-03-16T12:00", "2026-03-23T12:00", "2026-03-30T12:00"):
        room.call(now)
    assert room.archive == ["weekly-2026-03-09", "weekly-2026-03-23", "weekly-2026-03-30"]
    assert sorted(p.name for p in mine.iterdir()) == ["notes.txt", "report.html"]
    assert outside.read_text() == "x"
    assert len(room.slots()) == 4
    assert len(list((room.place().folder / "runs").iterdir())) == 2


def test_a_manifest_that_points_outside_removes_nothing_there(tmp_path: Path) -> None:
    from analytics.schedule.keep import remove_named

    folder = tmp_path / "report"
    folder.mkdir()
    (tmp_path / "precious.txt").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/file.txt").write_text("x")
    (folder / "link").symlink_to(tmp_path / "other")
    names = ["../precious.txt", str(tmp_path / "precious.txt"), "link/file.txt", "a/../../precious.txt"]
    (folder / "receipt.json").write_text(json.dumps({"files": [{"name": name} for name in names]}))
    remove_named(folder)
    assert (tmp_path / "precious.txt").exists()
    assert (tmp_path / "other/file.txt").exists()
    assert (folder / "link").is_symlink()


def test_the_page_of_the_archive(tmp_path: Path) -> None:
    room = started(tmp_path)
    room.maker.measures = {"verdicts": {"texture <b>": "better"}}
    room.maker.headline = "Texture <script>improved"
    room.call(DUE)
    room.maker.measures = {"verdicts": {"texture <b>": "not_shown"}}
    room.call("2026-03-16T05:10")
    page = (tmp_path / "archive/index.html").read_text()
    assert page.index("2026-03-16") < page.index("2026-03-09")
    assert "texture &lt;b&gt;: better before, no difference shown now" in page
    assert "The first report." in page
    assert "<script" not in page
    assert 'href="weekly-2026-03-16/report.html"' in page


def test_what_is_refused_comes_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_URL", "http://127.0.0.1:9/x")
    room = started(tmp_path, WEEKLY + "      - {to: webhook, url_env: HOOK_URL}\n")
    (refused,) = room.call(DUE).troubles
    assert "private" in refused.said
    assert "allow_private" in refused.fix


def test_the_page_of_another_report_speaks_of_that_report(tmp_path: Path) -> None:
    """A safety review tells no comparison: neither does its line in the archive."""
    room = started(tmp_path, WEEKLY.replace("format:", "report: [safety_review]\n    format:"))
    room.maker.title, room.maker.told = "Safety review", "safety_review"
    room.maker.headline = "No serious adverse event was reported."
    room.maker.measures = {"verdicts": {"texture": "better"}}
    room.call(DUE)
    room.maker.measures = {"verdicts": {"texture": "not_shown"}}
    room.call("2026-03-16T05:10")
    room.maker.headline = "2 serious adverse events were reported."
    room.call("2026-03-23T05:10")
    page = (tmp_path / "archive/index.html").read_text()
    assert page.count(">Safety review</a>") == 3
    assert "The report before said the same." in page
    assert "The report before said: No serious adverse event was reported." in page
    assert "texture" not in page
    assert "answer changed" not in page


def test_a_page_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    room = started(tmp_path)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/index.html").write_text("mine")
    assert room.call(DUE).exit_code == 0
    assert (tmp_path / "archive/index.html").read_text() == "mine"


def test_adopt_takes_the_archive_as_sent_and_counts_from_its_last(tmp_path: Path) -> None:
    room = started(tmp_path)
    for now in (DUE, "2026-03-16T05:10"):
        room.call(now)
    shutil.rmtree(tmp_path / "state")
    assert room.call("2026-03-31T12:00").exit_code == 16
    (told,) = adopt(room.settings, now=at("2026-03-31T12:00"))
    assert told.startswith("weekly: 2 reports of the archive count as sent")
    assert room.call("2026-03-31T12:00").exit_code == 0
    assert [name[-10:] for name in room.archive] == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert len(room.maker.made) == 4


def test_adopt_after_a_long_silence_begins_now(tmp_path: Path) -> None:
    room = started(tmp_path)
    assert room.call("2026-06-01T12:00").exit_code == 16
    (told,) = adopt(room.settings, now=at("2026-06-01T12:00"))
    assert told == "weekly: dates count from now; 13 dates are given up."
    assert room.call("2026-06-01T12:00").exit_code == 0
    assert room.archive == []
    room.call("2026-06-08T12:00")
    assert room.archive == ["weekly-2026-06-08"]
