"""Batches: what was kept of each file as it came, one Parquet file per table, named by its content.

Names hold the hash of the content, so a batch written anew (after an erasure) never takes the place of another one;
files that the store's own file does not name are leftovers and are swept.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.dataset import RawColumn, RawTable
from analytics.store.layouts import layout_from, layout_to
from analytics.store.places import Places, make_folder, write_whole
from analytics.store.pseudonyms import Who

ROW, CLINIC, PATIENT = "_row", "_clinic", "_patient"


def batch_bytes(raw: RawTable, whose: Who) -> bytes:
    """A pseudonymised table as Parquet: its row numbers, whom each line is about, and every cell as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names, arrays = [ROW, CLINIC, PATIENT], [pa.array(raw.rows), _coded(whose.clinic), _coded(whose.patient)]
    for number, column in enumerate(raw.columns.values()):
        names.append(f"c{number}")
        arrays.append(_column(column))
    about = {
        "table": raw.table,
        "file": raw.file,
        "source": raw.source,
        "headers": list(raw.columns),
        "typed": [column.kinds is not None for column in raw.columns.values()],
        "misfits": [[row, list(cells), *about] for (row, _, cells), about in zip(raw.misfits, whose.misfits)],
        "layout": layout_to(raw.layout),
    }
    schema = pa.schema([(n, a.type) for n, a in zip(names, arrays)], {"outcomes": json.dumps(about, sort_keys=True)})
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), stream, compression="zstd", version="2.6")
    return stream.getvalue()


def _coded(values: np.ndarray) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.string()).dictionary_encode()


def _column(column: RawColumn) -> Any:
    import pyarrow as pa

    texts = column.texts.tolist()
    if column.kinds is not None:
        texts = [f"{kind}{text}" for kind, text in zip(column.kinds.tolist(), texts)]
    codes = pa.array(column.codes.astype(np.int32), mask=column.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string()))


def read_batch(path: Path) -> tuple[RawTable, Who]:
    """The table of a batch, as it was kept."""
    import pyarrow.parquet as pq

    whole = pq.read_table(path)
    about = json.loads(whole.schema.metadata[b"outcomes"])
    columns = {}
    for number, (header, typed) in enumerate(zip(about["headers"], about["typed"])):
        codes, texts = _decoded(whole.column(f"c{number}"))
        kinds = np.array([text[0] for text in texts], dtype="U1") if typed else None
        if typed:
            texts = np.array([text[1:] for text in texts], dtype=object)
        columns[header] = RawColumn(header, texts, codes, kinds)
    raw = RawTable(
        about["table"],
        about["file"],
        whole.column(ROW).to_numpy(),
        columns,
        layout_from(about["layout"]),
        tuple((row, "", tuple(cells)) for row, cells, _, _ in about["misfits"]),
        about["source"],
    )
    told = [np.append(texts, "")[codes] for codes, texts in (_decoded(whole.column(n)) for n in (CLINIC, PATIENT))]
    return raw, Who(told[0], told[1], tuple((clinic, patient) for _, _, clinic, patient in about["misfits"]))


def _decoded(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """(codes, distinct texts) of a column of texts."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    joined = column.unify_dictionaries().combine_chunks()
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.chunk(0) if joined.num_chunks else pa.array([], pa.string()).dictionary_encode()
    codes = joined.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    texts = np.array(joined.dictionary.to_pylist(), dtype=object)
    return codes, texts if len(texts) else np.array([], dtype=object)


def keep_batch(places: Places, number: int, content: bytes) -> tuple[str, str]:
    """Write a batch; its file name and hash."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{number:06d}-{digest[:12]}.parquet"
    make_folder(places.batches)
    if not (places.batches / name).exists():
        write_whole(places.batches / name, content)
    return name, digest
