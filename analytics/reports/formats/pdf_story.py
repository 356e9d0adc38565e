"""A story as plain values for the PDF's template: page one, the evidence, and the numbers of the figures behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from analytics.domain.block import Answers, Figure, Number, Paragraph, Runs, Table, Text
from analytics.domain.printable import printable
from analytics.reports.formats.pdf_drawing import drawn
from analytics.reports.formats.pdf_glyphs import shown
from analytics.reports.formats.pdf_prose import paragraphs
from analytics.reports.formats.pdf_tables import tables
from analytics.reports.formats.pdf_text import pieces
from analytics.reports.story import Element, Heading, Prose, Story, plain

CLOSING = ("provenance",)  # roles that stand at the foot of page one
WIDE = (Answers, Table)  # what takes the whole width of page one
FULL_PAGE, FIGURE, CAPTION = 60, 16, 4  # lines of a table: on a page, and what a picture and a caption take
SHORT_CONTENTS = 8  # entries that stand in one column
NAMELESS = "Untitled"
SENTENCE = re.compile(r"\.( |$)")
Value = dict[str, Any]


def document(told: Story) -> Value:
    """``page_one`` (opening, parts, closing), ``evidence`` and ``appendix`` as lists of values with a kind ``k``."""
    numbers = count(1)
    page_one, first = _elements(told.page_one, numbers, heading=())
    evidence, second = _elements(told.evidence, numbers, heading=())
    if not any(e["k"] == "head" for e in page_one):  # PDF/UA: the first heading is of the first level
        page_one.insert(0, {"k": "head", "level": 1, "runs": shown(told.title)})
    return {
        "page_one": _page_one(page_one),
        "evidence": _beside(_halved([*_paged(evidence)])),
        "appendix": _appendix([*first, *second]),
    }


def about(figure: Figure) -> Runs:
    """What a picture shows: the first sentence of its text alternative."""
    made: list[Text | Number] = []
    for run in figure.alt:
        end = SENTENCE.search(run.text) if isinstance(run, Text) else None
        if isinstance(run, Text) and end is not None:
            return (*made, Text(run.text[: end.start()], run.style))
        made.append(run)
    return tuple(made)


Behind = tuple[int, Runs, Figure]  # number of the figure, heading under which it stands, itself


def _elements(
    elements: Iterable[Element], numbers: Iterator[int], *, heading: Runs
) -> tuple[list[Value], list[Behind]]:
    """The values of elements in order, and the figures whose numbers stand in the appendix."""
    made: list[Value] = []
    behind: list[Behind] = []
    for element in elements:
        if isinstance(element, Heading):
            heading = element.runs
        if isinstance(element, Figure):
            number = next(numbers)
            made.append(_figure(element, number))
            behind += [(number, heading, element)] if element.data else []
        else:
            made += _values(element)
    return made, behind


def _values(element: Element) -> Iterator[Value]:
    if isinstance(element, Heading):
        yield {"k": "head", "level": element.level, "runs": pieces(element.runs) or NAMELESS}
    elif isinstance(element, Prose):
        yield from paragraphs(element.html)
    elif isinstance(element, Table):
        yield from tables(element)
    elif isinstance(element, Answers):
        yield {"k": "answers", "wide": True, "items": [_answer(item) for item in element.items]}
    elif isinstance(element, Paragraph):
        yield from _paragraph(element)


def _paragraph(paragraph: Paragraph) -> Iterator[Value]:
    if paragraph.runs:
        yield {"k": "par", "role": paragraph.role, "mood": paragraph.mood, "runs": pieces(paragraph.runs)}
    if paragraph.items:
        yield {"k": "list", "items": [pieces(item) for item in paragraph.items]}


def _answer(answer: Any) -> Value:
    return {
        "label": pieces(answer.label), "tag": pieces(answer.tag.runs), "mood": answer.tag.mood,
        "sentence": pieces(answer.sentence), "small": pieces(answer.small),
    }  # fmt: skip


def _figure(figure: Figure, number: int) -> Value:
    alternative = plain(figure.alt).strip() or plain(figure.caption).strip() or "A picture without a description."
    return {
        "k": "figure", "svg": drawn(figure), "alt": printable(alternative), "cap": pieces(figure.caption),
        "number": number, "behind": figure.data is not None,
    }  # fmt: skip


def _page_one(elements: Sequence[Value]) -> Value:
    """Opening (up to the first heading of the second level), parts and closing."""
    closing = [e for e in elements if e.get("role") in CLOSING]
    rest = [e for e in elements if e.get("role") not in CLOSING]
    first = next((at for at, e in enumerate(rest) if _starts_part(e)), len(rest))
    return {"opening": rest[:first], "parts": list(_parts(rest[first:])), "closing": closing}


def _starts_part(element: Value) -> bool:
    return element["k"] == "head" and element["level"] == 2


def _parts(elements: Sequence[Value]) -> Iterator[Value]:
    starts = [at for at, e in enumerate(elements) if _starts_part(e)]
    for start, end in zip(starts, [*starts[1:], len(elements)]):
        part = elements[start:end]
        yield {"wide": any(e["k"] in ("answers", "table") for e in part), "elements": part}


def _halved(elements: Sequence[Value]) -> list[Value]:
    """The elements; the heading with which the second column of the contents begins is marked."""
    listed = [at for at, e in enumerate(elements) if e["k"] == "head" and e["level"] <= 3]
    middle = listed[(len(listed) + 1) // 2] if len(listed) > SHORT_CONTENTS else -1
    return [{**e, "half": True} if at == middle else e for at, e in enumerate(elements)]


def _paged(elements: Sequence[Value]) -> Iterator[Value]:
    """The elements; a heading with many rows under it opens a page, unless it follows close upon a larger heading.

    Pages of their own also keep typst from setting the whole report anew when one page number has changed.
    """
    rows = 0
    for at, element in enumerate(elements):
        opens = element["k"] == "head" and element["level"] <= 3 and rows + _rows_under(elements, at) > FULL_PAGE
        if opens and rows:
            rows = 0
            yield {**element, "page": True}
            continue
        rows += _rows(element)
        yield element


def _rows_under(elements: Sequence[Value], at: int) -> int:
    """Rows between a heading and the next one that is as large or larger."""
    level, total = elements[at]["level"], 0
    for element in elements[at + 1 :]:
        if element["k"] == "head" and element["level"] <= level:
            break
        total += _rows(element)
    return total


def _rows(element: Value) -> int:
    """About how many lines of a page an element takes."""
    if element["k"] == "table":
        return len(element["rows"]) // max(len(element["head"]), 1) + CAPTION
    return FIGURE if element["k"] == "figure" else 0


def _beside(elements: Sequence[Value]) -> list[Value]:
    """Neighbours of which two fit side by side, figures or narrow tables, in pairs."""
    made: list[Value] = []
    for element in elements:
        kind = element["k"] if element["k"] == "figure" or element.get("narrow") else ""
        last = made[-1] if made else {}
        if kind and last.get("k") == f"{kind}s" and len(last["of"]) == 1:
            last["of"].append(element)
        else:
            made.append({"k": f"{kind}s", "of": [element]} if kind else element)
    return made


def _named(figure: Figure) -> Runs:
    """The caption of the numbers of a figure: their own, and what the picture shows."""
    own, shows = figure.data.caption if figure.data else (), about(figure)
    return (*own, Text(": "), *shows) if own and shows else own or shows


def _appendix(behind: Sequence[Behind]) -> list[Value]:
    """The numbers of the figures, under the headings under which the figures stand."""
    made: list[Value] = []
    last: Runs = ()
    for number, heading, figure in behind:
        if heading != last and heading:
            made.append({"k": "head", "level": 3, "runs": pieces(heading), "listed": False})
        last = heading
        for part in tables(figure.data) if figure.data else ():
            made.append({**part, "cap": pieces(_named(figure)), "picture": number})
    return _beside(made)
