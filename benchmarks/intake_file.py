"""A clinic's session file of any size with planted faults, the same bytes every time: what benchmarks/intake.py reads.

Eleven columns; about one row in a hundred is at fault: a cell that is no date, number, code or treatment, outside its
range or off its step, an empty patient, a row that is short, stands there twice or contradicts another.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

COLUMNS = (
    "patient_id", "session_date", "treatment", "side", "fitzpatrick", "age", "texture_grade", "inflammatory_lesions",
    "absorbed_percent", "product", "rater_id",
)  # fmt: skip
ROWS_PER_PATIENT = 8
CHUNK = 250_000  # rows made at a time, so that a file of any size takes little memory
#: What stands in a faulty cell, and in how many of a thousand rows.
SLIPS = (
    ("session_date", "2026-02-30", 1.0),
    ("session_date", "soon", 0.5),
    ("treatment", "lasser peel", 1.0),
    ("texture_grade", "3.3", 1.0),
    ("texture_grade", "12", 1.0),
    ("inflammatory_lesions", "-4", 1.0),
    ("inflammatory_lesions", "250", 0.5),
    ("absorbed_percent", "ca. 40", 1.0),
    ("absorbed_percent", "140.5", 1.0),
    ("fitzpatrick", "7", 0.5),
    ("patient_id", "", 0.5),
)
REPEATED, CONTRADICTED, SHORT = 0.5, 0.5, 0.5  # of a thousand rows


def write_file(path: Path, rows: int, *, seed: int = 1) -> None:
    """A file of about ``rows`` rows."""
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        for part in _parts(rows, seed):
            file.write(part)


def _parts(rows: int, seed: int) -> Iterator[bytes]:
    for number, start in enumerate(range(0, rows, CHUNK)):
        rng = np.random.default_rng([seed, number])
        clean = _clean(rng, start, min(CHUNK, rows - start))
        yield _as_text(_with_slips(rng, clean))
        yield b"".join(b"short,row\n" for _ in range(_share(len(clean), SHORT)))


def _share(count: int, per_thousand: float) -> int:
    return round(count * per_thousand / 1000)


def _clean(rng: np.random.Generator, start: int, count: int) -> pd.DataFrame:
    """Rows without a fault: patient by patient, a visit every two to six weeks."""
    at = np.arange(start, start + count)
    patient, visit = at // ROWS_PER_PATIENT, at % ROWS_PER_PATIENT
    began = (patient * 2_654_435_761) % 1500
    day = began + visit * 28 + rng.integers(0, 14, count)
    treatment = np.array(["chemical_peel", "dermal_roller", "microdermabrasion"])[patient % 3]
    return pd.DataFrame(
        {
            "patient_id": pd.Series(patient).map("P{:07d}".format),
            "session_date": (np.datetime64("2020-01-01") + day).astype(str),
            "treatment": np.where(visit == ROWS_PER_PATIENT - 1, "", treatment),
            "side": np.array(["left", "right", ""])[rng.integers(0, 3, count)],
            "fitzpatrick": (1 + patient % 6).astype(str),
            "age": (18 + patient % 60).astype(str),
            "texture_grade": rng.integers(0, 10, count).astype(str),
            "inflammatory_lesions": rng.poisson(12, count).astype(str),
            "absorbed_percent": pd.Series(np.round(rng.uniform(0, 100, count), 2)).map("{:.2f}".format),
            "product": np.array(["serum", "cream", "gel"])[rng.integers(0, 3, count)],
            "rater_id": pd.Series(rng.integers(0, 12, count)).map("R{:02d}".format),
        }
    ).astype("str")


def _with_slips(rng: np.random.Generator, clean: pd.DataFrame) -> pd.DataFrame:
    found = clean.copy()
    for column, text, share in SLIPS:
        found.loc[rng.choice(len(found), _share(len(found), share), replace=False), column] = text
    twice = clean.iloc[rng.choice(len(clean), _share(len(clean), REPEATED), replace=False)]
    other = clean.iloc[rng.choice(len(clean), _share(len(clean), CONTRADICTED), replace=False)]
    return pd.concat([found, twice, other.assign(texture_grade="9.5")], ignore_index=True)


def _as_text(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    arrow_csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), stream, options)
    return stream.getvalue()


if __name__ == "__main__":
    write_file(Path(sys.argv[1]), int(sys.argv[2]))
