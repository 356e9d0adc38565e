"""Secrets come from environment variables or files, at the moment they are used, and no message shows them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from analytics.schedule.destinations.contents import reason
from analytics.schedule.destinations.parcel import Refused

LONGEST = 64 * 1024  # bytes of a file that holds a secret or a key


def secret(what: str, *, env: str | None = None, file: Path | None = None, base: Path = Path()) -> str:
    """The secret that ``what`` (its name in exports.yml) is kept under. Raises Refused where it is not there.

    The variable is not named in a message: someone may have written the secret itself where its name belongs.
    """
    if file is not None:
        text = private_file(file, base=base, what=f"{what}_file").decode("utf-8", "replace").rstrip("\r\n")
    else:
        text = os.environ.get(env or "", "")
    if not text:
        where = f"the file of {what}_file is empty" if file else f"the variable named at {what}_env is not set"
        raise Refused(f"A secret is missing: {where}.", fix="set it where run-due is started, and call it again")
    if not text.isprintable():
        raise Refused(f"The secret of {what} holds a line end or another control character.", fix="write it anew")
    return text


def optional_secret(what: str, *, env: str | None, file: Path | None, base: Path) -> str | None:
    """As ``secret``; None where neither a variable nor a file is named."""
    return None if env is None and file is None else secret(what, env=env, file=file, base=base)


def placed(path: Path, base: Path) -> Path:
    """A path of exports.yml: ``~`` is the home folder, a relative one begins at the file's folder."""
    try:
        return base / path.expanduser()
    except RuntimeError:
        raise Refused("A path in exports.yml begins with ~, and there is no home folder.", fix="write it out") from None


def private_file(path: Path, *, base: Path, what: str) -> bytes:
    """The content of a file that only its owner may read."""
    try:
        with placed(path, base).open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise Refused(
                    f"The file named at {what} can be read by others (mode {mode:03o}).", fix=f"chmod 600 {path.name}"
                )
            return file.read(LONGEST)
    except OSError as error:
        raise Refused(
            f"The file named at {what} cannot be read: {reason(error)}.", fix="check its path and its owner"
        ) from None
