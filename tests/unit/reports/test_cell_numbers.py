"""Cells of several numbers taken apart: what each number is, its value, and the digits that are shown."""

from __future__ import annotations

import pytest

from analytics.domain.block import Number, Runs, Table, Text
from analytics.reports.formats.apart import apart
from analytics.reports.formats.cell_numbers import Value, value_of

MINUS = "\u2212"


def cell(*parts: str | Number) -> Runs:
    return tuple(Text(p) if isinstance(p, str) else p for p in parts)


def result(text: str, statistic: str, transform: str = "decimals:1", *, other: str = "") -> Number:
    refs = [f't|{{"outcome":"grade"}}|{name}' for name in (statistic, other) if name]
    return Number(text, "R", "\n".join(refs), transform)


def heads(*cells: Runs, head: str = "Arm") -> list[str]:
    grid = apart(Table((), (cell(""), cell(head)), tuple((cell("row"), c) for c in cells), ("l", "r")))
    return [f"{c.over}/{c.head}" if c.over else c.head for c in grid.columns[1:]]


def numbers(*cells: Runs) -> list[tuple[float | str, ...]]:
    grid = apart(Table((), (cell(""), cell("Arm")), tuple((cell("row"), c) for c in cells), ("l", "r")))
    return [tuple(c.number if isinstance(c, Value) else c for c in row[1:]) for row in grid.rows]


INTERVAL = cell(result("0.9", "estimate"), " (", result("0.4", "conf_low"), " to ", result("1.4", "conf_high"), ")")
TURNED = cell(result("0.2", "estimate"), " (", result("0.1", "conf_high"), " to ", result("0.3", "conf_low"), ")")
SHARE = cell(
    result("41", "count", "whole"), " of ", result("203", "n", "whole"), " (",
    result("20", "count", "share percent", other="n"), "\u00a0%)",
)  # fmt: skip
LIMITS = cell(
    result("20", "percent", "percent"), "\u00a0% (", result("15", "conf_low", "percent"), " to ",
    result("26", "conf_high", "percent"), ")",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number", "form"),
    [
        ("0.90", 0.9, "0.00"),
        (f"{MINUS}1.5", -1.5, "0.0"),
        ("+0.5", 0.5, "+0.0;-0.0;0.0"),
        ("4,395", 4395, "#,##0"),
        ("1,234.50", 1234.5, "#,##0.00"),
        ("< 0.001", 0.001, '"< "0.000'),
        ("> 0.99", 0.99, '"> "0.00'),
    ],
)
def test_a_told_number_keeps_its_digits(text: str, number: float, form: str) -> None:
    assert value_of(text) == Value(number, form)


@pytest.mark.parametrize(
    "text", ["three", "2024-11-23", "10\u201320", "007", "1e5", "", "\u2013", "1" * 16, f"{MINUS}0.0"]
)
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    assert value_of(text) is None


def test_an_estimate_with_its_interval_becomes_three_columns() -> None:
    assert heads(INTERVAL) == ["Arm/estimate", "Arm/from", "Arm/to"]
    assert numbers(INTERVAL) == [(0.9, 0.4, 1.4)]


def test_limits_of_a_turned_comparison_stand_in_the_order_they_are_told() -> None:
    assert numbers(INTERVAL, TURNED) == [(0.9, 0.4, 1.4), (0.2, 0.1, 0.3)]


def test_counts_of_counts_and_shares_say_percent_in_the_head() -> None:
    assert heads(SHARE) == ["Arm/number", "Arm/of", "Arm/share (%)"]
    assert heads(LIMITS) == ["Arm/share (%)", "Arm/from (%)", "Arm/to (%)"]


def test_a_number_alone_belongs_to_the_first_column_of_the_others() -> None:
    alone = cell(result("7", "median_sessions", "whole"))
    assert numbers(SHARE, alone) == [(41, 203, 20), (7, "", "")]


def test_one_number_in_every_cell_needs_no_second_head() -> None:
    assert heads(cell(result("0.01", "p_value")), cell(result("0.02", "p_value_adjusted"))) == ["Arm"]
    assert heads(cell(result("20", "percent", "percent"), " %")) == ["Arm (%)"]


def test_words_between_numbers_name_them() -> None:
    mixed = cell(result("5.1", "mean"), " (", result("1.4", "sd"), "); n = ", result("151", "n"), ", missing ",
                 result("8", "missing"))  # fmt: skip
    assert heads(mixed) == ["Arm/mean", "Arm/standard deviation", "Arm/n", "Arm/missing"]
    assert heads(cell("none; at most ", result("0.3", "high", "percent"), " %"), LIMITS)[-1] == "Arm/none at most (%)"


def test_sentences_names_and_dashes_stay_words() -> None:
    sentence = cell("What stands here is a whole sentence about ", result("3", "n"), " patients")
    name = cell(Number("007", "L", "clinic"))
    dash = cell("\u2013")
    assert numbers(sentence, name, dash, SHARE)[:3] == [
        ("What stands here is a whole sentence about 3 patients", "", ""), ("007", "", ""), ("\u2013", "", ""),
    ]  # fmt: skip


def test_heads_hold_no_digits_of_their_own() -> None:
    quartiles = cell(result("1.0", "q1"), " to ", result("2.0", "q3"), "; ", result("3.0", "depth2"))
    assert not any(char.isdigit() for head in heads(quartiles) for char in head)


def test_two_numbers_of_one_kind_get_columns_of_their_own() -> None:
    twice = cell(result("1.0", "mean"), ", ", result("2.0", "mean"))
    assert len(set(heads(twice))) == 2
    assert numbers(twice) == [(1.0, 2.0)]
