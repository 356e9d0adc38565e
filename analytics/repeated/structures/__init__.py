"""Door of the covariance structures: name -> how the covariance of a patient's visits follows from few numbers.

The numbers are R mmrm's (logs of standard deviations; correlations as t / sqrt(1 + t^2), of compound symmetry as a
logistic; the unit lower triangle of us), because the full Kenward-Roger covariance depends on the parameterisation.
"""

from __future__ import annotations

from analytics.repeated.structures.correlations import (
    AnteDependence,
    AutoRegressive,
    CompoundSymmetry,
    SpatialExponential,
    Toeplitz,
)
from analytics.repeated.structures.structure import Correlated, Structure
from analytics.repeated.structures.unstructured import Unstructured

STRUCTURES: dict[str, Structure] = {
    "us": Unstructured(),
    "toep": Correlated(Toeplitz(), heterogeneous=False),
    "toeph": Correlated(Toeplitz(), heterogeneous=True),
    "ar1": Correlated(AutoRegressive(), heterogeneous=False),
    "ar1h": Correlated(AutoRegressive(), heterogeneous=True),
    "cs": Correlated(CompoundSymmetry(), heterogeneous=False),
    "csh": Correlated(CompoundSymmetry(), heterogeneous=True),
    "ad": Correlated(AnteDependence(), heterogeneous=False),
    "adh": Correlated(AnteDependence(), heterogeneous=True),
    "sp_exp": Correlated(SpatialExponential(), heterogeneous=False),
}

FALLBACKS = ("toeph", "ar1h", "csh")  # never cs: it rejects a true null 0.18 where variance grows (statistics.md 4)

WORDS: dict[str, str] = {
    "us": "unstructured",
    "toep": "Toeplitz",
    "toeph": "Toeplitz, a variance per visit",
    "ar1": "first-order autoregressive",
    "ar1h": "first-order autoregressive, a variance per visit",
    "cs": "compound symmetry",
    "csh": "compound symmetry, a variance per visit",
    "ad": "ante-dependence",
    "adh": "ante-dependence, a variance per visit",
    "sp_exp": "spatial exponential",
}
