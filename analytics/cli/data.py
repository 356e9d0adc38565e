"""``outcomes simulate`` and ``outcomes validate``: data to try, and what is wrong with my file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.options import Data, Mappings, Out
from analytics.cli.screen import out, progress, say

EXAMPLE = ("sessions.csv", "patients.csv", "consultations.csv", "adverse_events.csv", "clinics")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes simulate --out example --patients 200 --seed 7")(simulate)
    app.command(epilog="Example: outcomes validate visits.xlsx --mapping clinic.yml --out checked")(validate)


def simulate(
    out_dir: Out,
    patients: Annotated[int, typer.Option(min=1, help="Number of patients.")] = 600,
    clinics: Annotated[int, typer.Option(min=1, help="Number of clinics.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    scenario: Annotated[str, typer.Option(metavar="NAME", help="effect, null, confounded, tiny, ...")] = "effect",
) -> None:
    """Example data: simulated clinics, canonical files and the files as each clinic would export them."""
    from analytics.deliver.inputs import simulate_files
    from analytics.publish import check_beside, publish_beside

    check_beside(out_dir, EXAMPLE, mark="truth.json")
    files = simulate_files(patients=patients, clinics=clinics, seed=seed, scenario=scenario)
    publish_beside(out_dir, files)
    out(f"{len(files)} files in {out_dir}: {', '.join(sorted(n for n in files if '/' not in n))}, clinics/")


def validate(
    data: Data,
    mapping: Mappings = None,
    cutoff: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Dates after this day are faults (2026-09-30).", show_default=False),
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            show_default=False,
            readable=False,
            help="Write quality.html, faulty_rows.xlsx, accepted.parquet, quarantine.csv and receipt.json.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 11 if a single row was set aside.")] = False,
) -> None:
    """What is wrong with my file: rows that are fine, rows set aside, what they cost, and what to do about each."""
    from analytics.deliver.checks import validate_files
    from analytics.domain.errors import DataRefused

    with progress() as shown:
        checked = validate_files(data, mapping or (), cutoff=cutoff, out=out_dir, progress=shown)
    from analytics.cli.pages import validation_page

    sifted = checked.sifted
    for line in validation_page(sifted, checked.losses):
        out(line)
    if checked.written:
        say(f"Written to {out_dir}: {', '.join(checked.written)}")
    if checked.refused is not None and checked.written:
        raise DataRefused(checked.refused.message, fix=f"mend the file or its mapping; every fault stands in {out_dir}")
    if checked.refused is not None:
        raise checked.refused
    aside = sifted.rows["quarantined"] + sifted.rows["entries_quarantined"]
    aside += sum(counts["quarantined"] for counts in sifted.other_rows.values())
    if strict and aside:
        raise DataRefused(f"--strict: {aside} rows or entries were set aside.", fix="mend the rows listed above")
