"""Where exports go: a folder, SFTP, S3, mail, a webhook; one destination each, with the seam in parcel.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.schedule.destinations.models import AnyTo, MailServer
    from analytics.schedule.destinations.parcel import Destination

__all__ = ["destinations"]


def destinations(settings: Sequence[AnyTo], *, base: Path, mail: MailServer | None) -> list[Destination]:
    """The destinations of one export, in order; of mail one for each recipient. ``base``: where paths begin.

    Labels are unique: the second of a name gets ``-2``. Raises PlanRefused for mail without a server.
    """
    from analytics.schedule.destinations.chosen import chosen

    made: list[Destination] = []
    for setting in settings:
        for name, build in chosen(setting, base=base, mail=mail):
            taken = {one.label for one in made}
            number = next(n for n in range(1, len(taken) + 2) if _numbered(name, n) not in taken)
            made.append(build(_numbered(name, number)))
    return made


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"
