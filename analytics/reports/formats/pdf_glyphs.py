"""Text as the PDF's two fonts can show it: a visible box for a character that they lack, and how wide a text stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analytics.domain.printable import printable

TEXT_FAMILY, SYMBOL_FAMILY = "Atkinson Hyperlegible", "Lato"
BOX = "\u25a1"  # Lato has it
SHAPES = {"\u25b2": "up", "\u25b3": "up-hollow"}  # neither font has them, and our own words use them: they are drawn
SHAPE = re.compile("([" + "".join(SHAPES) + "])")
WIDE_CHARACTER = 0.6  # em, for what has no width of its own in the text font (boxes, arrows)
LONG_WORD = 24  # characters; a longer one may be broken anywhere
BREAK = "\u200b"  # a place where a line may end; nothing is drawn there
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_LONG = re.compile(rf"\S{{{LONG_WORD + 1},}}")
_PART = re.compile(r"[^-_/.,:;|(){}\[\]=&?@+]{1,12}[-_/.,:;|(){}\[\]=&?@+]*|[-_/.,:;|(){}\[\]=&?@+]+")


@dataclass(frozen=True, eq=False)
class Face:
    """The characters of one weight of the text font with their widths in em."""

    widths: dict[str, float]

    def width(self, text: str) -> float:
        return sum(self.widths.get(char, WIDE_CHARACTER) for char in text)


def font_folders() -> list[Path]:
    """Where the fonts of the PDF lie: packages of free fonts (SIL Open Font License), no other font is used."""
    import fontpkg_atkinson_hyperlegible
    import fontpkg_lato

    return [package.ROOT / "files" for package in (fontpkg_atkinson_hyperlegible, fontpkg_lato)]


@cache
def face(*, bold: bool = False) -> Face:
    """The text font, regular or bold."""
    from fontTools.ttLib import TTFont

    with TTFont(font_folders()[0] / f"AtkinsonHyperlegible-{'Bold' if bold else 'Regular'}.ttf", lazy=True) as font:
        metrics, unit, even = font["hmtx"].metrics, font["head"].unitsPerEm, _even_digits(font)
        names = {chr(code): name for code, name in font.getBestCmap().items()}
        return Face({char: metrics[even.get(name, name)][0] / unit for char, name in names.items()})


def _even_digits(font: Any) -> dict[str, str]:
    """Digit -> the glyph of it that is as wide as every other digit: what the columns of a table are set in."""
    layout = font["GSUB"].table
    wanted = {i for f in layout.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    found: dict[str, str] = {}
    for index in sorted(wanted):
        for table in layout.LookupList.Lookup[index].SubTable:
            found |= getattr(getattr(table, "ExtSubTable", table), "mapping", {})
    return found


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """What the text font has of its own, and what the symbol font has besides."""
    from fontTools.ttLib import TTFont

    with TTFont(font_folders()[1] / "Lato-Regular.ttf", lazy=True) as font:
        symbols = filter(_may_be_shown, map(chr, font.getBestCmap()))
        return frozenset(filter(_may_be_shown, face().widths)), frozenset(symbols)


def _may_be_shown(char: str) -> bool:
    """PDF/A allows no character of private meaning; what is invisible is never looked up."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Co")


def shown(text: str) -> str:
    """``text`` in characters of the two fonts only, on one line; a box for every other one that is meant to be seen."""
    plain, symbols = _known()
    if plain.issuperset(text):
        return text
    return "".join(_fitting(cluster, plain, symbols) for cluster in _clusters(_normal(text)))


def in_text_font(text: str) -> bool:
    """Whether the text font alone can show it."""
    return _known()[0].issuperset(text)


def breakable(text: str) -> str:
    """``text`` with places for a line to end inside its very long words."""
    return _LONG.sub(lambda word: BREAK.join(_PART.findall(word[0])), text)


def shapes(text: str) -> Iterator[str]:
    """The text's parts before, between and after the marks that are drawn, the marks among them."""
    yield from (part for part in SHAPE.split(text) if part)


def _normal(text: str) -> str:
    """Composed characters, one kind of space, no line ends and nothing invisible."""
    kept = (_seen(char) for char in unicodedata.normalize("NFC", printable(text)))
    return "".join(kept)


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "\u00a0\u2007\u202f":
        return "\u00a0"
    if kind in ("Zs", "Zl", "Zp") or char in "\t\n\r":
        return " "
    return "" if kind == "Cf" or _INVISIBLE.match(char) else char


def _clusters(text: str) -> Iterator[str]:
    """Characters together with the marks that sit on them."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.category(text[at]).startswith("M"):
            if start < at:
                yield text[start:at]
            start = at


def _fitting(cluster: str, plain: frozenset[str], symbols: frozenset[str]) -> str:
    """The cluster if one font has the whole of it, else its parts with boxes for what is lacking, marks left out."""
    if plain.issuperset(cluster) or symbols.issuperset(cluster) or cluster in SHAPES:
        return cluster
    first = cluster[0]
    return first if first in plain or first in symbols or first in SHAPES else BOX
