"""Random lines with a list of visits: only faulty entries go, unless a key is bad or nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from clinic_files import balanced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.domain.dataset import Sifted
from analytics.domain.errors import DataRefused
from analytics.intake.sift import sift
from analytics.sources.read import read

VISITS = (0, 4, 12)
MAPPING = {
    "columns": {
        "patient_id": {"row_number": True},
        "treatment": "arm",
        "dlqi": [{"from": f"q{v}", "visit": v} for v in VISITS],
        "inflammatory_lesions": [{"from": f"s{v}", "visit": v} for v in VISITS[:2]],
    }
}
GOOD = {"", "3", "10"}
FOLDER: dict[str, Path] = {}

cell = st.sampled_from(["", "", "3", "10", "-1", "x", "3.5"])
line = st.tuples(st.sampled_from(["chemical_peel", "", "laser"]), cell, cell, cell, cell, cell)


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    FOLDER["at"] = tmp_path_factory.mktemp("lists")


def sifted(lines: list[tuple[str, ...]]) -> Sifted:
    path = FOLDER["at"] / "wide.csv"
    path.write_text("\n".join(["arm,q0,q4,q12,s0,s4", *(",".join(cells) for cells in lines)]) + "\n")
    try:
        return sift(read([path], [MAPPING]))
    except DataRefused as refused:
        return refused.sifted  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(line.filter(lambda cells: any(cells)), min_size=1, max_size=12))
def test_entries_and_lines(lines: list[tuple[str, ...]]) -> None:
    found = sifted(lines)
    faulty = [[text not in GOOD for text in cells[1:]] for cells in lines]
    left = [[text != "" and text in GOOD for text in cells[1:]] for cells in lines]
    goes = [cells[0] == "laser" or (any(f) and not any(ok)) for cells, f, ok in zip(lines, faulty, left)]
    assert balanced(found)
    assert found.rows["quarantined"] == sum(goes)
    assert found.rows["entries_quarantined"] == sum(sum(f) for f, gone in zip(faulty, goes) if not gone)
    expected = [
        (row, float(visit), name, float(text))
        for row, (cells, gone) in enumerate(zip(lines, goes), start=2)
        if not gone
        for (name, visit), text in zip([*(("dlqi", v) for v in VISITS), *(("spots", v) for v in VISITS[:2])], cells[1:])
        if text in GOOD and text
    ]
    frame = found.sessions
    read_back = [
        (int(row), float(visit), name, float(value))
        for column, name in (("dlqi", "dlqi"), ("inflammatory_lesions", "spots"))
        for row, visit, value in frame.loc[frame[column].notna(), ["_row", "visit", column]].itertuples(index=False)
    ]
    assert sorted(read_back) == sorted(expected)
