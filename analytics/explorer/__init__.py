"""Exploring a cohort in JupyterLab: controls of our own, and the view they choose as an ordinary output beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.explorer.beside import Explorer


def explorer(cohort: Any) -> Explorer:
    """The Explorer of a cohort; it shows itself as the last line of a cell. Raises UsageError for anything else."""
    from analytics.domain.cohort import Cohort
    from analytics.domain.expected import expect
    from analytics.explorer.beside import Explorer

    expect("explore", cohort, Cohort)
    return Explorer(cohort)
