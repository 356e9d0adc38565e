"""The measured outcomes: instrument, unit, range, direction, what change matters and where each figure comes from."""

from __future__ import annotations

from schemas.literature import CONVENTION, GENERAL, cite
from schemas.vocabulary import Outcome, Responder, Threshold

DEFAULT_PRIMARY = ("texture_grade", "inflammatory_lesions", "absorbed_percent")

_DAY = 24.0
BARRIER_WASHOUT = 7 * _DAY
TONE_WASHOUT = 14 * _DAY
_BARRIER_SOURCE = f"{cite('barrier_mda', 'barrier_roller')}; 7 days for all treatments: {CONVENTION}"
_TONE_SOURCE = f"redness and pigment readings disturb each other; 14 days: {CONVENTION}"
_NO_CHANGE = "No published size of change that matters to a patient was found; none is assumed."
_NO_GAP = "No published size of difference between treatments that matters was found; the plan may name one."

# An odds ratio of 1.5 is about 0.22 standard deviations (Chinn 2000), which is a win probability of 0.56.
_GRADES = {
    "odds_ratio": Threshold(1.5, f"{CONVENTION}; about a fifth of a standard deviation, {cite('chinn_2000')}"),
    "win_probability": Threshold(0.56, f"{CONVENTION}; the same size as an odds ratio of 1.5, {cite('chinn_2000')}"),
}
_LESIONS = {"rate_ratio": Threshold(0.8, f"{CONVENTION}; a fifth fewer lesions")}
_LESIONS_HALVED = Responder(
    "percent_fall", 50, floor=5, source=f"{CONVENTION}; below five lesions a percentage says nothing",
    sentence="at least half of the lesions gone, from five or more",
)  # fmt: skip
_ONE_GRADE = Responder("fall", 1, sentence="better by at least one grade", source=CONVENTION)
_VEHICLE = f"Lesions also fall without active treatment: {cite('vehicle_lamel')}."

TEXTURE = (
    Outcome(
        "texture_grade", "Texture grade", "texture", "continuous", "grade", "lower", 0, 9, 0.5,
        responder_change=Threshold(1.0, f"{CONVENTION}; one whole grade"),
        meaningful_difference={"difference": Threshold(0.5, f"{CONVENTION}; one step of the scale"), **_GRADES},
        responder=_ONE_GRADE,
        definition="How rough the skin looks and feels to the assessor, 0 (smooth) to 9 (severe), in half grades.",
        notes=("Half grades are treated as a measure; as grades in the sensitivity analysis.",),
        axis_text="Texture grade (0-9, lower is smoother)", short_label="Texture",
        range_source=cite("griffiths"),
    ),
    Outcome(
        "roughness_ra_um", "Roughness Ra", "texture", "positive", "µm", "lower", 0, 1000, soft_low=1, soft_high=100,
        definition="Average height of the skin's relief by optical measurement, in micrometres; analysed on the log.",
        notes=(_NO_CHANGE, _NO_GAP), axis_text="Roughness Ra (µm, lower is smoother)", short_label="Roughness",
        range_source=f"{cite('primos_2011')}; above 100 check the unit, limit 1000: {CONVENTION}",
    ),
    Outcome(
        "scar_grade", "Scar grade", "texture", "ordinal", "grade", "lower", 1, 4, 1,
        responder_change=Threshold(1.0, f"{cite('ishfaq_2022')}; as a size that matters: {CONVENTION}"),
        meaningful_difference=_GRADES,
        responder=Responder(
            "fall", 1, sentence="better by at least one grade", source=f"{cite('ishfaq_2022')}; {CONVENTION}",
        ),
        definition="Goodman and Baron's qualitative grade of acne scars, 1 (flat marks) to 4 (severe).",
        notes=("Not the quantitative score of the same authors: that is scar_score.",),
        axis_text="Scar grade (1-4, lower is better)", short_label="Scar grade",
        levels={1: "macular (flat marks)", 2: "mild", 3: "moderate", 4: "severe"},
        range_source=f"{cite('ishfaq_2022')}; names of the grades: {GENERAL}",
    ),
    Outcome(
        "scar_score", "Scar score", "texture", "continuous", "points", "lower", 0, 84, 1,
        responder_change=Threshold(5.0, f"{CONVENTION}; raters differ by up to 4 points, {cite('goodman_baron_2006')}"),
        responder=Responder(
            "fall", 5, sentence="better by at least 5 points, more than raters differ",
            source=f"{CONVENTION}; raters differ by up to 4 points, {cite('goodman_baron_2006')}",
        ),
        definition="Goodman and Baron's quantitative score of acne scars: kind and number, 0 to 84 points.",
        notes=("Not the qualitative grade of the same authors: that is scar_grade.", _NO_GAP),
        axis_text="Scar score (0-84 points, lower is better)", short_label="Scar score",
        range_source=f"{cite('goodman_baron_2006')}; maximum 84: {GENERAL}",
    ),
    Outcome(
        "pore_count", "Pore count", "texture", "count", "pores", "lower", 0, None, 1,
        definition="Visible pores counted by the camera's software on one view.",
        notes=("Counts of different cameras are not comparable.", _NO_CHANGE, _NO_GAP),
        axis_text="Pores (count, lower is better)", short_label="Pores", range_source=f"a count; {GENERAL}",
    ),
)  # fmt: skip

