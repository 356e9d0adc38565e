"""Parquet files: types are kept; the first row is row 2, as if a header stood above it."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet

from analytics.domain.errors import DataRefused
from analytics.sources.arrow_columns import check_rows, grid_of_table
from analytics.sources.grid import Grid, Options, check_header
from analytics.sources.text import kind_of

OBEYS: tuple[str, ...] = ()
MAGIC = b"PAR1"


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """A Parquet file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid."""
    return grid_of_table(_table(content, where), where, options)


def _table(content: bytes, where: str) -> pa.Table:
    """The rows; texts stay coded, because a small file may hold one long text a million times."""
    try:
        file = pa.parquet.ParquetFile(io.BytesIO(content))
        check_rows(file.metadata.num_rows, where)
        check_header(file.schema_arrow.names, where)
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        return pa.parquet.read_table(io.BytesIO(content), read_dictionary=texts)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        told = kind_of(content)
        kind = f" (by its first bytes it is {told})" if told and not content.startswith(MAGIC) else ""
        raise DataRefused(f"{where} is not a whole Parquet file{kind}.", fix="write it again") from None
