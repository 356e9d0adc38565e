"""Figures of the report: one look, drawn with matplotlib without pyplot, delivered as clean SVG with fixed bytes."""

from __future__ import annotations

from analytics.show.figures.canvas import Picture, to_svg
from analytics.show.figures.forest import forest
from analytics.show.figures.forest_levels import forest_levels
from analytics.show.figures.trajectory import trajectory

__all__ = ["Picture", "forest", "forest_levels", "to_svg", "trajectory"]
