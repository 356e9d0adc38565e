"""Does a writer's work on a store in a fork that kills itself (kill -9) at the nth write or rename.

Every line of stdin is JSON: {"do": verb, "store": DIR, "file": FILE, "at": n or 0, "after": whether the call is made
before dying, "milliseconds": die then, wherever that is, "limit": RLIMIT_FSIZE}. The answer: {"died": bool, "points":
how many calls were counted, "error": name of the error of ours}.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

import pandas  # noqa: F401  loaded once, before any fork
import pyarrow.parquet  # noqa: F401

from analytics.domain.errors import OutcomesError
from analytics.intake import sift  # noqa: F401
from analytics.sources import read  # noqa: F401
from analytics.store import apply, backup, erase, ingest, reading, retry  # noqa: F401

POINTS = ("replace", "rename", "fsync", "unlink", "open", "mkdir", "chmod")


def work(told: dict) -> None:
    store, file = Path(told["store"]), Path(told["file"])
    if told["do"] == "ingest":
        ingest.ingest([file], [], store)
    elif told["do"] == "erase":
        erase.erase(store, "P1", reason="asked for")
    elif told["do"] == "retry":
        retry.retry(store)
    elif told["do"] == "backup":
        backup.backup(store, file)
    elif told["do"] == "restore":
        backup.restore(store, file)


def armed(at: int, after: bool) -> list[int]:
    """Wrap the calls of ``os`` that write or rename; the counter."""
    count = [0]

    def wrap(call):
        def counted(*args, **kwargs):
            count[0] += 1
            if count[0] == at and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            mine = count[0]
            try:
                return call(*args, **kwargs)
            finally:
                if mine == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        return counted

    for name in POINTS:
        setattr(os, name, wrap(getattr(os, name)))
    return count


def child(told: dict, answer: int) -> None:
    error, count = "", [0]
    if told.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["limit"], told["limit"]))
    if told.get("milliseconds"):
        threading.Thread(target=later, args=(told["milliseconds"] / 1000,), daemon=True).start()
    try:
        count = armed(told.get("at", 0), told.get("after", False))
        work(told)
    except OutcomesError as found:
        error = type(found).__name__
    except Exception as found:  # noqa: BLE001  what is not ours is what the test looks for
        error = f"unforeseen {type(found).__name__}: {found}"
    os.write(answer, json.dumps({"points": count[0], "error": error}).encode())
    os._exit(0)


def later(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            child(told, write_end)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as answer:
            said = answer.read()
        _, state = os.waitpid(pid, 0)
        found = json.loads(said) if said else {"points": 0, "error": ""}
        print(json.dumps({"died": os.WIFSIGNALED(state), **found}), flush=True)


if __name__ == "__main__":
    main()
