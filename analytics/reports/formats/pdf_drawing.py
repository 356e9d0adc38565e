"""A figure's SVG for the PDF: the PDF's own two fonts, and no character that they lack."""

from __future__ import annotations

from analytics.domain.block import Figure
from analytics.reports.formats import svg
from analytics.reports.formats.pdf_glyphs import SYMBOL_FAMILY, TEXT_FAMILY, in_text_font, shown

TEXT = (f"{{{svg.SVG}}}text", f"{{{svg.SVG}}}tspan")


def drawn(figure: Figure) -> str:
    """The figure as SVG text. A text with an arrow is set in the font that has arrows, as a whole.

    Variable fonts turn thin inside SVG: both are static ones.
    """
    root = svg.drawing(figure, prefix="")
    root.set("font-family", TEXT_FAMILY)
    for element in root.iter():
        element.attrib.pop("font-family", None) if element is not root else None
        if element.tag in TEXT:
            element.text, element.tail = shown(element.text or ""), shown(element.tail or "")
            words = "".join(element.itertext())
            element.set("font-family", TEXT_FAMILY if in_text_font(words) else SYMBOL_FAMILY)
    return svg.text(root)
