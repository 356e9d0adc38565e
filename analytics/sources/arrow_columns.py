"""Columns of Parquet and Arrow files as texts with their kinds: types are kept, each distinct value is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.errors import DataRefused
from analytics.sources.excel import Value, value_of
from analytics.sources.grid import Grid, Options, grid_of

MOST_ROWS = 50_000_000
OPAQUE = np.array(["x"], dtype="U1")
Texts = tuple[np.ndarray, np.ndarray, np.ndarray]


def check_rows(count: int, where: str) -> None:
    """Raise DataRefused for more rows than are read at a time."""
    if count > MOST_ROWS:
        raise DataRefused(
            f"{where} holds {count / 1e6:,.0f} million rows; at most {MOST_ROWS / 1e6:,.0f} million can be read at a "
            "time.",
            fix="give the clinics or years in separate runs",
        )


def grid_of_table(table: pa.Table, where: str, options: Options, notes: Sequence[str] = ()) -> Grid:
    """The table as a Grid; the first row is row 2, as if a header stood above it."""
    columns = [_column(table.column(i)) for i in range(table.num_columns)]
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return grid_of(table.column_names, columns, rows, where=where, options=options, notes=notes)


def _column(column: pa.ChunkedArray) -> Texts:
    """(texts, codes, kinds); in a column of lists or other structures every cell is one that cannot be read."""
    try:
        joined = _coded(column)
        known = joined.dictionary.dictionary_encode()
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        there = column.is_valid().to_numpy()
        return np.array([f"({column.type})"[:60]], dtype=object), np.where(there, np.int32(0), np.int32(-1)), OPAQUE
    pairs = _pairs(known.dictionary)
    texts = np.array([text for _, text in pairs], dtype=object)
    kinds = np.array([kind for kind, _ in pairs], dtype="U1")
    blank = np.array([not text.strip() or text == "nan" for _, text in pairs] + [True])
    once = np.append(np.where(blank[known_codes := _codes(known)], np.int32(-1), known_codes), np.int32(-1))
    return texts, once[_codes(joined)], kinds


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column as one array of codes."""
    if pa.types.is_run_end_encoded(column.type):
        column = pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], column.type.value_type)
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if pa.types.is_float16(column.type):  # pyarrow unifies the codes of several parts as if they were integers
        column = pa.chunked_array([pa.concat_arrays(column.chunks)] if column.num_chunks else [], column.type)
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    joined = coded.unify_dictionaries().combine_chunks()
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _codes(coded: pa.DictionaryArray) -> np.ndarray:
    return coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)


def _pairs(values: pa.Array) -> list[Value]:
    """(kind, text) of every value; of moments that no calendar of Python holds, the text."""
    if pa.types.is_float16(values.type) or pa.types.is_float32(values.type):
        return list(_short_floats(values))
    try:
        return [_pair_of(value) for value in values.to_pylist()]
    except (ArithmeticError, ValueError):
        return [_pair(value) for value in values]


def _short_floats(values: pa.Array) -> Iterator[Value]:
    """Floats of half length as they were written: 0.1, where the same bits at full length say 0.10000000149."""
    for value in values.to_numpy(zero_copy_only=False):
        yield value_of(float(str(value)))


def _pair_of(value: object) -> Value:
    """As ``value_of``; bytes are text in UTF-8, as some writers of Parquet leave it."""
    if not isinstance(value, bytes):
        return value_of(value)
    try:
        return "t", value.decode()
    except UnicodeDecodeError:
        return "x", str(value)[:60]


def _pair(value: pa.Scalar) -> Value:
    try:
        return _pair_of(value.as_py())
    except (ArithmeticError, ValueError):
        return "x", _told(value)


def _told(value: pa.Scalar) -> str:
    try:
        return str(value.cast(pa.string()))
    except pa.ArrowException:
        return f"({value.type})"[:60]
