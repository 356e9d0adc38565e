"""What each column of each table of a run is when a copy leaves the house; what is not named here does not leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Share:
    """A percentage with limits, made again from two told counts. ``limits``: wilson | clopper_pearson."""

    percent: str
    low: str
    high: str
    part: str
    whole: str
    limits: str


@dataclass(frozen=True)
class Role:
    """``basis``: counts of patients on whom every other number of the row rests: under ``minimum_cell`` all are empty.

    ``estimates``: to two significant digits; ``medians``: likewise, and on twice as many patients, so that as many lie
    on either side; ``shares``: made again; ``resting``: counts of sessions or sides -> the count of patients they rest
    on. ``grid``: columns of which every combination is told, because a line that is not there would say "nobody".
    ``absent``: the line is left out where a basis is too small. ``kept``: numbers that come from no patient.
    """

    basis: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    medians: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    resting: Mapping[str, str] = field(default_factory=dict)
    grid: tuple[tuple[str, ...], ...] = ()
    absent: bool = False
    kept: tuple[str, ...] = ()


WILSON = Share("percent", "conf_low", "conf_high", "responders", "n", "wilson")
PER_SESSION = Share(
    "per_session_percent", "session_low", "session_high", "sessions_with", "sessions", "clopper_pearson"
)
PER_PATIENT = Share("patient_percent", "patient_low", "patient_high", "patients_with", "patients", "clopper_pearson")
LIMITS = ("conf_low", "conf_high")
ROLES: Mapping[str, Role] = {
    "findings": Role(("n_arm", "n_reference"), ("estimate", *LIMITS, "conf_low_adjusted", "conf_high_adjusted")),
    "arm_means": Role(("n",), ("estimate", *LIMITS), absent=True),
    "effects": Role(estimates=("estimate", *LIMITS)),
    "power": Role(estimates=("detectable", "patients_per_arm"), kept=("meaningful",)),
    "flow": Role(),
    "arms": Role(medians=("median_sessions",), resting={"units": "patients", "sessions": "patients"},
                 basis=("patients",)),
    "visits": Role(("seen",), medians=("median_days_since_session",)),
    "descriptions": Role(("n",), resting={"n_readings": "n"}),
    "baseline": Role(),
    "responders": Role(("n",), shares=(WILSON,)),
    "depth": Role(("n",), ("mean_change",), shares=(WILSON,), grid=(("outcome", "visit"), ("depth",))),
    "clinics": Role(("n",), ("mean_change",), grid=(("outcome", "visit"), ("clinic",), ("arm",))),
    "safety": Role(shares=(PER_SESSION, PER_PATIENT),
                   resting={"sessions": "patients", "sessions_with": "patients_with", "serious": "patients_with"}),
    "consultation": Role(),
    "eligibility_counts": Role(resting={"sessions": "patients"}, grid=(("condition", "level"), ("treatment",))),
    "files": Role(),
    "quality": Role(),
    "repairs": Role(),
}  # fmt: skip
KEPT_KEYS = ("visit",)  # numbers that are keys
# Texts that leave beside the keys of a table.
TEXTS = {"findings": ("arm", "reference", "verdict", "status", "notes"), "arm_means": ("scale",)}
