"""One writer at a time: a lock of the kernel, free at once when its owner dies, and a note that says who has it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from analytics.domain.errors import Busy
from analytics.store.places import FILE_MODE, Places, make_folder, reasons


@contextmanager
def writing(places: Places, what: str) -> Iterator[None]:
    """Inside, nobody else writes. Raises Busy (17) with the owner's note where somebody does."""
    with reasons(places.root):
        make_folder(places.root)
        handle = os.open(places.lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"The store {places.root.name} is being written: {_owner(handle)}.",
                fix="wait until it has ended and call it again; readers need not wait",
            ) from None
        _note(handle, what)
        yield
    finally:
        os.close(handle)


def _note(handle: int, what: str) -> None:
    """Who holds the lock, for the message only; a full disk is no reason to stop here."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since, "what": what})
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)
    except OSError:
        return


def _owner(handle: int) -> str:
    try:
        told = json.loads(os.pread(handle, 4096, 0))
        return f"{told['what']}, process {told['pid']} on {told['host']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "by another process"
