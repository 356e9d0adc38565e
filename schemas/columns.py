"""Every column of the canonical tables that is not an outcome or a treatment parameter: type, unit, range and codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.literature import CONVENTION, GENERAL, cite
from schemas.vocabulary import Column

TABLE_NAMES = ("sessions", "patients", "consultations", "adverse_events")
_ALL = TABLE_NAMES
_S = ("sessions",)
_C = ("consultations",)
_A = ("adverse_events",)
_SC = ("sessions", "consultations")
_SP = ("sessions", "patients")
_WHO = ("sessions", "patients", "consultations")

#: A table needs one column of every group (the first named is the usual one).
REQUIRED_COLUMNS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "sessions": (("patient_id",), ("treatment",), ("session_date", "visit", "study_day")),
        "patients": (("patient_id",),),
        "consultations": (("patient_id",), ("consultation_date",)),
        "adverse_events": (("patient_id",), ("event",)),
    }
)
#: Cells that may not be blank. A sessions row also needs its date, visit or study day; no treatment = assessment only.
FILLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sessions": ("patient_id",),
        "patients": ("patient_id",),
        "consultations": ("patient_id", "consultation_date"),
        "adverse_events": ("patient_id", "event"),
    }
)

KEYS = (
    Column("clinic_id", "Clinic", "text", _ALL, role="key", definition="With patient_id it is one patient."),
    Column("patient_id", "Patient", "text", _ALL, required=True, role="key", definition="The clinic's number or code."),
    Column("session_id", "Session", "text", _S, role="key", definition="The clinic's own number of the session."),
    Column(
        "session_date", "Session date", "datetime", ("sessions", "adverse_events"), role="key",
        definition="Day (and time, if given) of the session or reading; of an adverse event, of the session before it.",
    ),
    Column(
        "visit", "Visit", "number", _S, "week or visit number", 0, 520, role="key", source=f"limits: {CONVENTION}",
        definition="Trial style instead of dates: 0 is the baseline, else the nominal week or visit number.",
    ),
    Column(
        "study_day", "Study day", "number", _S, "days", -3650, 36500, role="key", source=f"limits: {CONVENTION}",
        definition="Days from the first treatment, instead of a date.",
    ),
    Column(
        "treatment", "Treatment given", "code", _S, codes="treatment", required=True, role="key",
        definition="What was done in this session; blank: nothing was done, only readings were taken.",
    ),
    Column("side", "Side", "code", _S, codes="side", role="key", definition="Side, seen from the patient."),
    Column("body_site", "Body site", "code", _S, codes="body_site", role="key", definition="Part of the body."),
    Column(
        "timing", "Timing", "code", _S, codes="timing", role="key",
        definition="Whether the reading was taken before or after the treatment of that day.",
    ),
)  # fmt: skip

SESSION = (
    Column("provider_id", "Provider", "text", _S, definition="Who gave the treatment."),
    Column("rater_id", "Rater", "text", _S, definition="Who took the reading or judged the grade."),
    Column("device_id", "Device", "text", _S, definition="Which device was used to treat or to read."),
    Column(
        "session_no", "Session number", "integer", _S, "sessions", 1, 100, step=1, source=f"limits: {CONVENTION}",
        definition="Number of this session in its course.",
    ),
    Column(
        "planned_sessions", "Sessions planned", "integer", _S, "sessions", 1, 100, step=1,
        source=f"limits: {CONVENTION}", definition="How many sessions the course was to have.",
    ),
    Column(
        "exposure_days", "Days of exposure", "number", _S, "days", 0, 3660, source=f"limits: {CONVENTION}",
        definition="Days over which events or lesions were counted.",
    ),
    Column(
        "hours_since_session", "Hours since session", "number", _S, "h", 0, 8784,
        source=f"limits, a year: {CONVENTION}", definition="Hours between the last treatment and the reading.",
    ),
    Column("product", "Product", "text", _S, definition="Product whose uptake was measured."),
    Column("adjunct", "Accompanying product", "text", _S, definition="Product or treatment that goes with this one."),
    Column(
        "intercurrent_event", "Intercurrent event", "code", _S, codes="intercurrent_event", role="event",
        definition="What happened since the start and changes what a later reading means.",
    ),
    Column(
        "intercurrent_date", "Date of the event", "date", _S, role="event",
        definition="Day of the intercurrent event; blank: the day of this row.",
    ),
)  # fmt: skip

CONSULTATION = (
    Column(
        "consultation_date", "Consultation date", "date", _C, required=True, role="key",
        definition="Day of the consultation.",
    ),
    Column("indication", "Indication", "code", _S, codes="concern", role="consultation", definition="What is treated."),
    Column(
        "skin_type", "Skin type", "code", _WHO, codes="skin_type", role="covariate",
        definition="Skin type as judged at the consultation.",
    ),
    Column(
        "concerns", "Concerns", "codes", _SC, codes="concern", role="consultation",
        definition="Why the patient came; several are separated by semicolons.",
    ),
    Column(
        "recommended_treatment", "Treatment recommended", "code", _SC, codes="treatment", role="consultation",
        definition="What the consultation recommended; none or other are permitted too.",
    ),
    Column(
        "contraindications", "Contraindications", "codes", _C, codes="condition", role="consultation",
        definition="Conditions of the eligibility policy; several are separated by semicolons.",
    ),
    Column(
        "instructions_given", "Instructions given", "code", _SC, codes="yes_no_unknown", role="consultation",
        definition="Whether instructions for the days before the treatment were given; blank: unknown.",
    ),
    Column(
        "instructions_followed", "Instructions followed", "code", _SC, codes="yes_no_unknown", role="consultation",
        definition="Whether they were kept; blank: unknown.",
    ),
    Column(
        "sun_exposure_14d", "Sun in the last 14 days", "code", _S, codes="sun_exposure", role="consultation",
        source=cite("mda_technique"), definition="Sun, tan or sunburn in the 14 days before; blank: unknown.",
    ),
    Column(
        "product_stop_days", "Days without active products", "number", _S, "days", 0, 3660, role="consultation",
        source=f"limits: {CONVENTION}",
        definition="Days since retinoid, fruit acid or benzoyl peroxide was last used before the session.",
    ),
)  # fmt: skip

PATIENT = (
    Column(
        "fitzpatrick", "Fitzpatrick skin type", "integer", _SP, "type", 1, 6, codes="fitzpatrick", role="covariate",
        step=1, source=f"six types by definition; {GENERAL}",
        definition="How the skin answers to the sun, 1 (always burns) to 6 (dark, never burns).",
    ),
    Column(
        "birth_year", "Birth year", "integer", _SP, "year", 1890, 2100, role="covariate", step=1,
        source=f"limits: {CONVENTION}", definition="Year of birth.",
    ),
    Column(
        "age", "Age", "number", _S, "years", 0, 120, role="covariate", source=f"limits: {CONVENTION}",
        definition="Age at the session, in years.",
    ),
    Column("sex", "Sex", "code", _SP, codes="sex", role="covariate", definition="Sex as recorded."),
)  # fmt: skip

EVENTS = (
    Column("event", "Event", "code", _A, codes="event", required=True, role="event", definition="What happened."),
    Column("onset_date", "Onset", "date", _A, role="event", definition="Day it began."),
    Column("resolved_date", "Resolved", "date", _A, role="event", definition="Day it was gone; blank: not known."),
    Column(
        "severity", "Severity", "integer", _A, "grade", 1, 3, codes="severity", role="event", step=1,
        source=f"local scale after {cite('ctcae')}; {CONVENTION}",
        definition="1 mild, 2 moderate (treated locally), 3 severe.",
    ),
    Column(
        "serious", "Serious", "boolean", _A, codes="true_false", role="event",
        definition="Needed hospital care, left lasting harm, threatened life or worse.",
    ),
)  # fmt: skip

COLUMNS = KEYS + SESSION + CONSULTATION + PATIENT + EVENTS
