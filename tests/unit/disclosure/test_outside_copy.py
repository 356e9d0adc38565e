"""A copy for outside: coarse, the same when made twice, nothing exact that is small, and closed to an attacker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest
from attacker import narrowed, truth_of
from attacker_cells import of_files
from attacker_structure import Law, View, learned

import analytics as oc
from analytics.analysis.whole import described
from analytics.disclosure import audit, coarse, copy
from analytics.disclosure.coarse import possible, significant
from analytics.disclosure.copy import disclose
from analytics.domain.errors import PlanRefused
from analytics.domain.finding import ARM_MEAN_COLUMNS, FINDING_COLUMNS
from analytics.domain.hidden import COUNTS, FEWER, NOT_SHOWN, is_count
from analytics.domain.plan import Plan
from analytics.domain.run import Run, tidy, views
from analytics.reports.formats.csv import csv_files
from analytics.reports.sealed import seal
from analytics.show.words import sentence
from schemas.standard import STANDARD

LEAST = 5
SIZES = ((40, 1, 3), (90, 2, 1), (150, 3, 2))


def house_run(patients: int, clinics: int, seed: int) -> Run:
    """The descriptive tables of simulated clinics, and two comparisons by hand."""
    cohort = oc.cohort(oc.validate(oc.example(patients=patients, clinics=clinics, seed=seed)))
    tables = {name: tidy(frame) for name, frame in described(cohort).items()}
    return Run(tables, cohort.plan, cohort.vocabulary, {"run_id": "0" * 16, "inputs": [{"sha256": "secret"}],
               "rows": {"received": 12347}, "notes": ["called Mrs Smith"], "audience": "external"},
               listings={"quarantine": pd.DataFrame({"value": ["secret"]})})  # fmt: skip


@pytest.fixture(scope="module", params=SIZES, ids=[f"{n}-patients" for n, _, _ in SIZES])
def inside(request: pytest.FixtureRequest) -> Run:
    return house_run(*request.param)


def delivered(run: Run) -> dict[str, bytes]:
    return {**csv_files(run), **{f"run/{name}": content for name, content in seal(run).items()}}


def counted(tables: Mapping[str, pd.DataFrame]) -> list[int]:
    """Every count in some tables."""
    found = []
    for name, frame in tables.items():
        for column in COUNTS[name]:
            for row in frame.to_dict("records") if column in frame else ():
                value = row[column]
                if is_count(name, column, row.get("statistic", "")) and value == value:
                    found.append(int(value))
    return found


@pytest.fixture(scope="module")
def laws() -> list[Law]:
    """What an attacker knows from two reports of his own."""
    return learned([truth_of(house_run(150, 3, 11)), truth_of(house_run(130, 2, 12))])


def attacked(run: Run, inside: Run, laws: list[Law], *, exact: bool = False) -> list[str]:
    return narrowed(of_files(delivered(run)), run.results, truth_of(inside), laws, LEAST, exact=exact)


@pytest.mark.long
def test_an_attacker_with_every_file_narrows_no_small_count(inside: Run, laws: list[Law]) -> None:
    small = [value for value in truth_of(inside).values() if value < LEAST]
    assert len(small) > 1_000
    assert attacked(disclose(inside).run, inside, laws) == []


@pytest.mark.long
def test_the_attacker_succeeds_without_the_audit(inside: Run, laws: list[Law], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "audited", audit.begun)
    assert attacked(disclose(inside).run, inside, laws)


@pytest.mark.long
def test_the_attacker_succeeds_without_rounding(inside: Run, laws: list[Law], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "audited", audit.begun)
    monkeypatch.setattr(audit, "coarse", lambda count, least: FEWER if count < least else count)
    assert attacked(disclose(inside).run, inside, laws, exact=True)


def test_an_attacker_learns_how_counts_hang_together(laws: list[Law]) -> None:
    """Levels and groups, n and missing, severity, benchmark, advice: all of these are found, and no nonsense."""
    kept = {(law.relation, *((view.kind, view.at, view.over) for view in law.views)) for law in laws}
    grades = ("descriptions.count", (), ("level",)), ("descriptions.n", (), ())
    assert ("same", *grades) in kept
    assert ("parts", ("missing.n", (), ()), ("missing.missing", (), ()), ("missing.seen", (), ())) in kept
    assert ("same", ("resolution.events", (), ()), ("severity.count", (), ("severity",))) in kept
    assert ("same", ("benchmark.clinic.n", (), ("clinic",)), ("benchmark_overall.clinic.n", (), ())) in kept
    assert ("same", ("baseline.count", (), ()), ("mix.delivered.count", (), ())) in kept
    assert ("within", ("responders.responders", (), ()), ("responders.n", (), ())) in kept
    assert ("within", ("responders.n", (), ()), ("responders.responders", (), ())) not in kept


@pytest.mark.long
def test_counts_are_multiples_or_words_and_nothing_else_leaves(inside: Run) -> None:
    done = disclose(inside)
    found = counted(done.run.tables)
    assert all(value in (FEWER, NOT_SHOWN) or (value >= LEAST and value % LEAST == 0) for value in found)
    assert {FEWER, NOT_SHOWN} <= set(found)
    assert not done.run.listings
    assert not done.run.mapping_text
    assert not {"inputs", "rows", "notes"} & set(done.run.facts)
    assert not any(
        word in content for content in delivered(done.run).values() for word in (b"secret", b"Smith", b"12347")
    )
    assert set(done.run.tables) <= set(inside.tables)
    again = disclose(done.run)
    assert again.run is done.run
    assert again.hidden.empty
    back = views(done.run.results)
    for name, frame in done.run.tables.items():
        pd.testing.assert_frame_equal(back[name], frame)
    assert {"few", "rests on few"} <= set(done.hidden["reason"])


def by_hand(**tables: pd.DataFrame) -> Run:
    plan = Plan(arms=("chemical_peel", "dermal_roller"), primary=("texture_grade",))  # type: ignore[arg-type]
    return Run({name: tidy(frame) for name, frame in tables.items()}, plan, STANDARD, {"run_id": "0" * 16})


def linked() -> Run:
    """57 patients in one table, 29 and 24 and 4 of them in another."""
    arms = pd.DataFrame({"arm": ["chemical_peel"], "patients": [57], "units": [57], "sessions": [200.0]})
    levels = {"female": 29.0, "male": 24.0, "other": 4.0}
    baseline = pd.DataFrame(
        [("sex", level, "chemical_peel", "count", n) for level, n in levels.items()],
        columns=["variable", "level", "arm", "statistic", "value"],
    )
    known = pd.DataFrame([("sex", "", "chemical_peel", "n", 57.0)], columns=baseline.columns)
    flow = pd.DataFrame(columns=["step", "unit", "count", "reason", "arm"]).astype({"count": "int64"})
    return by_hand(arms=arms, baseline=pd.concat([known, baseline]), flow=flow)


ADDS_UP = [
    Law("same", (View("baseline.count", (), ("level",)), View("baseline.n", (), ()))),
    Law("same", (View("arms.patients", (), ()), View("baseline.n", (), ("by",)))),
]


def test_four_is_not_given_back_by_another_table_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    four = "baseline.count(arm=chemical_peel, by=sex, level=other) = 4"
    assert {str(what): n for what, n in truth_of(linked()).items()}[four.removesuffix(" = 4")] == 4
    assert attacked(disclose(linked()).run, linked(), ADDS_UP) == []
    monkeypatch.setattr(audit, "coarse", lambda count, least: FEWER if count < least else count)
    monkeypatch.setattr(audit, "possible", lambda told, least: (0, least - 1) if told == FEWER else (told, told))
    hidden = disclose(linked())  # exact figures: the audit has to take out more than the four
    assert attacked(hidden.run, linked(), ADDS_UP, exact=True) == []
    assert (hidden.hidden["reason"].str.startswith("gives back")).any()
    monkeypatch.setattr(copy, "audited", audit.begun)
    assert attacked(disclose(linked()).run, linked(), ADDS_UP, exact=True) == [four]


def test_an_arm_of_few_patients_has_no_estimate_and_no_verdict() -> None:
    row = dict.fromkeys(FINDING_COLUMNS, 0.123456)
    row |= {
        "analysis": "primary", "outcome": "texture_grade", "visit": 12, "population": "all", "measure": "difference",
        "contrast": "dermal_roller v chemical_peel", "arm": "dermal_roller", "reference": "chemical_peel",
        "method": "ancova", "adjustment": "covariates", "verdict": "better", "status": "estimated",
        "n_arm": 4, "n_reference": 31, "notes": "3 patients left out: no baseline; called Mrs Smith",
    }  # fmt: skip
    beside = {**row, "outcome": "melanin_index", "n_arm": 33}
    means = pd.DataFrame([{**dict.fromkeys(ARM_MEAN_COLUMNS, 0.5), "outcome": "texture_grade", "visit": 12, "n": 4,
                           "population": "all", "arm": "dermal_roller", "method": "ancova", "scale": "change",
                           "adjustment": "covariates"}])  # fmt: skip
    run = disclose(by_hand(findings=pd.DataFrame([row, beside]), arm_means=means)).run
    few, enough = run.tables["findings"].to_dict("records")
    assert (few["status"], few["verdict"], few["n_arm"], few["n_reference"]) == ("suppressed", "", FEWER, 30)
    assert few["notes"] == ""
    assert [few[c] for c in ("estimate", "conf_low", "conf_high")] == [pytest.approx(float("nan"), nan_ok=True)] * 3
    assert (enough["estimate"], enough["verdict"], enough["n_arm"]) == (0.12, "better", 35)
    assert [enough[c] for c in ("std_error", "df", "p_value")] == [pytest.approx(float("nan"), nan_ok=True)] * 3
    assert enough["notes"] == "left out: no baseline"
    assert run.tables["arm_means"].empty
    assert "too few patients to show: fewer than 5 after dermal roller" in sentence(run)


@pytest.mark.parametrize("least", [4, 5, 6, 10, 11])
def test_a_coarse_count_says_what_it_may_have_been(least: int) -> None:
    for count in range(120):
        told = coarse.coarse(count, least)
        low, high = possible(told, least)
        assert low <= count <= high < low + least
        assert [coarse.coarse(n, least) for n in (low, high)] == [told, told]


def test_two_significant_digits() -> None:
    assert [significant(v) for v in (0.123456, -0.0996, 12345.0, 0.0, 5.55, 99.6)] == [0.12, -0.1, 12000, 0, 5.6, 100]


def test_a_least_cell_that_hides_nobody_is_refused() -> None:
    run = linked()
    with pytest.raises(PlanRefused, match="at least 4"):
        disclose(replace(run, plan=run.plan.model_copy(update={"minimum_cell": 3})))


def test_a_table_without_rules_stays_inside() -> None:
    run = linked()
    extra = replace(run, tables={**run.tables, "patients_by_name": pd.DataFrame({"name": ["Smith"], "n": [1]})})
    done = disclose(extra)
    assert "patients_by_name" not in done.run.tables
    assert "patients_by_name" in set(done.hidden["table"])
