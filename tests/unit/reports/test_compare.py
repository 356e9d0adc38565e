"""Two runs beside each other: what moved, by how much, and why; what only looks different is the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import report_by_hand

from analytics.domain.run import Run
from analytics.reports.changes import with_changes
from analytics.reports.compare import CHANGE_COLUMNS, compare_runs
from analytics.reports.diff_page import diff_html, diff_json, diff_text


def run(**changes: object) -> Run:
    return replace(report_by_hand.run(), **changes)


def moved(column: str, value: object, *, row: int = 0, table: str = "findings") -> Run:
    tables = {name: frame.copy() for name, frame in report_by_hand.run().tables.items()}
    tables[table].loc[row, column] = value
    return run(tables=tables)


def test_a_run_and_itself_have_nothing_between_them() -> None:
    found = compare_runs(run(), run())
    assert (len(found.rows), found.causes) == (0, ())
    assert found.same == len(run().results)
    assert list(found.rows.columns) == list(CHANGE_COLUMNS)


def test_a_number_that_moved_is_told_with_both_values_and_in_standard_errors() -> None:
    far = moved("estimate", -0.123457 + 3e-9)
    row = compare_runs(run(), far).rows
    assert len(row) == 0, "less than a hundred-thousandth of the number: the same"
    row = compare_runs(run(), moved("estimate", 0.2)).rows.iloc[0]
    assert (row["kind"], row["before"], row["now"]) == ("changed", "-0.123457", "0.2")
    assert abs(row["steps"] - (0.2 + 0.123457) / 1e-9) < 1e3
    assert row["id"].startswith("findings|")
    assert row["id"].endswith("|estimate")


def test_what_is_small_beside_its_standard_error_has_not_moved() -> None:
    one, two = moved("std_error", 5.0), moved("std_error", 5.0)
    two.tables["findings"].loc[0, "estimate"] = one.tables["findings"].loc[0, "estimate"] + 4e-5
    assert len(compare_runs(one, two).rows) == 0
    two.tables["findings"].loc[0, "estimate"] += 4e-5
    fresh = replace(two)  # results are kept by the value that made them
    assert len(compare_runs(one, fresh).rows) == 1


def test_rows_that_are_new_or_gone_are_told_apart() -> None:
    fewer = {**run().tables, "descriptions": run().tables["descriptions"].iloc[1:].reset_index(drop=True)}
    found = compare_runs(run(), run(tables=fewer))
    assert found.rows["kind"].unique().tolist() == ["gone"], "a table that has a row less is told by that row alone"
    assert compare_runs(run(tables=fewer), run()).rows["kind"].unique().tolist() == ["new"]


def test_every_reason_is_named_with_both_sides() -> None:
    facts = {
        **report_by_hand.FACTS,
        "inputs": [{"name": "sessions.csv", "sha256": "2" * 64, "rows": 12}, {"name": "b.csv", "sha256": "3" * 64}],
        "cutoff": "2026-12-31",
        "software": {**report_by_hand.FACTS["software"], "version": "0.3.0"},
    }
    plan = report_by_hand.PLAN.model_copy(update={"confidence_level": 0.9})
    told = {cause.what: (cause.before, cause.now) for cause in compare_runs(run(), run(facts=facts, plan=plan)).causes}
    assert told["input sessions.csv"] == ("0" * 12, "2" * 12)
    assert told["input b.csv"] == ("", "3" * 12)
    assert told["cut-off"] == ("2026-09-30", "2026-12-31")
    assert told["software version"] == ("0.1.0", "0.3.0")
    assert told["plan confidence_level"] == ("0.95", "0.9")
    assert len(told) == 5


def test_a_run_set_beside_an_earlier_one_holds_both_answers() -> None:
    before, now = moved("analysis", "sensitivity", row=1), moved("analysis", "sensitivity", row=1)
    now.tables["findings"].loc[0, "verdict"] = "better"  # type: ignore[index]
    table = with_changes(now, before).tables["changes"]
    assert table[["verdict_before", "verdict_now"]].to_numpy().tolist() == [["not_shown", "better"]]
    assert table["n_arm_before"].tolist() == [79]
    assert len(compare_runs(before, with_changes(now, before)).rows) == 1, "tables about changes are not compared"


def test_text_page_and_json_tell_the_same_numbers() -> None:
    found = compare_runs(run(), moved("estimate", 0.2))
    body = json.loads(diff_json(found))
    assert [len(body["rows"][kind]) for kind in ("changed", "new", "gone")] == [1, 0, 0]
    assert body["rows"]["changed"][0]["before"] == "-0.123457"
    lines = list(diff_text(found))
    assert max(map(len, lines)) <= 78
    assert "-0.123457" in " ".join(lines)
    page = diff_html(found).decode()
    assert "-0.123457" in page
    assert "<script" not in page
    assert diff_json(found) == diff_json(compare_runs(run(), moved("estimate", 0.2)))


def test_thousands_of_moved_numbers_leave_a_page_that_can_be_read() -> None:
    wide = pd.DataFrame({"arm": [f"a{i}" for i in range(2_000)], "patients": range(2_000)})
    one = run(tables={**run().tables, "arms": wide})
    two = run(tables={**run().tables, "arms": wide.assign(patients=wide["patients"] + 1)})
    found = compare_runs(one, two)
    assert found.count("changed") == 2_000
    assert len(list(diff_text(found))) < 60
    assert "1,800" in diff_html(found).decode()
    assert len(json.loads(diff_json(found))["rows"]["changed"]) == 2_000
