"""What ``outcomes validate`` does: look at files, and say what is wrong before any analysis.

Much is loaded while the reader reads: of a file of a million rows that is a tenth of the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics import publish
from analytics.apart import apart
from analytics.deliver.garbage import rarely_collected
from analytics.domain.date_format import as_date
from analytics.domain.errors import DataRefused
from analytics.sources.read import read

if TYPE_CHECKING:
    import pandas as pd

    from analytics.deliver.inputs import Progress
    from analytics.domain.dataset import Dataset, Sifted
    from analytics.intake.loss import Losses
    from analytics.intake.sift import Told

#: What a check needs after reading, in the order of its need.
AFTER_READING = (
    "pandas", "analytics.intake.sift", "pandera.pandas", "pandera.backends.pandas.builtin_checks",
    "analytics.intake.loss", "analytics.intake.accepted", "analytics.reports.faulty_book",
)  # fmt: skip
WORTH_A_PROCESS = 2_000  # faulty rows: to draw them takes as long as a process needs to start


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check has found. ``refused``: why nothing can be analysed, where no row was accepted."""

    sifted: Sifted
    losses: Losses
    refused: DataRefused | None = None
    written: tuple[str, ...] = ()


def validate_files(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    *,
    cutoff: str | None = None,
    out: Path | None = None,
    progress: Progress = None,
) -> Checked:
    """Sift the sources and, with ``out``, write the accepted rows, the list of faults, the page and the receipt there.

    A file of which nothing was accepted comes back with the refusal, so that its list of faults is shown and written.
    """
    until = as_date(cutoff)
    if out is not None:
        publish.check_writable(out)
        publish.refuse_report(out)
    with rarely_collected(), Drawing() as book:
        data = _read(sources, mappings, progress)
        from analytics.intake.loss import losses

        sifted, refused = _sifted(data, until, partial(book.begin, data) if out is not None else None)
        cost = losses(data, sifted)
        files = _publish(out, data, sifted, cost, book) if out is not None else ()
    return Checked(sifted, cost, refused, files)


def _read(sources: Sequence[Path], mappings: Sequence[Any], progress: Progress) -> Dataset:
    """The sources; what judges and writes them is loaded meanwhile: the reader of a large file needs no Python."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: [import_module(name) for name in AFTER_READING])
        return read([Path(source) for source in sources], mappings, progress=progress)


def _sifted(data: Dataset, until: dt.date | None, told: Told | None) -> tuple[Sifted, DataRefused | None]:
    """What was sifted, and the refusal where nothing was accepted."""
    from analytics.intake.sift import sift

    try:
        return sift(data, cutoff=until, told=told), None
    except DataRefused as error:
        found = getattr(error, "sifted", None)
        if found is None:
            raise
        return found, error


class Drawing(ExitStack):
    """The workbook of faulty rows, drawn while the accepted rows are put together: it takes as long as they do."""

    done: Callable[[], bytes]

    def begin(self, data: Dataset, quarantine: pd.DataFrame) -> None:
        """Where there are many faulty rows, in a process of its own."""
        from analytics.reports.faulty_book import book_bytes
        from analytics.reports.faulty_rows import faulty_sheets

        sheets = faulty_sheets(data, quarantine)
        many = sum(len(sheet.lines) for sheet in sheets) >= WORTH_A_PROCESS
        self.done = self.enter_context(apart(book_bytes, sheets)) if many else partial(book_bytes, sheets)


def _publish(out: Path, data: Dataset, sifted: Sifted, cost: Losses, book: Drawing) -> tuple[str, ...]:
    """Write the files of a check; their names. What can be made side by side is."""
    from analytics.intake.accepted import write_files
    from analytics.reports.quality_page import quality_page
    from analytics.reports.receipt import check_receipt

    with ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(write_files, sifted)
        files = {"quality.html": quality_page(data, sifted, cost), "faulty_rows.xlsx": book.done()}
        files |= accepted.result()
    publish.publish(out, {**files, publish.MARK: check_receipt(sifted, files)})
    return (*files, publish.MARK)
