"""``outcomes exports check``: what a person should know of an exports file that can be used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from analytics.domain.errors import PlanRefused
from analytics.schedule.config import Exports
from analytics.schedule.destinations.models import Setting

REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs")
MOUNTS = Path("/proc/self/mounts")


def remarks(settings: Exports) -> Iterator[str]:
    """Plans are loaded, libraries and variables looked for. Raises PlanRefused for a plan that cannot be used."""
    from analytics.domain.plan_file import load_plan

    for export in settings.exports:
        if export.plan is not None:
            load_plan(settings.place(export.plan))
        for number, to in enumerate(export.deliver, 1):
            yield from _unset(f"{export.name}, deliver.{number} ({to.to})", to)
    if settings.mail is not None:
        yield from _unset("mail", settings.mail)
    if not settings.store_folder.is_dir():
        yield f"There is no store at {settings.store} yet: outcomes ingest DATA --store {settings.store}"
    kind = file_system(settings.state_folder)
    if kind in REMOTE:
        raise PlanRefused(
            f"The state folder lies on a network disk ({kind}), where locks cannot be trusted.",
            fix="name a folder on a local disk under state:",
        )


def _unset(where: str, setting: Setting) -> Iterator[str]:
    """The keys whose variable is not set; never its name, which might be the secret itself."""
    for field in sorted(setting.model_fields_set):
        value = getattr(setting, field)
        if field.endswith("_env") and isinstance(value, str) and not os.environ.get(value):
            yield f"{where}: the variable of {field} is not set here; run-due needs it"


def file_system(path: Path) -> str:
    """The kind of file system a path lies on; empty where it cannot be told."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return ""
    real = os.path.realpath(path)
    found = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    over = [(mount, kind) for mount, kind in found if real == mount or real.startswith(mount.rstrip("/") + "/")]
    return max(over, key=lambda one: len(one[0]), default=("", ""))[1]
