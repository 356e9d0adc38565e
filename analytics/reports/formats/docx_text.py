"""Words and paragraphs as WordprocessingML; nothing a person wrote can be anything but text in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from analytics.domain.block import Runs, Text
from analytics.domain.printable import printable
from analytics.reports.formats.docx_styles import STYLES
from analytics.reports.formats.html import TURNED
from analytics.reports.formats.prose import Words

ENDS = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")  # of lines: inside a paragraph there is one line
LOOKS = {"strong": "Strong", "soft": "Soft", "slanted": "Emphasis", "code": "Code"}
KNOWN = {style.id for style in STYLES} | {"Normal"}


def said(text: str, look: str = "", *, colour: str = "") -> str:
    """A text with one look (the id of a character style); words from right to left are marked as such."""
    style = f'<w:rStyle w:val="{look}"/>' if look else ""
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    parts = enumerate(TURNED.split(ENDS.sub(" ", printable(text))))
    return "".join(_run(part, style + tint + ("<w:rtl/>" if at % 2 else "")) for at, part in parts if part)


def _run(text: str, properties: str) -> str:
    how = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{how}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def told(runs: Runs) -> str:
    """Runs of a block."""
    return "".join(said(r.text, LOOKS.get(r.style, "") if isinstance(r, Text) else "") for r in runs)


def marked(words: Iterable[Words]) -> str:
    """Words of the prose; of several marks the strongest is shown."""
    return "".join(said(w.text, next((LOOKS[m] for m in LOOKS if m in w.marks), "")) for w in words)


def paragraph(style: str, content: str, *, properties: str = "") -> str:
    """A paragraph in a style (its id), with further properties in the order of Word's schema."""
    if style not in KNOWN:
        raise ValueError(f"the document has no style {style!r}")
    named = f'<w:pStyle w:val="{style}"/>' if style != "Normal" else ""
    how = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{how}{content}</w:p>"


def marked_place(name: str, number: int, content: str) -> str:
    """Content that a link can lead to."""
    mark = f"w:id={quoteattr(str(number))}"
    return f"<w:bookmarkStart {mark} w:name={quoteattr(name)}/>{content}<w:bookmarkEnd {mark}/>"


def link(to: str, content: str) -> str:
    """A link to a marked place of the document."""
    return f'<w:hyperlink w:anchor={quoteattr(to)} w:history="1">{content}</w:hyperlink>'
