"""What a report tells, in order: the executed notebook's prose and blocks, page one apart from the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analytics.domain.block import MIME, Block, Figure, Paragraph, Runs, Text, from_json
from analytics.domain.printable import printable, slug, unused

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

EVIDENCE = "evidence"  # tag of the cell where page one ends; without it, page one ends at the first "## " of the prose
BETWEEN = " · "  # the parts of the line above the headline
HEADINGS = ("headline", "heading")


@dataclass(frozen=True)
class Heading:
    """``level`` 1-6, none skipped on the way down; ``anchor`` unique in the report."""

    runs: Runs
    level: int
    anchor: str


@dataclass(frozen=True)
class Prose:
    """Markdown between two headings, as safe HTML (raw HTML in it is text)."""

    html: str


Element = Heading | Prose | Block


@dataclass(frozen=True)
class Story:
    """``page_one``: what a director reads; ``evidence``: all that follows."""

    page_one: tuple[Element, ...]
    evidence: tuple[Element, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(e for e in self.evidence if isinstance(e, Heading))

    @property
    def name(self) -> str:
        """What the report is called: the first words above its headline; empty where nothing stands there."""
        above = next((e for e in self.page_one if isinstance(e, Paragraph) and e.role == "kicker"), None)
        return plain(above.runs).split(BETWEEN)[0] if above is not None else ""

    @property
    def title(self) -> str:
        """The headline, else the first heading."""
        found = [e for e in (*self.page_one, *self.evidence) if isinstance(e, Heading)]
        return plain(found[0].runs) if found else "Report"


def plain(runs: Runs) -> str:
    """The text of runs, printable."""
    return printable("".join(run.text for run in runs))


def story(notebook: NotebookNode) -> Story:
    """The story of an executed notebook."""
    marked = any(EVIDENCE in cell.metadata.get("tags", ()) for cell in notebook.cells)
    put_out = [tuple(_blocks(cell)) for cell in notebook.cells]
    crown = _crown([element for blocks in put_out for element in blocks])
    page_one: list[Element] = []
    evidence: list[Element] = []
    for cell, blocks in zip(notebook.cells, put_out):
        for element in [*_markdown(cell, crown), *blocks]:
            starts = EVIDENCE in cell.metadata.get("tags", ()) if marked else _is_section(cell, element)
            (evidence if evidence or (starts and page_one) else page_one).append(element)
    levelled = tuple(_levelled([*page_one, *evidence]))
    return Story(levelled[: len(page_one)], levelled[len(page_one) :])


def figures(told: Story) -> tuple[Figure, ...]:
    """Every figure, in order."""
    return tuple(e for e in (*told.page_one, *told.evidence) if isinstance(e, Figure))


def _is_section(cell: NotebookNode, element: Element) -> bool:
    return cell.cell_type == "markdown" and isinstance(element, Heading) and element.level == 2


def _blocks(cell: NotebookNode) -> Iterator[Element]:
    """What a cell puts out as blocks; code and plain outputs are not told."""
    for output in cell.get("outputs", ()):
        for block in from_json(_found(output)):
            yield _heading(block) if isinstance(block, Paragraph) and block.role in HEADINGS else block


def _found(output: NotebookNode) -> list[Any]:
    found = output.get("data", {}).get(MIME, [])
    return found if isinstance(found, list) else [found]


def _crown(told: Sequence[Element]) -> str:
    """What stands above the story among its blocks: a kicker, a headline only, or nothing (the prose has a title)."""
    if any(isinstance(e, Paragraph) and e.role == "kicker" for e in told):
        return "kicker"
    return "headline" if any(isinstance(e, Heading) and e.level == 1 for e in told) else ""


def _heading(block: Paragraph) -> Heading:
    return Heading(block.runs, 1 if block.role == "headline" else block.level, block.anchor)


def _markdown(cell: NotebookNode, crown: str) -> Iterator[Element]:
    """Headings and the prose between them; the notebook's own title is small above a headline, if nothing else is."""
    if cell.cell_type != "markdown":
        return
    import mistune

    parsed, state = mistune.create_markdown(renderer=None).parse(printable(cell.source))
    between: list[dict[str, Any]] = []
    for token in [*(t for t in parsed if isinstance(t, dict)), None]:
        if token is not None and token["type"] != "heading":
            between.append(token)
            continue
        html = mistune.HTMLRenderer(escape=True).render_tokens(between, state)
        between = []
        if html.strip():
            yield Prose(html)
        if token is not None and not (crown == "kicker" and token["attrs"]["level"] == 1):
            words, level = (Text(_words(token)),), token["attrs"]["level"]
            yield Paragraph(words, role="kicker") if crown and level == 1 else Heading(words, level, "")


def _words(token: dict[str, Any]) -> str:
    """The text of a heading's token, without its markup."""
    return token.get("raw", "") + "".join(_words(child) for child in token.get("children", ()))


def _levelled(elements: Sequence[Element]) -> Iterator[Element]:
    """Headings with one h1, no level left out on the way down, and an anchor each."""
    last = 0
    used: set[str] = set()
    for element in elements:
        if isinstance(element, Heading):
            last = min(max(element.level, 2), last + 1) if last else 1
            element = replace(
                element, level=last, anchor=unused(slug(element.anchor or plain(element.runs)) or "section", used)
            )
        yield element
