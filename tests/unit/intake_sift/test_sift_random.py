"""Random messy files: the sift against a plain judge, whatever the order of rows; and nothing is ever lost."""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from pathlib import Path

import pytest
from clinic_files import balanced
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from session_referee import COLUMNS, Row, canonical, judge

from analytics.domain.dataset import Sifted
from analytics.domain.errors import DataRefused
from analytics.intake.accepted import write_files
from analytics.intake.sift import sift
from analytics.sources.read import read

POOL = {
    "patient_id": ("p1", "p2", "p3", " p1", ""),
    "treatment": ("chemical_peel", "dermal_roller", "", "Chemical_Peel", "laser"),
    "session_date": ("2026-01-01", "2026-01-02", "2026-02-30", "01.02.2026", ""),
    "side": ("", "left", "right", "port"),
    "texture_grade": ("3", "3.0", "4", "3.3", "10", "x", "", "nan"),
    "inflammatory_lesions": ("0", "12", "-1", "1.5", "1,5", ""),
    "roller_needle_mm": ("", "1.5", "0", "many"),
    "age": ("", "30", "31", "-5"),
}
WEIGHTS = {name: [5] + [3] * 2 + [1] * (len(texts) - 3) for name, texts in POOL.items()}
FOLDER: dict[str, Path] = {}


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    FOLDER["at"] = tmp_path_factory.mktemp("random")


def sifted(rows: list[Row]) -> Sifted:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([COLUMNS, *rows])
    path = FOLDER["at"] / "sessions.csv"
    path.write_text(stream.getvalue(), newline="")
    try:
        return sift(read([path]))
    except DataRefused as refused:
        return refused.sifted  # type: ignore[attr-defined]


def verdict(found: Sifted) -> dict[int, set[str]]:
    """Line (from 0) -> error rules; a unit slip is a range fault with a hint."""
    rules: dict[int, set[str]] = defaultdict(set)
    errors = found.quarantine[found.quarantine["severity"] == "error"]
    for row, rule in zip(errors["row"], errors["rule"]):
        rules[int(row) - 2].add("range" if rule == "unit" else rule)
    return dict(rules)


@st.composite
def messy(draw: st.DrawFn) -> list[Row]:
    count = draw(st.integers(1, 25))
    rng = random.Random(draw(st.integers(0, 2**32)))
    rows = [tuple(rng.choices(POOL[name], WEIGHTS[name])[0] for name in COLUMNS) for _ in range(count)]
    return rows + [rows[rng.randrange(count)] for _ in range(rng.randrange(3))]


def has_content(row: Row) -> bool:
    return any(cell.strip() for cell in row)


def as_judged(rows: list[Row]) -> None:
    rows = [row for row in rows if has_content(row)]
    expected = judge(rows)
    found = sifted(rows)
    for rules in expected.values():
        for rule in rules:
            event(rule)
    assert verdict(found) == expected
    assert balanced(found)
    assert found.rows["received"] == len(rows)
    assert sorted(found.sessions["_row"].tolist()) == [i + 2 for i in range(len(rows)) if i not in expected]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messy())
def test_as_a_plain_judge_would(rows: list[Row]) -> None:
    as_judged(rows)


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messy())
def test_as_a_plain_judge_would_in_thousands_of_files(rows: list[Row]) -> None:
    as_judged(rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messy(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], rng: random.Random) -> None:
    rows = [row for row in rows if has_content(row)]
    shuffled = list(rows)
    rng.shuffle(shuffled)

    def kept(found: Sifted, given: list[Row]) -> list[tuple]:
        return sorted((canonical(given[row - 2]) for row in found.sessions["_row"]), key=repr)

    def aside(found: Sifted) -> list[str]:
        return sorted(r for rules in verdict(found).values() for r in rules)

    one, two = sifted(rows), sifted(shuffled)
    assert kept(one, rows) == kept(two, shuffled)
    assert aside(one) == aside(two)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messy())
def test_a_second_pass_over_what_was_accepted_finds_nothing(rows: list[Row]) -> None:
    found = sifted([row for row in rows if has_content(row)])
    if not found.rows["accepted"]:
        return
    (FOLDER["at"] / "accepted.parquet").write_bytes(write_files(found)["accepted.parquet"])
    again = sift(read([FOLDER["at"] / "accepted.parquet"]))
    assert again.rows["quarantined"] == 0
    assert len(again.sessions) == len(found.sessions)


def test_the_judge_knows_every_rule_and_the_generator_reaches_it() -> None:
    rng = random.Random(1)
    reached: set[str] = set()
    for _ in range(60):
        rows = [tuple(rng.choices(POOL[name], WEIGHTS[name])[0] for name in COLUMNS) for _ in range(25)]
        reached |= {rule for rules in judge([r for r in rows if has_content(r)]).values() for rule in rules}
    assert reached == {
        "missing",
        "date",
        "treatment",
        "code",
        "type",
        "range",
        "step",
        "wrong_parameter",
        "duplicate_row",
        "conflict",
    }
