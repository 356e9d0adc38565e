"""A client in a process of its own, so that a server can kill it: sends one parcel, writes a ledger line by line.

Arguments: a folder with setting.json ({deliver: [...], mail: {...}}) and run/; what it did lies in ledger.txt there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from delivery_case import parcel
from pydantic import TypeAdapter

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import AnyTo, MailServer


def note(base: Path, text: str) -> None:
    with (base / "ledger.txt").open("a") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def main(base: Path) -> None:
    told = json.loads((base / "setting.json").read_text())
    settings = TypeAdapter(list[AnyTo]).validate_python(told["deliver"])
    mail = MailServer.model_validate(told["mail"]) if told.get("mail") else None
    one = destinations(settings, base=base, mail=mail)[0]
    note(base, f"pid {os.getpid()}")
    sys.stdin.readline()  # the server is told the process id first
    one.send(parcel(base / "run"), committing=lambda: note(base, "committing"))
    note(base, "sent")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
