"""How far long work is, for a person who waits: a line in the terminal or under the cell, gone when it is done.

Silent where nobody looks: on a pipe, in an executed report, or with OUTCOMES_PROGRESS=off. What it shows in a notebook
is marked transient, so that two runs of a notebook can be compared without it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

OFF = ("off", "0", "no")
PATIENCE, OFTEN = 1.0, 0.25  # seconds before anything is shown, and between two renewals
TRANSIENT = {"outcomes": {"transient": True}}
FROM_MEMORY = "taken from memory: the same data, plan and version"
Progress = Callable[[str, int, int], None]


_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is shown of work inside: a view that is renewed has a place of its own, and no cell that runs."""
    before = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(before)


def switched_off() -> bool:
    """Whether OUTCOMES_PROGRESS says that nobody wants to see progress: off, 0 or no."""
    return os.environ.get("OUTCOMES_PROGRESS", "").strip().lower() in OFF


def _wanted() -> str:
    """terminal | notebook | "" (nobody looks)."""
    if _QUIET.get() or switched_off():
        return ""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        return "notebook"
    return "terminal" if sys.stderr is not None and sys.stderr.isatty() else ""


class _Terminal:
    def show(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def close(self) -> None:
        self.show("")


class _Cell:
    """One output under the cell, renewed in place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, text: str) -> None:
        from IPython.display import display

        data = {"text/plain": text}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True, metadata=TRANSIENT)
        else:
            self.handle.update(data, raw=True, metadata=TRANSIENT)

    def close(self) -> None:
        if self.handle is not None:
            self.handle.update({"text/plain": ""}, raw=True, metadata=TRANSIENT)


@contextmanager
def working(what: str) -> Iterator[Progress | None]:
    """A function to report progress with, None where nobody looks; however the work ends, its line goes."""
    place = _wanted()
    if not place:
        yield None
        return
    line = _Terminal() if place == "terminal" else _Cell()
    begun = last = time.monotonic()
    shown = False

    def told(step: str, done: int, total: int) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if now - begun >= PATIENCE and now - last >= OFTEN:
            last, shown = now, True
            line.show(f"{what}: {step}, {done} of {total}" if total else f"{what}: {step}")

    try:
        yield told
    finally:
        if shown:
            line.close()


def from_memory(what: str) -> None:
    """Say that an answer was there already."""
    place = _wanted()
    if place == "notebook":
        _Cell().show(f"{what}: {FROM_MEMORY}")
    elif place:
        sys.stderr.write(f"{what}: {FROM_MEMORY}\n")
