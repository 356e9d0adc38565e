"""A figure's SVG made fit for a page or for a file: no styles or scripts, own ids, a title and a description."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from analytics.domain.block import Figure
from analytics.domain.printable import printable, slug
from analytics.domain.run import MOCK, titled
from analytics.reports.story import plain

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
KEPT = {
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textPath", "clipPath", "mask", "pattern", "marker", "linearGradient", "radialGradient", "stop",
}  # fmt: skip
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[[^\]]*\])?[^>]*>")
REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")
# The shorthand that Matplotlib writes: "italic 700 10px 'DejaVu Sans', sans-serif" (style, weight, size, family)
FONT = re.compile(r"^(?:(italic|oblique)\s+)?(?:(bold|\d{3})\s+)?([\d.]+(?:px|pt|em)?)\s+(.+)$")
WIDEST = 1.15  # how far a figure is enlarged on a wide screen
ET.register_namespace("", SVG)


def drawing(figure: Figure, *, prefix: str) -> ET.Element:
    """The figure's root element with role img, a title (its caption) and a description (its text alternative).

    Ids get ``prefix`` so that two figures in one page do not meet. Raises ValueError for what is not an SVG picture.
    """
    try:
        root = ET.fromstring(DOCTYPE.sub("", printable(figure.svg)))
    except ET.ParseError as error:
        raise ValueError(f"the figure {figure.name!r} is not well-formed SVG: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"the figure {figure.name!r} is not SVG: {root.tag}")
    _strip(root)
    for element in root.iter():
        _attributes(element, prefix)
    _described(root, figure, prefix)
    return root


def text(root: ET.Element) -> str:
    """The element as SVG text with the default namespace only."""
    return ET.tostring(root, encoding="unicode")


def inline(figure: Figure, *, prefix: str) -> str:
    """SVG for an HTML page; its width is a number of CSS pixels, a style sheet may make it narrower."""
    root = drawing(figure, prefix=prefix)
    box = root.get("viewBox", "").replace(",", " ").split()
    root.attrib.pop("height", None)
    if len(box) == 4:
        root.set("width", f"{float(box[2]) * WIDEST:.0f}")
    return text(root)


def standalone(figure: Figure, *, mock: bool = False) -> bytes:
    """A file of its own, on a white ground, readable by any program that shows SVG; a ``mock`` bears that word."""
    root = drawing(figure, prefix="")
    if mock:
        _marked(root)
    ground = ET.Element(f"{{{SVG}}}rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    first = next((i for i, child in enumerate(root) if child.tag.partition("}")[2] not in ("title", "desc")), len(root))
    root.insert(first, ground)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text(root)}\n'.encode()


def _marked(root: ET.Element) -> None:
    """The word before the title, and across the drawing."""
    title = next(child for child in root if child.tag == f"{{{SVG}}}title")
    title.text = titled(title.text or "", {"mock": True})
    box = root.get("viewBox", "").replace(",", " ").split()
    left, top, width, height = map(float, box) if len(box) == 4 else (0.0, 0.0, 400.0, 200.0)
    word = ET.SubElement(root, f"{{{SVG}}}text", {
        "x": f"{left + width / 2:g}", "y": f"{top + height / 2:g}", "font-size": f"{width / 5:g}", "font-weight": "700",
        "text-anchor": "middle", "fill": "#b4560f", "fill-opacity": "0.3",
    })  # fmt: skip
    word.text = MOCK


def _strip(parent: ET.Element) -> None:
    """Take out everything that is not drawing: scripts, styles, metadata, pictures, links, titles of parts."""
    for child in list(parent):
        name = child.tag.partition("}")[2] if isinstance(child.tag, str) and child.tag.startswith(f"{{{SVG}}}") else ""
        if name not in KEPT:
            parent.remove(child)
        else:
            _strip(child)


def _attributes(element: ET.Element, prefix: str) -> None:
    """Style declarations as attributes, own ids, no handlers, no reference outside the figure."""
    found = dict(element.attrib)
    element.attrib.clear()
    for name, value in [*_declared(found.pop("style", "")), *found.items()]:
        plain_name = name.removeprefix(f"{{{XLINK}}}")
        if plain_name.startswith("{") or plain_name.lower().startswith("on") or plain_name == "class":
            continue
        if plain_name == "id":
            value = f"{prefix}{value}"
        elif plain_name == "href":
            if not value.startswith("#"):
                continue
            value = f"#{prefix}{value[1:]}"
        element.set(plain_name, REFERENCE.sub(rf"url(#{prefix}\1)", value))


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        font = FONT.match(value) if name == "font" else None
        if font is not None:
            names = ("font-style", "font-weight", "font-size", "font-family")
            yield from ((n, v) for n, v in zip(names, font.groups()) if v)
        elif name and value and name != "font":
            yield name, value


def _described(root: ET.Element, figure: Figure, prefix: str) -> None:
    alternative, caption = plain(figure.alt), plain(figure.caption)
    told = [("title", caption), ("desc", alternative)] if caption else [("title", alternative)]
    stem = f"{prefix}{slug(figure.name) or 'figure'}"
    for place, (tag, words) in enumerate(told):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{stem}-{tag}"})
        element.text = words
        root.insert(place, element)
    root.attrib.pop("aria-label", None)
    root.set("role", "img")
    root.set("aria-labelledby", " ".join(f"{stem}-{tag}" for tag, _ in told))
