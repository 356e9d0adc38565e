"""The clinic with semicolon files in a Western European encoding: decimal commas, dd.mm.yyyy, needles in um."""

from __future__ import annotations

from analytics.sources.simulate.dialect import Dialect, Field, Layout

_JA_NEIN = {"yes": ("erledigt", "Erledigt"), "no": ("ausstehend",), "unknown": ("unklar",)}
_TREATMENTS = {
    "microdermabrasion": ("Mikrodermabrasion", "Mikroderm.", "MDA Düse", "Diamantschliff"),
    "chemical_peel": (
        "Säurepeeling",
        "Säure-Peeling {peel_percent} %",
        "{agent}{peel_percent}/{peel_minutes}min/x{peel_layers}",
    ),
    "dermal_roller": ("Dermaroller", "derma roller", "MN {roller_needle_mm}", "Nadelrolle"),
}
_PATTERNS = {
    "microdermabrasion": ("Mikroderm*", "MDA*", "Diamantschliff"),
    "chemical_peel": ("Säure*", "GA*", "Acid*", "SA*", "TCA*", "Lactic*", "Mandelic*"),
    "dermal_roller": ("Dermaroller", "derma roller", "MN*", "Nadelrolle"),
}
_HAUT = {
    "combination": ("Mischhaut",),
    "oily": ("fettig",),
    "dry": ("trocken",),
    "normal": ("ausgeglichen",),
    "sensitive": ("empfindlich",),
}
_ANLASS = {"acne": ("Unreinheiten",), "acne_scars": ("Narben",), "pores": ("Poren",), "texture": ("Hautbild",)}
_KA = ("k.A.", "n/a")

SESSIONS = {
    "patient_id": Field("Kundennr"),
    "session_date": Field("Termin"),
    "treatment": Field("Leistung", _TREATMENTS, _PATTERNS),
    "session_no": Field("Lfd. Nr"),
    "planned_sessions": Field("Paketgröße"),
    "side": Field("Hälfte", {"left": ("li",), "right": ("re",)}),
    "timing": Field("Zeitpunkt", {"pre": ("vorher",), "post": ("nachher",)}),
    "hours_since_session": Field("Std danach"),
    "provider_id": Field("Kürzel"),
    "rater_id": Field("Beurteilt"),
    "product": Field("Präparat"),
    "adjunct": Field("Heimpflege"),
    "indication": Field("Anlass", _ANLASS),
    "instructions_given": Field("Merkblatt", _JA_NEIN),
    "instructions_followed": Field(
        "Eingehalten", {"yes": ("eingehalten",), "no": ("missachtet",), "unknown": ("unklar",)}
    ),
    "sun_exposure_14d": Field("Sonne", {"yes": ("gebräunt", "Solarium"), "no": ("keine",)}),
    "product_stop_days": Field("Pause (Tage)"),
    "intercurrent_event": Field(
        "Vorfall",
        {
            "switch": ("Wechsel",),
            "stop": ("Abbruch",),
            "new_skin_drug": ("neues Medikament",),
            "pregnancy": ("schwanger",),
            "sunburn": ("Sonnenbrand",),
        },
    ),
    "mda_passes": Field("Bahnen"),
    "mda_vacuum_kpa": Field("Sog"),
    "peel_agent": Field(
        "Säure",
        {
            "glycolic_acid": ("Glykol",),
            "salicylic_acid": ("Salicyl",),
            "trichloroacetic_acid": ("Trichlor",),
            "lactic_acid": ("Milchs.",),
            "mandelic_acid": ("Mandel",),
        },
    ),
    "peel_percent": Field("Stärke"),
    "peel_ph": Field("Säurewert"),
    "peel_layers": Field("Schichten"),
    "peel_minutes": Field("Einwirkzeit"),
    "peel_depth": Field(
        "Tiefe", {"very_superficial": ("hauchfein",), "superficial": ("oberflächlich",), "medium": ("mitteltief",)}
    ),
    "roller_needle_mm": Field("Nadel (µm)", times=1000, extra={"unit": "um"}),
    "roller_passes": Field("Überrollungen"),
    "roller_device": Field("Gerät", {"roller": ("Handrolle",), "pen": ("Stift",)}),
    "texture_grade": Field("Hautbild", gaps=_KA),
    "roughness_ra_um": Field("Rauheit", gaps=_KA),
    "scar_grade": Field("Narbenstufe", gaps=_KA),
    "pore_count": Field("Poren", gaps=_KA),
    "inflammatory_lesions": Field("Entzündlich", gaps=_KA),
    "noninflammatory_lesions": Field("Mitesser", gaps=_KA),
    "acne_iga": Field("Arzturteil", gaps=_KA),
    "absorbed_percent": Field("Eingezogen %"),
    "elasticity_r2": Field("Spannkraft", gaps=_KA),
    "satisfaction_vas": Field("Zufrieden", divided=10, extra={"scale": [0, 10]}, gaps=_KA),
    "dlqi": Field("Fragebogen"),
    "gais": Field("Gesamteindruck", mirror=(1, 5), extra={"scale": [1, 5], "reverse": True}),
    "visia_percentile": Field("Visia-Rang", extra={"missing": ["999"]}, gaps=("999",)),
}
PATIENTS = {
    "patient_id": Field("Kundennr"),
    "birth_year": Field("Jahrgang"),
    "sex": Field("Anrede", {"female": ("Fr.",), "male": ("Hr.",)}),
    "fitzpatrick": Field("Lichttyp"),
    "skin_type": Field("Hauttyp", _HAUT),
}
CONSULTATIONS = {
    "patient_id": Field("Kundennr"),
    "consultation_date": Field("Erstgespräch"),
    "skin_type": Field("Hautzustand", _HAUT),
    "concerns": Field("Wünsche"),
    "recommended_treatment": Field(
        "Empfehlung",
        {
            "microdermabrasion": ("Diamantschliff",),
            "chemical_peel": ("Säurepeeling",),
            "dermal_roller": ("Nadelrolle",),
        },
    ),
    "contraindications": Field("Vorsicht"),
    "instructions_given": Field("Merkblatt", _JA_NEIN),
    "instructions_followed": Field("Eingehalten", _JA_NEIN),
}
EVENTS = {
    "patient_id": Field("Kundennr"),
    "session_date": Field("Termin"),
    "event": Field(
        "Ereignis",
        {
            "erythema": ("Rötung",),
            "oedema": ("Schwellung",),
            "tightness": ("Spannungsgefühl",),
            "flaking": ("Schuppung",),
            "stinging": ("Brennen",),
            "pinpoint_bleeding": ("Punktblutung",),
            "crusting": ("Kruste",),
            "hyperpigmentation": ("Pigmentfleck",),
            "infection": ("Entzündung",),
            "herpes": ("Fieberbläschen",),
        },
    ),
    "onset_date": Field("Beginn"),
    "resolved_date": Field("Abgeklungen"),
    "severity": Field("Schwere"),
    "serious": Field("Klinik", {"true": ("J",), "false": ("N",)}),
}

LINDENHOF = Dialect(
    id="lindenhof",
    shape="wide",
    container="csv",
    date="%d.%m.%Y",
    decimal=",",
    separator=";",
    encoding="cp1252",
    missing=_KA,
    layouts={
        "sessions": Layout(
            "termine.csv", SESSIONS, leftovers={"Bemerkung": ("", "", "kühlen", "nächstes Mal weniger")}
        ),
        "patients": Layout("kunden.csv", PATIENTS),
        "consultations": Layout("beratung.csv", CONSULTATIONS),
        "adverse_events": Layout("vorkommnisse.csv", EVENTS),
    },
)
