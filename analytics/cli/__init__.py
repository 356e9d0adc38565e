"""The command line ``outcomes``: one file per group of sub-commands; results to stdout, messages to stderr."""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from types import FrameType, TracebackType

INTERRUPTED = 130  # what a shell expects after Ctrl-C
BY_SIGNAL = 128  # added to a signal's number
STOPPED = "Stopped. Nothing was written."


def main() -> None:
    """Run the command; turn our errors into one message and their exit code, never a traceback."""
    _stop_cleanly()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for them takes longer than to read a mapping
    from typer.main import get_command

    from analytics.cli.app import app
    from analytics.cli.screen import say
    from analytics.domain.errors import OutcomesError

    sys.excepthook = _unforeseen
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without µ shows ? for it
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's remark on a line of code says nothing to a clinic
    try:
        get_command(app)(prog_name="outcomes")  # app() would put typer's hook, which prints tracebacks, over ours
    except OutcomesError as error:
        say(str(error), style="bold red")
        sys.exit(error.exit_code)
    except SystemExit as stop:
        if stop.code in (INTERRUPTED, *(BY_SIGNAL + number for number in _ended_by())):
            say(STOPPED)
        raise
    finally:
        gc.freeze()  # at the end Python looks through millions of values that are thrown away anyway


def _ended_by() -> list[int]:
    """Signals that ask a program to end; a terminal that closes sends the second, and Windows has none."""
    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _stop_cleanly() -> None:
    """What asks the program to end ends it like Ctrl-C: kernels stopped, temporary folders gone, no half a report."""
    for number in _ended_by():
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has told it to be ignored
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(BY_SIGNAL + number)


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw is said in one line; developers get the traceback with OUTCOMES_TRACEBACK=1."""
    if os.environ.get("OUTCOMES_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    if issubclass(kind, KeyboardInterrupt):
        print(STOPPED, file=sys.stderr)
        os._exit(INTERRUPTED)
    if issubclass(kind, MemoryError):
        print("There is not enough memory on this machine for these files. Nothing was written.", file=sys.stderr)
        print("  What to do: close other programs, or give fewer files or rows at a time.", file=sys.stderr)
        return
    print(f"A fault of this program, not of your file: {kind.__name__}: {str(error)[:300]}", file=sys.stderr)
    print("  What to do: report it with the command you typed; nothing was written.", file=sys.stderr)
