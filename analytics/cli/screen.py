"""What a terminal shows: messages on stderr, results on stdout, progress with time left on work over two seconds.

Progress obeys OUTCOMES_PROGRESS=off, as at the front door.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from analytics.deliver.working import switched_off
from analytics.domain.errors import NotWritten

# Work shorter than this shows no progress (seconds).
QUIET_SECONDS = 2.0


def say(text: str, *, style: str | None = None) -> None:
    """A message for the person, on stderr."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, style=style, markup=False, emoji=False)


def out(text: str = "") -> None:
    """A line of result, on stdout, plain so that it can be piped.

    A reader that has gone (``outcomes ... | head``) ends the printing, not the command: its exit code still holds.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise NotWritten(
            f"The results could not be printed: {error.strerror}.", fix="look at where the output goes (> or |)"
        ) from error


class Progress:
    """Called as ``progress(step, done, total)``; draws a bar on a terminal once the work has taken two seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.bar: Any = None
        self.task: Any = None
        self.console = Console(stderr=True)
        self.seen = self.console.is_terminal and not switched_off()

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        if not self.seen or time.monotonic() - self.began < QUIET_SECONDS:
            return
        if self.bar is None:
            self._open()
        self.bar.update(self.task, description=step, completed=done, total=total or None)

    def _open(self) -> None:
        from rich import progress as rich_progress

        self.bar = rich_progress.Progress(
            rich_progress.SpinnerColumn(),
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(bar_width=24),
            rich_progress.TaskProgressColumn(),
            rich_progress.TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        self.task = self.bar.add_task("")
        self.bar.start()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def progress() -> Iterator[Progress]:
    """A Progress that is taken off the screen at the end, also after an error."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.close()
