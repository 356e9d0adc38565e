"""The PDF from outside: every number of the blocks and no other, page one on one page, the same bytes anywhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pdf_read
import pytest
import report_by_hand as by_hand
from command_line import OTHERS
from told_numerals import drawing_texts, numerals, story_numerals

from analytics.domain.block import Figure
from analytics.domain.run import Run
from analytics.reports.formats import pdf
from analytics.reports.formats.pdf_story import about
from analytics.reports.sealed import open_sealed
from analytics.reports.story import Heading, Story, figures, plain, story

ROOT = Path(__file__).resolve().parents[2]
PAGE = re.compile(r"(?:Numbers|picture):\s+page\s+(\d+)")
ELSEWHERE = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
import report_by_hand as by_hand
from analytics.reports.formats import pdf
print(hashlib.sha256(pdf.render(by_hand.notebook(), by_hand.run())).hexdigest())
"""


class Made:
    """A story, its run and its PDF."""

    def __init__(self, told: Story, run: Run) -> None:
        self.told = told
        self.content = pdf.render(None, run, told=told)  # type: ignore[arg-type]
        self.pages = pdf_read.page_texts(self.content)


@pytest.fixture(scope="module")
def by_hand_made() -> Made:
    return Made(story(by_hand.notebook()), by_hand.run())


@pytest.fixture(scope="module")
def example(example_report: Path) -> Made:
    notebook = nbformat.read(example_report / "report.ipynb", as_version=4)
    return Made(story(notebook), open_sealed(example_report))


@pytest.fixture(params=["by_hand_made", pytest.param("example", marks=pytest.mark.long)])
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def test_it_tells_the_numbers_of_the_blocks_and_no_others(made: Made) -> None:
    """Contents, page references and the headings of the appendix are the PDF's own: they are told twice."""
    found = numerals("\n".join(made.pages))
    expected = story_numerals(made.told) + _contents(made) + _references(made) + _appendix(made.told)
    assert (found - expected, expected - found) == (Counter(), Counter())


def _listed(made: Made) -> list[tuple[str, int]]:
    """Title and page of the contents' entries, as the bookmarks have them."""
    found = pdf_read.bookmarks(made.content)
    start = next(at for at, (_, title, _) in enumerate(found) if title == "Contents")
    end = next(at for at, (_, title, _) in enumerate(found) if title == "The numbers behind the pictures")
    return [(title, page) for depth, title, page in found[start + 1 : end + 1] if depth <= 3]


def _contents(made: Made) -> Counter[str]:
    listed = _listed(made)
    headings = [plain(h.runs) for h in made.told.headings if h.level <= 3]
    assert [title for title, _ in listed[:-1]] == headings
    return sum((numerals(f"{title}\n{page}") for title, page in listed), Counter())


def _references(made: Made) -> Counter[str]:
    """From a picture to the page of its numbers, and from there back."""
    pages = [(at, int(page)) for at, text in enumerate(made.pages, start=1) for page in PAGE.findall(text)]
    with_numbers = [figure for figure in figures(made.told) if figure.data]
    assert len(pages) == 2 * len(with_numbers)
    assert {(there, here) for here, there in pages} == set(pages), "every reference has its way back"
    return Counter(str(page) for _, page in pages)


def _appendix(told: Story) -> Counter[str]:
    """The headings under which the figures stand, and what each figure shows."""
    found: Counter[str] = Counter()
    heading = last = ""
    for element in (*told.page_one, *told.evidence):
        if isinstance(element, Heading):
            heading = plain(element.runs)
        if isinstance(element, Figure) and element.data:
            found += numerals(plain(about(element)))
            found += numerals(heading) if heading != last else Counter()
            last = heading
    return found


def test_it_draws_the_numbers_of_the_drawings(made: Made) -> None:
    """By their signs: a PDF does not say where a text of a drawing ends."""
    found = "".join(pdf_read.drawing_texts(made.content))
    drawn = "".join(text for figure in figures(made.told) for text in drawing_texts(figure))
    assert _signs(found) == _signs(drawn)


def _signs(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign.isdigit() or sign == "\u2212")


def test_page_one_is_one_page_and_the_evidence_begins_on_the_second(made: Made) -> None:
    first = "".join(made.pages[0].split())
    for text in [plain(e.runs) for e in made.told.page_one if isinstance(e, Heading)]:
        assert "".join(text.split()) in first
    assert made.pages[1].lstrip().startswith("Contents")
    assert _listed(made)[0][1] == 2
    assert "The answers in full" not in "".join(made.pages)


@pytest.mark.long
@pytest.mark.parametrize("stem", ["report", *OTHERS])
def test_page_one_of_every_report_is_one_a4_page_in_plain_words(every_report: Path, stem: str) -> None:
    content = (every_report / f"{stem}.pdf").read_bytes()
    pages = pdf_read.page_texts(content)
    assert pages[1].lstrip().startswith("Contents")
    opened = pdf_read.opened(content)
    assert [round(float(side)) for side in opened.pages[0].MediaBox] == [0, 0, 595, 842]
    assert json.loads((every_report / "receipt.json").read_bytes())["run_id"][:12] in pages[0]
    assert re.findall(r"[\u0370-\u03ff]|\bp\s*[=<>]|\bCI\b", pages[0]) == []


@pytest.mark.long
def test_two_reports_count_the_same_sessions(every_report: Path) -> None:
    """Sessions with different treatments on the sides count once where serious events are told."""
    told = []
    for stem in ("report", "safety_review"):
        page = " ".join(pdf_read.page_texts((every_report / f"{stem}.pdf").read_bytes())[0].split())
        found = re.search(r"serious adverse events? \w+ reported in (\d+) sessions", page)
        assert found is not None, page
        told.append(found[1])
    assert told[0] == told[1]


def test_tags_fonts_and_descriptions(made: Made) -> None:
    opened = pdf_read.opened(made.content)
    found = [tag for tag in pdf_read.tags(opened) if tag.S == "/Figure"]
    assert [str(tag.Alt) for tag in found] == [plain(figure.alt) for figure in figures(made.told)]
    fonts = pdf_read.fonts(opened)
    assert all(fonts.values())
    assert {name.partition("-")[0] for name in fonts} == {"AtkinsonHyperlegible", "Lato"}


def test_the_same_bytes_in_another_folder_home_time_zone_and_with_another_hash_seed(
    by_hand_made: Made, tmp_path: Path
) -> None:
    env = {
        **os.environ, "HOME": str(tmp_path), "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "4711",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(ROOT / "tests" / "unit" / "reports")],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == hashlib.sha256(by_hand_made.content).hexdigest()
    assert list(tmp_path.iterdir()) == []
