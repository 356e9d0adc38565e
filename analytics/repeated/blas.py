"""One BLAS thread inside a fit: on small matrices more threads cost two to six times the time and move last digits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, linear algebra runs on one thread; outside, whatever was set before."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _controller() -> Any:
    """Looking for the loaded libraries takes 10 ms: done once (numpy and scipy are loaded by then)."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
