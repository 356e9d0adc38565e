"""Mail: one destination for each recipient, so that each is sent once, and known to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analytics.schedule.destinations.contents import contents
from analytics.schedule.destinations.letter import letter
from analytics.schedule.destinations.models import MailServer, MailTo
from analytics.schedule.destinations.parcel import Parcel, Refused
from analytics.schedule.destinations.smtp import Wire

MB = 1_000_000  # bytes


@dataclass(frozen=True)
class MailDestination:
    """``recipient``: the one of ``to`` that this is for; ``base``: the folder the server's paths begin at."""

    label: str
    to: MailTo
    recipient: str
    server: MailServer
    base: Path

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """As parcel.py says. Refused where the mail with its attachments is longer than ``max_mb``."""
        files = contents(parcel)
        made = letter(parcel, files, self.to, sender=self.server.sender, recipient=self.recipient, label=self.label)
        content = made.as_bytes()
        if len(content) > self.to.max_mb * MB:
            raise Refused(
                f"{self.label}: the mail has {len(content) / MB:.1f} MB, more than max_mb ({self.to.max_mb:g}).",
                fix="attach less, raise max_mb, or deliver by another way",
            )
        Wire(self.server, self.base, self.label).post(self.recipient, content, committing=committing)

    def look(self, parcel: Parcel) -> str:
        """A mail server cannot be asked."""
        return "perhaps"
