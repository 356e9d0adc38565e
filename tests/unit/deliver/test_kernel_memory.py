"""What a kernel remembers: answers by content, looks once each, progress only where somebody waits."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import analytics as oc
from analytics.cli.screen import progress as cli_progress
from analytics.deliver import kept, looked, working
from analytics.deliver.report import run_of
from analytics.deliver.verifying import verify_report
from analytics.domain.errors import UsageError
from analytics.domain.looks import LOOK_COLUMNS
from analytics.reports import receipt


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    kept.forget()
    looked.forget()
    yield
    kept.forget()
    looked.forget()


@pytest.fixture(scope="module")
def sifted() -> Any:
    return oc.validate(oc.example(patients=60))


@pytest.fixture(scope="module")
def cohort(sifted: Any) -> Any:
    return oc.cohort(sifted)


# --- cache ------------------------------------------------------------------------------------------------------------


def test_the_same_content_is_answered_from_memory() -> None:
    first = oc.validate(oc.example(patients=24, scenario="tiny"))
    assert oc.validate(oc.example(patients=24, scenario="tiny")) is first
    assert oc.validate(oc.example(patients=24, scenario="tiny"), cutoff="2024-01-01") is not first
    assert oc.validate(oc.example(patients=24, seed=2, scenario="tiny")) is not first


def test_another_plan_or_clinic_is_another_cohort(sifted: Any) -> None:
    made = oc.cohort(sifted)
    assert oc.cohort(sifted) is made
    plan = oc.plan(sifted)
    other = plan.model_copy(update={"minimum_cell": 7})
    assert oc.cohort(sifted, other) is not oc.cohort(sifted, plan)
    assert oc.cohort(sifted, clinics="north") is not made
    assert set(oc.cohort(sifted, clinics="north").members["clinic_id"]) == {"north"}


def test_a_value_put_together_by_hand_is_never_mixed_up(sifted: Any, cohort: Any) -> None:
    oc.compare(cohort, outcome="texture_grade")
    rows = sifted.sessions.assign(texture_grade=sifted.sessions["texture_grade"] * 0.5)
    changed = oc.cohort(replace(sifted, sessions=rows))
    assert changed is not cohort
    one, two = (oc.compare(each, outcome="texture_grade").to_frame()["estimate"] for each in (cohort, changed))
    assert not one.equals(two)


def test_who_changes_an_answer_changes_no_later_one(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="texture_grade")
    found.frame["estimate"] = 99.0
    assert (oc.compare(cohort, outcome="texture_grade").frame["estimate"] != 99.0).all()


def test_work_that_was_stopped_is_not_kept(cohort: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("analytics.analysis.ask.answer", stopped)
        with pytest.raises(KeyboardInterrupt):
            oc.compare(cohort, outcome="texture_grade")
    assert len(oc.log()) == 0
    assert oc.compare(cohort, outcome="texture_grade").frame["status"].eq("estimated").any()


# --- log --------------------------------------------------------------------------------------------------------------


def test_a_look_is_counted_once(cohort: Any) -> None:
    first = oc.compare(cohort, outcome="texture_grade").frame
    count = len(oc.log())
    assert count == first.drop_duplicates(["visit", "population", "contrast", "method"]).shape[0]
    oc.compare(cohort, outcome="texture_grade")
    oc.compare(cohort, outcome="texture_grade", visit=12)
    oc.compare(cohort, outcome="texture_grade", adjust="none")
    assert len(oc.log()) == count
    oc.compare(cohort, outcome="texture_grade", visit=8)
    assert len(oc.log()) == 2 * count
    oc.plot(cohort, outcome="texture_grade")
    assert len(oc.log()) == 2 * count + 3
    assert tuple(oc.log().to_frame().columns) == LOOK_COLUMNS


def test_another_data_cut_is_another_look(sifted: Any, cohort: Any) -> None:
    oc.compare(cohort, outcome="acne_iga")
    before = len(oc.log())
    oc.compare(oc.cohort(sifted, clinics="north"), outcome="acne_iga")
    assert len({look.data for look in oc.log()}) == 2
    assert len(oc.log()) > before


def test_planning_and_refused_questions_are_no_looks(cohort: Any) -> None:
    oc.power(cohort, outcome="texture_grade")
    with pytest.raises(UsageError):
        oc.compare(cohort, outcome="texture")
    assert len(oc.log()) == 0


def test_the_order_of_looking_does_not_matter(cohort: Any) -> None:
    oc.compare(cohort, outcome="texture_grade")
    oc.compare(cohort, outcome="acne_iga")
    one = oc.log()
    looked.forget()
    oc.compare(cohort, outcome="acne_iga")
    oc.compare(cohort, outcome="texture_grade")
    assert oc.log() == one


def test_no_value_tells_what_was_looked_at(cohort: Any) -> None:
    before = repr(cohort), repr(oc.compare(cohort, outcome="acne_iga"))
    oc.compare(cohort, outcome="texture_grade", visit=4)
    assert (repr(cohort), repr(oc.compare(cohort, outcome="acne_iga"))) == before


@pytest.mark.long
def test_a_log_enters_the_run_id_only_where_it_is_passed(cohort: Any) -> None:
    run = run_of(cohort)
    oc.compare(cohort, outcome="texture_grade")
    one = receipt.with_log(run, oc.log())
    oc.compare(cohort, outcome="acne_iga")
    two = receipt.with_log(run, oc.log())
    assert len({run.run_id, one.run_id, two.run_id}) == 3
    assert receipt.with_log(run, looked.log()).run_id == two.run_id
    assert "looks" not in run.tables
    assert repr(oc.section(run, "log")).startswith("No log was passed")
    assert "6 looks were taken" in repr(oc.section(one, "log"))


@pytest.mark.long
def test_a_report_prints_the_log_it_is_given_and_verifies(tmp_path: Path) -> None:
    from analytics.deliver.inputs import simulate_files

    data = tmp_path / "data"
    data.mkdir()
    for name, content in simulate_files(patients=60, clinics=3, seed=1, scenario="effect").items():
        if name.endswith(".csv") and "/" not in name:
            (data / name).write_bytes(content)
    sifted = oc.validate(oc.read(data))
    oc.compare(oc.cohort(sifted), outcome="acne_iga")
    run = oc.analyse(sifted)
    page = oc.report(run, tmp_path / "with", log=oc.log(), formats="html").read_text()
    told = json.loads((tmp_path / "with" / "receipt.json").read_text())
    assert "Looked at besides the plan" in page
    assert len(told["log"]) == len(oc.log())
    assert told["run_id"] != run.run_id
    assert verify_report(tmp_path / "with", [data]).differences == ()
    without = oc.report(run, tmp_path / "without", formats="html").read_text()
    assert "Looked at" not in without
    assert "log" not in json.loads((tmp_path / "without" / "receipt.json").read_text())


# --- progress ---------------------------------------------------------------------------------------------------------


class Screen:
    def __init__(self, *, tty: bool) -> None:
        self.text, self.tty = "", tty

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return self.tty


def _stopped_on_the_way() -> None:
    with working.working("analyse") as progress:
        if progress is not None:
            progress("comparing treatments", 3, 7)
        raise KeyboardInterrupt


@pytest.mark.parametrize(("tty", "off"), [(True, ""), (False, ""), (True, "off")])
def test_progress_is_shown_to_somebody_who_waits(monkeypatch: pytest.MonkeyPatch, tty: bool, off: str) -> None:
    screen = Screen(tty=tty)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("OUTCOMES_PROGRESS", off)
    monkeypatch.setattr(working, "PATIENCE", 0.0)
    monkeypatch.setattr(working, "OFTEN", 0.0)
    with pytest.raises(KeyboardInterrupt):
        _stopped_on_the_way()
    assert ("comparing treatments, 3 of 7" in screen.text) == (tty and not off)
    assert screen.text.endswith("\r\x1b[K") or not screen.text


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(tty=True)
    monkeypatch.setattr(sys, "stderr", screen)
    with working.working("read") as progress:
        assert progress is not None
        progress("reading", 1, 2)
    assert screen.text == ""


@pytest.mark.parametrize("off", ["", "off", "0"])
def test_the_command_lines_progress_obeys_the_same_word(monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    screen = Screen(tty=True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("OUTCOMES_PROGRESS", off)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("analytics.cli.screen.QUIET_SECONDS", 0.0)
    with cli_progress() as shown:
        shown("comparing treatments", 3, 7)
        assert (shown.bar is None) == bool(off)
    assert bool(screen.text) == (not off)
