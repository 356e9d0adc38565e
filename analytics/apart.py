"""Work done in a process of its own, beside this one: a function of ours with arguments that can be pickled.

Python does one thing at a time; a second process uses the second core. Whatever stops it costs time and nothing else:
the work is then done here.
"""

from __future__ import annotations

import copyreg
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]  # where a process finds this package, wherever it is started
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def read_only(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A mapping that nobody changes, made again where it arrives: the vocabulary is full of them."""
    return MappingProxyType(items)


copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


@contextmanager
def apart(function: Callable[..., Any], *arguments: Any) -> Iterator[Callable[[], Any]]:
    """Begins ``function(*arguments)`` in a process of its own; inside, a function that waits for what it returns."""
    command = [sys.executable, "-c", "from analytics.apart import _work; _work()"]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONPATH": path}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        answer: list[bytes] = []
        work = pickle.dumps((function, arguments))
        talk = Thread(target=lambda: answer.append(process.communicate(work)[0]), daemon=True)
        talk.start()

        def wait() -> Any:
            talk.join()
            return pickle.loads(answer[0]) if answer and process.returncode == 0 else function(*arguments)

        try:
            yield wait
        finally:
            process.kill()
            talk.join()


def _work() -> None:
    """The other process: what came in is done, and what it gives goes out."""
    gc.set_threshold(100_000, 50, 100)  # nearly all that is made stays until the end
    function, arguments = pickle.load(sys.stdin.buffer)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints does not mix with the answer
    out.write(pickle.dumps(function(*arguments)))
    out.flush()
    gc.freeze()
