"""The page on the screen: 80 columns, 40 lines, the dearest fault first, warnings apart, whatever the file holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from clinic_files import ClinicFiles

from analytics.cli.pages import LONGEST_PAGE, WIDTH, validation_page
from analytics.intake.loss import Losses, losses
from analytics.intake.sift import sift
from schemas.named_rules import NAMED
from schemas.rule_words import TITLES, title

HEAD = "patient_id,session_date,treatment,texture_grade,inflammatory_lesions\n"
FINE = "a,2026-01-01,chemical_peel,5,10\nb,2026-01-01,dermal_roller,6,12\n"


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)


def shown(clinic: ClinicFiles, rows: str, most: int = 200_000) -> list[str]:
    data = clinic.read(HEAD + FINE + rows, name="visits.csv")
    found = sift(data)
    return list(validation_page(found, losses(data, found, most=most)))


def test_a_clean_file_is_one_line(clinic: ClinicFiles) -> None:
    assert shown(clinic, "") == ["2 rows received = 2 accepted + 0 set aside"]


def test_the_dearest_fault_comes_first_with_places_and_what_to_do(clinic: ClinicFiles) -> None:
    page = shown(
        clinic, "a,2026-02-01,,12,\na,2026-02-02,,13,\na,2026-02-03,,14,\na,2026-02-04,,15,\nc,2026-02-01,laser,4,\n"
    )
    assert page[1] == "What was set aside costs the comparison 5 readings and 1 patient."
    told = "\n".join(page)
    assert told.index("1 treatment that is not known (treatment): costs 1 reading and 1 patient") < told.index(
        "4 values outside what is possible (range): costs 4 readings"
    )
    assert told.count("visits.csv row ") == 4, "the one treatment, three of the four values"
    assert "      visits.csv row 4, texture_grade: '12'" in page
    assert told.count("What to do: ") == 2


def test_warnings_stand_apart(clinic: ClinicFiles) -> None:
    page = shown(clinic, "a,2026-02-01,,12,\nb,2026-02-01,,5,450\n")
    at = page.index("Please check: the row is used as it is")
    assert page.index("What is wrong: the row (or entry) was set aside") < at
    assert "  1 unusual value (soft_range)" in page[at:]


def test_a_large_file_says_that_the_cost_is_not_counted(clinic: ClinicFiles) -> None:
    assert "What this costs the comparison is not counted for a file of this size." in shown(
        clinic, "a,x,,4,\n", most=2
    )


def every_kind(count: int) -> pd.DataFrame:
    """A quarantine with ``count`` faults of every rule there is, in columns with very long names."""
    rows = [
        ("sessions", "a very long file name of a clinic that nobody should have chosen.csv", n, f"column {'x' * 70}{n}",
         rule.id, rule.severity, f"value {'y' * 400}", f"{rule.sentence} {'z ' * 40}", rule.fix)
        for rule in NAMED.values() for n in range(count)
    ]  # fmt: skip
    names = ["table", "file", "row", "column", "rule", "severity", "value", "must", "fix"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize("count", [1, 4])
def test_never_more_than_a_screen(count: int, clinic: ClinicFiles) -> None:
    from dataclasses import replace

    from analytics.intake.loss import Loss

    sifted = replace(
        clinic.sift(HEAD + FINE), quarantine=every_kind(count), notes=tuple(f"note {'n' * 300}" for _ in range(9))
    )
    page = list(validation_page(sifted, Losses(Loss(1))))
    assert len(page) <= LONGEST_PAGE + 8, "a first kind is always told in full"
    assert max(map(len, page)) <= WIDTH


def test_control_characters_and_line_breaks_cannot_disturb_the_screen(clinic: ClinicFiles) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["c", "2026-01-02", "\x1b[31mred\r\n\u202eevil", "1", "1"])
    told = "\n".join(shown(clinic, line.getvalue()))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "\r" not in told


def test_every_rule_has_a_plain_name_for_one_and_for_several() -> None:
    assert set(NAMED) <= set(TITLES)
    for rule in NAMED:
        assert title(rule, 1) == TITLES[rule][0]
        assert title(rule, 5) == TITLES[rule][1]
    assert title("a_rule_of_the_clinic") == "a rule of the clinic"
