"""Report notebooks run beside the analysis: their kernels start and import while the run is still being made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from analytics.deliver.inputs import Progress

LOG = (
    "## Looked at besides the plan\n\nWhat was tried out before this report, each question once. It is here because "
    "somebody asked for it: a reader should know out of how many looks an idea comes.",
    'oc.section(run, "log")',
)  # the words of the section, and its cell
AT_ONCE = 2  # kernels: each takes a core and 300 MB


class Teller:
    """Runs each report notebook on the sealed run, as soon as that is there."""

    def __init__(
        self, pool: ThreadPoolExecutor, reports: Sequence[str], progress: Progress, *, log: bool = False
    ) -> None:
        from analytics.reports.narrate import narrate, source
        from analytics.reports.notebooks import with_section

        self.sealed: Future[Mapping[str, bytes]] = Future()
        pages = {name: with_section(source(name), *LOG) if log else name for name in reports}
        self._told = {
            name: pool.submit(narrate, self.sealed.result, page, progress=progress) for name, page in pages.items()
        }

    def tell(self, sealed: Mapping[str, bytes]) -> Mapping[str, Future[Any]]:
        """Report -> its executed notebook of the sealed run."""
        self.sealed.set_result(sealed)
        return self._told


@contextmanager
def teller(reports: Sequence[str], progress: Progress = None, *, log: bool = False) -> Iterator[Teller]:
    """A Teller of these reports, with the section of the ``log`` where one was passed.

    Whatever stops the analysis stops the kernels too.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    made = Teller(pool, reports, progress, log=log)
    try:
        yield made
    finally:
        made.sealed.cancel()
        pool.shutdown(cancel_futures=True)
