"""Arrow and Feather files, whole (IPC file) or as a stream: types are kept; the first row is row 2, as in Parquet."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.ipc

from analytics.domain.errors import DataRefused
from analytics.sources.arrow_columns import check_rows, grid_of_table
from analytics.sources.arrow_sizes import unpacked
from analytics.sources.excel import RATIO_LIMIT
from analytics.sources.grid import Grid, Options, check_header
from analytics.sources.text import kind_of

OBEYS: tuple[str, ...] = ()
MAGIC, OLD_FEATHER = b"ARROW1", b"FEA1"
#: A stream may lawfully end without one; a stream that was cut between two batches looks the same.
END_MARK = b"\xff\xff\xff\xff\0\0\0\0"
UNPACKED_ALLOWED = 200_000_000  # bytes that any file may unpack to, however small it is itself
UNPACKED_LIMIT = 8_000_000_000


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """An Arrow file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid. Raises DataRefused for a file that is not whole, or would unpack to far more than it is."""
    table = _table(content, where)
    ended = content.startswith(MAGIC) or content.endswith(END_MARK)
    notes = () if ended else (f"{where} has no mark at its end: if its writing was broken off, rows are missing.",)
    return grid_of_table(table, where, options, notes)


def _table(content: bytes, where: str) -> pa.Table:
    if content.startswith(OLD_FEATHER):
        raise DataRefused(f"{where} is Feather of version 1.", fix="write it again as Feather version 2 or Parquet")
    try:
        reader = pa.ipc.open_file(content) if content.startswith(MAGIC) else pa.ipc.open_stream(content)
        check_header(reader.schema.names, where)
        _check_size(content, getattr(reader, "num_record_batches", None), where)
        batches = list(_batches(reader, where))
        for batch in batches:
            batch.validate(full=True)  # offsets of a damaged file may point anywhere
        return pa.Table.from_batches(batches, reader.schema)
    except (pa.ArrowException, OSError, UnicodeDecodeError, struct.error, IndexError):
        told = kind_of(content)
        kind = f" (by its first bytes it is {told})" if told and not content.startswith(MAGIC) else ""
        raise DataRefused(f"{where} is not a whole Arrow file{kind}.", fix="write it again") from None


def _batches(reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader, where: str) -> Iterator[pa.RecordBatch]:
    whole = isinstance(reader, pa.RecordBatchFileReader)
    count = 0
    for batch in (reader.get_batch(i) for i in range(reader.num_record_batches)) if whole else reader:
        count += batch.num_rows
        check_rows(count, where)
        yield batch


def _check_size(content: bytes, batches: int | None, where: str) -> None:
    """Looks at what every part says it unpacks to before anything is unpacked. ``batches``: those of the footer."""
    size, found = unpacked(content[8:] if content.startswith(MAGIC) else content)  # after the magic a file is a stream
    if batches is not None and batches != found:
        raise struct.error("the footer names other batches than there are")
    if size > UNPACKED_LIMIT or size > max(UNPACKED_ALLOWED, RATIO_LIMIT * len(content)):
        raise DataRefused(
            f"{where} would unpack to {size / 1e6:,.0f} MB and was not opened.", fix="save the rows as CSV"
        )
