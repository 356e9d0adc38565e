"""Figures of the report: one look, drawn with matplotlib without pyplot, delivered as clean SVG with fixed bytes."""

from __future__ import annotations

from analytics.show.figures.canvas import Picture, to_svg
from analytics.show.figures.forest import forest
from analytics.show.figures.trajectory import trajectory

__all__ = ["Picture", "forest", "to_svg", "trajectory"]
