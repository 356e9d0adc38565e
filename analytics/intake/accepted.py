"""What ``validate --out`` writes of the data: accepted rows and the list of faults, the same bytes every time."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.csv_text import guarded, written
from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted


def write_files(sifted: Sifted) -> dict[str, bytes]:
    """``accepted.parquet`` (sessions) and ``quarantine.csv`` as bytes."""
    return {
        "accepted.parquet": parquet_bytes(sifted.sessions),
        "quarantine.csv": quarantine_csv(sifted.quarantine),
    }


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as Parquet, without the metadata that names versions of pandas."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", version="2.6", coerce_timestamps="us")
    return stream.getvalue()


def quarantine_csv(quarantine: pd.DataFrame) -> bytes:
    """QUARANTINE_COLUMNS as CSV; a text that a spreadsheet would run as a formula gets an apostrophe in front.

    Cells are written once per distinct text and joined as whole columns: there may be millions of faults.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    head = written([QUARANTINE_COLUMNS])
    columns = [_cells(quarantine[name]) for name in QUARANTINE_COLUMNS]
    if not len(quarantine):
        return head
    lines = pc.binary_join_element_wise(*columns, pa.scalar(",", pa.large_string()))
    ended = pc.binary_join_element_wise(lines, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
    return head + b"".join(_bytes_of(chunk) for chunk in getattr(ended, "chunks", [ended]))


def _cells(values: pd.Series) -> Any:
    """A column as the texts that stand in the file, quoted where they must be."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(values.dtype, pd.StringDtype):
        return pc.fill_null(pc.cast(pa.array(values), pa.large_string()), "")
    codes, texts = pd.factorize(values)
    cells = [written([[guarded(str(text)), ""]]).decode()[:-2] for text in texts]
    return pa.array([*cells, ""], pa.large_string()).take(pa.array(np.where(codes < 0, len(cells), codes)))


def _bytes_of(texts: Any) -> bytes:
    """All texts one after the other."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return texts.buffers()[2][int(offsets[0]) : int(offsets[-1])].to_pybytes()