BREAKOUTS = (
    Outcome(
        "inflammatory_lesions", "Inflammatory lesions", "breakouts", "count", "lesions", "lower", 0, None, 1,
        soft_high=200, meaningful_difference=_LESIONS, responder=_LESIONS_HALVED,
        definition="Papules, pustules and nodules counted on the face.",
        notes=("A patient is best counted by the same person each time.", _VEHICLE),
        axis_text="Inflammatory lesions (count, lower is better)", short_label="Inflamed spots",
        range_source=f"{cite('lesion_raters')}; above 200 unusual: {CONVENTION}",
    ),
    Outcome(
        "noninflammatory_lesions", "Non-inflammatory lesions", "breakouts", "count", "lesions", "lower", 0, None, 1,
        soft_high=300, meaningful_difference=_LESIONS, responder=_LESIONS_HALVED,
        definition="Open and closed comedones (blackheads and whiteheads) counted on the face.",
        notes=("A patient is best counted by the same person each time.", _VEHICLE),
        axis_text="Non-inflammatory lesions (count, lower is better)", short_label="Comedones",
        range_source=f"{cite('lesion_raters')}; above 300 unusual: {CONVENTION}",
    ),
    Outcome(
        "total_lesions", "Total lesions", "breakouts", "count", "lesions", "lower", 0, None, 1,
        soft_high=500, meaningful_difference=_LESIONS, responder=_LESIONS_HALVED,
        derived_from=("inflammatory_lesions", "noninflammatory_lesions"),
        definition="Inflammatory and non-inflammatory lesions together; added up when both parts are there.",
        notes=("Derived from its parts, never counted a second time.", _VEHICLE),
        axis_text="All lesions (count, lower is better)", short_label="All spots",
        range_source=f"{cite('lesion_raters')}; above 500 unusual: {CONVENTION}",
    ),
    Outcome(
        "acne_iga", "Acne severity (IGA)", "breakouts", "ordinal", "grade", "lower", 0, 4, 1,
        responder_change=Threshold(2.0, f"{cite('patel_2021')}; as a size that matters: {CONVENTION}"),
        meaningful_difference=_GRADES,
        responder=Responder(
            "level_and_fall", 2, level=1, sentence="clear or almost clear, and better by at least two grades",
            source=cite("patel_2021"), standing="published",
        ),
        definition="Investigator's global assessment of acne, 0 (clear) to 4 (severe).",
        notes=("Success depends on where a patient starts: from grade 2 only clear skin counts.",),
        axis_text="Acne severity (IGA 0-4, lower is better)", short_label="Acne IGA",
        levels={0: "clear", 1: "almost clear", 2: "mild", 3: "moderate", 4: "severe"},
        range_source=cite("patel_2021"),
    ),
)  # fmt: skip

ABSORPTION = (
    Outcome(
        "absorbed_percent", "Product absorbed", "absorption", "percent", "% of dose", "higher", 0, 100,
        baseline="none", baseline_when_measured=True,
        definition="Share of the applied product that went into the skin, in percent of the dose.",
        notes=(
            "Comparable only for the same product at the same hours since the session.",
            "Water loss through the skin is a barrier measure, not absorption.",
            "In the US, rollers are not cleared to increase the uptake of products.",
            _NO_CHANGE, _NO_GAP,
        ),
        axis_text="Product absorbed (% of dose, higher is more)", short_label="Absorption",
        range_source="a share of the dose, 0 to 100 by definition",
    ),
    Outcome(
        "flux_ug_cm2_h", "Flux through the skin", "absorption", "positive", "µg/cm²/h", "higher", 0, None,
        baseline="none", baseline_when_measured=True,
        definition="Product passing through the skin per area and hour; analysed on the log.",
        notes=("Comparable only for the same product at the same hours since the session.", _NO_CHANGE, _NO_GAP),
        axis_text="Flux (µg/cm²/h, higher is more)", short_label="Flux",
        range_source=f"{cite('franz_pairs')}; above 0 by definition",
    ),
)  # fmt: skip

