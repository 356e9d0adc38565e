"""What ``validate --out`` writes of the data: accepted rows and the list of faults, the same bytes every time."""

from __future__ import annotations

import io

import pandas as pd

from analytics.domain.csv_text import frame_csv
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
    """QUARANTINE_COLUMNS as CSV; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return frame_csv(quarantine, QUARANTINE_COLUMNS)
