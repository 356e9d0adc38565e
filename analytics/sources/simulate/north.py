"""The clinic that keeps one Excel workbook: a title above the header, real dates, numbers as numbers, other scales."""

from __future__ import annotations

from analytics.sources.simulate.dialect import Dialect, Field, Layout

_YES_NO = {"yes": ("done", "Done"), "no": ("not done",), "unknown": ("?",)}
_TREATMENTS = {
    "microdermabrasion": ("Microderm", "MDA", "MDA diamond", "micro-dermabrasion"),
    "chemical_peel": ("{agent}{peel_percent}/{peel_minutes}min/x{peel_layers}", "Acid peel", "peel {agent}"),
    "dermal_roller": ("derma roller", "Dermaroller", "MN {roller_needle_mm}", "needling {roller_needle_mm} mm"),
}
_PATTERNS = {
    "microdermabrasion": ("Microderm", "MDA*", "micro-dermabrasion"),
    "chemical_peel": ("GA*", "SA*", "TCA*", "Lactic*", "Mandelic*", "*peel*"),
    "dermal_roller": ("derma roller", "Dermaroller", "MN*", "needling*"),
}
_SKIN = {
    "combination": ("T-zone",),
    "oily": ("shiny",),
    "dry": ("parched",),
    "normal": ("balanced",),
    "sensitive": ("touchy",),
}
_TEN = {"scale": [0, 10]}
_NA = ("n/a", "-")

SESSIONS = {
    "patient_id": Field("Client"),
    "session_date": Field("Appt"),
    "treatment": Field("Service", _TREATMENTS, _PATTERNS),
    "session_no": Field("Nr in package"),
    "planned_sessions": Field("Package"),
    "side": Field("Half", {"left": ("LH",), "right": ("RH",)}),
    "timing": Field("Moment", {"pre": ("beforehand",), "post": ("straight after",)}),
    "hours_since_session": Field("Hrs later"),
    "provider_id": Field("Therapist"),
    "rater_id": Field("Scored by"),
    "product": Field("Serum"),
    "adjunct": Field("Homecare"),
    "indication": Field("Reason"),
    "instructions_given": Field("Prep sheet", _YES_NO),
    "instructions_followed": Field("Prep kept", {"yes": ("kept",), "no": ("not kept", "broken"), "unknown": ("?",)}),
    "sun_exposure_14d": Field("Sun 2 wks", {"yes": ("tanned", "sun"), "no": ("none", "shade")}),
    "product_stop_days": Field("Actives off"),
    "intercurrent_event": Field(
        "Incident",
        {
            "switch": ("changed service",),
            "stop": ("gave up",),
            "new_skin_drug": ("on tablets now",),
            "pregnancy": ("expecting",),
            "sunburn": ("burnt on holiday",),
        },
    ),
    "mda_passes": Field("Diamond x"),
    "mda_vacuum_kpa": Field("Suction"),
    "peel_agent": Field("Acid"),
    "peel_percent": Field("Strength"),
    "peel_ph": Field("Acidity"),
    "peel_layers": Field("Coats"),
    "peel_minutes": Field("Left on"),
    "peel_depth": Field("Level"),
    "roller_needle_mm": Field("Tips", times=1000, extra={"unit": "um"}),
    "roller_passes": Field("Rolls"),
    "roller_device": Field("Handpiece", {"roller": ("by hand",), "pen": ("motor",)}),
    "texture_grade": Field("Smoothness", gaps=_NA),
    "roughness_ra_um": Field("Primos", gaps=_NA),
    "scar_grade": Field("Pitting", gaps=_NA),
    "inflammatory_lesions": Field("Red spots", gaps=_NA),
    "noninflammatory_lesions": Field("Clogged", gaps=_NA),
    "acne_iga": Field("Doctor 0-4", gaps=_NA),
    "absorbed_percent": Field("Serum gone in %"),
    "tewl_g_m2_h": Field("Vapour", gaps=_NA),
    "hydration_au": Field("Corneo", gaps=_NA),
    "melanin_index": Field("Mexa M", extra={"missing": ["999"]}, gaps=("999",)),
    "erythema_index": Field("Mexa E", extra={"missing": ["999"]}, gaps=("999",)),
    "satisfaction_vas": Field("Happy", divided=10, extra=_TEN, gaps=_NA),
    "dlqi": Field("Quality sheet"),
    "gais": Field("Overall change"),
}
PATIENTS = {
    "patient_id": Field("Client"),
    "birth_year": Field("Born"),
    "sex": Field("Gender", {"female": ("F", "Ms"), "male": ("M", "Mr")}),
    "fitzpatrick": Field(
        "Photo type", {"1": ("I",), "2": ("II",), "3": ("III",), "4": ("IV",), "5": ("V",), "6": ("VI",)}
    ),
    "skin_type": Field("Skin", _SKIN),
}
CONSULTATIONS = {
    "patient_id": Field("Client"),
    "consultation_date": Field("First talk"),
    "skin_type": Field("Skin seen", _SKIN),
    "concerns": Field("Wishes"),
    "recommended_treatment": Field(
        "Advice", {k: v[:1] if k != "chemical_peel" else ("Acid peel",) for k, v in _TREATMENTS.items()}
    ),
    "contraindications": Field("Alerts"),
    "instructions_given": Field("Leaflet", _YES_NO),
    "instructions_followed": Field("Leaflet kept", _YES_NO),
}
EVENTS = {
    "patient_id": Field("Client"),
    "session_date": Field("Appt"),
    "event": Field("What happened"),
    "onset_date": Field("Began"),
    "resolved_date": Field("Cleared"),
    "severity": Field("Grade"),
    "serious": Field("Hospital", {"true": ("Y",), "false": ("N",)}),
}

NORTH = Dialect(
    id="north",
    shape="wide",
    container="xlsx",
    workbook="visits.xlsx",
    missing=_NA,
    layouts={
        "sessions": Layout(
            "Visits", SESSIONS, "All appointments", {"Room": ("1", "2", "Loft"), "Paid": ("90", "120", "0")}
        ),
        "patients": Layout("Clients", PATIENTS, "Client list"),
        "consultations": Layout("Talks", CONSULTATIONS, "First talks"),
        "adverse_events": Layout("Alerts", EVENTS, "What went wrong"),
    },
)
