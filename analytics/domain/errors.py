"""Errors that a person can act on: what must be true, what was found, where, what to do; an exit code per family."""

from __future__ import annotations


class OutcomesError(Exception):
    """Base of every error meant for the user. The message is complete and holds no traceback or machine path."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        self.message, self.fix = message, fix
        super().__init__(f"{message}\n  What to do: {fix}" if fix else message)

    def _render_traceback_(self) -> list[str]:
        """One message instead of a traceback in a notebook."""
        return [str(self)]


class UsageError(OutcomesError):
    """The command or call cannot be meant like this."""

    exit_code = 2


class DataRefused(OutcomesError):
    """A whole file cannot be used (or, with --strict, a row was set aside)."""

    exit_code = 11


class PlanRefused(OutcomesError):
    """A plan, mapping, export file or key is not acceptable."""

    exit_code = 12


class NothingEstimated(OutcomesError):
    """No comparison could be estimated; the honest report is written all the same."""

    exit_code = 13


class NotWritten(OutcomesError):
    """The output could not be written or delivered."""

    exit_code = 14


class Different(OutcomesError):
    """A report is not as it was made."""

    exit_code = 15


class NeedsPerson(OutcomesError):
    """A scheduled export goes no further until somebody has looked: held, perhaps sent, refused, clock, state."""

    exit_code = 16


class Busy(OutcomesError):
    """Another process is writing here."""

    exit_code = 17
