"""A small reader of HTML for the tests: elements in order, with their attributes, texts and parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def every(self, *tags: str) -> Iterator[Element]:
        """This element's descendants (of these tags), in document order."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.every(*tags)

    def first(self, tag: str) -> Element:
        return next(self.every(tag))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened = self.open.pop()
        if opened.tag != tag:
            raise ValueError(f"<{opened.tag}> is closed by </{tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(content: bytes) -> Element:
    """The document as a tree; ValueError where tags do not close in order."""
    reader = _Reader()
    reader.feed(content.decode("utf-8"))
    reader.close()
    if len(reader.open) != 1:
        raise ValueError(f"not closed: {[e.tag for e in reader.open[1:]]}")
    return reader.root
