"""The receipt: its keys, its own hash, the hash of every file, and a run id that hangs on what it should only."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import report_by_hand

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted, SourceFile
from analytics.domain.plan import DataCut
from analytics.domain.run import Run
from analytics.reports import receipt as room
from analytics.reports.receipt import canonical_json, check_receipt, facts, receipt

FILES = {"report.html": b"<html>", "findings.csv": b"a,b\n", "run/results.parquet": b"PAR1"}


def sifted(**changes: Any) -> Sifted:
    values: dict[str, Any] = {
        "sessions": pd.DataFrame({"session_date": pd.to_datetime(["2026-01-05 10:30", "2026-09-30 18:00"])}),
        "quarantine": pd.DataFrame(columns=list(QUARANTINE_COLUMNS)),
        "vocabulary": report_by_hand.VOCABULARY,
        "files": (SourceFile("sessions.csv", "a" * 64, 12),),
        "rows": {"received": 12, "accepted": 11, "quarantined": 1, "entries_quarantined": 0},
    }
    return Sifted(**{**values, **changes})


def cohort(**changes: Any) -> Cohort:
    empty = pd.DataFrame()
    values: dict[str, Any] = {
        "members": empty, "table": empty, "flow": empty, "covariates": {}, "plan": report_by_hand.PLAN,
        "sifted": sifted(), "excluded": empty,
    }  # fmt: skip
    return Cohort(**{**values, **changes})


def test_it_holds_what_was_promised(run: Run) -> None:
    told = json.loads(receipt(run, FILES))
    assert told["inputs"] == [{"name": "sessions.csv", "sha256": "0" * 64, "rows": 12}]
    assert told["plan_sha256"] == run.plan.sha256
    assert told["rows"] == {"received": 12, "accepted": 11, "quarantined": 1, "entries_quarantined": 0}
    assert sorted(told["software"]) == ["commit", "lock_sha256", "python", "version"]
    assert told["cutoff"] == "2026-09-30"
    assert told["run_id"] == run.run_id
    assert [f["name"] for f in told["files"]] == sorted(FILES)
    assert all(f["sha256"] == hashlib.sha256(FILES[f["name"]]).hexdigest() for f in told["files"])
    assert "receipt.json" not in [f["name"] for f in told["files"]]


def test_its_own_hash_is_inside(run: Run) -> None:
    content = receipt(run, FILES)
    told = json.loads(content)
    empty = json.dumps({**told, "receipt_sha256": ""}, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert told["receipt_sha256"] == hashlib.sha256(empty.encode()).hexdigest()
    assert content == canonical_json(told), "the bytes are the canonical ones, so that any changed byte shows"


CHECKED = {"accepted.parquet": b"PAR1", "quarantine.csv": b"table,file\n"}


def test_the_receipt_of_a_check_of_the_data_lists_files_software_and_its_own_hash() -> None:
    content = check_receipt(sifted(mapping_text="shape: long\n", notes=("one note",)), CHECKED)
    told = json.loads(content)
    assert told["kind"] == "check"
    assert told["inputs"] == [{"name": "sessions.csv", "sha256": "a" * 64, "rows": 12}]
    assert told["rows"] == {"received": 12, "accepted": 11, "quarantined": 1, "entries_quarantined": 0}
    assert told["mapping"] == "shape: long\n"
    assert told["mapping_sha256"] == hashlib.sha256(b"shape: long\n").hexdigest()
    assert told["notes"] == ["one note"]
    assert sorted(told["software"]) == ["commit", "lock_sha256", "python", "version"]
    assert {f["name"]: f["sha256"] for f in told["files"]} == {
        name: hashlib.sha256(file).hexdigest() for name, file in CHECKED.items()
    }
    assert told["receipt_sha256"] == hashlib.sha256(canonical_json({**told, "receipt_sha256": ""})).hexdigest()
    assert content == canonical_json(told)


def test_the_order_of_the_files_does_not_matter(run: Run) -> None:
    assert receipt(run, FILES) == receipt(run, dict(reversed(FILES.items())))


def test_no_clock_in_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert receipt(run, FILES) == receipt(run, FILES)
    assert facts(cohort()) == facts(cohort())


def test_facts_of_a_cohort() -> None:
    told = facts(cohort(notes=("two notes",)))
    assert told["cutoff"] == "2026-09-30", "a day, not a time of day"
    assert told["planned"] is True
    assert told["audience"] == "internal"
    assert told["notes"] == ["two notes"]
    assert len(told["run_id"]) == 16
    assert canonical_json(told), "facts are plain JSON"


def test_the_plan_says_what_today_is() -> None:
    plan = report_by_hand.PLAN.model_copy(update={"data": DataCut(cutoff=dt.date(2026, 8, 1))})
    assert facts(cohort(plan=plan))["cutoff"] == "2026-08-01"
    trial = sifted(sessions=pd.DataFrame({"visit": [0.0, 12.0]}))
    assert facts(cohort(sifted=trial))["cutoff"] is None


def run_id(**changes: Any) -> str:
    arguments = {k: changes.pop(k) for k in ("audience", "previous", "log") if k in changes}
    return facts(cohort(**changes), **arguments)["run_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sifted": sifted(files=(SourceFile("sessions.csv", "b" * 64, 12),))},
        {"sifted": sifted(mapping_text="shape: long\n")},
        {"plan": report_by_hand.PLAN.model_copy(update={"seed": 2})},
        {"audience": "external"},
        {"previous": "c" * 64},
        {"log": ["compare(grade)"]},
    ],
)
def test_the_run_id_hangs_on_inputs_mapping_plan_audience_previous_and_log(changes: dict) -> None:
    assert run_id(**changes) != run_id()


def test_the_run_id_hangs_on_version_and_lock_and_not_on_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"version": "0.1.0", "commit": None, "lock_sha256": "1" * 64, "python": "3.11"}
    ids = {}
    for name, change in {
        "as is": {},
        "version": {"version": "0.2.0"},
        "lock": {"lock_sha256": "2"},
        "commit": {"commit": "a"},
    }.items():
        monkeypatch.setattr(room, "software", lambda change=change: {**known, **change})
        ids[name] = run_id()
    assert ids["version"] != ids["as is"] != ids["lock"]
    assert ids["commit"] == ids["as is"]


def test_arguments_are_not_changed() -> None:
    before = cohort()
    counts = copy.deepcopy(dict(before.sifted.rows))
    facts(before)
    assert before.sifted.rows == counts
    assert replace(before).plan is before.plan
