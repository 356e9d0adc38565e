"""Parquet files: types are kept; the first row is row 2, as if a header stood above it."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from analytics.domain.errors import DataRefused
from analytics.sources.excel import value_of
from analytics.sources.grid import Grid, Options, check_header, grid_of
from analytics.sources.text import kind_of

MAGIC = b"PAR1"
MOST_ROWS = 50_000_000
OPAQUE = np.array(["x"], dtype="U1")


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """A Parquet file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid."""
    table = _table(content, where)
    columns = [_column(table.column(i)) for i in range(table.num_columns)]
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return grid_of(table.column_names, columns, rows, where=where, options=options)


def _table(content: bytes, where: str) -> pa.Table:
    """The rows; texts stay coded, because a small file may hold one long text a million times."""
    try:
        file = pa.parquet.ParquetFile(io.BytesIO(content))
        if file.metadata.num_rows > MOST_ROWS:
            raise DataRefused(
                f"{where} holds {file.metadata.num_rows / 1e6:,.0f} million rows; at most "
                f"{MOST_ROWS / 1e6:,.0f} million can be read at a time.",
                fix="give the clinics or years in separate runs",
            )
        check_header(file.schema_arrow.names, where)
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        return pa.parquet.read_table(io.BytesIO(content), read_dictionary=texts)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        told = kind_of(content)
        kind = f" (by its first bytes it is {told})" if told and not content.startswith(MAGIC) else ""
        raise DataRefused(f"{where} is not a whole Parquet file{kind}.", fix="write it again") from None


def _column(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(texts, codes, kinds); in a column of lists or other structures every cell is one that cannot be read."""
    try:
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        joined = coded.unify_dictionaries().combine_chunks()
        joined = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
        known = joined.dictionary.dictionary_encode()
    except pa.ArrowNotImplementedError:
        there = column.is_valid().to_numpy()
        return np.array([f"({column.type})"[:60]], dtype=object), np.where(there, np.int32(0), np.int32(-1)), OPAQUE
    pairs = _pairs(known.dictionary)
    texts = np.array([text for _, text in pairs], dtype=object)
    kinds = np.array([kind for kind, _ in pairs], dtype="U1")
    blank = np.array([not text.strip() or text == "nan" for _, text in pairs] + [True])
    once = np.append(np.where(blank[known_codes := _codes(known)], np.int32(-1), known_codes), np.int32(-1))
    return texts, once[_codes(joined)], kinds


def _codes(coded: pa.DictionaryArray) -> np.ndarray:
    return coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)


def _pairs(values: pa.Array) -> list[tuple[str, str]]:
    """(kind, text) of every value; of moments that no calendar of Python holds, the text."""
    try:
        return [value_of(value) for value in values.to_pylist()]
    except (OverflowError, ValueError):
        return [_pair(value) for value in values]


def _pair(value: pa.Scalar) -> tuple[str, str]:
    try:
        return value_of(value.as_py())
    except (OverflowError, ValueError):
        return "x", str(value.cast(pa.string()))
