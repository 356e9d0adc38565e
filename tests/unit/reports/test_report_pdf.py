"""The PDF: tagged, in two free fonts, page one on one page, and whatever somebody typed is only ever text."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import awkward_labels
import pdf_read
import pytest
import report_by_hand as by_hand
from nbformat import NotebookNode

from analytics.domain.block import Answer, Answers, Block, Paragraph, Table, Text
from analytics.domain.errors import NotWritten, OutcomesError
from analytics.domain.run import Run
from analytics.reports.formats import pdf, pdf_glyphs, pdf_prose, pdf_tables
from analytics.reports.story import figures, story

FONTS = {
    "AtkinsonHyperlegible-Regular",
    "AtkinsonHyperlegible-Bold",
    "AtkinsonHyperlegible-Italic",
    "Lato-Regular",
    "Lato-Bold",
}
MARKUP = [
    "#import \"@preview/x:1.0.0\": y", "$x^2$", "*strong* _em_", "@label", "back\\slash \\u{41}", "// comment",
    "/* comment */", "<x>", "#panic()", "= heading", "`raw`", "]#eval(\"1\")[", "https://x.example/a~b--c", "\"};",
]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf.render(by_hand.notebook(), by_hand.run())


def told(*blocks: Block, run: Run | None = None) -> bytes:
    """A report whose page one is made by hand and whose evidence are the blocks."""
    cells = (("blocks", by_hand.page_one()), ("markdown", "## Evidence"), ("blocks", blocks))
    return pdf.render(by_hand.executed(*cells), run or by_hand.run())


def words(content: bytes) -> str:
    return " ".join("\n".join(pdf_read.page_texts(content)).split())


def test_same_bytes_twice(made: bytes) -> None:
    assert pdf.render(by_hand.notebook(), by_hand.run()) == made


def test_it_says_what_it_is(made: bytes) -> None:
    opened = pdf_read.opened(made)
    metadata = opened.open_metadata()
    assert metadata.pdfa_status == "2A"
    assert "<pdfuaid:part>1</pdfuaid:part>" in str(metadata)
    assert str(opened.Root.Lang) == "en"
    assert bool(opened.Root.MarkInfo.Marked)
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
    assert (
        str(opened.docinfo.Title)
        == "Grade improved more after the cream than after the vehicle. – Effectiveness review"
    )
    assert by_hand.FACTS["run_id"] in str(opened.docinfo.Subject)


@pytest.mark.parametrize(("cutoff", "day"), [("2026-03-31", "20260331"), (None, "19700101")])
def test_its_date_is_the_cut_off(cutoff: str | None, day: str) -> None:
    run = by_hand.run()
    dated = replace(run, facts={**run.facts, "cutoff": cutoff})
    opened = pdf_read.opened(pdf.render(by_hand.notebook(), dated))
    found = opened.docinfo
    assert {str(found.CreationDate)[:10], str(found.ModDate)[:10]} == {f"D:{day}"}


def test_only_our_fonts_and_all_of_them_embedded(made: bytes) -> None:
    found = pdf_read.fonts(pdf_read.opened(made))
    assert found
    assert all(found.values())
    assert set(found) <= FONTS
    assert "AtkinsonHyperlegible-Regular" in found


def test_every_picture_is_told_in_words(made: bytes) -> None:
    opened = pdf_read.opened(made)
    found = [str(tag.Alt) for tag in pdf_read.tags(opened) if tag.S == "/Figure"]
    assert found == ["".join(run.text for run in f.alt) for f in figures(story(by_hand.notebook()))]


def test_tables_lists_and_headings_are_tagged(made: bytes) -> None:
    kinds = [str(tag.S) for tag in pdf_read.tags(pdf_read.opened(made))]
    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD", "/Caption", "/L", "/LI", "/TOC", "/Link"} <= {*kinds}
    levels = [int(kind[2]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_bookmarks_lead_to_every_heading(made: bytes) -> None:
    found = pdf_read.bookmarks(made)
    titles = [title for _, title, _ in found]
    asked = [
        "How far apart the treatments are", "Over the course", "How sure can you be?", "Before you act", "Contents",
        "Who is in the data", "Level skipped", "Each outcome", "Grade", "The numbers behind the pictures",
    ]  # fmt: skip
    assert titles[1 : len(asked) + 1] == asked
    assert next(page for _, title, page in found if title == "Contents") == 2


@pytest.mark.parametrize("notebook", [by_hand.notebook(), by_hand.crowded()], ids=["usual", "crowded"])
def test_page_one_is_page_one(notebook: NotebookNode) -> None:
    """All of it, with nothing left out, and the evidence begins behind it."""
    pages = pdf_read.page_texts(pdf.render(notebook, by_hand.run()))
    first = " ".join(pages[0].split())
    for part in ("142 patients had a first course", "121 of 142" if "Spots" in first else "58 of 80", "Before you act"):
        assert part in first
    assert first.rstrip().endswith("plan “Spring review”")
    assert pages[1].lstrip().startswith("Contents")


def answers(count: int) -> list[Block]:
    """Page one with so many outcomes."""
    (full,) = [b for b in by_hand.page_one() if isinstance(b, Answers)]
    many = tuple(
        Answer((Text(f"Outcome {'abcdefghij'[i % 10]}{'k' * (i // 10)}"),), full.items[1].tag, *_texts(full))
        for i in range(count)
    )
    return [Answers(many) if isinstance(b, Answers) else b for b in by_hand.page_one()]


def _texts(full: Answers) -> Any:
    return full.items[0].sentence, full.items[0].small


@pytest.mark.parametrize("count", [8, 14, 40, 90])
def test_many_outcomes_shrink_and_then_move_behind(count: int) -> None:
    cells = (("blocks", answers(count)), ("markdown", "## Evidence"), ("blocks", [by_hand.wide_table()]))
    pages = pdf_read.page_texts(pdf.render(by_hand.executed(*cells), by_hand.run()))
    assert pages[1].lstrip().startswith("Contents")
    assert " ".join(pages[0].split()).count("no difference shown") == count
    everything = " ".join("".join(pages).split())
    assert everything.count("whether a patient would notice it is open") == count
    assert everything.count("patients seen at week 12") == count


def test_page_one_without_end_still_ends() -> None:
    pages = pdf_read.page_texts(pdf.render(awkward_labels.notebook(), by_hand.run()))
    assert pages[1].lstrip().startswith("Contents")
    assert "The rest of this page stands behind the contents." in pages[0]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text(text: str) -> None:
    """In a heading, a cell, a paragraph, a point and a caption: five times as it was typed."""
    table = Table((Text(text),), ((Text("A"),),), (((Text(text),),),))
    heading = Paragraph((Text(text),), role="heading", level=3)
    found = words(told(heading, Paragraph((Text(text),)), Paragraph(items=((Text(text),),)), table))
    assert found.count(" ".join(text.split())) == 6  # and once in the contents


def test_what_the_fonts_lack_is_a_box() -> None:
    found = words(pdf.render(awkward_labels.notebook(), by_hand.run()))
    assert "□□□□ clinic" in found
    assert "a□b□c□d" in found
    assert "half □ pair" in found
    assert "stands for a character that the fonts of this file do not have" in found
    assert "stands for a character" not in words(pdf.render(by_hand.notebook(), by_hand.run()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë → ½", "Zoë → ½"), ("a\u200db\u00adc\u202ed", "abc□d"), ("\uf8ff", "□"),
        ("x\u2009y\u202fz", "x y\u00a0z"), ("→e\u0301", "→é"),
        ("\u76ae\u819a", "□□"), ("\U0001f9d1\u200d\u2695\ufe0f", "□□"), ("\x00\ud800", "□□"), ("a\nb\tc", "a b c"),
        ("\u03b1 \u0416", "\u03b1 \u0416"), ("\u05e9\u05b8", "□"), ("\u0301x", "\u0301x"),
    ],
)  # fmt: skip
def test_characters_one_by_one(text: str, shown: str) -> None:
    assert pdf_glyphs.shown(text) == shown


def test_the_fonts_have_no_letter_that_runs_from_right_to_left() -> None:
    """Such words are boxes, so nothing can carry off the number behind them; with other fonts they must be isolated."""
    plain, symbols = pdf_glyphs._known()
    turned = {char for char in plain | symbols if unicodedata.bidirectional(char) in ("R", "AL")}
    assert {unicodedata.category(char) for char in turned} <= {"Cf"}


def test_every_character_that_is_shown_can_be_set() -> None:
    """All characters of both fonts go through typst with PDF/UA-1, alone and as they come."""
    plain, symbols = pdf_glyphs._known()
    every = pdf_glyphs.shown("".join(sorted(plain | symbols)))
    assert told(Paragraph((Text(every),)), Paragraph(items=tuple((Text(char),) for char in sorted(set(every)))))


def test_a_warning_fails_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    template = tmp_path / "report.typ"
    template.write_text(pdf.TEMPLATE.read_text() + '\n#text(font: "No such font")[x]\n')
    monkeypatch.setattr(pdf, "TEMPLATE", template)
    with pytest.raises(NotWritten, match="unknown font family") as caught:
        pdf.render(by_hand.notebook(), by_hand.run())
    assert isinstance(caught.value, OutcomesError)


def test_an_error_of_typst_is_one_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    template = tmp_path / "report.typ"
    template.write_text("#panic()")
    monkeypatch.setattr(pdf, "TEMPLATE", template)
    with pytest.raises(NotWritten, match="must be set without a fault"):
        pdf.render(by_hand.notebook(), by_hand.run())


@pytest.mark.parametrize("columns", [2, 9, 16, 40, 90])
def test_no_table_runs_off_the_page(columns: int) -> None:
    parts = list(pdf_tables.tables(by_hand.wide_table(columns)))
    for part in parts:
        room = pdf_tables.ACROSS if part["across"] else pdf_tables.UPRIGHT
        assert sum(part["fit"]) * part["size"] <= room + 1e-6
        assert part["size"] >= pdf_tables.SIZES[-1]
    assert sum(len(part["head"]) - 1 for part in parts) == columns
    assert words(told(by_hand.wide_table(columns))).count(f"−{columns - 1}.5") == 2


def test_long_tables_repeat_their_header() -> None:
    rows = tuple(((Text("row"),), (Text("x"),)) for _ in range(150))
    table = Table((Text("Long"),), ((Text("Some head"),), (Text("B"),)), rows, ("l", "r"))
    content = told(table)
    kinds = [str(tag.S) for tag in pdf_read.tags(pdf_read.opened(content))]
    assert words(content).count("Some head") == 1, "a repeated header is an artifact"
    assert kinds.count("/THead") == 3  # this table and the numbers of two pictures
    assert _as_printed(content).count("Some head") == 3


def _as_printed(content: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_running_header_names_run_and_page(made: bytes) -> None:
    assert f"run {by_hand.FACTS['run_id']}" in _as_printed(made)
    assert "Page 1 of 3" in _as_printed(made)
    assert "Page 3 of 3" in _as_printed(made)


def test_a_notebook_without_a_headline() -> None:
    cells: Sequence[Any] = (("blocks", [Paragraph((Text("Only this."),))]), ("markdown", "## Then"))
    content = pdf.render(by_hand.executed(*cells), by_hand.run())
    assert next(str(tag.S) for tag in pdf_read.tags(pdf_read.opened(content)) if str(tag.S).startswith("/H")) == "/H1"
    assert pdf.render(by_hand.executed(("blocks", [])), by_hand.run())


def test_prose() -> None:
    made = pdf_prose.paragraphs(
        "<p>a <em>b</em> &lt;c&gt;</p>\n<ul>\n<li><p>d</p>\n</li>\n<li>e</li></ul><pre><code>f</code></pre>"
    )
    assert made == [
        {"k": "par", "role": "text", "runs": ["a ", ["i", "b"], " <c>"]},
        {"k": "list", "items": [["d"], ["e"]]},
        {"k": "par", "role": "text", "runs": [["c", "f"]]},
    ]
