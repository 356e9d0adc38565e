"""Labels as somebody might write them into a file, and a report that has them everywhere."""

from __future__ import annotations

import report_by_hand as by_hand
from nbformat import NotebookNode

from analytics.domain.block import Answer, Answers, Figure, Number, Paragraph, Runs, Table, Text

FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x.example")', "\t=1")
LABELS = (
    *FORMULAS,
    "http://x.example/a", "mailto:a@b.example", "<script>alert(1)</script>", "&amp; ]]> <w:t>", "\"quoted\" 'single'",
    "\u05e9\u05dc\u05d5\u05dd clinic", "\u0639\u064a\u0627\u062f\u0629 12", "\U0001f9d1\u200d\u2695\ufe0f",
    "\u76ae\u819a",
    "a\x00b\x07c\x1bd", "half \ud800 pair", "turned \u202etxet", "line\nbreak\ttab", "very long " * 600, "x" * 5_000,
    "[a]:*?/\\'", "History",
)  # fmt: skip


def label(text: str) -> Runs:
    return (Number(text, "L", "somebody's"),)


def table(name: str = "awkward") -> Table:
    rows = tuple((label(text), label(text), (Number("0.9", "R", "t|{}|estimate"),)) for text in LABELS)
    heads = (label(LABELS[0]), label(LABELS[8]), (Text("Estimate"),))
    return Table(label(LABELS[-1]), heads, rows, ("l", "r", "r"), note=label(LABELS[4]), name=name)


def notebook() -> NotebookNode:
    """Every label as headline, heading, answer, paragraph, point, caption, text alternative and cell."""
    tag = Paragraph(label("\u25b2 " + LABELS[8]), role="tag", mood="better")
    blocks = [
        Paragraph(label(LABELS[10]), role="headline"),
        Answers(tuple(Answer(label(t), tag, label(t), label(t)) for t in LABELS)),
        *(Paragraph(label(text), role="heading", level=2) for text in LABELS),
        Paragraph(items=tuple(map(label, LABELS))),
    ]
    drawn = [
        Figure(by_hand.FOREST, label(text), label(text), table(f"numbers-{at}"), f"forest-{text[:40]}")
        for at, text in enumerate(LABELS[:4])
    ]
    return by_hand.executed(("blocks", blocks), ("markdown", "## Evidence"), ("blocks", [table(), table(), *drawn]))
