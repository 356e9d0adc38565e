"""What a notebook cell shows: typed blocks for the formats, plain HTML for the reader, text for a console."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import pytest
from reading import runs_of
from run_by_hand import run

from analytics.domain.block import MIME, Figure, Paragraph, Table, from_json
from analytics.show.display_blocks import Blocks, plain_html
from analytics.show.runs import name, runs
from analytics.show.sections import SECTIONS, display

ALLOWED = {"h1", "h2", "h3", "p", "ul", "li", "strong", "small", "br", "table", "caption", "thead", "tbody", "tr",
"th", "td",
           "figure", "figcaption", "img"}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_shows_itself_plainly(section: str) -> None:
    shown = display(run(), section)
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert from_json(json.loads(json.dumps(bundle[MIME]))) == shown.blocks
    tags = parsed(bundle["text/html"])
    assert {tag for tag, _ in tags.found} <= ALLOWED
    assert not {key for _, attrs in tags.found for key in attrs} - {"scope", "src", "alt"}
    assert bundle["text/plain"] == repr(shown)
    assert len(shown) == len(list(shown)) > 0


def test_figures_are_images_with_words_and_their_own_bytes() -> None:
    shown = display(run(), "page_one")
    images = [attrs for tag, attrs in parsed(shown._repr_mimebundle_()["text/html"]).found if tag == "img"]
    figures = [block for block in shown if isinstance(block, Figure)]
    assert len(images) == len(figures) == 2
    for attrs, figure in zip(images, figures):
        head, _, data = (attrs["src"] or "").partition(",")
        assert head == "data:image/svg+xml;base64"
        assert base64.b64decode(data).decode() == figure.svg
        assert attrs["alt"] == "".join(r.text for r in figure.alt)


def test_nothing_said_is_lost_in_html_or_text() -> None:
    shown = display(run(), "flow")
    html = parsed(shown._repr_mimebundle_()["text/html"]).text
    flat = re.sub(r"\s+", "", html)
    for run_of_text in runs_of(shown.blocks):
        assert re.sub(r"\s+", "", run_of_text.text) in flat


def test_markup_in_a_label_is_text() -> None:
    evil = name('<script>alert("x")</script> & co')
    table = Table(evil, (evil,), ((evil,),), ("l",), 1, evil, "t")
    for block in (Paragraph(evil), Paragraph(items=(evil,)), table, Figure("<svg/>", evil, evil)):
        html = plain_html(block)
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_tables_have_header_cells() -> None:
    table = Table(runs("c"), (runs("a"), runs("b")), ((runs("x"), runs("y")),), ("l", "r"), 1)
    html = plain_html(table)
    assert html.count('<th scope="col">') == 2
    assert html.count('<th scope="row">') == 1
    assert html.count("<td>") == 1


def test_a_console_gets_text() -> None:
    text = repr(Blocks((Paragraph(runs("Hello")), Paragraph(items=(runs("a"), runs("b"))))))
    assert text == "Hello\n\n- a\n- b"
