"""The sheet every figure is drawn on: 400 units wide (text stays readable on a phone), white ground, one palette.

Colours are blue, ochre and green after Okabe and Ito (2008), moved apart in lightness so that they differ in greyscale;
an arm has its marker and its dashes besides.
"""

from __future__ import annotations

import base64
import html
import io
import warnings
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path

from analytics.show.figures.svg import clean, printable

WIDTH = 400
INK, SOFT, RULE, ZONE, PAPER = "#1d1d1b", "#5f5e5a", "#d9d6cf", "#efece4", "#ffffff"
COLOURS = ("#12406b", "#b4560f", "#2a9d8f", "#7b4b94", "#8a8578", "#b03060")
MARKERS = ("o", "s", "D", "^", "v", "P")
DASHES: tuple[Any, ...] = ("solid", (0, (6, 2.5)), (0, (1.6, 1.8)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (9, 3)))
TEXT, SMALL = 13.0, 11.5
_RC = {
    "svg.fonttype": "none", "svg.hashsalt": "clinical-outcomes", "font.family": ["DejaVu Sans"], "font.size": TEXT,
    "text.parse_math": False, "axes.unicode_minus": True, "path.simplify": False,
}  # fmt: skip


class Picture(Figure):
    """A figure in units of its own sheet (x to the right, y downwards); a notebook shows it once, with alt text."""

    def __init__(self, *, name: str, height: float, alt: str) -> None:
        with _settings():
            super().__init__(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=PAPER)
            self.name, self.alt = name, printable(alt)
            self.sheet = self.add_axes((0.0, 0.0, 1.0, 1.0))
            self.sheet.set(xlim=(0, WIDTH), ylim=(height, 0))
            self.sheet.set_axis_off()

    def write(self, x: float, y: float, text: str, *, at: str = "left", soft: bool = False, bold: bool = False,
              size: float | None = None, colour: str = "") -> None:  # fmt: skip
        """Text whose baseline stands at y."""
        self.sheet.text(
            x, y, printable(text), ha=at, va="baseline", size=size or (SMALL if soft else TEXT), family="DejaVu Sans",
            color=colour or (SOFT if soft else INK), weight="bold" if bold else "normal", clip_on=False,
            parse_math=False,
        )  # fmt: skip

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, colour: str = INK, width: float = 1.0, **style: Any
    ) -> None:
        """A line through the points."""
        plain = {"linestyle": "solid", "marker": "none", "solid_capstyle": "butt", "dash_capstyle": "butt"}
        # Not ``plot``, which also looks after colours, labels and limits that nothing here has.
        self.sheet.add_artist(Line2D(xs, ys, color=colour, linewidth=width, clip_on=False, **{**plain, **style}))

    def dot(
        self, x: float, y: float, *, marker: str = "o", colour: str = INK, filled: bool = True, size: float = 6.5
    ) -> None:
        """One marker; hollow where ``filled`` is false."""
        face = colour if filled else PAPER
        self.line([x], [y], colour=colour, marker=marker, markersize=size, markerfacecolor=face,
                  markeredgecolor=colour, markeredgewidth=1.6, linestyle="none", zorder=4)  # fmt: skip

    def zone(self, left: float, right: float, top: float, bottom: float) -> None:
        """A shaded field behind everything."""
        self.field(left, right, top, bottom, colour=ZONE)

    def field(self, left: float, right: float, top: float, bottom: float, *, colour: str) -> None:
        """A field of one colour behind everything."""
        self.sheet.fill([left, right, right, left], [top, top, bottom, bottom], color=colour, linewidth=0, zorder=0)

    def savefig(self, fname: Any, **options: Any) -> None:
        """The picture as a file: SVG as in a report, else what matplotlib makes of it, without date or software."""
        kind = str(options.get("format") or getattr(fname, "name", fname)).rpartition(".")[2].lower()
        if kind == "svg":
            text = to_svg(self, self.name)
            if hasattr(fname, "write"):
                fname.write(text.encode())
            else:
                FilePath(fname).write_text(text, encoding="utf-8")
            return
        blank = {"png": ("Software",), "pdf": ("CreationDate", "Creator", "Producer")}.get(kind, ())
        with _settings():
            super().savefig(fname, **{"metadata": dict.fromkeys(blank), **options})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": image(to_svg(self, self.name), self.alt), "text/plain": self.alt}


def _settings() -> Any:
    """matplotlib as it comes, whatever the user's own settings are, with the few that matter here.

    Only what differs is set: setting one of three hundred takes longer than looking at it.
    """
    wanted: dict[Any, Any] = {**matplotlib.rcParamsDefault, **_RC}
    now = matplotlib.rcParams
    return matplotlib.rc_context({
        key: value for key, value in wanted.items()
        if not key.startswith(("backend", "interactive")) and now[key] != value
    })  # fmt: skip


@cache
def width(text: str, size: float = TEXT, *, bold: bool = False) -> float:
    """How wide a text stands in the widest of the usual fonts, in units of the sheet."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        path = TextPath((0, 0), printable(text), size=size, prop=font, usetex=False)
    return _right_end(path.vertices[:, 0], path.codes) if len(path.vertices) else 0.0


def _right_end(x: np.ndarray, codes: np.ndarray) -> float:
    """The largest x of glyphs' outlines (lines and quadratic curves): of a point, or where a curve swings out farthest.

    ``Path.get_extents`` finds the same, but goes through the curves one by one: a fifth of the time of a figure.
    """
    bend = np.flatnonzero(codes == Path.CURVE3)[::2]  # of a curve's two entries the first is its control point
    out = bend[x[bend] > np.maximum(x[bend - 1], x[bend + 1])]
    start, control, end = x[out - 1], x[out], x[out + 1]
    farthest = (start * end - control**2) / (start - 2 * control + end)
    points = np.delete(x, np.union1d(bend, np.flatnonzero(codes == Path.CLOSEPOLY)))
    return float(max(points.max(), farthest.max(initial=-np.inf)))


def fitted(text: str, room: float, size: float = TEXT) -> str:
    """The text, cut with an ellipsis where it is wider than ``room``."""
    if width(text, size) <= room:
        return text
    fits = bisect(range(len(text)), room, key=lambda count: width(f"{text[:count]}…", size)) - 1
    return f"{text[: max(fits, 0)].rstrip()}…"


def to_svg(figure: Figure, name: str) -> str:
    """The figure as clean SVG text with fixed bytes: no style, script or date; every id begins with ``name``."""
    buffer = io.StringIO()
    with _settings(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's own font has it, or a box shows
        blank = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(buffer, metadata=blank)
    return clean(buffer.getvalue(), prefix=name, label=getattr(figure, "alt", ""))


def image(svg: str, alt: str) -> str:
    """The figure as an ``img`` element: what an unsigned notebook still shows."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt, quote=True)}">'
