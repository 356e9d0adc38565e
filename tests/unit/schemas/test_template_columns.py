"""The columns of a template: all that a file by dates may hold, each with a unit in its name, a choice or a limit."""

from __future__ import annotations

import pytest

from schemas.columns import FILLED, REQUIRED_COLUMNS, TABLE_NAMES
from schemas.spelling import permitted
from schemas.standard import STANDARD
from schemas.template import LEFT_OUT, template

#: Unit of measurement -> how a name carries it. Units that are only a count or a scale need no sign.
SIGNS = {
    "µm": "_um", "% of dose": "_percent", "µg/cm²/h": "_ug_cm2_h", "g/m²/h": "_g_m2_h", "kPa": "_kpa", "%": "_percent",
    "pH": "_ph", "min": "_minutes", "mm": "_mm", "days": "days", "h": "hours", "years": "age",
}  # fmt: skip
SCALES = {"grade", "points", "pores", "lesions", "a.u.", "ratio", "percentile", "passes", "layers", "sessions", "year"}


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_every_column_of_ours_is_there_once_and_what_is_needed_stands_first(table: str) -> None:
    names = [column.name for column in template(table)]
    assert len(names) == len(set(names))
    assert set(names) == set(STANDARD.known(table)) - set(LEFT_OUT)
    needed = [group[0] for group in REQUIRED_COLUMNS[table]]
    assert names[: len(needed)] == needed
    assert {c.name for c in template(table) if c.needed} == set(needed)
    assert {c.name for c in template(table) if c.filled} >= set(FILLED[table])


def test_a_reading_with_a_unit_of_measurement_has_it_in_its_name() -> None:
    for column in template("sessions"):
        assert column.unit in SCALES or not column.unit or SIGNS[column.unit] in column.name, column


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_every_column_says_what_it_is_what_may_stand_there_and_an_example(table: str) -> None:
    for column in template(table):
        assert column.label
        assert column.what
        assert column.values
        assert column.example


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_the_choices_of_a_closed_column_are_all_that_is_permitted(table: str) -> None:
    for column in template(table):
        codes = permitted(STANDARD, column.name)
        if codes is not None and column.name != "serious":
            assert tuple(code for code, _ in column.codes) == codes
            assert not column.open


def test_no_other_table() -> None:
    with pytest.raises(KeyError, match="choose from sessions"):
        template("people")
