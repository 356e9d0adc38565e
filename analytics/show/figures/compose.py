"""A picture on somebody's own axes, and in other colours: drawn as always, then carried over or dyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import is_color_like, to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from analytics.domain.errors import UsageError
from analytics.show.figures.canvas import COLOURS, INK, PAPER, RULE, SOFT, WIDTH, ZONE, Picture

POINTS = 72.0  # to the inch: a unit of the sheet is a point
NAMES: Mapping[str, str] = {"ink": INK, "soft": SOFT, "rule": RULE, "zone": ZONE, "paper": PAPER}


def themed(picture: Picture, theme: Mapping[str, Any] | None) -> Picture:
    """``picture`` in the colours of ``theme``: ink, soft, rule, zone, paper, and arms (a list). Raises UsageError."""
    if not theme:
        return picture
    dyes = _dyes(theme)
    picture.set_facecolor(dyes.get(PAPER, PAPER))
    for text in picture.sheet.texts:
        text.set_color(_dyed(text.get_color(), dyes))
    for line in _lines(picture.sheet):
        for part in ("color", "markerfacecolor", "markeredgecolor"):
            getattr(line, f"set_{part}")(_dyed(getattr(line, f"get_{part}")(), dyes))
    for field in picture.sheet.patches:
        field.set_color(_dyed(field.get_facecolor(), dyes))
    return picture


def _dyes(theme: Mapping[str, Any]) -> dict[str, str]:
    known = (*NAMES, "arms")
    for name in theme:
        if name not in known:
            raise UsageError(f"A theme has no {name!r}.", fix=f"choose from {', '.join(known)}")
    found = {NAMES[name]: colour for name, colour in theme.items() if name in NAMES}
    found |= dict(zip(COLOURS, theme.get("arms", ())))
    for colour in found.values():
        if not is_color_like(colour):
            raise UsageError(f"{colour!r} is no colour.", fix="write a name such as navy, or #12406b")
    return {before: to_hex(colour) for before, colour in found.items()}


def _dyed(colour: Any, dyes: Mapping[str, str]) -> Any:
    return dyes.get(to_hex(colour), colour) if is_color_like(colour) else colour


def _fields(sheet: Axes) -> list[Polygon]:
    return [field for field in sheet.patches if isinstance(field, Polygon)]


def _lines(sheet: Axes) -> list[Line2D]:
    return [artist for artist in sheet.get_children() if isinstance(artist, Line2D)]


def onto(picture: Picture, ax: Any) -> Any:
    """Draw the picture on ``ax``, as large as fits; returns the figure of ``ax``."""
    if not isinstance(ax, Axes):
        raise UsageError(f"ax must be axes of matplotlib; {type(ax).__name__} was given.", fix="ax=figure.subplots()")
    height = picture.sheet.get_ylim()[0]
    whole: Any = ax.get_figure(root=True)
    room = ax.get_window_extent().transformed(whole.dpi_scale_trans.inverted())  # in inches
    scale = min(room.width * POINTS / WIDTH, room.height * POINTS / height)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0), aspect="equal", anchor="NW")
    ax.set_axis_off()
    ax.fill([0, WIDTH, WIDTH, 0], [0, 0, height, height], color=picture.get_facecolor(), linewidth=0, zorder=-1)
    for field in _fields(picture.sheet):
        dye, level = field.get_facecolor(), field.get_zorder()
        ax.add_patch(Polygon(field.get_xy(), closed=True, color=dye, linewidth=0, zorder=level))
    for line in _lines(picture.sheet):
        ax.add_artist(_line(line, scale))
    for text in picture.sheet.texts:
        ax.text(
            *text.get_position(), text.get_text(), ha=text.get_horizontalalignment(), va=text.get_verticalalignment(),
            color=text.get_color(), size=float(text.get_fontsize()) * scale, family=text.get_fontfamily(),
            weight=text.get_fontweight(), clip_on=False, parse_math=False,
        )  # fmt: skip
    return whole


def _line(line: Line2D, scale: float) -> Line2D:
    made = Line2D(
        line.get_xdata(), line.get_ydata(), color=line.get_color(), linewidth=line.get_linewidth() * scale,
        marker=line.get_marker(), markersize=line.get_markersize() * scale, clip_on=False,
        markerfacecolor=line.get_markerfacecolor(), markeredgecolor=line.get_markeredgecolor(),
        markeredgewidth=line.get_markeredgewidth() * scale, zorder=line.get_zorder(), solid_capstyle="butt",
        dash_capstyle="butt",
    )  # fmt: skip
    # The pattern of dashes is in units of the line's width, which ``set_linestyle`` takes into account by itself.
    made.set_linestyle(line._unscaled_dash_pattern if line.is_dashed() else line.get_linestyle())  # type: ignore[attr-defined]
    return made
