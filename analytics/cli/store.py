"""``outcomes ingest`` and ``outcomes store``: sessions over time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.options import Data, Mappings
from analytics.cli.screen import out, progress
from analytics.domain.errors import Different

store_app = typer.Typer(
    name="store", help="What the store holds, and its care.", no_args_is_help=True, add_completion=False
)

Store = Annotated[Path, typer.Option("--store", metavar="DIR", help="The folder of the store.", show_default=False)]
Clinic = Annotated[str, typer.Option("--clinic", metavar="NAME", help="The clinic's short name.", show_default=False)]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE|VERSION", help="As it was then (2026-03-31, or 12).", show_default=False),
]
Patient = Annotated[str, typer.Argument(metavar="PATIENT", help="The id in the clinic's files.", show_default=False)]
SHOWN = 40


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes ingest week12.xlsx --mapping clinic.yml --store data/store")(ingest)
    commands: dict[str, tuple[Callable[..., None], str]] = {
        "status": (status, "--store data/store"),
        "batches": (batches, "--store data/store"),
        "history": (history, "P-0071 --clinic north --store data/store"),
        "quarantine": (quarantine, "--store data/store"),
        "check": (check, "--store data/store"),
        "backup": (backup, "/backup/store-march --store data/store"),
        "restore": (restore, "/backup/store-march --store data/store"),
        "retry": (retry, "--mapping clinic.yml --store data/store"),
        "erase": (erase, 'P-0071 --clinic north --reason "asked for" --store data/store'),
    }
    for name, (command, example) in commands.items():
        store_app.command(name, epilog=f"Example: outcomes store {name} {example}")(command)
    app.add_typer(store_app, name="store", epilog="Example: outcomes store status --store data/store")


def ingest(
    data: Data,
    store: Store,
    mapping: Mappings = None,
    clinic: Clinic = "",
    full: Annotated[
        bool, typer.Option("--full", help="The files are all there is of their clinics: what is not in them is gone.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Apply files that were received before once more.")] = False,
    allow_gone: Annotated[bool, typer.Option("--allow-gone", help="With --full: more than 10 % may be gone.")] = False,
) -> None:
    """Bring files into the store: new rows are added, changed rows supersede, faulty rows are set aside."""
    from analytics.store.ingest import ingest as bring

    with progress() as shown:
        done = bring(
            data, mapping or (), store, clinic=clinic, full=full, again=again, allow_gone=allow_gone, progress=shown
        )
    if done.change is None:
        out(f"Received before, nothing changed (version {done.version}): {', '.join(done.known)}.")
        return
    _tell(done.change)
    if done.known:
        out(f"Received before, not applied again: {', '.join(done.known)}.")
    for note in done.notes:
        out(f"- {note}")


def _tell(change: Any) -> None:
    clinics = ", ".join(name or "no clinic named" for name in change.clinics)
    out(f"Version {change.version} ({clinics}).")
    out(f"{change.received:,} rows received = {change.accepted:,} accepted + {change.quarantined:,} set aside.")
    out(f"{change.new:,} new, {change.changed:,} changed, {change.unchanged:,} as they were, {change.gone:,} gone.")
    if change.refused:
        out(f"{change.refused:,} rows refused: their patients were erased.")


def status(
    store: Store, as_of: AsOf = None, json_: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
) -> None:
    """How much the store holds."""
    from analytics.store.telling import status as found_in

    found = found_in(store, as_of=as_of)
    if json_:
        told = {name: getattr(found, name) for name in ("version", "at", "rows", "patients", "batches", "quarantined")}
        out(json.dumps({**told, "sha256": found.sha256}))
        return
    out(f"Version {found.version} of {found.at}, {found.batches:,} {_many(found.batches, 'batch', 'batches')}")
    out(f"{found.patients:,} patients with sessions")
    for table, count in found.rows.items():
        out(f"{count:>12,} {table.replace('_', ' ')}")
    out(f"{found.quarantined:>12,} rows set aside")


def _many(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def batches(store: Store) -> None:
    """What came when, and what it did."""
    from analytics.store.telling import batch_list

    for one in batch_list(store):
        files = ", ".join(one["files"]) or "-"
        did = ", ".join(f"{one[name]:,} {told}" for name, told in _DID.items() if one.get(name))
        when = one["at"][:16].replace("T", " ")
        out(f"{one['version']:>5}  {when}  {one['kind']:<7} {files}: {did or 'nothing changed'}")


_DID = {
    "new": "new", "changed": "changed", "unchanged": "as they were", "gone": "gone", "quarantined": "set aside",
    "refused": "refused", "erased": "rows erased",
}  # fmt: skip


def history(patient: Patient, store: Store, clinic: Clinic = "") -> None:
    """Everything the store has held of one patient, oldest first."""
    from analytics.store.telling import history as events_of

    for event in events_of(store, patient, clinic=clinic):
        out(f"{event.version:>5}  {event.at}  {event.what:<9} {event.table.replace('_', ' ')}, {event.row}")
        for name, value in event.values.items():
            if not name.startswith("has_"):
                out(f"{'':>26}{name}: {value}")


def quarantine(
    store: Store,
    as_of: AsOf = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the whole list as CSV.", show_default=False)
    ] = None,
) -> None:
    """What is set aside now (or was then), and what to do about it."""
    from analytics.store.telling import quarantine_list

    found = quarantine_list(store, as_of=as_of)
    if out_file is not None:
        from analytics.intake.accepted import quarantine_csv
        from analytics.publish import publish_file

        publish_file(out_file, quarantine_csv(found))
        out(f"{len(found):,} {_many(len(found), 'entry', 'entries')} written to {out_file}.")
        return
    for line in _faults(found):
        out(line)


def _faults(found: Any) -> Iterator[str]:
    errors = found[found["severity"] == "error"]
    yield f"{len(errors):,} faults, {len(found) - len(errors):,} warnings"
    for one in errors.head(SHOWN).itertuples():
        value = f": {one.value!r}" if one.value else ""
        yield f"{one.file} row {one.row}, {one.column or 'the whole row'}{value} {one.must} ({one.rule})"
    if len(errors) > SHOWN:
        yield f"... and {len(errors) - SHOWN:,} more: --out FILE.csv lists them all"


def check(store: Store) -> None:
    """Every file of the store, read and compared with what was written. Exit 15 where something is not as it was."""
    from analytics.store.check import check as look

    found = look(store)
    for problem in found.problems:
        out(problem)
    if found.problems:
        raise Different(
            f"The store is not in order: {len(found.problems)} {_many(len(found.problems), 'fault', 'faults')}.",
            fix="mend the permissions, or put a backup back: outcomes store restore BACKUP --store DIR",
        )
    out(f"In order: {found.versions:,} versions, {found.batches:,} batch files, {found.rows:,} rows ever kept.")


def backup(
    target: Annotated[Path, typer.Argument(metavar="BACKUP", help="A new folder.", show_default=False)], store: Store
) -> None:
    """Copy the store into a new folder. The key is not in it: keep that apart."""
    from analytics.store.backup import backup as copy

    done = copy(store, target)
    out(f"Version {done.version} is in {target}. The key is not: keep a copy of it elsewhere.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The backup.", show_default=False)], store: Store
) -> None:
    """Put a backup in the store's place; whoever was erased since stays erased."""
    from analytics.store.backup import restore as put_back

    done = put_back(store, source)
    out(f"Version {done.version} is back ({done.files} files).")
    if done.erased:
        out(f"{done.erased:,} rows of patients who were erased since were taken out again.")


def retry(
    store: Store,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="M.yml", help="A better mapping.", show_default=False)
    ] = None,
) -> None:
    """Judge all current rows again, accepted and set aside, as a new version."""
    from analytics.store.retry import retry as again

    _tell(again(store, mapping=mapping))


def erase(
    patient: Patient,
    store: Store,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept, so no names.", show_default=False)],
    clinic: Clinic = "",
) -> None:
    """Take a patient out of the store, its batches and its history, and refuse their later rows."""
    from analytics.store.erase import erase as take_out

    done = take_out(store, patient, reason=reason, clinic=clinic)
    if done.before:
        out("This patient was erased before; nothing was there.")
        return
    out(f"Erased: {done.rows:,} rows in every version and {done.lines:,} lines of batches (version {done.version}).")
    out("Backups made before still hold them: remove those, or make new ones.")
