"""Cleaning matplotlib's SVG: styles become attributes, ids get a prefix, coordinates two decimals.

A content security policy without styles blocks ``style=`` attributes and ``<style>`` elements, so neither may be left.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SCALE = 1.4  # natural size of the picture over its own units
_KEPT = (
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "opacity", "text-anchor", "font-weight",
    "font-style",
)  # fmt: skip
_DROPPED = ("metadata", "style", "title", "desc", "script")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_NO_TURN = re.compile(r"rotate\(-?0(\.0+)?(\s[^)]*)?\)")
_FONT = re.compile(r"(?P<weight>bold|[1-9]00)?\s*(?P<size>[\d.]+)px")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Text without what XML cannot hold: each such character becomes a visible box."""
    return _CONTROL.sub("\ufffd", text)


def clean(svg: str, *, prefix: str, label: str = "") -> str:
    """SVG text that can stand in a page, in an ``img`` or in a file of its own."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.split("}")[-1] in _DROPPED:
                parent.remove(child)
    for element in root.iter():
        _tidy(element, prefix)
    _crown(root, label)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _crown(root: ElementTree.Element, label: str) -> None:
    width, height = (float(v) for v in root.attrib["viewBox"].split()[2:])
    root.attrib.pop("version", None)
    root.attrib.update({
        "width": f"{width * _SCALE:.0f}", "height": f"{height * _SCALE:.0f}", "stroke-linejoin": "round",
        "stroke-linecap": "butt", "font-family": "sans-serif", "role": "img",
    })  # fmt: skip
    if label:
        root.attrib["aria-label"] = label


def _tidy(element: ElementTree.Element, prefix: str) -> None:
    found = element.attrib
    for name, value in _attributes(found.pop("style", "")).items():
        found.setdefault(name, value)
    if _NO_TURN.fullmatch(found.get("transform", "")):
        del found["transform"]
    for name, value in list(found.items()):
        if name == "id":
            value = f"{prefix}-{value}"
        elif value.startswith("#") and name.endswith("href"):
            value = f"#{prefix}-{value[1:]}"
        elif "url(#" in value:
            value = value.replace("url(#", f"url(#{prefix}-")
        elif name in ("d", "x", "y", "transform", "points", "width", "height"):
            value = _NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), value)
        found[name] = " ".join(value.split())


def _attributes(style: str) -> dict[str, str]:
    """CSS declarations as presentation attributes."""
    made: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            font = _FONT.search(value)
            if font:
                made["font-size"] = font["size"]
                made |= {"font-weight": font["weight"]} if font["weight"] else {}
        elif name == "font-size":
            made[name] = value.removesuffix("px")
        elif name in _KEPT:
            made[name] = value
    return made
