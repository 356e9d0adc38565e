"""One run-due at a time: a lock of the kernel on a local disk, free at once when its owner dies."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.domain.errors import Busy, NotWritten
from analytics.schedule.destinations.library import delivery_libraries
from analytics.store.places import make_folder


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Inside, no other call works on this state. Raises Busy (17), NotWritten where there can be no lock."""
    with delivery_libraries():
        import filelock
    try:
        make_folder(state)
        lock = filelock.FileLock(state / "lock", timeout=0, mode=0o600, fallback_to_soft=False)
        lock.acquire()
    except filelock.Timeout:
        raise Busy(
            f"Another run-due is at work here: {_owner(state)}.", fix="wait until it has ended and call it again"
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it knows no locks"
        raise NotWritten(
            f"The state folder {state.name} cannot be used: {reason.lower()}.",
            fix="put it on a local disk with room, and look at its permissions",
        ) from error
    try:
        _note(state)
        yield
    finally:
        lock.release()


def _note(state: Path) -> None:
    """Who works here, for the message only."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
    try:
        handle = os.open(state / "owner.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
    except OSError:
        return


def _owner(state: Path) -> str:
    try:
        told = json.loads((state / "owner.json").read_text())
        return f"process {told['pid']} on {told['host']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
