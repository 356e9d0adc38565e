"""Views of a repeated-measures model: means by visit, residuals, covariance of visits, influence of patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from analytics.domain.errors import UsageError
from analytics.show.figures.canvas import Picture
from analytics.show.figures.model.covariance import covariance
from analytics.show.figures.model.influence import influence
from analytics.show.figures.model.means import means
from analytics.show.figures.model.residuals import residuals

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

__all__ = ["VIEWS", "model_view"]

VIEWS: Mapping[str, Callable[[RepeatedFit], Picture]] = {
    "means": means,
    "residuals": residuals,
    "covariance": covariance,
    "influence": influence,
}  # the first one is the default


def model_view(fit: RepeatedFit, view: str | None = None) -> Picture:
    """One view of a fit. UsageError for a view that is not known, and for a fit without estimates."""
    chosen = next(iter(VIEWS)) if view is None else view
    if chosen not in VIEWS:
        raise UsageError(f"There is no view {view!r} of a model.", fix=f"choose from {', '.join(VIEWS)}")
    if fit.why:
        raise UsageError(f"The model has no estimates to draw ({fit.status}): {fit.why}.", fix="look at fit.notes")
    return VIEWS[chosen](fit)
