"""The folder in which the manual's lines run: simulated clinics under the names that the pages use."""

from __future__ import annotations

import csv
import io
from pathlib import Path

#: Headers of a clinic's own, as the mappings of the pages name them, and ours which they repeat.
OTHERS = {
    "Client ID": "patient_id", "Client": "patient_id", "Date": "session_date", "Service": "treatment",
    "Texture": "texture_grade",
}  # fmt: skip


def fill(folder: Path, simulated: Path) -> None:
    """Put plan.yml, visits.csv, visits.xlsx, visits2.csv, week12.xlsx and sessions.csv into ``folder``."""
    (folder / "plan.yml").write_text("primary: [texture_grade]\n", encoding="utf-8")
    with (simulated / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [{**row, **{name: _told(name, row[ours]) for name, ours in OTHERS.items()}} for row in rows]
    last = max(row["session_date"][:7] for row in rows)
    write_csv(folder / "visits2.csv", told)
    for name in ("visits.csv", "sessions.csv"):
        write_csv(folder / name, [row for row in told if not row["session_date"].startswith(last)])
    for name in ("visits.xlsx", "week12.xlsx"):
        write_xlsx(folder / name, [list(told[0]), *(list(row.values()) for row in told)])


def _told(name: str, value: str) -> str:
    """Dates day first and decimal commas, as the mapping of the README reads them."""
    if name != "Date":
        return value.replace(".", ",") if name == "Texture" else value
    year, month, day = value[:10].split("-")
    return f"{day}/{month}/{year}"


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """A workbook in which numbers are numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Visits")
    for row in rows:
        sheet.append([_number(cell) for cell in row])
    book.save(path)


def _number(cell: str) -> str | float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def write_file(path: Path, text: str) -> None:
    """A block of a page as the file that it shows."""
    if path.suffix == ".xlsx":
        write_xlsx(path, list(csv.reader(io.StringIO(text))))
    else:
        path.write_text(text, encoding="utf-8")
