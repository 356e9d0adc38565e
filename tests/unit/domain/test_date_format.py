"""Dates by a format: strict, the same in every locale, against Python's own reader."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.date_format import CANONICAL, compile_format


@pytest.mark.parametrize(
    "format",
    ["%d/%m/%Y", "%m-%d-%Y", "%Y%m%d", "%d.%m.%Y %H:%M", "%d %b %Y", "%B %d, %Y", "%d/%m/%y", "%I:%M %p %d.%m.%Y"],
)
@given(moment=st.datetimes(min_value=dt.datetime(1970, 1, 1), max_value=dt.datetime(2060, 1, 1)))
def test_as_python_reads_it_in_the_c_locale(format: str, moment: dt.datetime) -> None:
    text = moment.strftime(format)
    read = compile_format(format).read(text)
    assert read is not None
    assert read[0] == dt.datetime.strptime(text, format)
    assert read[1] is ("H" in format or "I" in format)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("%d/%m/%Y", "30/02/2026"),
        ("%d/%m/%Y", "1/13/2026"),
        ("%d/%m/%Y", "2026-01-01"),
        ("%d/%m/%Y", "01/02/26"),
        ("%d/%m/%Y", "01/02/2026 10:00"),
        ("%d/%m/%Y", " 01/02/2026"),
        ("%d/%m/%Y", "٠١/٠٢/٢٠٢٦"),
        ("%d/%m/%Y", "01/02/1026"),
        ("%d.%m.%Y %H:%M", "01.02.2026 24:00"),
        ("%I:%M %p %d.%m.%Y", "13:00 pm 01.02.2026"),
        ("%d/%m/%Y", "45000"),
        ("%d/%m/%Y", "29/02/2025"),
    ],
)
def test_no_such_date(format: str, text: str) -> None:
    assert compile_format(format).read(text) is None


def test_one_digit_days_and_months_are_read() -> None:
    assert compile_format("%d/%m/%Y").read("1/2/2026") == (dt.datetime(2026, 2, 1), False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", (dt.datetime(2026, 3, 1), False)),
        ("2026-03-01 14:30", (dt.datetime(2026, 3, 1, 14, 30), True)),
        ("2026-03-01T00:00", (dt.datetime(2026, 3, 1), True)),
        ("2026-03-01T14:30:15", (dt.datetime(2026, 3, 1, 14, 30, 15), True)),
        ("2026-3-1", None),
        ("2026-02-29", None),
        ("01.03.2026", None),
        ("2026-03-01Z", None),
        ("2026-03-01 14", None),
        ("1899-12-31", None),
        ("2200-01-01", None),
        ("20260301", None),
    ],
)
def test_our_own_dates(text: str, moment: object) -> None:
    assert CANONICAL.read(text) == moment


@pytest.mark.parametrize(
    ("format", "says"),
    [
        ("?", "not settled"),
        ("", "not settled"),
        ("%d/%m", "must hold a day"),
        ("%H:%M", "must hold a day"),
        ("%d/%m/%Q", "not known"),
        ("%d/%d/%Y", "twice"),
        ("%d/%m/%Y %I:%M", "go together"),
        ("dd/mm/yyyy", "must hold a day"),
    ],
)
def test_a_format_that_settles_no_day(format: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        compile_format(format)


@pytest.mark.parametrize("text", ["%d.%m.%Y", "%m/%d/%y %I:%M %p", "%d %B %Y", "%d-%b-%y", "%Y%m%d", "100%% %d.%m.%Y"])
def test_the_example_of_a_format_is_read_by_it(text: str) -> None:
    told = compile_format(text)
    found = told.read(told.example)
    assert found is not None
    assert found[0].date() == dt.date(2026, 1, 31)
    assert CANONICAL.example == CANONICAL.text
