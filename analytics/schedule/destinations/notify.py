"""A word to the analysts when a person must act."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analytics.schedule.destinations.letter import note
from analytics.schedule.destinations.models import MailServer
from analytics.schedule.destinations.parcel import Perhaps, Refused, TryLater
from analytics.schedule.destinations.smtp import Wire


def notify(mail: MailServer, recipients: Sequence[str], subject: str, text: str, *, base: Path = Path()) -> None:
    """One plain mail to each; ``base``: the folder the server's paths begin at.

    Every recipient is tried; then the first failure is raised (TryLater, Refused or Perhaps).
    """
    failures = []
    for recipient in recipients:
        message = note(mail.sender, recipient, subject, text, identity=f"{subject}\n{text}")
        try:
            Wire(mail, base, f"mail:{recipient}").post(recipient, message.as_bytes(), committing=_nothing)
        except (TryLater, Refused, Perhaps) as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _nothing() -> None:
    """A note to an analyst has no entry in the ledger."""
