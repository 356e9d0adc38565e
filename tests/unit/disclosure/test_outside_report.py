"""Every format of an outside copy: what is told of a count is a multiple of the least cell, or words, drawings too."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

import pytest
from test_outside_copy import LEAST, house_run

from analytics.disclosure.copy import disclose
from analytics.domain.block import Answers, Figure, Number, Paragraph, Runs, Table
from analytics.domain.hidden import COUNT_STATISTICS, COUNTS
from analytics.domain.run import Run
from analytics.reports.formats import FORMATS
from analytics.reports.narrate import narrate
from analytics.reports.sealed import seal
from analytics.reports.story import Element, Heading, Story, figures, story
from analytics.show.numbers import apply

WHOLE = ("whole", "sum whole", "lost whole")
SVG_TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture(scope="module")
def outside() -> Run:
    return disclose(house_run(90, 2, 1)).run


@pytest.fixture(scope="module")
def notebook(outside: Run) -> object:
    return narrate(seal(outside))


def runs_of(element: Element) -> Iterator[Runs]:
    if isinstance(element, (Heading, Paragraph)):
        yield element.runs
        yield from getattr(element, "items", ())
    elif isinstance(element, Table):
        yield from (element.caption, element.note, *element.columns, *(cell for row in element.rows for cell in row))
    elif isinstance(element, Figure):
        yield from (element.alt, element.caption)
        yield from runs_of(element.data) if element.data else ()
    elif isinstance(element, Answers):
        for one in element.items:
            yield from (one.label, one.tag.runs, one.sentence, one.small)


def numbers_of(told: Story) -> list[Number]:
    pieces = (run for element in (*told.page_one, *told.evidence) for runs in runs_of(element) for run in runs)
    return [piece for piece in pieces if isinstance(piece, Number)]


def is_count(ref: str) -> bool:
    table, _, rest = ref.partition("|")
    statistic = rest.rpartition("|")[2]
    return statistic in COUNTS.get(table, ()) or (statistic in COUNT_STATISTICS and "value" in COUNTS.get(table, ()))


def allowed(text: str) -> bool:
    if text in ("not shown", f"fewer than {LEAST}"):
        return True
    return int(text.replace(",", "").replace("\u2212", "-")) % LEAST == 0


@pytest.mark.long
def test_every_told_count_is_coarse(outside: Run, notebook: object) -> None:
    told = numbers_of(story(notebook))  # type: ignore[arg-type]
    counts = [n for n in told if n.kind == "R" and all(map(is_count, n.ref.split("\n"))) and _plain(n)]
    assert len(counts) > 200
    assert [n for n in counts if not allowed(n.text)] == []
    assert {"not shown", f"fewer than {LEAST}"} <= {n.text for n in counts}
    values = outside.results.set_index("id")["value"]
    for n in counts:
        assert apply(n.transform, [values[ref] for ref in n.ref.split("\n")]) == n.text


def _plain(n: Number) -> bool:
    return n.transform in WHOLE or n.transform.startswith(("fewer", "not_shown"))


@pytest.mark.long
def test_page_one_says_that_counts_are_rounded(notebook: object) -> None:
    told = story(notebook)  # type: ignore[arg-type]
    page = " ".join("".join(run.text for run in runs) for element in told.page_one for runs in runs_of(element))
    assert f"counts rounded to {LEAST}, may not add up" in page
    assert "rows received" not in page


@pytest.mark.long
def test_pages_hold_no_exact_row_count_and_drawings_hold_coarse_counts(outside: Run, notebook: object) -> None:
    made = {name: FORMATS[name](notebook, outside) for name in ("html", "ipynb")}  # type: ignore[arg-type]
    pages: Mapping[str, bytes] = made
    for name, content in pages.items():
        assert not [word for word in (b"12347", b"secret", b"Smith") if word in content], name
    for figure in figures(story(notebook)):  # type: ignore[arg-type]
        words = ["".join(one.itertext()) for one in ET.fromstring(figure.svg).iter(SVG_TEXT)]
        if "patients seen:" in words:
            below = [text for text in words[words.index("patients seen:") :] if re.fullmatch(r"\d+", text)]
            assert all(allowed(text) for text in below)
