"""A notebook's prose as paragraphs and list items with strong, slanted and code words, for formats without HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

BLOCKS = ("p", "li", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol")
MARKS = {"strong": "strong", "em": "slanted", "code": "code"}


@dataclass(frozen=True)
class Words:
    """Some text in one look. ``marks``: any of strong, slanted, code."""

    text: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProseLine:
    """``depth``: 0 for a paragraph, 1 and more for an item of a list in a list; ``ordered``: the list is numbered."""

    words: tuple[Words, ...]
    depth: int = 0
    ordered: bool = False

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.words)


def prose_lines(html: str) -> tuple[ProseLine, ...]:
    """The lines of markdown that has become HTML (raw HTML in it is text already)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return tuple(reader.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[ProseLine] = []
        self.words: list[Words] = []
        self.marks: list[str] = []
        self.lists: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag in LISTS:
            self.end_line()
        if tag in LISTS:
            self.lists.append(tag)
        elif tag in MARKS:
            self.marks.append(MARKS[tag])
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS or tag in LISTS:
            self.end_line()
        if tag in LISTS and self.lists:
            self.lists.pop()
        elif tag in MARKS and MARKS[tag] in self.marks:
            self.marks.remove(MARKS[tag])

    def handle_data(self, data: str) -> None:
        self.words.append(Words(data.replace("\n", " "), frozenset(self.marks)))

    def end_line(self) -> None:
        """What has been read since the last line, if it is more than blanks."""
        words, self.words = tuple(self.words), []
        if "".join(part.text for part in words).strip():
            self.lines.append(ProseLine(_trimmed(words), len(self.lists), self.lists[-1:] == ["ol"]))


def _trimmed(words: tuple[Words, ...]) -> tuple[Words, ...]:
    first, *rest = words
    words = (Words(first.text.lstrip(), first.marks), *rest)
    *rest, last = words
    return (*rest, Words(last.text.rstrip(), last.marks))
