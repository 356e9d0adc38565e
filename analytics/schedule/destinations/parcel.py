"""What is sent and what a destination owes: the parcel, the three ways to fail, and the seam to the engine."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analytics.domain.errors import OutcomesError

MANIFEST = "receipt.json"
AGAIN = "nothing to do: the next call tries again"  # what to do after TryLater


@dataclass(frozen=True)
class Parcel:
    """A sealed run on its way: ``folder`` holds the files as they go out, its receipt.json is the manifest.

    ``name``: folder name at the destination (safe: [a-z0-9-]); ``due``: aware; ``headline``: without patient data;
    ``manifest_sha256``: of receipt.json; ``files``: what the manifest names and receipt.json, all that may go out.
    """

    folder: Path
    name: str
    export: str
    due: dt.datetime
    title: str
    headline: str
    manifest_sha256: str
    files: tuple[str, ...]

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try of this export, date and manifest."""
        due = self.due.astimezone(dt.UTC).isoformat(timespec="seconds")
        return hashlib.sha256("\n".join((self.export, due, self.manifest_sha256)).encode()).hexdigest()


class TryLater(OutcomesError):
    """Nothing has arrived, and a later try may succeed: full disk, timeout, an ill server."""

    exit_code = 14


class Refused(OutcomesError):
    """Nothing has arrived, and a person must act: login, host key, policy, what lies at the destination."""

    exit_code = 16


class Perhaps(OutcomesError):
    """Cut where nobody can know whether it has arrived."""

    exit_code = 16


class Destination(Protocol):
    """One place a parcel goes to."""

    @property
    def label(self) -> str:
        """How person and ledger name it, unique within an export."""

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """Returns = sent. Calls ``committing`` right before the act that cannot be taken back (rename, DATA, manifest).

        Raises TryLater (retried with pauses within the budget, then kept), Refused (one try a call, a person must
        act), Perhaps (cut where nobody can know). After TryLater and Refused nothing is under way any more: the entry
        is pending again before the next try. A second sending of what has arrived returns, and sends nothing.
        """

    def look(self, parcel: Parcel) -> str:
        """After a restart that found ``committing``: "sent", "repeat" or "perhaps".

        Raises TryLater or Refused where the place cannot be asked now: the entry stays committing, and is asked again.
        """
