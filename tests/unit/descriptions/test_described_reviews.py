"""Descriptions of the data-quality and safety reports: counted with a pencil, or found where they were planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from described_cohorts import MDA, PEEL, PLAN, day, events_of, hand_cohort, sessions_of, sifted_of

from analytics.descriptions import aside, digits, exposure, instructions, missing, raters, resolution, serious, severity
from analytics.descriptions.reactions import reported
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import QUARANTINE_COLUMNS
from analytics.domain.plan import DataCut
from analytics.domain.run import KEYS, results_frame

EVENTS = events_of([
    ("a", 1, "erythema", 1, 3, 1, False),  # expected, gone after two days
    ("a", 15, "erythema", 15, None, 1, False),  # no end: adverse, still there on the last day known
    ("b", 1, "herpes", 4, 24, 2, True),  # adverse and serious
    ("d", 1, "flaking", 2, 4, np.nan, False),  # expected, severity not written down
])  # fmt: skip


def treated(**changes: object) -> Cohort:
    return hand_cohort(sifted=sifted_of(adverse_events=EVENTS, **changes))


def cells(frame: pd.DataFrame, **keys: object) -> dict:
    """The one row with these keys."""
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0].to_dict()


# --- safety -----------------------------------------------------------------------------------------------------------


def test_time_under_treatment_runs_to_the_next_session_or_the_last_contact() -> None:
    cohort = treated()
    seen = reported(cohort)
    days = exposure.under_treatment(cohort, seen.days)
    told = dict(zip(zip(seen.days["patient"], seen.days["day"].dt.day), days))
    # a: day 1 to 15, then the 15th alone; b: day 1 to the 24th, that day too; d: day 1 to the 4th
    assert told == {("a", 1): 14, ("a", 15): 1, ("b", 1): 24, ("d", 1): 4}


def test_nothing_after_the_cutoff_is_time_under_treatment() -> None:
    plan = PLAN.model_copy(update={"data": DataCut(cutoff="2024-01-10")})
    cohort = hand_cohort(plan=plan, sifted=sifted_of(adverse_events=EVENTS))
    seen = reported(cohort)
    days = exposure.under_treatment(cohort, seen.days)
    assert dict(zip(seen.days["patient"], days)) == {"a": 3, "b": 4, "d": 4}  # b: the end on the 24th is not known yet


def test_rates_are_events_over_patient_weeks() -> None:
    cohort = treated()
    table = exposure.exposure(cohort, reported(cohort))
    row = cells(table, treatment=MDA, group="all", event="any", **{"class": "adverse"})
    assert (row["patients"], row["events"], row["weeks"]) == (2, 2, pytest.approx(39 / 7))
    assert row["rate"] == pytest.approx(100 * 2 / (39 / 7))
    none = cells(table, treatment=PEEL, group="all", event="herpes", **{"class": "adverse"})
    assert (none["events"], none["conf_low"]) == (0, 0.0)
    assert none["conf_high"] == pytest.approx(-np.log(0.025) / (4 / 7) * 100)


def test_severity_keeps_what_was_not_written_down_apart() -> None:
    cohort = treated()
    table = severity.severity(cohort, reported(cohort))
    told = {(r["treatment"], r["event"], r["severity"]): (r["count"], r["total"]) for _, r in table.iterrows()}
    assert told[MDA, "herpes", "2"] == (1, 1)
    assert told[PEEL, "flaking", "unknown"] == (1, 1)
    by = table.groupby(["treatment", "event", "class"])
    assert (by["count"].sum() == by["total"].first()).all(), "the severities of a line add up"


def test_an_event_without_an_end_lasted_until_the_patient_was_last_heard_of() -> None:
    cohort = treated()
    table = resolution.resolution(cohort, reported(cohort))
    row = cells(table, treatment="all", event="any", **{"class": "adverse"})
    assert (row["events"], row["resolved"], row["open"], row["undated"]) == (2, 1, 1, 0)
    assert row["median"] == 20, "the open one was last seen on its first day and leaves the curve then"
    gone = cells(table, treatment="all", event="any", **{"class": "expected"})
    assert (gone["events"], gone["median"]) == (2, 2)


def test_an_open_event_counts_as_going_on_while_the_patient_is_watched() -> None:
    listed = pd.concat([EVENTS, events_of([("b", 1, "infection", 1, None, 1, False)])], ignore_index=True)
    cohort = hand_cohort(sifted=sifted_of(adverse_events=listed))
    row = cells(resolution.resolution(cohort, reported(cohort)), treatment="all", event="any", **{"class": "adverse"})
    assert (row["open"], row["median"]) == (2, 20), "of the two still watched on day twenty one was gone"
    assert np.isnan(row["ninetieth"])


def test_serious_events_have_a_limit_where_there_was_none() -> None:
    cohort = treated()
    table = serious.serious(cohort, reported(cohort))
    assert cells(table, treatment="all")["patients_with"] == cells(table, treatment="all")["events"] == 1
    assert cells(table, treatment="all")["sessions"] == 4
    none = cells(table, treatment=PEEL)
    assert (none["patients_with"], none["patient_high"]) == (0, pytest.approx(97.5))


def test_reactions_by_instructions_kept_with_the_sessions_own_answer_first() -> None:
    sessions = sifted_of().sessions.assign(instructions_followed=["yes", "no", "no", np.nan])
    asked = pd.DataFrame({"patient": ["d", "a"], "consultation_date": [day(1), day(1)],
                          "instructions_followed": ["yes", "no"]})  # fmt: skip
    cohort = treated(sessions=sessions, consultations=asked)
    counts, apart = instructions.instructions(cohort, reported(cohort))
    told = {(r["treatment"], r["class"], r["followed"]): (r["sessions"], r["sessions_with"])
            for _, r in counts.iterrows()}  # fmt: skip
    assert told["all", "adverse", "no"] == (2, 2)
    assert told["all", "adverse", "yes"] == (2, 0), "a's first session and d, who said so at the consultation"
    assert told["all", "expected", "yes"] == (2, 2)
    assert cells(apart, treatment="all", **{"class": "adverse"})["sessions"] == 4


def test_the_difference_of_instructions_is_the_difference_of_shares() -> None:
    rng = np.random.default_rng(7)
    people = [f"p{i}" for i in range(40)]
    sessions = sessions_of([(p, d, MDA, "") for p in people for d in (1, 15, 29)])
    sessions["instructions_followed"] = np.where(rng.random(len(sessions)) < 0.6, "yes", "no")
    hit = sessions[rng.random(len(sessions)) < 0.3]
    events = events_of([(p, d, "herpes", d, d + 4, 1, False) for p, d in zip(hit["patient"], hit["day"])])
    cohort = hand_cohort(sifted=sifted_of(sessions=sessions, adverse_events=events))
    counts, apart = instructions.instructions(cohort, reported(cohort))
    shares = [cells(counts, treatment=MDA, followed=f, **{"class": "adverse"})["percent"] for f in ("no", "yes")]
    row = cells(apart, treatment=MDA, **{"class": "adverse"})
    assert row["difference"] == pytest.approx(shares[0] - shares[1])
    x = (sessions["instructions_followed"] == "no").to_numpy(float)
    y = sessions.index.isin(hit.index).astype(float)
    other = sm.OLS(y, sm.add_constant(x)).fit(
        cov_type="cluster", cov_kwds={"groups": sessions["patient"].factorize()[0]}
    )
    half = (row["conf_high"] - row["conf_low"]) / 2 / 100
    assert half == pytest.approx(1.96 * other.bse[1], rel=0.12), "CR2 with t limits is a little wider than CR1 with z"
    assert half > 1.96 * other.bse[1]


def test_without_a_list_of_events_every_table_is_empty() -> None:
    cohort = hand_cohort()
    seen = reported(cohort)
    made = [exposure.exposure(cohort, seen), severity.severity(cohort, seen), resolution.resolution(cohort, seen),
            serious.serious(cohort, seen), *instructions.instructions(cohort, seen)]  # fmt: skip
    assert all(frame.empty for frame in made)


# --- data quality -----------------------------------------------------------------------------------------------------


def test_lines_set_aside_by_clinic_and_month_add_up_to_all_lines() -> None:
    sessions = sifted_of().sessions.assign(clinic_id=["x", "x", "y", np.nan])
    gone = pd.DataFrame({"_file": "sessions.csv", "_row": [8, 8, 9], "_record": [0, 1, 0],
                         "clinic_id": ["y", "y", np.nan], "session_date": [day(40), day(40), pd.NaT]})  # fmt: skip
    rows = {"received": 7, "accepted": 4, "quarantined": 3, "entries_quarantined": 0}  # one line had no cells to read
    table = aside.aside(sifted_of(sessions=sessions, rejected_sessions=gone, rows=rows))
    told = {(r["by"], r["level"]): (r["received"], r["set_aside"]) for _, r in table.iterrows()}
    assert told == {
        ("clinic", "x"): (2, 0), ("clinic", "y"): (2, 1), ("clinic", "unknown"): (3, 2),
        ("month", "2024-01"): (4, 0), ("month", "2024-02"): (1, 1), ("month", "unknown"): (2, 2),
    }  # fmt: skip


def test_faults_are_counted_by_column_as_the_file_calls_it() -> None:
    listed = pd.DataFrame(
        [("sessions", "b.csv", 3, "Spots", "range", "error"), ("sessions", "b.csv", 4, "Spots", "range", "error"),
         ("sessions", "b.csv", 5, None, "duplicate_row", "error"), ("sessions", "b.csv", pd.NA, "Rz",
         "digit_preference", "warning")], columns=["table", "file", "row", "column", "rule", "severity"],
    ).assign(value="", must="", fix="")[list(QUARANTINE_COLUMNS)]  # fmt: skip
    table = aside.faults(sifted_of(quarantine=listed))
    assert table[["rule", "column", "count"]].values.tolist() == [
        ["range", "Spots", 2], ["duplicate_row", "", 1], ["digit_preference", "Rz", 1],
    ]  # fmt: skip


def test_never_measured_and_not_yet_due_are_not_missing() -> None:
    members = hand_cohort().members.assign(start=[day(1), day(1), day(1), day(1), day(60), day(1), day(1)])
    plan = PLAN.model_copy(update={"data": DataCut(cutoff="2024-04-25")})
    whole = hand_cohort(plan=plan)
    extra = whole.table[(whole.table["patient"] == "d") & (whole.table["visit"] == 0)].assign(patient="e", unit="e")
    table = missing.missing(replace(whole, members=members, table=pd.concat([whole.table, extra])))
    own = table[(table["outcome"] == "texture_grade") & (table["population"] == "design=parallel")]
    at = {(r["arm"], r["visit"]): r for _, r in own.iterrows()}
    last = at[PEEL, 12.0]  # d was read; e began too late to be due; week 8 of d is missing, e's is not over either
    assert (last["patients"], last["measured"], last["n"], last["seen"], last["missing"]) == (2, 2, 1, 1, 0)
    assert (at[PEEL, 8.0]["n"], at[PEEL, 8.0]["missing"]) == (1, 1)
    assert (at[MDA, 0.0]["measured"], at[MDA, 0.0]["missing"]) == (3, 1)
    assert (table["n"] == table["seen"] + table["missing"]).all()
    assert (table["measured"] <= table["patients"]).all()


def drifting(per_month: float, *, people: int = 60, seed: int = 1) -> Cohort:
    """Two raters over a year; the readings of R2 move by ``per_month``. One patient a week, five readings each."""
    rng = np.random.default_rng(seed)
    starts = [pd.Timestamp(2023, 1, 2) + pd.Timedelta(days=7 * (i % 52)) for i in range(people)]
    lines = []
    for i, start in enumerate(starts):
        level = rng.normal(5, 1)
        for week in (0, 4, 8, 12):
            date = start + pd.Timedelta(days=7 * week)
            who = f"R{rng.integers(1, 3)}"
            month = (date.year - 2023) * 12 + date.month
            lines.append(
                (f"p{i}", date, who, level - week / 10 + rng.normal(0, 0.3) + per_month * month * (who == "R2"))
            )
    sessions = pd.DataFrame(lines, columns=["patient", "session_date", "rater_id", "texture_grade"])
    sessions = sessions.assign(treatment=MDA, clinic_id="x", _file="s.csv", _row=range(2, 2 + len(sessions)), _record=0)
    members = pd.DataFrame({"patient": [f"p{i}" for i in range(people)], "arm": MDA, "start": starts})
    return replace(hand_cohort(sifted=sifted_of(sessions=sessions)), members=members)


def test_a_planted_drift_is_flagged_and_the_steady_rater_is_not() -> None:
    table = raters.raters(drifting(0.25))
    steady, moved = (cells(table, who=who) for who in ("R1", "R2"))
    assert moved["flagged"] == 1
    assert moved["conf_low"] > 0
    assert moved["patients"] <= 60
    assert steady["readings"] + moved["readings"] == 240
    assert moved["change"] > steady["change"]


def test_without_a_drift_flags_are_rare() -> None:
    tables = [raters.raters(drifting(0.0, seed=seed)) for seed in range(40)]
    flagged = sum(int(table["flagged"].sum()) > 0 for table in tables)
    assert flagged <= 6, "about one in twenty of forty runs; seven or more would be one in a hundred by chance"


def test_the_change_is_the_slope_of_the_residual_times_the_months() -> None:
    cohort = drifting(0.1)
    found = raters.residuals(cohort, "texture_grade", "rater_id")
    assert found.groupby(["arms", "stage"])["residual"].mean().abs().max() < 1e-9
    part = found[found["who"] == "R2"]
    line = sm.OLS(part["residual"], sm.add_constant(part["month"].astype(float))).fit()
    row = cells(raters.raters(cohort), who="R2")
    assert row["change"] == pytest.approx(line.params["month"] * row["months"])


def test_a_date_far_from_all_others_does_not_stretch_the_months() -> None:
    cohort = drifting(0.0)
    sessions = cohort.sifted.sessions.copy()
    sessions.loc[0, "session_date"] = pd.Timestamp(2015, 1, 1)
    listed = pd.DataFrame([("sessions", "s.csv", 2, "Date", "isolated_date", "warning", "", "", "")],
                          columns=list(QUARANTINE_COLUMNS))  # fmt: skip
    far = replace(cohort, sifted=sifted_of(sessions=sessions, quarantine=listed))
    assert raters.raters(far)["months"].max() < 24


def test_few_patients_or_months_are_not_estimated() -> None:
    table = raters.raters(drifting(0.5, people=4))
    assert table["change"].isna().all()
    assert not table["flagged"].any()


def test_rounding_is_counted_in_steps_of_the_scale() -> None:
    rng = np.random.default_rng(2)
    counts = rng.integers(0, 60, 300)
    tens = np.where(np.arange(300) < 150, counts // 10 * 10, counts)
    sessions = pd.DataFrame({"patient": "a", "inflammatory_lesions": tens.astype(float), "clinic_id": "x",
                             "session_date": day(1), "texture_grade": rng.integers(0, 19, 300) / 2})  # fmt: skip
    table = digits.digits(hand_cohort(sifted=sifted_of(sessions=sessions)))
    assert table["outcome"].tolist() == ["inflammatory_lesions"], "a scale of halves is left out"
    wanted = int((tens % 5 == 0).sum())
    assert table[["readings", "rounded"]].values.tolist() == [[300, wanted]]
    converted = sifted_of(sessions=sessions, repairs={("unit", "inflammatory_lesions"): 300})
    assert digits.digits(hand_cohort(sifted=converted)).empty


@pytest.mark.parametrize("style", ["trial", "study_day"])
def test_undated_data_have_no_months_no_time_and_no_drift(style: str) -> None:
    sessions = sifted_of().sessions.drop(columns="session_date").assign(visit=0.0, study_day=0.0, rater_id="R1")
    listed = EVENTS.drop(columns=["session_date", "onset_date", "resolved_date"])
    cohort = replace(hand_cohort(sifted=sifted_of(sessions=sessions, adverse_events=listed, style=style)), style=style)
    seen = reported(cohort)
    assert exposure.exposure(cohort, seen).empty
    assert resolution.resolution(cohort, seen).empty
    assert raters.raters(cohort).empty
    assert aside.aside(cohort.sifted).empty
    assert len(severity.severity(cohort, seen))


def test_keys_are_unique_in_the_long_results() -> None:
    cohort = treated()
    seen = reported(cohort)
    tables = {"exposure": exposure.exposure(cohort, seen), "severity": severity.severity(cohort, seen),
              "resolution": resolution.resolution(cohort, seen), "serious": serious.serious(cohort, seen),
              "missing": missing.missing(cohort), "raters": raters.raters(drifting(0.1)),
              "aside": aside.aside(cohort.sifted)}  # fmt: skip
    assert set(tables) <= set(KEYS)
    assert results_frame(tables)["id"].is_unique
