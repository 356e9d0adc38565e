"""What ``outcomes mapping`` does: draft a mapping from a clinic's own file, and show what a mapping makes of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.domain.dataset import Dataset
from analytics.domain.date_guess import UNSETTLED
from analytics.domain.errors import NotWritten, PlanRefused
from analytics.domain.mapping import load_mapping
from analytics.intake.draft.drafted import Draft, TableDraft
from analytics.intake.draft.effect import Effect, all_effects, unused
from analytics.intake.draft.names import word_set
from analytics.intake.draft.tables import draft
from analytics.intake.draft.writing import mapping_text
from analytics.publish import publish_beside
from analytics.sources.found import find_tables
from analytics.sources.read import ColumnsLacking, read
from schemas.columns import REQUIRED_COLUMNS
from schemas.standard import STANDARD

#: Folders that are not called after a clinic.
NO_CLINIC = word_set("data downloads download desktop documents export exports files tmp temp csv excel input")


@dataclass(frozen=True)
class Drafted:
    """``text``: the YAML; ``told``: sentences on what was found and what is open; ``main``: file of the sessions."""

    text: str
    told: tuple[str, ...]
    main: str


@dataclass(frozen=True, eq=False)
class Checked:
    """What a mapping makes of the data; ``unused``: (table, columns of the file that nothing uses)."""

    data: Dataset
    effects: Sequence[Effect]
    unused: Sequence[tuple[str, tuple[str, ...]]]


def draft_mapping(data: Path, *, sheet: str | None = None) -> Drafted:
    """A mapping drafted from a file, or from a folder of one clinic's files."""
    found = draft(find_tables(data, sheet), STANDARD, main=sheet)
    clinic = data.resolve().name if data.is_dir() else ""
    text = mapping_text(found, STANDARD, clinic="" if clinic.casefold() in NO_CLINIC else clinic)
    _check(text)
    return Drafted(text, tuple(_told(found)), found.sessions.found.file)


def _check(text: str) -> None:
    """What was written must load: a fault here is ours."""
    mapping = load_mapping(text)
    if UNSETTLED not in [entry.format for entries in mapping.columns.values() for entry in entries]:
        unsettled = any(e.format == UNSETTLED for t in mapping.tables.values() for es in t.columns.values() for e in es)
        if not unsettled:
            mapping.vocabulary(STANDARD)


def _told(found: Draft) -> list[str]:
    """What was found, and what a person has to look at."""
    main = found.sessions
    told = [_counted("sessions", main), *(_counted(name, table) for name, table in found.others.items())]
    lacking = [" or ".join(group) for group in REQUIRED_COLUMNS["sessions"] if not set(group) & _covered(main)]
    if lacking:
        told.append(f"No column was found for {'; '.join(lacking)}: name it in the draft, it is needed.")
    for table in (main, *found.others.values()):
        told += [
            f"{e.target}: the date format is open; replace the ? in the draft."
            for e in table.entries for s in e.sources if s.keys.get("format") == UNSETTLED
        ]  # fmt: skip
    if main.arms:
        lines = sum(text.lines for text in main.arms)
        what = "1 treatment text matches" if len(main.arms) == 1 else f"{len(main.arms)} treatment texts match"
        told.append(f"{what} nothing ({lines:,} of its lines): see treatment in the draft.")
    weak = [e.target for t in (main, *found.others.values()) for e in t.entries for s in e.sources if _weak(s.reasons)]
    if weak:
        told.append(f"By content only, check: {', '.join(dict.fromkeys(weak))}.")
    if found.alone:
        told.append(f"Not understood and left alone: {', '.join(found.alone)}.")
    return told


def _weak(reasons: Sequence[str]) -> bool:
    from analytics.intake.draft.sources import BY_CONTENT

    return BY_CONTENT in reasons


def _covered(table: TableDraft) -> set[str]:
    """Our columns that the draft fills, those that lists tell included."""
    return {*table.targets, *(key for e in table.entries for s in e.sources for key in s.keys)}


def _counted(name: str, table: TableDraft) -> str:
    whole = len(table.found.columns)
    return f"{name} ({table.found.place}): {whole - len(table.left)} of {whole} columns found."


def write_draft(done: Drafted, out: Path, *, force: bool = False) -> None:
    """Put the draft into a file. NotWritten where another file is there already (``force``: replace it)."""
    content = done.text.encode()
    if os.path.isdir(out):
        raise NotWritten(f"{out} is a folder.", fix="name a file after --out, for example --out mapping.yml")
    if os.path.lexists(out) and not force and not _holds(out, content):
        raise NotWritten(
            f"{out} is there already and holds something else; it was not touched.",
            fix="choose another name after --out, or say --force to replace it",
        )
    publish_beside(out.parent, {out.name: content})


def _holds(path: Path, content: bytes) -> bool:
    """Whether it is a file with this content (a pipe is not read: it might never end)."""
    try:
        return path.is_file() and path.read_bytes() == content
    except OSError:
        return False


def check_mapping(mapping: Path, data: Path) -> Checked:
    """What ``mapping`` makes of ``data``. PlanRefused for a mapping that is faulty or does not fit the file."""
    try:
        dataset = read([data], [mapping])
    except ColumnsLacking as error:
        raise PlanRefused(error.message, fix=error.fix) from None
    found = all_effects(dataset.tables, dataset.vocabulary)
    left = [(raw.table, unused(raw)) for raws in dataset.tables.values() for raw in raws]
    return Checked(dataset, found, [item for item in left if item[1]])
