"""The story as the body of a Word document: page one, contents, evidence, and the figures' numbers as an appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from analytics.domain.block import Answers, Figure, Paragraph, Table
from analytics.reports.formats.docx_styles import LINK, SOFT
from analytics.reports.formats.docx_tables import fit, table_xml
from analytics.reports.formats.docx_template import PORTRAIT, section
from analytics.reports.formats.docx_text import link, marked, marked_place, paragraph, said, told
from analytics.reports.formats.prose import ProseLine, prose_lines
from analytics.reports.formats.told_tables import ToldTable, told_tables
from analytics.reports.story import Element, Heading, Prose, Story, plain

APPENDIX = "Numbers of the figures"
STYLES = {"kicker": "Subtitle", "lead": "Lead", "note": "Smallprint", "provenance": "Smallprint"}
HEADINGS = {1: "Title", 2: "heading1", 3: "heading2"}
MOODS = {"better": LINK, "none": SOFT, "unknown": "7D4306"}
POINTER = "Numbers in the appendix"
BESIDE = " \u00b7 "
EMU = 360_000  # of a centimetre
WIDE, WIDE_ON_PAGE_ONE = 12.5, 8.6  # centimetres of a figure
DEEPEST = 3  # level of the headings in the contents
SHAPES = "http://schemas.openxmlformats.org/drawingml/2006"


@dataclass(frozen=True)
class Placed:
    """A picture of the document: id of its part, and its height for a width of one."""

    part: str
    height: float


@dataclass(frozen=True)
class Piece:
    """Some of the body with the page it needs; ``leads``: it belongs to what follows (a heading)."""

    xml: str
    page: tuple[int, int] = PORTRAIT
    leads: bool = False


def body_xml(story: Story, placed: Mapping[int, Placed]) -> str:
    """What stands between the tags of the body. ``placed``: the picture of each figure, by its place in the report."""
    tables = tuple(table for table in told_tables(story) if table.figure is not None)
    writer = _Writer(placed, {id(table.figure): at for at, table in enumerate(tables)})
    pieces = [piece for element in story.page_one for piece in writer.pieces(element, WIDE_ON_PAGE_ONE)]
    if story.evidence:
        evidence = [piece for element in story.evidence for piece in writer.pieces(element, WIDE)]
        pieces += [Piece(writer.contents(appendix=bool(tables))), *evidence]
    pieces += writer.appendix(tables)
    return "".join(_paged(pieces))


def _paged(pieces: Sequence[Piece]) -> Iterator[str]:
    """The pieces with a change of section wherever a page must be turned."""
    pages = [piece.page for piece in pieces]
    for at in range(len(pieces) - 2, -1, -1):
        pages[at] = pages[at + 1] if pieces[at].leads else pages[at]
    for at, piece in enumerate(pieces):
        if at and pages[at] != pages[at - 1]:
            yield paragraph("Tabletexttiny", "", properties=section(pages[at - 1]))
        yield piece.xml
    if pages and pages[-1] != PORTRAIT:
        yield paragraph("Tabletexttiny", "", properties=section(pages[-1]))
    yield section(PORTRAIT)


class _Writer:
    """Counts what must be numbered through the document: places to link to, figures, pictures."""

    def __init__(self, placed: Mapping[int, Placed], appendix: Mapping[int, int]) -> None:
        self.placed, self.in_appendix = placed, appendix
        self.places: list[tuple[int, str, str]] = []  # level, name, text
        self.marks = self.figures = 0

    def pieces(self, element: Element, width: float) -> Iterator[Piece]:
        """One element of the story."""
        if isinstance(element, Heading):
            yield Piece(self.heading(element), leads=True)
        elif isinstance(element, Prose):
            yield Piece("".join(map(_prose, prose_lines(element.html))))
        elif isinstance(element, Paragraph):
            yield Piece("".join(_paragraph(element)))
        elif isinstance(element, Answers):
            yield Piece("".join(_answers(element)))
        elif isinstance(element, Table):
            yield _table(element)
        elif isinstance(element, Figure):
            yield Piece("".join(self.figure(element, width)))

    def heading(self, heading: Heading) -> str:
        """A heading; those of the contents can be linked to."""
        style = HEADINGS.get(heading.level, "heading3")
        if not 1 < heading.level <= DEEPEST:
            return paragraph(style, told(heading.runs))
        name = self.place(heading.level, plain(heading.runs))
        return paragraph(style, marked_place(name, self.marks, told(heading.runs)))

    def place(self, level: int, text: str) -> str:
        self.marks += 1
        name = f"_Toc{self.marks:08d}"
        self.places.append((level, name, text))
        return name

    def figure(self, figure: Figure, width: float) -> Iterator[str]:
        """The picture with its text alternative, the caption, and where its numbers are."""
        at = self.figures
        self.figures += 1
        yield paragraph("Figure", _drawing(figure, self.placed[at], width, at + 1))
        number = self.in_appendix.get(id(figure))
        there = "" if number is None else said(" ") + link(f"numbers{number}", said(POINTER, "Hyperlink"))
        yield paragraph("Figurecaption", told(figure.caption) + there)

    def contents(self, *, appendix: bool) -> str:
        """A table of contents that is right as it stands, without page numbers; Word can renew it."""
        places = [*self.places, *([(2, APPENDIX.replace(" ", ""), APPENDIX)] if appendix else [])]
        head = paragraph("TOCHeading", said("Contents"), properties="<w:pageBreakBefore/>")
        lines = [(f"toc{level - 1}", link(name, said(text))) for level, name, text in places]
        if not lines:
            return ""
        begin = _instruction(f'TOC \\o "1-{DEEPEST - 1}" \\h \\n')
        lines[0] = (lines[0][0], begin + lines[0][1])
        lines[-1] = (lines[-1][0], lines[-1][1] + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        return head + "".join(paragraph(style, content) for style, content in lines)

    def appendix(self, tables: Sequence[ToldTable]) -> Iterator[Piece]:
        """The numbers of every figure under a heading of their own."""
        if not tables:
            return
        self.marks += 1
        head = marked_place(APPENDIX.replace(" ", ""), self.marks, said(APPENDIX))
        yield Piece(paragraph("heading1", head, properties="<w:pageBreakBefore/>"), leads=True)
        for number, table in enumerate(tables):
            self.marks += 1
            name = marked_place(f"numbers{number}", self.marks, said(table.title))
            yield Piece(paragraph("Pointer", name, properties="<w:keepNext/>"), leads=True)
            yield _table(table.table)


def _instruction(code: str) -> str:
    """The beginning of a field up to its result."""
    kinds = ('<w:fldChar w:fldCharType="begin"/>', f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
             '<w:fldChar w:fldCharType="separate"/>')  # fmt: skip
    return "".join(f"<w:r>{kind}</w:r>" for kind in kinds)


def _prose(line: ProseLine) -> str:
    if not line.depth:
        return paragraph("Normal", marked(line.words))
    style = "ListNumber" if line.ordered else "ListBullet" if line.depth == 1 else "ListBullet2"
    return paragraph(style, marked(line.words))


def _paragraph(block: Paragraph) -> Iterator[str]:
    if block.runs and block.role == "tag":
        yield paragraph("Normal", _tag(block), properties="<w:keepNext/>")
    elif block.runs:
        yield paragraph(STYLES.get(block.role, "Normal"), told(block.runs))
    for item in block.items:
        yield paragraph("ListBullet", told(item))


def _tag(tag: Paragraph) -> str:
    return said(plain(tag.runs), "Strong", colour=MOODS.get(tag.mood, ""))


def _answers(block: Answers) -> Iterator[str]:
    for answer in block.items:
        yield paragraph("Answer", f"{told(answer.label)}{said(BESIDE)}{_tag(answer.tag)}")
        yield paragraph("Normal", told(answer.sentence), properties="<w:keepNext/>" if answer.small else "")
        yield from [paragraph("Smallprint", told(answer.small))] if answer.small else []


def _table(table: Table) -> Piece:
    how = fit(table)
    caption = paragraph("caption", told(table.caption)) if table.caption else ""
    return Piece(caption + table_xml(table, how) + paragraph("Tablenote", told(table.note)), how.page)


def _drawing(figure: Figure, placed: Placed, width: float, number: int) -> str:
    """A picture in the line, with the figure's text alternative."""
    extent = f'cx="{round(width * EMU)}" cy="{round(width * placed.height * EMU)}"'
    name, words = quoteattr(f"Figure {number}"), quoteattr(plain(figure.alt))
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0" xmlns:wp="http://schemas.openxmlformats.org/'
        f'drawingml/2006/wordprocessingDrawing"><wp:extent {extent}/><wp:docPr id="{number}" name={name} '
        f'descr={words}/><wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{SHAPES}/main" noChangeAspect="1"/>'
        f'</wp:cNvGraphicFramePr><a:graphic xmlns:a="{SHAPES}/main"><a:graphicData uri="{SHAPES}/picture"><pic:pic '
        f'xmlns:pic="{SHAPES}/picture"><pic:nvPicPr><pic:cNvPr id="{number}" name={name} descr={words}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{placed.part}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
