"""Does calls of run-due in forks that kill themselves (kill -9) at the nth write or rename, or at a moment.

Every line of stdin is JSON: {"config": FILE, "now": TIME, "at": n or 0, "after": whether the call is made before dying,
"milliseconds": die then, wherever that is, "limit": RLIMIT_FSIZE, "env": variables}. The process id of the fork is
answered first, and the fork waits for a line "go"; then {"died": bool, "points": calls counted, "code": exit code,
"troubles": what is left, "error": name of an error of ours}.
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

import asyncssh  # noqa: F401  loaded once, before any fork
import boto3  # noqa: F401
import cronsim  # noqa: F401
import filelock  # noqa: F401
import httpx  # noqa: F401
import tenacity  # noqa: F401
from export_rooms import StandIn, at

from analytics.domain.errors import OutcomesError
from analytics.schedule.destinations import chosen, pacing  # noqa: F401
from analytics.schedule.loading import load_exports
from analytics.schedule.running import run_due

POINTS = ("replace", "rename", "fsync", "unlink", "open", "mkdir", "chmod", "rmdir")
LOOKS = (0.0, 0.05)


def armed(at_point: int, after: bool) -> list[int]:
    """Wrap the calls of ``os`` that write or rename; the counter."""
    count = [0]

    def wrap(call):
        def counted(*args, **kwargs):
            count[0] += 1
            mine = count[0]
            if mine == at_point and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return call(*args, **kwargs)
            finally:
                if mine == at_point:
                    os.kill(os.getpid(), signal.SIGKILL)

        return counted

    for name in POINTS:
        setattr(os, name, wrap(getattr(os, name)))
    return count


def later(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def child(told: dict, answer: int) -> None:
    found: dict = {"error": "", "code": -1, "troubles": []}
    os.environ.update(told.get("env", {}))
    pacing.LOOKS = LOOKS
    count = [0]
    if told.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["limit"], told["limit"]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        settings = load_exports(Path(told["config"]))
        count = armed(told.get("at", 0), told.get("after", False))
        if told.get("milliseconds"):
            threading.Thread(target=later, args=(told["milliseconds"] / 1000,), daemon=True).start()
        outcome = run_due(settings, now=at(told["now"]), maker=StandIn())
        found |= {"code": outcome.exit_code, "troubles": [f"{one.what} {one.said}" for one in outcome.troubles]}
    except OutcomesError as error:
        found |= {"error": type(error).__name__, "code": error.exit_code}
    except Exception as error:  # noqa: BLE001  what is not ours is what the test looks for
        found |= {"error": f"unforeseen {type(error).__name__}: {error}"}
    os.write(answer, json.dumps({"points": count[0], **found}).encode())
    os._exit(0)


def main() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        read_end, write_end = os.pipe()
        go_read, go_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            os.close(go_write)
            os.read(go_read, 1)
            child(told, write_end)
        os.close(write_end)
        os.close(go_read)
        print(pid, flush=True)
        sys.stdin.readline()
        os.write(go_write, b"g")
        os.close(go_write)
        with os.fdopen(read_end, "rb") as answer:
            said = answer.read()
        _, state = os.waitpid(pid, 0)
        empty = {"points": 0, "error": "", "code": -1, "troubles": []}
        print(json.dumps({"died": os.WIFSIGNALED(state), **(json.loads(said) if said else empty)}), flush=True)


if __name__ == "__main__":
    main()
