"""Sealing a Run into files and opening it again: results, plan, mapping, vocabulary, facts and the lists of rows."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.domain.errors import DataRefused
from analytics.domain.plan import Plan
from analytics.domain.plan_file import dump_plan
from analytics.domain.run import MOCK, Run, tidy, views
from analytics.reports.receipt import canonical_json, sha256
from analytics.reports.vocabulary_file import dump_vocabulary, load_vocabulary

RESULTS, PLAN, READABLE_PLAN = "results.parquet", "plan.json", "plan.yml"
MAPPING, VOCABULARY, FACTS = "mapping.yml", "vocabulary.json", "facts.json"
LISTING = "list-"  # list-quarantine.parquet, list-eligibility.parquet
TYPES = {"str": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}


def seal(run: Run) -> dict[str, bytes]:
    """The files of ``run/``. ``facts.json`` names the hash of every other one; the same Run gives the same bytes.

    The hash of ``plan.json`` is the plan's own hash; ``plan.yml`` is the same plan for people and for ``--plan``.
    """
    files = {
        RESULTS: parquet(run.results, about=shuffled(run.facts)),
        PLAN: run.plan.canonical().encode(),
        READABLE_PLAN: dump_plan(run.plan).encode(),
        VOCABULARY: dump_vocabulary(run.vocabulary),
        **{f"{LISTING}{name}.parquet": parquet(tidy(frame)) for name, frame in sorted(run.listings.items())},
    }
    if run.mapping_text:
        files[MAPPING] = run.mapping_text.encode()
    sealed = {name: sha256(content) for name, content in files.items()}
    return {**files, FACTS: canonical_json({**run.facts, "sealed": sealed})}


def open_sealed(folder: Path) -> Run:
    """The Run that lies in ``folder`` (or in its sub-folder ``run``). Raises DataRefused if it is not whole."""
    folder = Path(folder)
    if not (folder / FACTS).is_file() and (folder / "run" / FACTS).is_file():
        folder = folder / "run"
    facts, files = _read(folder)
    try:
        return _run(facts, files)
    except (ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise DataRefused(
            f"The sealed run in {folder.name} cannot be opened: {type(error).__name__}.",
            fix="it was written by another version of this software; make the report again",
        ) from error


def _run(facts: dict, files: Mapping[str, bytes]) -> Run:
    listings = {n.removeprefix(LISTING).removesuffix(".parquet"): c for n, c in files.items() if n.startswith(LISTING)}
    return Run(
        tables=views(frame_of(files[RESULTS])),
        plan=Plan.model_validate_json(files[PLAN]),
        vocabulary=load_vocabulary(files[VOCABULARY]),
        facts=facts,
        mapping_text=files.get(MAPPING, b"").decode(),
        listings={name: frame_of(content) for name, content in listings.items()},
    )


def _read(folder: Path) -> tuple[dict, dict[str, bytes]]:
    """The facts and every file they name, each compared with its hash."""
    again = "make the report again, or copy its folder run/ again from where it was made"
    try:
        facts = json.loads((folder / FACTS).read_bytes())
        sealed = dict(facts.pop("sealed"))
    except FileNotFoundError:
        raise DataRefused(f"{folder} is not a sealed run: {FACTS} is not in it.", fix="name a report's run/") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DataRefused(f"The sealed run in {folder} is damaged: {FACTS} cannot be read.", fix=again) from None
    files = {}
    for name, expected in sealed.items():
        try:
            files[name] = (folder / name).read_bytes()
        except OSError:
            raise DataRefused(f"The sealed run in {folder} is not whole: {name} is missing.", fix=again) from None
        if sha256(files[name]) != expected:
            raise DataRefused(f"The sealed run in {folder} was changed: {name} is not as sealed.", fix=again)
    return facts, files


def shuffled(facts: Mapping[str, Any]) -> dict[str, str]:
    """What a Parquet file of a mock says of itself; of any other report nothing."""
    return {"mock": f"{MOCK} (treatments shuffled)"} if facts.get("mock") else {}


def parquet(frame: pd.DataFrame, *, about: Mapping[str, str] | None = None) -> bytes:
    """A tidy frame as Parquet bytes that hang on its content only: no pandas or Arrow notes, one row group.

    ``about``: what the file says of itself, beside the frame.
    """
    columns = {str(name): TYPES[str(frame[name].dtype)] for name in frame.columns}
    arrays = [pa.array(frame[name], type=kind, from_pandas=kind == pa.string()) for name, kind in columns.items()]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema, version="2.6", compression="zstd", store_schema=False) as writer:
        writer.write_table(table, row_group_size=max(len(frame), 1))
        if about:
            writer.add_key_value_metadata(dict(about))
    return buffer.getvalue()


def frame_of(content: bytes) -> pd.DataFrame:
    """The frame that ``parquet`` wrote."""
    return pq.read_table(io.BytesIO(content)).to_pandas()