BARRIER = (
    Outcome(
        "tewl_g_m2_h", "Water loss (TEWL)", "barrier", "positive", "g/m²/h", "lower", 0, 150, soft_high=40,
        washout_hours=BARRIER_WASHOUT, washout_source=_BARRIER_SOURCE,
        definition="Water evaporating through the skin: how tight the skin's barrier is. Analysed on the log.",
        notes=(
            "A barrier measure, never called absorption.",
            "Sites and devices differ widely: compare a patient at the same site with the same device.",
            _NO_CHANGE, _NO_GAP,
        ),
        axis_text="Water loss (g/m²/h, lower is a tighter barrier)", short_label="Water loss",
        range_source=f"{cite('tewl_update_2018', 'tewl_sites_2013')}; limit 150 and above 40 unusual: {CONVENTION}",
    ),
    Outcome(
        "hydration_au", "Hydration", "barrier", "continuous", "a.u.", "higher", 0, 130,
        washout_hours=BARRIER_WASHOUT, washout_source=_BARRIER_SOURCE,
        definition="Moisture of the outermost layer by Corneometer, in the device's own units.",
        notes=("A barrier measure, never called absorption.", _NO_CHANGE, _NO_GAP),
        axis_text="Hydration (a.u., higher is moister)", short_label="Hydration",
        range_source=f"{cite('samadi_2022')}; scale to 120, limit 130: {GENERAL}",
    ),
)  # fmt: skip

TONE = (
    Outcome(
        "melanin_index", "Melanin index", "tone", "continuous", "a.u.", "lower", 0, 999,
        washout_hours=TONE_WASHOUT, washout_source=_TONE_SOURCE,
        definition="Pigment by Mexameter, 0 to 999 in the device's own units, against the patient's own start.",
        notes=("Redness disturbs the reading.", _NO_CHANGE, _NO_GAP),
        axis_text="Melanin index (0-999, lower is lighter)", short_label="Melanin",
        range_source=cite("mexameter", "mexameter_forearm"),
    ),
    Outcome(
        "erythema_index", "Erythema index", "tone", "continuous", "a.u.", "lower", 0, 999,
        washout_hours=TONE_WASHOUT, washout_source=_TONE_SOURCE,
        definition="Redness by Mexameter, 0 to 999 in the device's own units, against the patient's own start.",
        notes=("Pigment disturbs the reading.", _NO_CHANGE, _NO_GAP),
        axis_text="Erythema index (0-999, lower is less red)", short_label="Redness",
        range_source=cite("mexameter", "mexameter_forearm"),
    ),
)  # fmt: skip

ELASTICITY = (
    Outcome(
        "elasticity_r2", "Elasticity R2", "elasticity", "continuous", "ratio", "higher", 0, 1,
        definition="How far the skin springs back after suction (Cutometer R2), 0 (not) to 1 (wholly).",
        notes=(_NO_CHANGE, _NO_GAP), axis_text="Elasticity R2 (0-1, higher is springier)", short_label="Elasticity",
        range_source=cite("cutometer_face"),
    ),
)  # fmt: skip

REPORTED = (
    Outcome(
        "satisfaction_vas", "Patient satisfaction", "reported", "continuous", "points", "higher", 0, 100,
        definition="How content the patient is with the skin's appearance, on a line from 0 to 100.",
        notes=("Scales from 0 to 10 are brought to 0 to 100 by the mapping.", _NO_CHANGE, _NO_GAP),
        axis_text="Satisfaction (0-100, higher is better)", short_label="Satisfaction",
        range_source="a line from 0 to 100 by definition",
    ),
    Outcome(
        "dlqi", "Life quality (DLQI)", "reported", "continuous", "points", "lower", 0, 30, 1,
        responder_change=Threshold(4.0, cite("basra_2015"), "published"),
        responder=Responder(
            "fall", 4, floor=4, sentence="better by at least 4 points, among those who started at 4 or more",
            source=cite("basra_2015"), standing="published",
        ),
        definition="Dermatology Life Quality Index: how much the skin disturbs life, 0 (not at all) to 30.",
        notes=("Many patients start at 3 or less and cannot gain 4 points.", _NO_GAP),
        axis_text="DLQI (0-30, lower is better)", short_label="DLQI", range_source=cite("hongbo_2005"),
    ),
    Outcome(
        "gais", "Global improvement (GAIS)", "reported", "ordinal", "grade", "lower", 1, 5, 1,
        meaningful_difference=_GRADES, baseline="none",
        definition="Impression of the change since the start, 1 (very much improved) to 5 (worse).",
        notes=("An impression of change: it has no baseline.", "Some clinics count the other way round.", _NO_CHANGE),
        axis_text="GAIS (1-5, lower is better)", short_label="GAIS",
        levels={1: "very much improved", 2: "much improved", 3: "improved", 4: "no change", 5: "worse"},
        range_source=cite("gais"),
    ),
    Outcome(
        "visia_percentile", "VISIA percentile", "reported", "continuous", "percentile", "higher", 0, 100,
        averaged=False,
        definition="Rank of the patient among people of the same age in the camera maker's own group.",
        notes=("Shown, never averaged or subtracted: it is a rank in somebody else's group.", _NO_CHANGE, _NO_GAP),
        axis_text="VISIA percentile (0-100, higher is better)", short_label="VISIA",
        range_source="a percentile, 0 to 100 by definition",
    ),
)  # fmt: skip

OUTCOMES = TEXTURE + BREAKOUTS + ABSORPTION + BARRIER + TONE + ELASTICITY + REPORTED
