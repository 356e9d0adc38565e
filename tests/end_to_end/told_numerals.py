"""The numerals that a story tells, to be found again, no more and no fewer, in every file that was made from it.

A test of a format reads its file back to plain text, cuts what the format itself adds (running header, page numbers,
contents, cover) and compares ``numerals(text)`` with ``story_numerals(story)``. Where the format keeps the words of the
drawings or the text alternatives too, it adds ``drawing_numerals`` or ``alternative_numerals``: Counters add up.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from analytics.domain.block import Answers, Figure, Number, Paragraph, Runs, Table
from analytics.reports.story import Element, Heading, Prose, Story, figures, plain

# Digits with points and commas between them, and a minus that does not stand behind a word ("week-3", "2024-11-23").
NUMERAL = re.compile(
    r"(?:(?<![\w\u2010-\u2015-])[\u2212-])?\d+(?:[.,]\d+)*|[\u2070-\u2079\u2080-\u2089\u00b2\u00b3\u00b9]+"
)
INLINE = re.compile(r"</?(?:a|code|em|strong)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
TEXT = "{http://www.w3.org/2000/svg}text"


def numerals(text: str) -> Counter[str]:
    """Every numeral of a text with how often it stands there; either kind of minus counts as "-"."""
    return Counter(found.replace("\u2212", "-") for found in NUMERAL.findall(text))


def story_numerals(story: Story) -> Counter[str]:
    """Numerals of all words and tables, the captions and number tables of figures included; not of their drawings."""
    return _counted(chain.from_iterable(map(element_texts, (*story.page_one, *story.evidence))))


def drawing_numerals(story: Story) -> Counter[str]:
    """Numerals that stand as text inside the drawings of the figures (axis ticks, direct labels)."""
    return _counted(chain.from_iterable(drawing_texts(figure) for figure in figures(story)))


def alternative_numerals(story: Story) -> Counter[str]:
    """Numerals of the figures' text alternatives."""
    return _counted(plain(figure.alt) for figure in figures(story))


def told_numbers(story: Story) -> list[Number]:
    """Every Number run of the story, in order, text alternatives and numbers of figures included."""
    return [run for runs in _all_runs(story) for run in runs if isinstance(run, Number)]


def element_texts(element: Element) -> Iterator[str]:
    """The texts of one element, each a line or a cell of its own."""
    if isinstance(element, Prose):
        yield prose_text(element)
    else:
        yield from map(plain, element_runs(element))


def prose_text(prose: Prose) -> str:
    """The words of markdown, a line for every block."""
    return html.unescape(TAG.sub("\n", INLINE.sub("", prose.html)))


def drawing_texts(figure: Figure) -> Iterator[str]:
    """Every text of a drawing."""
    yield from ("".join(node.itertext()) for node in ET.fromstring(figure.svg).iter(TEXT))


def element_runs(element: Element) -> Iterator[Runs]:
    """The runs of one element, without text alternatives."""
    if isinstance(element, Heading):
        yield element.runs
    elif isinstance(element, Paragraph):
        yield from (element.runs, *element.items)
    elif isinstance(element, Answers):
        for answer in element.items:
            yield from (answer.label, answer.tag.runs, answer.sentence, answer.small)
    elif isinstance(element, Table):
        yield from (element.caption, *element.columns, *chain.from_iterable(element.rows), element.note)
    elif isinstance(element, Figure):
        yield element.caption
        yield from element_runs(element.data) if element.data else ()


def _all_runs(story: Story) -> Iterator[Runs]:
    for element in (*story.page_one, *story.evidence):
        yield from element_runs(element)
        yield from (element.alt,) if isinstance(element, Figure) else ()


def _counted(texts: Iterable[str]) -> Counter[str]:
    return numerals("\n".join(texts))
