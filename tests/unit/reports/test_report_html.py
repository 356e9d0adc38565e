"""The HTML report: one file that asks for nothing, in good order for a reader's ear, and safe whatever is typed."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from page import Element, read
from report_by_hand import FOREST, executed, figure, number, page_one, runs
from report_by_hand import run as hand_made_run

from analytics.domain.block import Answer, Answers, Paragraph, Table, Text
from analytics.domain.printable import printable
from analytics.domain.run import Run
from analytics.reports.formats import FORMATS, html, ipynb

HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "&lt;b&gt; &amp;",
    "{{ 7*7 }}{% x %}",
    "\u05e9\u05dc\u05d5\u05dd \u202eevil\u202c", "\U0001f9f4\u200d\U0001f525", "a\x00b\x1bc\x08", "]]>", "--><!--",
    "a" * 500,
]  # fmt: skip


@pytest.fixture
def page(notebook: NotebookNode, run: Run) -> Element:
    return read(html.render(notebook, run))


def test_same_bytes_twice_in_every_format(notebook: NotebookNode, run: Run) -> None:
    for name, render in FORMATS.items():
        assert render(notebook, run) == render(notebook, hand_made_run()), name


def test_it_asks_for_nothing_and_runs_nothing(notebook: NotebookNode, run: Run) -> None:
    text = html.render(notebook, run).decode()
    page = read(text.encode())
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert not list(page.every("script", "link", "iframe", "object", "img"))
    for element in page.every():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("href", "src"):
            assert element.attributes.get(name, "#").startswith(("#", "data:text/csv"))


def test_the_policy_permits_the_style_sheet_and_nothing_else(notebook: NotebookNode, run: Run) -> None:
    text = html.render(notebook, run).decode()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    (policy,) = [e.attributes["content"] for e in read(text.encode()).every("meta") if "http-equiv" in e.attributes]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "@import" not in style
    assert "url(" not in style


def test_headings_and_ids(page: Element) -> None:
    levels = [int(h.tag[1]) for h in page.every("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    ids = [e.attributes["id"] for e in page.every() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.every():
        assert set(element.attributes.get("aria-labelledby", "").split()) <= set(ids)
        if element.attributes.get("href", "").startswith("#"):
            assert element.attributes["href"][1:] in ids


def test_the_contents_come_after_page_one_and_name_every_section(page: Element) -> None:
    main = page.first("main")
    assert [e.tag for e in main.children if isinstance(e, Element)] == ["article", "nav", "div"]
    assert [a.text for a in main.first("nav").every("a")] == ["Who is in the data", "Each outcome"]
    assert page.first("title").text.startswith("Grade improved more")
    assert "7f3a2c91" in page.first("article").first("footer").text


def test_every_figure_has_words_and_numbers(page: Element) -> None:
    found = list(page.every("figure"))
    assert len(found) == 3
    for each in found:
        svg = each.first("svg")
        assert svg.attributes["role"] == "img"
        assert svg.first("desc").text
        assert each.first("details").first("table")
        assert each.first("figcaption").text


def test_every_table_has_headers_a_caption_and_can_be_saved(page: Element) -> None:
    found = [e for e in page.every("div") if e.attributes.get("class") == "table"]
    assert len(found) == 5
    for each in found:
        assert each.first("caption").text
        assert all(th.attributes["scope"] in ("col", "row") and th.text for th in each.every("th"))
        rows = [[c.text for c in row.every("th", "td")] for row in each.every("tr")]
        links = list(each.every("a"))
        assert bool(links) == (len(rows) > 1), "an empty table has nothing to save"
        for link in links:
            content = unquote(link.attributes["href"].removeprefix("data:text/csv;charset=utf-8,"))
            assert content.startswith("\ufeff")
            saved = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
            assert saved == [[cell.replace("\u2212", "-") for cell in row] for row in rows]
    names = [e.attributes["download"] for e in page.every("a") if "download" in e.attributes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("label", HOSTILE)
def test_whatever_a_label_holds_is_shown_as_text(label: str, run: Run) -> None:
    told = [
        Paragraph(runs(Text(label)), role="headline"),
        Paragraph(runs(Text(label, "soft"), number(label, "L")), items=(runs(Text(label, "strong")),)),
        Answers((Answer(runs(label), Paragraph(runs(label), role="tag", mood="better"), runs(label), runs(label)),)),
        Paragraph(runs(label), role="heading", anchor=label),
        Table(
            runs(label),
            (runs(label), runs("x")),
            ((runs(label), runs(number("1"))),),
            ("l", "r"),
            note=runs(label),
            name=label,
        ),
        figure(label, FOREST, label, label),
    ]
    page = read(html.render(executed(("markdown", "# T"), ("blocks", told)), run))
    shown = printable(label)
    assert page.first("h1").text == page.first("caption").text == page.first("figcaption").text == shown
    assert page.first("svg").first("desc").text == shown
    assert shown in [e.text for e in page.every("bdi")]
    assert not list(page.every("script", "img"))
    assert not [n for e in page.every() for n in e.attributes if n.startswith("on")]
    assert len(list(page.every("h1", "h2"))) == 2


def test_words_from_right_to_left_do_not_carry_off_the_number_behind_them(run: Run) -> None:
    block = Paragraph(runs("the cream \u05e9\u05dc\u05d5\u05dd \u05d0\u05d1 (", number("40"), ") or the vehicle"))
    page = read(html.render(executed(("blocks", [block])), run))
    assert page.first("p").text == "the cream \u05e9\u05dc\u05d5\u05dd \u05d0\u05d1 (40) or the vehicle"
    assert [e.text for e in page.every("bdi")] == ["\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1"]


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(lambda t: "\r" not in t))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    table = Table(runs(text), (runs("a"), runs("b")), ((runs(text), runs(text)),), name="t")
    page = read(html.render(executed(("blocks", [table])), hand_made_run()))
    shown = printable(text)
    assert page.first("caption").text == shown
    assert [cell.text for cell in page.first("tbody").every("th", "td")] == ([shown, shown] if shown else ["", ""])


def test_a_report_with_nothing_in_it_is_still_a_page(run: Run) -> None:
    page = read(html.render(executed(("markdown", "")), run))
    assert page.first("title").text == "Report \u2013 Spring review"
    assert not list(page.every("nav"))


def test_the_notebook_file_is_one_jupyter_opens(notebook: NotebookNode) -> None:
    import nbformat

    content = ipynb.render(notebook)
    back = nbformat.reads(content.decode(), as_version=4)
    assert [c.source for c in back.cells] == [c.source for c in notebook.cells]
    assert back.cells[1].outputs[0].data == notebook.cells[1].outputs[0].data
    assert page_one()
