"""The Word styles of a report: what a person who writes a letter from it finds in the list of styles."""

from __future__ import annotations

from dataclasses import dataclass

FONT, CODE_FONT = "Calibri", "Consolas"
INK, SOFT, RULE, LINK, BAND = "1D1D1B", "5A5954", "D9D6CF", "0A5F85", "F1EEE7"
LARGE = 12  # points
LANGUAGE = "en-GB"
BULLETS, NUMBERS = 1, 2  # lists of the numbering part


@dataclass(frozen=True)
class Style:
    """A paragraph style. Sizes in points; ``level``: of the outline, 0 for none; ``list``: id of its list."""

    name: str
    size: float = 10.5
    based: str = "Normal"
    bold: bool = False
    colour: str = INK
    before: float = 0
    after: float = 6
    with_next: bool = False
    level: int = 0
    list: int = 0
    depth: int = 0
    follows: str = ""
    border: str = ""  # side of a thin rule: top or bottom
    right: bool = False
    indent: float = 0

    @property
    def id(self) -> str:
        return self.name.replace(" ", "")


STYLES = (
    Style("Title", 18, bold=True, after=8, follows="Normal", with_next=True),
    Style("Subtitle", 10, colour=SOFT, after=2, follows="Title", with_next=True),
    Style("heading 1", 15, bold=True, before=14, after=5, with_next=True, level=1, follows="Normal"),
    Style("heading 2", 12.5, bold=True, before=14, after=4, with_next=True, level=2, follows="Normal"),
    Style("heading 3", 11, bold=True, before=10, after=3, with_next=True, level=3, follows="Normal"),
    Style("Lead", 11.5, after=8),
    Style("Answer", 11, bold=True, before=7, after=2, with_next=True, border="top", follows="Normal"),
    Style("Small print", 9, colour=SOFT),
    Style("caption", 9.5, bold=True, before=10, after=3, with_next=True),
    Style("Figure", before=6, after=2, with_next=True),
    Style("Figure caption", 9, colour=SOFT, after=8),
    Style("Table text", 9, after=0),
    Style("Table text small", 8, after=0),
    Style("Table text tiny", 7.5, after=0),
    Style("Table note", 8.5, colour=SOFT, before=3, after=10),
    Style("List Bullet", after=3, list=BULLETS),
    Style("List Bullet 2", after=3, list=BULLETS, depth=1),
    Style("List Number", after=3, list=NUMBERS),
    Style("Pointer", 8.5, colour=SOFT, after=8),
    Style("TOC Heading", 13, bold=True, after=6, with_next=True),
    Style("toc 1", 10, before=4, after=1),
    Style("toc 2", 9, colour=SOFT, after=0, indent=14),
    Style("header", 8.5, colour=SOFT, after=0, right=True),
    Style("footer", 8.5, colour=SOFT, after=0),
)


def styles_xml(namespace: str) -> str:
    """The styles part; ``namespace``: the declaration of the prefix w."""
    return (
        f'<w:styles {namespace}><w:docDefaults><w:rPrDefault><w:rPr>{_font(FONT)}<w:sz w:val="21"/>'
        f'<w:szCs w:val="21"/><w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr>'
        '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>'
        '</w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        f'<w:name w:val="Normal"/><w:qFormat/><w:rPr><w:color w:val="{INK}"/></w:rPr></w:style>'
        f"{_CHARACTERS}{''.join(map(_paragraph, STYLES))}{_TABLE}</w:styles>"
    )


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}" w:eastAsia="{name}"/>'


def _paragraph(style: Style) -> str:
    follows = f'<w:next w:val="{style.follows}"/>' if style.follows else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="{style.based}"/>{follows}<w:uiPriority w:val="9"/><w:qFormat/>'
        f"<w:pPr>{_spacing(style)}</w:pPr><w:rPr>{'<w:b/><w:bCs/>' if style.bold else ''}"
        f'<w:color w:val="{style.colour}"/><w:sz w:val="{style.size * 2:.0f}"/><w:szCs w:val="{style.size * 2:.0f}"/>'
        "</w:rPr></w:style>"
    )


def _spacing(style: Style) -> str:
    """The paragraph properties, in the order that Word's schema wants."""
    return (
        ("<w:keepNext/><w:keepLines/>" if style.with_next else "")
        + (f'<w:numPr><w:ilvl w:val="{style.depth}"/><w:numId w:val="{style.list}"/></w:numPr>' if style.list else "")
        + (f'<w:pBdr><w:{style.border} w:val="single" w:sz="4" w:space="5" w:color="{RULE}"/></w:pBdr>'
           if style.border else "")
        + f'<w:spacing w:before="{style.before * 20:.0f}" w:after="{style.after * 20:.0f}"{_line(style)}/>'
        + (f'<w:ind w:left="{style.indent * 20:.0f}"/>' if style.indent else "")
        + ('<w:contextualSpacing/>' if style.list else "")
        + ('<w:jc w:val="right"/>' if style.right else "")
        + (f'<w:outlineLvl w:val="{style.level - 1}"/>' if style.level else "")
    )  # fmt: skip


def _line(style: Style) -> str:
    """Large letters need less room between their lines."""
    return ' w:line="240" w:lineRule="auto"' if style.size >= LARGE else ""


_CHARACTERS = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:qFormat/>'
    "<w:rPr><w:b/><w:bCs/></w:rPr></w:style>"
    '<w:style w:type="character" w:styleId="Emphasis"><w:name w:val="Emphasis"/><w:qFormat/>'
    "<w:rPr><w:i/><w:iCs/></w:rPr></w:style>"
    f'<w:style w:type="character" w:styleId="Soft"><w:name w:val="Soft"/><w:rPr><w:color w:val="{SOFT}"/></w:rPr>'
    f'</w:style><w:style w:type="character" w:styleId="Code"><w:name w:val="Code"/><w:rPr>{_font(CODE_FONT)}</w:rPr>'
    f'</w:style><w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
    f'<w:color w:val="{LINK}"/><w:u w:val="single"/></w:rPr></w:style>'
)
_EDGE = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
_TABLE = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    '<w:style w:type="table" w:styleId="ReportTable"><w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/>'
    '<w:qFormat/><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:tblPr>'
    f"<w:tblBorders><w:top {_EDGE}/><w:bottom {_EDGE}/><w:insideH {_EDGE}/></w:tblBorders>"
    '<w:tblCellMar><w:top w:w="22" w:type="dxa"/><w:left w:w="70" w:type="dxa"/><w:bottom w:w="22" w:type="dxa"/>'
    '<w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>'
    f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{INK}"/></w:tcBorders>'
    f'<w:shd w:val="clear" w:color="auto" w:fill="{BAND}"/></w:tcPr></w:tblStylePr></w:style>'
)
