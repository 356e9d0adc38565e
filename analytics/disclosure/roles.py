"""What each column of each table of a run is when a copy leaves the house; what is not named here does not leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Share:
    """A percentage with limits, made again from two told counts. ``limits``: wilson | clopper_pearson.

    ``only``: a column, and what it says where this is a percentage; elsewhere it is an estimate.
    """

    percent: str
    low: str
    high: str
    part: str
    whole: str
    limits: str
    only: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Rate:
    """Events per 100 of a time with exact limits, made again from the told count and the told time."""

    rate: str
    low: str
    high: str
    events: str
    time: str


@dataclass(frozen=True)
class Role:
    """``basis``: counts of patients on whom every other number of the row rests: under ``minimum_cell`` all are empty.

    ``estimates``: to two significant digits; ``medians``: likewise, and on twice as many patients, so that as many lie
    on either side; ``shares``: made again; ``resting``: counts of sessions or sides -> the count of patients they rest
    on. ``grid``: columns of which every combination is told, because a line that is not there would say "nobody".
    ``absent``: the line is left out where a basis is too small. ``kept``: numbers that come from no patient, or say no
    more than the estimates of their row. ``tails``: quantiles with a tenth of the patients beyond them.
    """

    basis: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    medians: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
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
    "costs": Role(),
    "aside": Role(),
    "faults": Role(),
    "missing": Role(),
    "raters": Role(("patients",), ("change", *LIMITS), resting={"readings": "patients"}, absent=True,
                   kept=("months", "flagged")),
    "digits": Role(shares=(Share("percent", *LIMITS, "rounded", "readings", "wilson"),)),
    "serious": Role(shares=(PER_SESSION, PER_PATIENT),
                    resting={"sessions": "patients", "sessions_with": "patients_with", "events": "patients_with"}),
    "exposure": Role(("patients",), ("weeks",), rates=(Rate("rate", *LIMITS, "events", "weeks"),)),
    "severity": Role(resting={"count": "patients"}, grid=(("treatment",), ("event", "class"), ("severity",))),
    "resolution": Role(("patients",), medians=("median", *LIMITS), tails=("ninetieth",),
                       resting={"events": "patients", "resolved": "patients_resolved", "open": "patients_open"},
                       grid=(("treatment",), ("event", "class"))),
    "instructions": Role(resting={"sessions": "patients", "sessions_with": "patients_with"},
                         shares=(Share("percent", *LIMITS, "sessions_with", "sessions", "clopper_pearson"),)),
    "instructions_difference": Role(("patients",), ("difference", *LIMITS), resting={"sessions": "patients"}),
    "benchmark": Role(("n",), ("expected_responders", "expected", "adjusted", "shrunk", "shrunk_low", "shrunk_high",
                               "inner_low", "inner_high", "outer_low", "outer_high", "observed"), kept=("outside",)),
    "benchmark_overall": Role(("n",), ("centre", "sigma", "residual_df", "middle", "spread", "spread_low",
                                       "spread_high"),
                              kept=("places", "hidden", "most_in_clinic", "outside_inner", "outside_outer",
                                    "expected_outside")),
    "mix": Role(),
    "agreement": Role(shares=(Share("percent", *LIMITS, "count", "total", "clopper_pearson"),)),
    "care_outcomes": Role(("n",), shares=(Share("observed", *LIMITS, "responders", "n", "wilson",
                                                ("measure", "share")),)),
    "care_difference": Role(("n", "n_first", "n_second"), ("difference", *LIMITS)),
}  # fmt: skip
KEPT_KEYS = ("visit",)  # numbers that are keys
# Texts that leave beside the keys of a table.
TEXTS = {
    "findings": ("arm", "reference", "verdict", "status", "notes"), "arm_means": ("scale",),
    "benchmark_overall": ("measure", "terms", "terms_left"), "care_outcomes": ("measure",),
    "care_difference": ("measure", "terms", "terms_left"),
}  # fmt: skip
