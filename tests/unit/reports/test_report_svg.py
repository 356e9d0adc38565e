"""A figure's SVG: nothing that runs, loads or styles; own ids; a title and a description; the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from nbformat import NotebookNode
from report_by_hand import FOREST, figure, runs

from analytics.domain.block import Figure
from analytics.reports.formats.figures import svg_files
from analytics.reports.formats.svg import drawing, inline, standalone

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="x()"><script>x()</script><style>*{}</style>
<image href="http://evil/x.png"/><a href="http://evil"><text>t</text></a><foreignObject><p/></foreignObject>
<use href="http://evil#a"/><g class="c" style="fill:url(#g);stroke : red;; font: italic 700 10px 'DejaVu Sans'"
 onclick="x()"><title>part</title><path id="g" d="M0 0"/></g><animate attributeName="x"/></svg>"""


def hostile(svg: str = HOSTILE) -> Figure:
    return Figure(svg, runs("Words <script> & \x00"), runs("Caption \u202e"), name="f")


def test_nothing_that_runs_loads_or_styles() -> None:
    root = drawing(hostile(), prefix="p-")
    tags = [element.tag.removeprefix(NS) for element in root.iter()]
    assert tags == ["svg", "title", "desc", "use", "g", "path"]
    names = {name for element in root.iter() for name in element.attrib}
    assert not {n for n in names if n.startswith("on") or n in ("style", "class", "href")}
    group = root.find(f"{NS}g")
    assert group is not None
    assert group.attrib == {
        "fill": "url(#p-g)", "stroke": "red", "font-style": "italic", "font-weight": "700", "font-size": "10px",
        "font-family": "'DejaVu Sans'",
    }  # fmt: skip


def test_it_says_what_it_shows() -> None:
    root = drawing(hostile(), prefix="p-")
    title, desc = root[0], root[1]
    assert (title.text, desc.text) == ("Caption \ufffd", "Words <script> & \ufffd")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}" == "p-f-title p-f-desc"


def test_ids_and_what_points_at_them_are_prefixed() -> None:
    text = inline(figure("a", FOREST, "c", "a"), prefix="f7-")
    assert 'id="f7-clip"' in text
    assert 'clip-path="url(#f7-clip)"' in text
    assert 'href="#f7-p"' in text
    assert "xlink" not in text


def test_a_file_stands_alone_on_white() -> None:
    root = ET.fromstring(standalone(figure("a", FOREST, "c", "a")))
    assert root.tag == f"{NS}svg"
    ground = root[2]
    assert (ground.tag, ground.get("fill"), ground.get("width")) == (f"{NS}rect", "#ffffff", "100%")


def test_files_are_named_after_their_figures(notebook: NotebookNode) -> None:
    files = svg_files(notebook)
    assert sorted(files) == ["figures/forest-2.svg", "figures/forest.svg", "figures/trajectory.svg"]
    assert svg_files(notebook) == files


@pytest.mark.parametrize("svg", ["", "<svg", "<p/>", "not xml", '<svg xmlns="x"/>'])
def test_what_is_no_picture_is_an_error_of_the_program(svg: str) -> None:
    with pytest.raises(ValueError, match="SVG"):
        drawing(hostile(svg), prefix="")


def test_no_entity_is_expanded() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "boom">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    with pytest.raises(ValueError, match="not well-formed"):
        drawing(hostile(bomb), prefix="")
