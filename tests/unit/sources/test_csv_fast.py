"""The fast CSV reader: where it answers at all, it answers as the csv module does; ragged and old files included."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.errors import DataRefused
from analytics.sources import csv_fast
from analytics.sources import text as texts
from analytics.sources.csv_fast import fast, well_quoted
from analytics.sources.csv_strict import Body, strict

WIDTH = 3
pieces = st.lists(
    st.sampled_from(['"', '""', ",", "a", "1", " ", "é", "\n", "\r\n", "\r", ",,,\n", "a,b,c\n"]), max_size=30
)


def told(body: Body) -> tuple[list[int], list[list[str]], list]:
    """Numbers, cells and misfits of a body, without blank records (the grid drops them)."""
    filled = np.any([codes >= 0 for _, codes, _ in body.columns], axis=0)
    cells = [["" if c < 0 else str(t[c]) for c in codes[filled]] for t, codes, _ in body.columns]
    return body.numbers[filled].tolist(), cells, list(body.misfits)


@settings(max_examples=400, deadline=None)
@given(pieces)
def test_a_file_read_as_two_halves_is_the_same_file(parts: list[str]) -> None:
    data = "".join(parts).encode()
    whole = fast(data, 0, ",", WIDTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_fast, "LARGE", 1)
        halves = fast(data, 0, ",", WIDTH)
    assert (whole is None) == (halves is None)
    if whole is not None and halves is not None:
        assert told(whole) == told(halves)
        assert whole.numbers.tolist() == halves.numbers.tolist()


@settings(max_examples=400, deadline=None)
@given(pieces)
def test_what_the_fast_reader_reads_the_csv_module_reads_alike(parts: list[str]) -> None:
    text = "".join(parts)
    found = fast(f"x,y,z\n{text}".encode(), 6, ",", WIDTH)
    if found is not None:
        assert told(found) == told(strict(text, ",", WIDTH, "f.csv", 1))


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3,\n4,5,6,\n7,8,9,\n",  # every row ends with a separator
        "1,2,3,\n4,5,6\n7,8,9,x\n,,,\n1,2\n",
        "1,2,3\n4,5,6,\n7,8,9,,\n",
        "1,2,3\r4,5,6\r\r7,8\r",
        "1,2,3\r4,5,6\n7,8,9\r\n1\n",
        '"1","2",3\n"4","a, ""b""","two\nlines"\n',
        "1,2,3\n\n \n4,5,6",
    ],
)
def test_files_that_need_no_second_reader(text: str) -> None:
    found = fast(text.encode(), 0, ",", WIDTH)
    assert found is not None
    assert told(found) == told(strict(text, ",", WIDTH, "f.csv", 1))


@pytest.mark.parametrize("text", ['1,"2,3\n4,5,6\n', '1,2"2,3\n', '"1\r\n2","x",3\r4,5,6\r', '1,"2" ,3\n'])
def test_files_that_only_the_csv_module_may_judge(text: str) -> None:
    assert fast(text.encode(), 0, ",", WIDTH) is None


@settings(max_examples=400, deadline=None)
@given(pieces)
def test_quotes_belong_to_whole_cells(parts: list[str]) -> None:
    text = "".join(parts)
    cell = re.compile(r'(?:(?<=[,\r\n])|\A)"[^"]*(?:""[^"]*)*"(?=[,\r\n]|\Z)')
    assert well_quoted(text.encode(), 0, ",") == ('"' not in cell.sub("", text))


@given(st.binary(max_size=60))
def test_control_characters_are_counted_one_by_one(content: bytes) -> None:
    assert texts._controls(content) == sum(content.count(bytes([code])) for code in texts._CONTROLS)


@given(st.binary(max_size=40))
def test_what_is_utf8_is_what_python_says(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            texts._read_through(content)
    else:
        texts._read_through(content)


def test_parts_of_a_file_may_end_inside_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "PART", 1)
    assert texts.as_utf8("ü,€,😀\n".encode(), "f.csv") == ("ü,€,😀\n".encode(), ())
    with pytest.raises(DataRefused):
        texts.as_utf8("ü".encode()[:1], "f.csv")
