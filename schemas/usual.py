"""Where the bulk of a column's numbers usually lies: for telling columns apart when a mapping is drafted, never a rule.

Spans are of the tenth to the ninetieth percentile in skincare clinics; all are conventions, loosely after the sources
of the outcomes and parameters themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Usual:
    """``step`` 1: whole numbers only; None: decimals are written. ``levels``: a short scale, known by its two ends."""

    low: float
    high: float
    step: float | None = None
    levels: bool = False


USUAL: Mapping[str, Usual] = MappingProxyType(
    {
        "texture_grade": Usual(2, 7, 0.5),
        "roughness_ra_um": Usual(12, 60),
        "scar_grade": Usual(1, 4, 1, levels=True),
        "scar_score": Usual(4, 40, 1),
        "pore_count": Usual(150, 1500, 1),
        "inflammatory_lesions": Usual(2, 30, 1),
        "noninflammatory_lesions": Usual(6, 60, 1),
        "total_lesions": Usual(10, 90, 1),
        "acne_iga": Usual(0, 4, 1, levels=True),
        "absorbed_percent": Usual(2, 40),
        "flux_ug_cm2_h": Usual(5, 150),
        "tewl_g_m2_h": Usual(7, 25),
        "hydration_au": Usual(25, 75),
        "melanin_index": Usual(80, 500),
        "erythema_index": Usual(180, 450),
        "elasticity_r2": Usual(0.4, 0.9),
        "satisfaction_vas": Usual(30, 95),
        "dlqi": Usual(0, 15, 1),
        "gais": Usual(1, 5, 1, levels=True),
        "visia_percentile": Usual(15, 90, 1),
        "mda_passes": Usual(1, 4, 1),
        "mda_vacuum_kpa": Usual(15, 45),
        "peel_percent": Usual(10, 70, 1),
        "peel_ph": Usual(0.8, 4),
        "peel_layers": Usual(1, 5, 1),
        "peel_minutes": Usual(1, 10),
        "roller_needle_mm": Usual(0.3, 2),
        "roller_passes": Usual(4, 15, 1),
        "session_no": Usual(1, 6, 1),
        "planned_sessions": Usual(3, 8, 1),
        "exposure_days": Usual(7, 120, 1),
        "hours_since_session": Usual(0.5, 72),
        "product_stop_days": Usual(2, 21, 1),
        "birth_year": Usual(1955, 2004, 1),
        "age": Usual(18, 65, 1),
        "fitzpatrick": Usual(1, 6, 1, levels=True),
        "severity": Usual(1, 3, 1, levels=True),
        "visit": Usual(0, 24),
        "study_day": Usual(0, 400, 1),
    }
)
