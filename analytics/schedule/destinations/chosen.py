"""Which destination a setting of exports.yml is, and how it is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from analytics.domain.errors import PlanRefused
from analytics.schedule.destinations.folder import FolderDestination
from analytics.schedule.destinations.mail import MailDestination
from analytics.schedule.destinations.models import AnyTo, FolderTo, MailServer, MailTo, S3To, SftpTo
from analytics.schedule.destinations.parcel import Destination
from analytics.schedule.destinations.s3 import S3Destination
from analytics.schedule.destinations.secrets import placed
from analytics.schedule.destinations.sftp import SftpDestination
from analytics.schedule.destinations.webhook import WebhookDestination

Build = Callable[[str], Destination]


def chosen(setting: AnyTo, *, base: Path, mail: MailServer | None) -> list[tuple[str, Build]]:
    """Name and builder (from a label) of each destination of one setting."""
    if isinstance(setting, FolderTo):
        return [(f"folder:{setting.path.as_posix()}", partial(FolderDestination, root=placed(setting.path, base)))]
    if isinstance(setting, SftpTo):
        return [(f"sftp:{setting.host}", partial(SftpDestination, to=setting, base=base))]
    if isinstance(setting, S3To):
        return [(f"s3:{setting.bucket}", partial(S3Destination, to=setting, base=base))]
    if isinstance(setting, MailTo):
        return _mails(setting, base, mail)
    return [("webhook", partial(WebhookDestination, to=setting, base=base))]


def _mails(setting: MailTo, base: Path, server: MailServer | None) -> list[tuple[str, Build]]:
    if server is None:
        raise PlanRefused(
            "exports.yml delivers by mail and names no mail server.", fix="add mail: {host: ..., port: ..., from: ...}"
        )
    return [
        (f"mail:{recipient}", partial(MailDestination, to=setting, recipient=recipient, server=server, base=base))
        for recipient in setting.recipients
    ]
