"""The clinic with one line per measurement: dd/mm/yyyy, the client's details on every line, no list of patients."""

from __future__ import annotations

from analytics.sources.simulate.dialect import Dialect, Field, Layout

_TICK = {"yes": ("ticked",), "no": ("blank",), "unknown": ("unsure",)}
_TREATMENTS = {
    "microdermabrasion": ("crystal polish", "Polish", "MDA/{mda_passes} passes"),
    "chemical_peel": ("{agent}{peel_percent}/{peel_minutes}min/x{peel_layers}", "Resurfacing acid", "RESURFACING ACID"),
    "dermal_roller": ("derma roller", "roll-on needles", "MN {roller_needle_mm}"),
}
_PATTERNS = {
    "microdermabrasion": ("*polish", "MDA*"),
    "chemical_peel": ("GA*", "Acid*", "SA*", "TCA*", "Lactic*", "Mandelic*", "Resurfacing*"),
    "dermal_roller": ("derma roller", "roll-on needles", "MN*"),
}
_SKIN = {"combination": ("C",), "oily": ("O",), "dry": ("D",), "normal": ("N",), "sensitive": ("S",)}

SESSIONS = {
    "patient_id": Field("Ref"),
    "session_date": Field("On"),
    "treatment": Field("Booked as", _TREATMENTS, _PATTERNS),
    "birth_year": Field("YOB"),
    "sex": Field("Title", {"female": ("Mrs", "Miss"), "male": ("Mr",)}),
    "fitzpatrick": Field("Tan scale"),
    "skin_type": Field("Complexion", _SKIN),
    "session_no": Field("Go"),
    "planned_sessions": Field("Out of"),
    "side": Field("Cheek", {"left": ("port",), "right": ("starboard",)}),
    "timing": Field("When on the day", {"pre": ("first thing",), "post": ("at the end",)}),
    "hours_since_session": Field("Hours on"),
    "provider_id": Field("Hands"),
    "rater_id": Field("Eyes"),
    "product": Field("Bottle"),
    "adjunct": Field("Takes home"),
    "indication": Field("Came for"),
    "instructions_given": Field("Card handed", _TICK),
    "instructions_followed": Field("Card obeyed", _TICK),
    "sun_exposure_14d": Field("Beach", {"yes": ("beach",), "no": ("indoors",)}),
    "product_stop_days": Field("Days without cream"),
    "intercurrent_event": Field(
        "Flag",
        {
            "switch": ("other service",),
            "stop": ("no more",),
            "new_skin_drug": ("GP started tablets",),
            "pregnancy": ("baby on the way",),
            "sunburn": ("red from the sun",),
        },
    ),
    "mda_passes": Field("Sweeps"),
    "mda_vacuum_kpa": Field("Pull"),
    "peel_agent": Field("Liquid"),
    "peel_percent": Field("Per cent"),
    "peel_ph": Field("Sourness"),
    "peel_layers": Field("Brushes"),
    "peel_minutes": Field("Clock"),
    "peel_depth": Field("Reach"),
    "roller_needle_mm": Field("Spike"),
    "roller_passes": Field("Strokes"),
    "roller_device": Field("Tool"),
}
OUTCOMES = {
    "texture_grade": Field("feel of the skin"),
    "scar_grade": Field("dents (four steps)"),
    "scar_score": Field("dents (long sheet)"),
    "inflammatory_lesions": Field("angry ones"),
    "noninflammatory_lesions": Field("quiet ones"),
    "acne_iga": Field("five-step look"),
    "absorbed_percent": Field("sunk in"),
    "melanin_index": Field("brown meter"),
    "erythema_index": Field("red meter"),
    "satisfaction_vas": Field("smiley", divided=10, extra={"scale": [0, 10]}),
    "dlqi": Field("ten questions"),
    "gais": Field("better or worse", mirror=(1, 5), extra={"scale": [1, 5], "reverse": True}),
}
CONSULTATIONS = {
    "patient_id": Field("Ref"),
    "consultation_date": Field("Met on"),
    "skin_type": Field("Complexion", _SKIN),
    "concerns": Field("Came for"),
    "recommended_treatment": Field(
        "We said",
        {
            "microdermabrasion": ("Polish",),
            "chemical_peel": ("Resurfacing acid",),
            "dermal_roller": ("roll-on needles",),
        },
    ),
    "contraindications": Field("Watch out"),
    "instructions_given": Field("Card handed", _TICK),
    "instructions_followed": Field("Card obeyed", _TICK),
}
EVENTS = {
    "patient_id": Field("Ref"),
    "session_date": Field("Seen on"),
    "event": Field("Trouble"),
    "onset_date": Field("Since"),
    "resolved_date": Field("Until"),
    "severity": Field("How bad"),
    "serious": Field("A&E", {"true": ("went",), "false": ("stayed home",)}),
}

HARBOUR = Dialect(
    id="harbour",
    shape="long",
    container="csv",
    date="%d/%m/%Y",
    separator="|",
    outcome_field=Field("Scale used", {name: (f.header,) for name, f in OUTCOMES.items()}),
    value_header="Reading",
    outcomes=OUTCOMES,
    layouts={
        "sessions": Layout("measurements.csv", SESSIONS),
        "consultations": Layout("first_meetings.csv", CONSULTATIONS),
        "adverse_events": Layout("trouble_book.csv", EVENTS),
    },
)
