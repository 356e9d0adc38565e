"""Work in a process of its own gives what it would give here, also where the process fails or is given up."""

from __future__ import annotations

import sys
import time

import pytest

from analytics import apart as room
from analytics.analysis.whole import described
from analytics.apart import apart
from analytics.domain.run import six
from analytics.reports.faulty_book import Line, Sheet, book_bytes

FAULT = ("grade", "must be 0 to 4", "Mend it.", "error")
SHEETS = (Sheet("north", ("patient", "grade"), (Line(7, ("=1+1", "12"), (FAULT,)),), 3),)


def test_the_same_bytes_come_back() -> None:
    with apart(book_bytes, SHEETS) as drawn:
        assert drawn() == book_bytes(SHEETS)


def test_the_descriptions_of_a_cohort_are_the_same() -> None:
    import pandas as pd

    import analytics as oc

    cohort = oc.cohort(oc.validate(oc.example(patients=30, clinics=1)))
    here = described(cohort)
    with apart(described, cohort) as made:
        there = made()
    assert list(here) == list(there)
    for name, frame in here.items():
        pd.testing.assert_frame_equal(frame, there[name])


def test_a_process_that_fails_costs_time_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.sys, "executable", "/bin/false")
    with apart(six, 0.1234567) as made:
        assert made() == 0.123457


def test_what_fails_fails_here_with_its_own_error() -> None:
    with apart(six, "no number") as made, pytest.raises(TypeError):
        made()


def test_a_process_that_nobody_waits_for_is_ended() -> None:
    began = time.perf_counter()
    with pytest.raises(KeyError), apart(time.sleep, 60):
        raise KeyError
    assert time.perf_counter() - began < 30


def test_what_a_library_prints_does_not_mix_with_the_answer() -> None:
    with apart(print, "hello") as made:
        assert made() is None
    assert sys.stdout is not None
