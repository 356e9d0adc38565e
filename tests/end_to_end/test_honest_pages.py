"""Data that leave little to say: all five reports are made all the same, say so, and verify."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pdf_read
import pytest
from command_line import EVERYTHING, OTHERS, outcomes

pytestmark = pytest.mark.long
Row = dict[str, str]
NAMES = (
    "O'Brien \"Skin\" & Co", "<script>alert(1)</script>", "\u0639\u064a\u0627\u062f\u0629",
    "Clinic \U0001f489\U0001f9d1\U0001f3fd", "=cmd|calc", "L" * 190,
    "[x](javascript:alert(1))", "$\\alpha$ #let *b* _i_",
)  # fmt: skip


def nobody_of_one(rows: list[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get("treatment") != "dermal_roller")


def one_patient(rows: list[Row]) -> Iterator[Row]:
    """One patient with peels; every second session becomes another treatment."""
    mine = [row for row in rows if (row["clinic_id"], row["patient_id"]) == ("north", "1001")]
    for at, row in enumerate(mine):
        given = {key: "" if key.startswith("peel") else value for key, value in row.items()}
        yield {**given, "treatment": "microdermabrasion"} if at % 2 and "treatment" in row else row


def only_at_the_start(rows: list[Row]) -> Iterator[Row]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        who = (row["clinic_id"], row["patient_id"])
        yield {**row, "texture_grade": ""} if "texture_grade" in row and who in seen else row
        seen.add(who)


def all_missing(rows: list[Row]) -> Iterator[Row]:
    """The column of the planned outcome is there and empty."""
    return ({**row, "texture_grade": ""} if "texture_grade" in row else row for row in rows)


def no_variation(rows: list[Row]) -> Iterator[Row]:
    return ({**row, "texture_grade": "2"} if row.get("texture_grade") else row for row in rows)


def strange_names(rows: list[Row]) -> Iterator[Row]:
    return ({**row, "clinic_id": NAMES[int(row["patient_id"]) % len(NAMES)]} for row in rows)


def sixty_clinics(rows: list[Row]) -> Iterator[Row]:
    return ({**row, "clinic_id": f"clinic {int(row['patient_id']) % 60:02d}"} for row in rows)


@pytest.mark.parametrize(
    "change", [nobody_of_one, one_patient, only_at_the_start, all_missing, no_variation, strange_names, sixty_clinics]
)
def test_all_reports_are_honest(
    change: Callable[[list[Row]], Iterator[Row]], few_data: Path, few_plan: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    for path in sorted(few_data.glob("*.csv")):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        with (data / path.name).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(change(rows))
    done = outcomes("report", data, "--plan", few_plan, "--out", out, *EVERYTHING)
    assert done.returncode in (0, 13), done.stderr
    for stem in ("report", *OTHERS):
        assert "<script" not in (out / f"{stem}.html").read_text()
        assert pdf_read.page_texts((out / f"{stem}.pdf").read_bytes())[1].lstrip().startswith("Contents")
    again = outcomes("verify", out, "--data", data)
    assert again.returncode == 0, again.stdout + again.stderr
