"""``outcomes store retry``: everything that counts now, sifted anew from the batches, as a new version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.dataset import TABLES, Dataset, RawTable, SourceFile
from analytics.domain.errors import DataRefused, PlanRefused
from analytics.domain.layout import Layout, lay_out
from analytics.domain.mapping import Mapping, load_mapping
from analytics.domain.mapping_words import joint_vocabulary
from analytics.intake.sift import sift
from analytics.store.apply import Change, apply, load_aside, new_version, without_conflicts
from analytics.store.batches import batch_bytes, keep_batch, read_batch
from analytics.store.database import reading, working_copy
from analytics.store.erase import finish_erasing
from analytics.store.heal import sweep
from analytics.store.ingest import BETWEEN, store_key
from analytics.store.key import Tokens
from analytics.store.lock import writing
from analytics.store.places import Places, places_of, reasons
from analytics.store.pseudonyms import found_again, only, who
from analytics.store.reading import lines_sql
from analytics.store.versions import last
from schemas.standard import STANDARD
from schemas.vocabulary import Vocabulary

PARTS = 1000  # DATA of one call at most, as far as numbering goes


@dataclass(frozen=True, eq=False)
class Part:
    """One batch file as it will be sifted. ``mapping``: the text in force for it; ``anew``: it has another layout."""

    name: str
    batch: int
    whole: RawTable
    mapping: str
    anew: bool = False


def retry(folder: Path, *, mapping: Any = None, now: dt.datetime | None = None) -> Change:
    """Sift all current rows again, accepted and set aside; with ``mapping`` where its columns were kept.

    Raises PlanRefused (no batch has the mapping's columns), DataRefused (a batch is damaged; nothing is accepted).
    """
    places = places_of(folder)
    with reading(places):
        pass
    with writing(places, "store retry"):
        sweep(places)
        tokens = store_key(places)
        finish_erasing(places, tokens)
        told = load_mapping(mapping) if mapping is not None else None
        parts = _parts(places, told)
        data, texts = _dataset(places, parts, tokens)
        sifted = sift(data)
        with reasons(places.root):
            written = _written(places, parts)
        with working_copy(places) as connection:
            version = last(connection) + 1
            sifted = without_conflicts(connection, data, sifted)
            load_aside(connection, data, sifted)
            change = apply(connection, data, sifted, version, everything=True)
            for name, (new, digest) in written.items():
                connection.execute("UPDATE batches SET parquet = ?, sha256 = ? WHERE parquet = ?", [new, digest, name])
            for part in parts:
                connection.execute(
                    "UPDATE received SET mapping = ? WHERE batch = ? AND file = ?",
                    [part.mapping, part.batch, part.whole.file],
                )
            new_version(connection, change, "retry", now or dt.datetime.now(dt.UTC), sifted, texts)
        sweep(places)
    return change


def _parts(places: Places, told: Mapping | None) -> list[Part]:
    with reading(places) as connection:
        rows = connection.execute(
            "SELECT b.batch, b.parquet, r.mapping FROM batches b JOIN received r ON r.batch = b.batch AND "
            "r.file = b.file ORDER BY b.batch, b.part"
        ).fetchall()
    found = []
    for batch, name, text in rows:
        try:
            raw, _ = read_batch(places.batches / name)
        except (OSError, ValueError, KeyError):
            raise DataRefused(
                f"The batch {name} is not there or is damaged.", fix="put a backup back: outcomes store restore"
            ) from None
        found.append(Part(name, batch, raw, text))
    if told is None:
        return found
    fitted = _fitted(found, told)
    if not any(part.anew for part in fitted):
        raise PlanRefused(
            "No batch of the store has the columns that the mapping names: what was not mapped was not kept.",
            fix="ingest the files again with it: outcomes ingest DATA --mapping M.yml --store DIR",
        )
    return fitted


def _fitted(parts: list[Part], told: Mapping) -> list[Part]:
    """The parts with the new mapping, batch by batch, where all columns it names for the sessions were kept."""
    words = told.vocabulary(STANDARD)
    fits = {}
    for part in parts:
        if part.whole.table == "sessions":
            layout = lay_out("sessions", tuple(part.whole.columns), words, told, told)
            fits[part.batch] = set(layout.headers) <= set(part.whole.columns)
    found = []
    for part in parts:
        how = told if part.whole.table == "sessions" else told.tables.get(part.whole.table)  # type: ignore[call-overload]
        if not fits.get(part.batch):
            found.append(part)
            continue
        if how is None:
            found.append(replace(part, mapping=told.canonical()))
            continue
        layout = lay_out(part.whole.table, tuple(part.whole.columns), words, how, told)
        if not set(layout.headers) <= set(part.whole.columns):
            found.append(replace(part, mapping=told.canonical()))
            continue
        raw = replace(part.whole, layout=_with_clinic(layout, part.whole.layout))
        found.append(Part(part.name, part.batch, raw, told.canonical(), True))
    return found


def _with_clinic(layout: Layout, old: Layout) -> Layout:
    """``layout`` with the clinic that was said when the file came, where the mapping says none."""
    given = [cell for cell in old.records[0].cells if cell.column == "clinic_id" and cell.header is None]
    if not given or "clinic_id" in layout.columns:
        return layout
    return replace(layout, records=tuple(replace(r, cells=(*r.cells, *given)) for r in layout.records))


def _dataset(places: Places, parts: list[Part], tokens: Tokens) -> tuple[Dataset, list[str]]:
    """What counts now of all batches as one Dataset, and the mappings in force."""
    texts = list(dict.fromkeys(text for part in parts for text in part.mapping.split(BETWEEN) if text))
    words = joint_vocabulary([load_mapping(text) for text in texts], STANDARD)
    with reading(places) as connection:
        lines = connection.execute(f"SELECT tbl, _file, _row FROM ({lines_sql(last(connection))})").fetchall()
        hashes = dict(connection.execute("SELECT file, sha256 FROM received").fetchall())
    wanted: dict[tuple[str, str], list[int]] = {}
    for table, file, row in lines:
        wanted.setdefault((table, file), []).append(row)
    kept = [_current(part, wanted, words, tokens) for part in parts]
    tables = {table: tuple(raw for raw in kept if raw.table == table and raw.received) for table in TABLES}
    tables = {table: raws for table, raws in tables.items() if raws}
    if "sessions" not in tables:
        raise DataRefused("The store holds no session.", fix="ingest a file first")
    files: dict[str, SourceFile] = {}
    for raw in (raw for raws in tables.values() for raw in raws):
        had = files.get(raw.file, SourceFile(raw.file, hashes.get(raw.file, ""), 0, ()))
        files[raw.file] = replace(had, rows=had.rows + raw.received, tables=(*had.tables, raw.table))
    return Dataset(tables, words, tuple(files.values()), (), BETWEEN.join(texts)), texts


def _current(
    part: Part, wanted: MappingType[tuple[str, str], list[int]], words: Vocabulary, tokens: Tokens
) -> RawTable:
    """The lines of a batch that count now."""
    raw = part.whole
    rows = np.array(wanted.get((raw.table, raw.file), []), np.int64)
    left = only(raw, np.isin(raw.rows, rows), np.isin([row for row, _, _ in raw.misfits], rows).tolist())
    left = replace(left, source=part.batch * PARTS + raw.source)
    return found_again(left, words, tokens) if part.anew else left


def _written(places: Places, parts: list[Part]) -> dict[str, tuple[str, str]]:
    """Batches whose columns mean something else now, written anew: old name -> (new name, hash)."""
    found = {}
    for part in parts:
        if part.anew:
            words = load_mapping(part.mapping).vocabulary(STANDARD)
            content = batch_bytes(part.whole, who(part.whole, words))
            found[part.name] = keep_batch(places, part.batch, content)
    return found
