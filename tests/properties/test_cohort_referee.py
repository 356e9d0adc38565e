"""Random clinics: the fast cohort equals that of the plain referee, patient for patient and reading for reading."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Cohort
from analytics.intake.derive import derive
from tests.properties.cohort_referee import Row, Unit, referee
from tests.unit.intake.build import ARMS, plan, sifted

OUTCOMES = {"texture_grade": 0.0, "tewl_g_m2_h": 168.0}
FIRST = dt.datetime(2024, 1, 1)
PATIENTS = 60
# Days crowd round the start, the visits and the edges of windows, washout and history.
DAYS = [0, 0, 0, 1, 7, 13, 14, 28, 28, 30, 31, 41, 42, 55, 56, 57, 84, 84, 97, 98, 112, 114, 180, 181, 209, 264]
EVERYTHING = {
    "start", "combined", "prevalent", "unequal_start", "no_treatment", "left", "right", "", "split", "both", "averaged",
    "visit 0", "visit 4", "visit 8", "visit 12", "washed out", "no baseline", "pre", "post", "hours", "timed",
}  # fmt: skip


def clinic(seed: int) -> list[Row]:
    """Session lines of PATIENTS patients; some never treated, some on two sides, some with history."""
    rng = np.random.default_rng(seed)
    lines = [_line(rng, f"p{number}", *habits) for number, habits in enumerate(_habits(rng))]
    return [row for rows in lines for row in rows]


def _habits(rng: np.random.Generator):
    for _ in range(PATIENTS):
        kind = rng.choice(["plain", "plain", "sided", "split", "messy"])
        yield kind, list(rng.choice(list(ARMS.values()), size=2)), int(rng.integers(1, 12))


def _line(rng: np.random.Generator, patient: str, kind: str, arms: list[str], count: int) -> list[Row]:
    rows = [_row(rng, patient, kind, arms) for _ in range(count)]
    if kind == "split" and rng.random() < 0.8:
        day = FIRST + dt.timedelta(days=int(rng.choice([0, 0, 30])))
        late = dt.timedelta(days=int(rng.choice([0, 0, 0, 0, 7])))
        for side, arm, shift in (("left", arms[0], dt.timedelta()), ("right", arms[1], late)):
            rows.append(
                {**_row(rng, patient, kind, arms), "treatment": arm, "side": side, "at": day + shift, "timed": False}
            )
    return rows


def _row(rng: np.random.Generator, patient: str, kind: str, arms: list[str]) -> Row:
    timed = bool(rng.random() < 0.25)
    day = int(rng.choice(DAYS)) if rng.random() < 0.8 else int(rng.integers(0, 265))
    treated = rng.random() < (0.5 if kind == "messy" else 0.3)
    arm = str(rng.choice(list(ARMS.values()) if kind == "messy" else arms))
    sides = {
        "plain": [""],
        "sided": ["left", "right", "both"],
        "split": ["left", "right"],
        "messy": ["", "left", "right", "both"],
    }
    return {
        "patient": patient,
        "at": FIRST + dt.timedelta(days=day, hours=int(rng.integers(8, 18)) if timed else 0),
        "timed": timed,
        "treatment": arm if treated else "",
        "side": str(rng.choice(sides[kind])),
        "session_no": rng.choice([None, None, None, None, 1, 2]),
        "timing": str(rng.choice(["", "", "", "", "pre", "post"])),
        "hours": rng.choice([None, None, None, None, 2.0, 200.0]),
        "outcomes": {name: float(rng.integers(1, 9)) if rng.random() < 0.7 else None for name in OUTCOMES},
    }


def frame_of(table: list[Row]) -> pd.DataFrame:
    def column(name: str, dtype: type | str) -> pd.Series:
        return pd.Series([r[name] if r[name] != "" else None for r in table], dtype=dtype)

    frame = pd.DataFrame(
        {
            "patient_id": [r["patient"] for r in table],
            "session_date": pd.to_datetime([r["at"] for r in table]).astype("datetime64[ns]"),
            "has_time": [r["timed"] for r in table],
            "treatment": column("treatment", object),
            "side": column("side", object),
            "session_no": column("session_no", "float64"),
            "timing": column("timing", object),
            "hours_since_session": column("hours", "float64"),
        }
    )
    for name in OUTCOMES:
        frame[name] = pd.Series([r["outcomes"][name] for r in table], dtype="float64")
    return frame


@cache
def both(seed: int) -> tuple[Cohort, dict[str, list[Unit]], list[Row]]:
    table = clinic(seed)
    made = derive(sifted(frame_of(table)), plan(arms=["mda", "peel"], primary=list(OUTCOMES)))
    expected = referee(table, made.plan.arms, OUTCOMES, max(r["at"] for r in table).date())
    return made, expected, table


SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 120))]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_analysed_in_which_arm_from_which_day(seed):
    made, expected, _ = both(seed)
    units = {(p, u.side): (u.arm, u.start) for p, found in expected.items() for u in found if not u.reason}
    mine = zip(made.members["patient"], made.members["side"], made.members["arm"], made.members["start"])
    assert {(p, side): (arm, start.date()) for p, side, arm, start in mine} == units


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_left_out_and_why(seed):
    made, expected, _ = both(seed)
    order = ["combined", "prevalent", "unequal_start"]
    out = {p: max((u.reason for u in found), key=order.index) if found else "no_treatment"
           for p, found in expected.items() if all(u.reason for u in found)}  # fmt: skip
    assert dict(zip(made.excluded["patient"], made.excluded["reason"])) == out


@pytest.mark.parametrize("seed", SEEDS)
def test_which_reading_stands_for_which_visit(seed):
    made, expected, _ = both(seed)
    readings = {
        (p, u.side, outcome, week): (round(value, 9), n)
        for p, found in expected.items() for u in found if not u.reason
        for (outcome, week), (value, n) in u.values.items()
    }  # fmt: skip
    t = made.table
    keys = zip(t["patient"], t["side"], t["outcome"], t["visit"])
    assert dict(zip(keys, zip(t["value"].round(9), t["n_readings"]))) == readings


def test_the_random_clinics_reach_every_rule():
    reached: Counter[str] = Counter()
    for seed in range(6):
        made, expected, table = both(seed)
        reached.update(made.excluded["reason"])
        reached.update("split" for design in made.members["design"] if design == "split_face")
        reached.update(row["timing"] for row in table)
        reached.update(row["side"] for row in table)
        reached.update("hours" for row in table if row["hours"] is not None)
        reached.update("timed" for row in table if row["timed"])
        for found in expected.values():
            for unit in found:
                reached["start"] += 1
                reached.update(f"visit {week}" for _, week in unit.values)
                reached.update("averaged" for _, n in unit.values.values() if n > 1)
                reached["no baseline"] += ("texture_grade", 0) not in unit.values
        reached["washed out"] += int(made.flow.loc[made.flow["step"] == "washout", "count"].sum())
    assert {name for name in EVERYTHING if reached[name] < 3} == set()
