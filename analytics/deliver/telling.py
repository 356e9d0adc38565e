"""Report notebooks run beside the analysis: their kernels start and import while the run is still being made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from analytics.deliver.inputs import Progress

AT_ONCE = 2  # kernels: each takes a core and 300 MB


class Teller:
    """Runs each report notebook on the sealed run, as soon as that is there."""

    def __init__(self, pool: ThreadPoolExecutor, reports: Sequence[str], progress: Progress) -> None:
        from analytics.reports.narrate import narrate

        self.sealed: Future[Mapping[str, bytes]] = Future()
        self._told = {name: pool.submit(narrate, self.sealed.result, name, progress=progress) for name in reports}

    def tell(self, sealed: Mapping[str, bytes]) -> Mapping[str, Future[Any]]:
        """Report -> its executed notebook of the sealed run."""
        self.sealed.set_result(sealed)
        return self._told


@contextmanager
def teller(reports: Sequence[str], progress: Progress = None) -> Iterator[Teller]:
    """A Teller of these reports; whatever stops the analysis stops the kernels too."""
    pool = ThreadPoolExecutor(AT_ONCE)
    made = Teller(pool, reports, progress)
    try:
        yield made
    finally:
        made.sealed.cancel()
        pool.shutdown(cancel_futures=True)
