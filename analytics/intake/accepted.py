"""What ``validate --out`` writes: accepted rows, the list of faults and a receipt, the same bytes every time."""

from __future__ import annotations

import io
import json

import pandas as pd

from analytics.domain.csv_text import frame_csv
from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted


def write_files(sifted: Sifted) -> dict[str, bytes]:
    """``accepted.parquet`` (sessions), ``quarantine.csv`` and ``receipt.json`` as bytes."""
    return {
        "accepted.parquet": parquet_bytes(sifted.sessions),
        "quarantine.csv": quarantine_csv(sifted.quarantine),
        "receipt.json": receipt_json(sifted),
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


def receipt_json(sifted: Sifted) -> bytes:
    """Inputs and counts as canonical JSON (sorted keys, no spaces, one line)."""
    facts = {
        "inputs": [{"name": f.name, "sha256": f.sha256, "rows": f.rows} for f in sifted.files],
        "rows": dict(sifted.rows),
        "other_rows": {table: dict(counts) for table, counts in sifted.other_rows.items()},
        "mapping": sifted.mapping_text,
        "fingerprint": sifted.fingerprint,
        "notes": list(sifted.notes),
    }
    return (json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
