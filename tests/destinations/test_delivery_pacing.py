"""Trying again: only after TryLater, with growing pauses, never beyond the budget."""

from __future__ import annotations

import pytest

from analytics.schedule.destinations.pacing import within_budget
from analytics.schedule.destinations.parcel import Perhaps, Refused, TryLater


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self, budget: float) -> None:
        self.left, self.pauses = budget, []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.left -= seconds


def run(clock: Clock, fails: list, *, draw: float = 1.0) -> int:
    tries = []

    def act() -> None:
        tries.append(1)
        if fails:
            raise fails.pop(0)

    try:
        within_budget(act, deadline=lambda: clock.left, sleep=clock.sleep, draw=lambda: draw)
    finally:
        clock.tries = len(tries)
    return len(tries)


def test_pauses_grow_and_end_with_the_budget():
    clock = Clock(1000)
    with pytest.raises(TryLater, match="no"):
        run(clock, [TryLater("no")] * 99)
    assert clock.pauses[:7] == [2, 4, 8, 16, 32, 64, 120]
    assert 0 < clock.left <= 120
    assert clock.tries == len(clock.pauses) + 1


def test_the_jitter_takes_up_to_half():
    clock = Clock(100)
    assert run(clock, [TryLater("no")] * 3, draw=0.0) == 4
    assert clock.pauses == [1, 2, 4]


def test_a_success_ends_it():
    clock = Clock(100)
    assert run(clock, [TryLater("no")]) == 2


@pytest.mark.parametrize("error", [Refused("r"), Perhaps("p"), OSError("o"), KeyError("k")])
def test_everything_else_ends_it_at_once(error):
    """An OSError too: smtplib's errors are such, and a mail behind its dot would be sent twice."""
    clock = Clock(100)
    with pytest.raises(type(error)):
        run(clock, [error, error])
    assert (clock.tries, clock.pauses) == (1, [])


def test_without_a_budget_there_is_one_try():
    clock = Clock(0)
    with pytest.raises(TryLater):
        run(clock, [TryLater("no")] * 9)
    assert clock.tries == 1
