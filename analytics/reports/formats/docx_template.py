"""An A4 document for Word with our styles and nothing in it, made in code: no US Letter, no thumbnail, no clock."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from analytics.reports.formats.docx_styles import BULLETS, LANGUAGE, NUMBERS, styles_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
A4_SHORT, A4_LONG, MARGIN = 11906, 16838, 1134  # twentieths of a point; the margin is 20 mm
CLOSE = 850  # margin above and below on a turned page, which is low
PORTRAIT, LANDSCAPE = (A4_SHORT, A4_LONG), (A4_LONG, A4_SHORT)
HEADER_ID = "rIdHeader"
RUN_PROPERTY = "Run"  # name of the document property that the header's field shows
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file knows
BEFORE_PAGE = " \u00b7 page "
BULLET_MARKS = ("\u2022", "\u2013", "\u2022")
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def template(*, title: str, run_id: str, when: str, before_run: str = "") -> bytes:
    """An empty document as DOCX bytes; ``when``: the day that stands for its making, as YYYY-MM-DD.

    ``before_run``: what the header of every page begins with.
    """
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _ROOT,
        "docProps/core.xml": _core(title, run_id, when),
        "docProps/custom.xml": _custom(run_id),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{section(PORTRAIT)}</w:body></w:document>",
        "word/_rels/document.xml.rels": _DOCUMENT,
        "word/styles.xml": styles_xml(NAMESPACES),
        "word/numbering.xml": _numbering(),
        "word/settings.xml": _SETTINGS,
        "word/header1.xml": _header(run_id, before_run),
    }
    return packed({name: (DECLARATION + text).encode() for name, text in parts.items()})


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of the parts in a fixed order (contents first), with no date of today and no trace of the machine."""
    first = ("[Content_Types].xml", "_rels/.rels")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(parts, key=lambda n: (first.index(n) if n in first else len(first), n)):
            info = zipfile.ZipInfo(name, OLDEST)
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            info.create_system = 0  # whatever system this runs on
            archive.writestr(info, parts[name], compresslevel=6)
    return stream.getvalue()


def section(page: tuple[int, int]) -> str:
    """Properties of a section with the running header; the last one of a document stands at its end."""
    turned = ' w:orient="landscape"' if page == LANDSCAPE else ""
    edge = CLOSE if page == LANDSCAPE else MARGIN
    return (
        f'<w:sectPr><w:headerReference w:type="default" r:id="{HEADER_ID}"/><w:pgSz w:w="{page[0]}" w:h="{page[1]}"'
        f'{turned}/><w:pgMar w:top="{edge + 170}" w:right="{MARGIN}" w:bottom="{edge}" w:left="{MARGIN}" '
        'w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )


def field(code: str, shown: str) -> str:
    """A field that Word works out, with what it shows until then."""
    return f'<w:fldSimple w:instr=" {escape(code)} "><w:r><w:t>{escape(shown)}</w:t></w:r></w:fldSimple>'


def _header(run_id: str, before: str) -> str:
    def said(text: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'

    run = field(f"DOCPROPERTY {RUN_PROPERTY}", run_id)
    pages = f"{field('PAGE', '1')}{said(' of ')}{field('NUMPAGES', '1')}"
    style = '<w:pPr><w:pStyle w:val="header"/></w:pPr>'
    return f"<w:hdr {NAMESPACES}><w:p>{style}{said(f'{before}Run ')}{run}{said(BEFORE_PAGE)}{pages}</w:p></w:hdr>"


def _core(title: str, run_id: str, when: str) -> str:
    date = f'xsi:type="dcterms:W3CDTF">{when}T00:00:00Z'
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{escape(title)}</dc:title>'
        f"<dc:subject>Run {escape(run_id)}</dc:subject><dc:creator>clinical-outcomes</dc:creator>"
        f"<cp:lastModifiedBy>clinical-outcomes</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f"<dcterms:created {date}</dcterms:created><dcterms:modified {date}</dcterms:modified>"
        f"<dc:language>{LANGUAGE}</dc:language></cp:coreProperties>"
    )


def _custom(run_id: str) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006"
    return (
        f'<Properties xmlns="{office}/custom-properties" xmlns:vt="{office}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{RUN_PROPERTY}">'
        f"<vt:lpwstr>{escape(run_id)}</vt:lpwstr></property></Properties>"
    )


def _numbering() -> str:
    """The two kinds of list, each three levels deep."""
    lists = {BULLETS: [("bullet", mark) for mark in BULLET_MARKS], NUMBERS: [("decimal", f"%{n}.") for n in (1, 2, 3)]}
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>'
        + "".join(_level(depth, kind, mark) for depth, (kind, mark) in enumerate(levels))
        + "</w:abstractNum>"
        for number, levels in lists.items()
    )
    used = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in lists)
    return f"<w:numbering {NAMESPACES}>{kinds}{used}</w:numbering>"


def _level(depth: int, kind: str, mark: str) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{mark}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{340 * (depth + 1)}" w:hanging="227"/></w:pPr></w:lvl>'
    )


_CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    + "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in {
            "word/document.xml": f"{WORD_TYPE}.document.main+xml",
            "word/styles.xml": f"{WORD_TYPE}.styles+xml",
            "word/numbering.xml": f"{WORD_TYPE}.numbering+xml",
            "word/settings.xml": f"{WORD_TYPE}.settings+xml",
            "word/header1.xml": f"{WORD_TYPE}.header+xml",
            "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
            "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        }.items()
    )
    + "</Types>"
)


def _relations(entries: Mapping[str, tuple[str, str]]) -> str:
    lines = (f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, (kind, target) in entries.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


_ROOT = _relations(
    {
        "rId1": (f"{R}/officeDocument", "word/document.xml"),
        "rId2": (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        "rId3": (f"{R}/custom-properties", "docProps/custom.xml"),
    }
)
_DOCUMENT = _relations(
    {
        "rId1": (f"{R}/styles", "styles.xml"),
        "rId2": (f"{R}/numbering", "numbering.xml"),
        "rId3": (f"{R}/settings", "settings.xml"),
        HEADER_ID: (f"{R}/header", "header1.xml"),
    }
)
_SETTINGS = (
    f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    f'<w:themeFontLang w:val="{LANGUAGE}"/></w:settings>'
)
