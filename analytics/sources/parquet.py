"""Parquet files: types are kept; the first row is row 2, as if a header stood above it."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from analytics.domain.errors import DataRefused
from analytics.sources.excel import value_of
from analytics.sources.grid import Grid, Options, grid_of
from analytics.sources.text import kind_of

MAGIC = b"PAR1"


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """A Parquet file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid."""
    try:
        table = pa.parquet.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError):
        told = kind_of(content)
        kind = f" (by its first bytes it is {told})" if told and not content.startswith(MAGIC) else ""
        raise DataRefused(f"{where} is not a whole Parquet file{kind}.", fix="write it again") from None
    columns = [_column(table.column(i)) for i in range(table.num_columns)]
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return grid_of(table.column_names, columns, rows, where=where, options=options)


def _column(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    joined = column.combine_chunks()
    joined = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    coded = joined.dictionary_encode()
    pairs = [value_of(v) if v is not None else ("t", "") for v in coded.dictionary.to_pylist()]
    texts = np.array([text for _, text in pairs], dtype=object)
    kinds = np.array([kind for kind, _ in pairs], dtype="U1")
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    blank = np.array([not text.strip() or text == "nan" for _, text in pairs] + [True])
    return texts, np.where(blank[codes], np.int32(-1), codes), kinds
