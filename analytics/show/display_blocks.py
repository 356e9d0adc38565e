"""Blocks: what a cell of a report notebook returns, typed for every format beside plain HTML for the reader's eye.

An unsigned notebook loses styles, scripts and inline SVG: tables are plain and figures are ``img`` with alt text.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from typing import Any

from analytics.domain.block import MIME, Answers, Block, Figure, Paragraph, Runs, Table, Text, to_json
from analytics.show.runs import words

_HEADINGS = {"headline": "h1", "heading": "h{level}"}


class Blocks:
    """Some blocks in order. Shows itself in a notebook, prints itself as text, and is a sequence of blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)

    def __len__(self) -> int:
        return len(self.blocks)

    def __repr__(self) -> str:
        return "\n\n".join(text for text in (plain_text(block) for block in self.blocks) if text)

    def as_html(self) -> str:
        """The blocks as plain HTML, without style or script."""
        return "\n".join(plain_html(block) for block in self.blocks)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME: to_json(self.blocks), "text/html": self.as_html(), "text/plain": repr(self)}


# --- HTML -----------------------------------------------------------------------------------------------------------


def _inline(content: Runs) -> str:
    tags = {"strong": "<strong>{}</strong>", "soft": "<small>{}</small>"}
    made = []
    for run in content:
        text = html.escape(run.text)
        made.append(tags.get(run.style, "{}").format(text) if isinstance(run, Text) else text)
    return "".join(made)


def plain_html(block: Block) -> str:
    """One block as HTML without style, script or inline SVG."""
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Figure):
        return _figure(block)
    if isinstance(block, Answers):
        return "".join(_answer_rows(block))
    return _paragraph(block)


def _paragraph(block: Paragraph) -> str:
    if block.items:
        return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in block.items) + "</ul>"
    tag = _HEADINGS.get(block.role, "p").format(level=block.level)
    text = _inline(block.runs)
    return f"<{tag}>{f'<small>{text}</small>' if block.role in ('note', 'kicker', 'provenance') else text}</{tag}>"


def _answer_rows(block: Answers) -> Iterator[str]:
    for item in block.items:
        small = f"<br><small>{_inline(item.small)}</small>" if item.small else ""
        head = f"<strong>{_inline(item.label)}</strong> ({_inline(item.tag.runs)})"
        yield f"<p>{head}<br>{_inline(item.sentence)}{small}</p>"


def _table(block: Table) -> str:
    head = "".join(f'<th scope="col">{_inline(column)}</th>' for column in block.columns)
    lines = []
    for row in block.rows:
        cells = (
            f'<th scope="row">{_inline(cell)}</th>' if i < block.header_columns else f"<td>{_inline(cell)}</td>"
            for i, cell in enumerate(row)
        )  # fmt: skip
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    note = f"<p><small>{_inline(block.note)}</small></p>" if block.note else ""
    return f"<table><caption>{_inline(block.caption)}</caption>{body}</table>{note}"


def _figure(block: Figure) -> str:
    data = base64.b64encode(block.svg.encode()).decode()
    alt = html.escape(words(block.alt), quote=True)
    caption = f"<figcaption>{_inline(block.caption)}</figcaption>"
    return f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{alt}">{caption}</figure>'


# --- plain text -----------------------------------------------------------------------------------------------------


def plain_text(block: Block) -> str:
    """One block as text for a console."""
    if isinstance(block, Table):
        lines = [words(block.caption), *(" | ".join(words(c) for c in row) for row in (block.columns, *block.rows))]
        return "\n".join([*lines, words(block.note)] if block.note else lines)
    if isinstance(block, Figure):
        return words(block.alt)
    if isinstance(block, Answers):
        return "\n".join(
            f"{words(item.label)}: {words(item.sentence)} {words(item.small)}".strip() for item in block.items
        )
    if block.items:
        return "\n".join(f"- {words(item)}" for item in block.items)
    return words(block.runs)
