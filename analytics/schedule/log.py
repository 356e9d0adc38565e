"""The log: one JSON line per event, for the owner alone, without anything of a patient; a full disk stops nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Log:
    """Appends to ``path``; ``now`` is the moment of the call."""

    path: Path | None
    now: dt.datetime

    def __call__(self, event: str, **told: object) -> None:
        """Write one event. What cannot be written is let go: the ledger is what counts."""
        if self.path is None:
            return
        line = json.dumps({"at": self.now.astimezone(dt.UTC).isoformat(), "event": event, **told}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                os.write(handle, line.encode() + b"\n")
            finally:
                os.close(handle)
        except OSError:
            return


def log_of(state: Path, now: dt.datetime) -> Log:
    """The log of a state folder, a file a month."""
    return Log(state / "log" / f"{now.astimezone(dt.UTC):%Y-%m}.jsonl", now)
