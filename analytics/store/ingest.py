"""``outcomes ingest``: files into the store; what is known already changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.errors import DataRefused
from analytics.store.database import FORMAT, columns_of, exists, meta, reading, set_meta, working_copy
from analytics.store.key import Tokens, known_key, new_key
from analytics.store.lock import writing
from analytics.store.places import Places, places_of, reasons

BETWEEN = "---\n"  # between mappings in one text
Progress = Callable[[str, int, int], None] | None


@dataclass(frozen=True, eq=False)
class Ingested:
    """What an ingest did. ``change`` None: every file was received before. ``notes``: what reading had to say."""

    version: int
    change: Any = None
    known: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sifted: Any = None


def ingest(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    folder: Path,
    *,
    clinic: str = "",
    full: bool = False,
    again: bool = False,
    allow_gone: bool = False,
    now: dt.datetime | None = None,
    progress: Progress = None,
) -> Ingested:
    """Bring ``sources`` into the store in ``folder``, which is begun where it is not there.

    Raises DataRefused (files that cannot be used, over 10 % gone), PlanRefused (mapping, key), Busy, NotWritten.
    """
    places = places_of(folder)
    with writing(places, "ingest"):
        from analytics.store.heal import sweep

        sweep(places)
        tokens = store_key(places)
        if places.journal.exists():
            from analytics.store.erase import finish_erasing

            finish_erasing(places, tokens)
        files = fingerprints(sources, mappings, clinic, full)
        received = _received(places)
        if files and not again and all(known in received for known in files.values()):
            return Ingested(_last(places), known=tuple(path.name for path in files))
        return _ingest(places, tokens, sources, mappings, clinic, full, again, allow_gone, now, progress, received)


def store_key(places: Places) -> Tokens:
    """The key of the store, made with the store. PlanRefused for another one."""
    if not exists(places):
        return new_key(places)
    with reading(places) as connection:
        return known_key(places, str(meta(connection, "fingerprint")))


def _received(places: Places) -> set[str]:
    if not exists(places):
        return set()
    with reading(places) as connection:
        return {known for (known,) in connection.execute("SELECT known FROM received").fetchall()}


def _last(places: Places) -> int:
    from analytics.store.versions import last

    with reading(places) as connection:
        return last(connection)


def _patients_before(places: Places) -> set[str]:
    """Patients that a patients table has named so far: one that comes later may hold the new ones alone."""
    if not exists(places):
        return set()
    from analytics.store.versions import last, seen

    with reading(places) as connection:
        if "patient" not in columns_of(connection, "patients"):  # none ever came
            return set()
        now = seen(last(connection))
        return {key for (key,) in connection.execute(f"SELECT DISTINCT patient FROM patients WHERE {now}").fetchall()}


def known_as(sha256: str, mapping: str, clinic: str, full: bool) -> str:
    """What a file is known by: its bytes, and what was said about it."""
    return hashlib.sha256(json.dumps([sha256, mapping, clinic, full]).encode()).hexdigest()


def fingerprints(sources: Sequence[Path], mappings: Sequence[Any], clinic: str, full: bool) -> Mapping[Path, str]:
    """Every file that reading would open, by what it is known by; {} where that can only be told by reading."""
    from analytics.domain.mapping import load_mapping
    from analytics.sources.locate import content_of, format_of, locate, shown

    loaded = [load_mapping(m) for m in mappings]
    if len(loaded) not in (0, 1, len(sources)):
        return {}
    chosen: list[Any] = loaded * len(sources) if len(loaded) == 1 else [*loaded] or [None] * len(sources)
    text = "---\n".join(m.canonical() for m in loaded)
    contents: dict[Path, bytes] = {}

    def content(path: Path) -> bytes:
        if path not in contents:
            contents[path] = content_of(path)
        return contents[path]

    found = {}
    for place, mapping in zip(map(Path, sources), chosen):
        tables = locate(place, mapping, lambda p: format_of(p).sheets(content(p), shown(p))).tables
        for item in tables:
            digest = hashlib.sha256(content(item.path)).hexdigest()
            found[item.path] = known_as(digest, text, clinic, full)
    return found


def _ingest(
    places: Places,
    tokens: Tokens,
    sources: Sequence[Path],
    mappings: Sequence[Any],
    clinic: str,
    full: bool,
    again: bool,
    allow_gone: bool,
    now: dt.datetime | None,
    progress: Progress,
    received: set[str],
) -> Ingested:
    from analytics.intake.sift import sift
    from analytics.sources.read import read
    from analytics.store.apply import apply, load_aside, new_version, without_conflicts
    from analytics.store.erased import erased_list
    from analytics.store.pseudonyms import pseudonymised
    from analytics.store.versions import last

    given = read([Path(s) for s in sources], mappings, progress=progress)
    notes = given.notes
    data = pseudonymised(of_clinic(given, clinic), tokens)
    del given
    batch = 1 + (_last(places) if exists(places) else 0)
    data = labelled(data, batch)
    known = [f.name for f in data.files if known_as(f.sha256, data.mapping_text, clinic, full) in received]
    data, refused = without_erased(data, tokens, erased_list(places))
    if not any(len(raw.rows) for raw in data.tables["sessions"]):
        raise DataRefused("No row is left: all are of patients who were erased.", fix="nothing needs to be done")
    if progress is not None:
        progress("sifting", 0, 0)
    sifted = sift(data, known_before=() if full else _patients_before(places))
    if progress is not None:
        progress("storing", 0, 0)
    parts = keep_batches(places, data, batch)
    with working_copy(places, empty=not exists(places)) as connection:
        if last(connection) == 0 and meta(connection, "format") is None:
            set_meta(connection, "format", str(FORMAT))
            set_meta(connection, "fingerprint", tokens.fingerprint)
        check_style(connection, sifted.style)
        sifted = without_conflicts(connection, data, sifted)
        load_aside(connection, data, sifted)
        change = apply(connection, data, sifted, batch, known=() if again else known, full=full, allow_gone=allow_gone)
        change.refused = refused
        for part in parts:
            connection.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)", list(part))
        for file in data.files:
            known_now = known_as(file.sha256, data.mapping_text, clinic, full)
            row = [batch, file.name, file.sha256, known_now, file.rows, data.mapping_text]
            connection.execute("INSERT INTO received VALUES (?, ?, ?, ?, ?, ?)", row)
        texts = [text for text in data.mapping_text.split(BETWEEN) if text]
        new_version(connection, change, "full" if full else "ingest", now or dt.datetime.now(dt.UTC), sifted, texts)
    return Ingested(batch, change, tuple(n.rsplit(" (batch ", 1)[0] for n in known if not again), notes, sifted)


def check_style(connection: Any, style: str) -> None:
    """A store holds files of one kind: by date, by visit, or by study day."""
    kept = meta(connection, "style")
    if kept is None:
        set_meta(connection, "style", style)
    elif kept != style:
        told = {"dated": "by date", "trial": "by visit", "study_day": "by study day"}
        raise DataRefused(
            f"The store holds sessions {told[kept]}; this file goes {told[style]}.",
            fix="map it in the same way, or keep a store of its own for it",
        )


def of_clinic(data: Any, clinic: str) -> Any:
    """``data`` as of this clinic, where files name none. DataRefused where they name another."""
    from analytics.domain.layout import Cell

    if not clinic:
        return data
    if not clinic.strip().isprintable() or "|" in clinic or len(clinic) > 40:
        raise DataRefused("A clinic is a short name without |.", fix="--clinic north")
    tables = {}
    for table, raws in data.tables.items():
        changed = []
        for raw in raws:
            cells = [cell for cell in raw.layout.records[0].cells if cell.column == "clinic_id"]
            if not cells:
                records = tuple(
                    replace(r, cells=(*r.cells, Cell("clinic_id", None, constant=clinic))) for r in raw.layout.records
                )
                raw = replace(raw, layout=replace(raw.layout, records=records))
            else:
                _same_clinic(raw, cells[0], clinic, data.vocabulary)
            changed.append(raw)
        tables[table] = tuple(changed)
    return replace(data, tables=tables)


def _same_clinic(raw: Any, cell: Any, clinic: str, words: Any) -> None:
    from analytics.store.pseudonyms import _texts

    others = sorted({str(t) for t in np.unique(_texts(raw, cell, words).astype(str))} - {"", clinic})
    if others:
        raise DataRefused(
            f"--clinic says {clinic}, but {raw.file} names {', '.join(others[:3])}.",
            fix="leave --clinic out: the file says itself which clinic a row is of",
        )


def labelled(data: Any, batch: int) -> Any:
    """``data`` with the batch in the names of its files: the same name comes every week."""
    tables = {
        table: tuple(replace(raw, file=f"{raw.file} (batch {batch})") for raw in raws)
        for table, raws in data.tables.items()
    }
    files = tuple(replace(file, name=f"{file.name} (batch {batch})") for file in data.files)
    return replace(data, tables=tables, files=files)


def without_erased(data: Any, tokens: Tokens, listed: Mapping[str, Any]) -> tuple[Any, int]:
    """``data`` without rows of the erased, and how many were refused."""
    from analytics.store.erased import refused
    from analytics.store.pseudonyms import only, recounted, who

    if not listed:
        return data, 0
    count, tables = 0, {}
    for table, raws in data.tables.items():
        kept = []
        for raw in raws:
            lines, misfits = refused(tokens, listed, who(raw, data.vocabulary))
            count += sum(lines) + sum(misfits)
            kept.append(only(raw, ~np.array(lines, bool), [not m for m in misfits]) if any(lines + misfits) else raw)
        tables[table] = tuple(kept)
    return (recounted(data, tables) if count else data), count


def keep_batches(places: Places, data: Any, batch: int) -> Iterator[tuple] | list[tuple]:
    """Write every table of ``data`` as a batch; their rows for the store's file."""
    from analytics.store.batches import batch_bytes, keep_batch
    from analytics.store.pseudonyms import who

    found = []
    with reasons(places.root):
        for number, raw in enumerate(raw for raws in data.tables.values() for raw in raws):
            name, digest = keep_batch(places, batch, batch_bytes(raw, who(raw, data.vocabulary)))
            found.append((batch, number, raw.table, raw.file, name, digest, len(raw.rows) + len(raw.misfits)))
    return found
