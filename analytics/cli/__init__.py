"""The command line ``outcomes``: one file per group of sub-commands; results to stdout, messages to stderr."""

from __future__ import annotations

import os
import sys
import warnings
from types import TracebackType

INTERRUPTED = 130  # what a shell expects after Ctrl-C


def main() -> None:
    """Run the command; turn our errors into one message and their exit code, never a traceback."""
    from analytics.cli.app import app
    from analytics.cli.screen import say
    from analytics.domain.errors import OutcomesError

    sys.excepthook = _unforeseen
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without µ shows ? for it
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's remark on a line of code says nothing to a clinic
    try:
        app(prog_name="outcomes")
    except OutcomesError as error:
        say(str(error), style="bold red")
        sys.exit(error.exit_code)


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw is said in one line; developers get the traceback with OUTCOMES_TRACEBACK=1."""
    if os.environ.get("OUTCOMES_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    if issubclass(kind, KeyboardInterrupt):
        print("Stopped. Nothing was written.", file=sys.stderr)
        os._exit(INTERRUPTED)
    print(f"A fault of this program, not of your file: {kind.__name__}: {str(error)[:300]}", file=sys.stderr)
    print("  What to do: report it with the command you typed; nothing was written.", file=sys.stderr)
