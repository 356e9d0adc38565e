"""Trying again: growing pauses with jitter within a budget, only where nothing has arrived; and looking after a cut."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from analytics.schedule.destinations.library import delivery_libraries
from analytics.schedule.destinations.parcel import AGAIN, Destination, Parcel, Perhaps, Refused, TryLater

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0  # seconds, before the jitter takes up to half of them away
LOOKS = (0.0, 1.0, 4.0)  # seconds before each look after a cut


def within_budget(
    act: Callable[[], None],
    *,
    deadline: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
    draw: Callable[[], float] = random.random,
    first: float = FIRST_PAUSE,
    longest: float = LONGEST_PAUSE,
) -> None:
    """Call ``act``, and again after TryLater while the next pause ends within the budget; then TryLater is raised.

    ``deadline()``: seconds that are left; the first try is made also where none are. ``draw()``: jitter in [0, 1).
    Refused, Perhaps and every other error end it at once. Source of the pauses: exponential backoff, equal jitter.
    """
    with delivery_libraries():
        import tenacity

    def pause(state: Any) -> float:
        grown = min(longest, first * 2.0 ** min(state.attempt_number - 1, 30))
        return grown * (0.5 + draw() / 2)

    tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TryLater),
        wait=pause,
        stop=lambda state: state.upcoming_sleep >= deadline(),
        sleep=sleep,
        reraise=True,
    )(act)


def settle(destination: Destination, parcel: Parcel, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """After a failure behind ``committing``: return if it has arrived, TryLater if surely not, else Perhaps."""
    for pause in LOOKS:
        sleep(pause)
        try:
            found = destination.look(parcel)
        except (TryLater, Refused):
            continue
        if found == "sent":
            return
        if found == "repeat":
            raise TryLater(f"{destination.label}: the last step failed, and nothing was published.", fix=AGAIN)
        break
    raise perhaps(destination.label)


def perhaps(label: str) -> Perhaps:
    """The one message for it."""
    return Perhaps(
        f"{label}: cut at the last step; the report has perhaps arrived.",
        fix="look there, then say it: outcomes exports resolve NAME DATE DEST --sent, or --again",
    )
