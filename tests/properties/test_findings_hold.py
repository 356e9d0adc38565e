"""What must not move the findings, and what must move them in one known way: order, names, units, the order of arms."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analytics as oc
from analytics.analysis.whole import analyse_cohort
from analytics.domain.plan import Plan
from analytics.sources.simulate import files, simulate

QUICK = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PRIMARY = ("texture_grade", "inflammatory_lesions", "absorbed_percent")
KEY = ["outcome", "visit", "population", "contrast", "method", "adjustment", "measure"]
NUMBERS = [
    "n_arm",
    "n_reference",
    "estimate",
    "std_error",
    "df",
    "conf_low",
    "conf_high",
    "p_value",
    "p_value_adjusted",
]
RATIOS = ("ratio", "rate_ratio", "odds_ratio", "risk_ratio")
MIRROR = {"better": "worse", "worse": "better", "gain": "loss", "loss": "gain"}


def plan(**changed) -> Plan:
    """The primary outcomes, one outcome on the log scale and one of grades, at week 12 only."""
    base = {
        "arms": ARMS,
        "primary": PRIMARY,
        "secondary": ["roughness_ra_um", "acne_iga"],
        "visits": {"weeks": [12]},
    }
    return Plan.model_validate({**base, **changed})


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    made = files(simulate(patients=140, seed=11))
    names = ("sessions", "patients", "consultations")
    return {name: pd.read_csv(io.BytesIO(made[f"{name}.csv"]), dtype=str) for name in names}


@pytest.fixture(scope="module")
def findings(tables, tmp_path_factory) -> pd.DataFrame:
    return analysed(tables, tmp_path_factory.mktemp("as_it_is"), plan())


def analysed(tables: dict[str, pd.DataFrame], folder: Path, wanted: Plan) -> pd.DataFrame:
    """Findings of the tables, read from files like a clinic's."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    sifted = oc.validate(oc.read(folder))
    return analyse_cohort(oc.cohort(sifted, wanted))["findings"]


def same(found: pd.DataFrame, expected: pd.DataFrame, columns: list[str] = NUMBERS) -> None:
    """Equal to six digits, row for row by key."""
    both = expected.merge(found, on=KEY, suffixes=("", "_found"), how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    for name in columns:
        assert np.allclose(both[name], both[f"{name}_found"], rtol=1e-5, atol=1e-9, equal_nan=True), name
    assert (both["status"] == both["status_found"]).all()


@QUICK
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed: int, tables, findings, tmp_path) -> None:
    shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}
    found = analysed(shuffled, tmp_path, plan())
    same(found, findings)
    pd.testing.assert_frame_equal(found[[*KEY, "verdict"]], findings[[*KEY, "verdict"]])


@QUICK
@given(salt=st.text("abcXYZ019", min_size=1, max_size=4))
def test_the_names_of_patients_do_not_matter(salt: str, tables, findings, tmp_path) -> None:
    renamed = {name: table.assign(patient_id=salt + table["patient_id"].str[::-1]) for name, table in tables.items()}
    same(analysed(renamed, tmp_path, plan()), findings)


def test_arms_in_the_opposite_order_turn_every_estimate_round(tables, findings, tmp_path) -> None:
    turned = analysed(tables, tmp_path, plan(arms=tuple(reversed(ARMS))))
    turned = turned.assign(contrast=turned["reference"] + " v " + turned["arm"])
    both = findings.merge(turned, on=KEY, suffixes=("", "_turned"), how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    ratio = both["measure"].isin(RATIOS)
    win = both["measure"] == "win_probability"
    back = np.where(
        ratio, 1 / both["estimate_turned"], np.where(win, 1 - both["estimate_turned"], -both["estimate_turned"])
    )
    assert np.allclose(both["estimate"], back, rtol=1e-5, atol=1e-6, equal_nan=True)
    for name in ("std_error", "df", "p_value", "p_value_adjusted"):
        assert np.allclose(both[name], both[f"{name}_turned"], rtol=1e-5, atol=1e-9, equal_nan=True), name
    mirrored = [mirror(v) if isinstance(v, str) else v for v in both["verdict_turned"]]
    assert both["verdict"].fillna("").tolist() == pd.Series(mirrored).fillna("").tolist()


def mirror(verdict: str) -> str:
    """The verdict seen from the other arm."""
    return "_".join(MIRROR.get(part, part) for part in verdict.split("_"))


def test_a_unit_on_the_log_scale_does_not_move_the_ratio(tables, findings, tmp_path) -> None:
    sessions = tables["sessions"]
    larger = (pd.to_numeric(sessions["roughness_ra_um"]) * 2).map("{:.10g}".format)
    sessions = sessions.assign(roughness_ra_um=larger.where(sessions["roughness_ra_um"].notna()))
    found = analysed({**tables, "sessions": sessions}, tmp_path, plan())
    rough = findings["outcome"] == "roughness_ra_um"
    same(found[found["outcome"] == "roughness_ra_um"], findings[rough])


def test_a_shift_of_all_texture_grades_leaves_the_differences(tables, findings, tmp_path) -> None:
    sessions = tables["sessions"]
    grade = pd.to_numeric(sessions["texture_grade"])
    room = (grade.min(), grade.max())
    shift = 0.5 if room[1] <= 8.5 else -0.5
    assert room[0] + shift >= 0
    moved = (grade + shift).map("{:g}".format).where(grade.notna())
    found = analysed({**tables, "sessions": sessions.assign(texture_grade=moved)}, tmp_path, plan())
    same(found[found["outcome"] == "texture_grade"], findings[findings["outcome"] == "texture_grade"])
