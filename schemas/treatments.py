"""The three treatments: what each is, what is recorded with it and in which unit, its course and cautions."""

from __future__ import annotations

from schemas.literature import CONVENTION, cite
from schemas.vocabulary import Parameter, Treatment

PEEL_AGENTS = (
    "glycolic_acid",
    "salicylic_acid",
    "trichloroacetic_acid",
    "lactic_acid",
    "mandelic_acid",
    "salicylic_mandelic",
    "pyruvic_acid",
    "jessner",
    "retinoic_acid",
    "phenol",
    "other",
)
PEEL_DEPTHS = ("very_superficial", "superficial", "medium", "deep")
ROLLER_DEVICES = ("roller", "pen", "stamp")

MICRODERMABRASION = Treatment(
    id="microdermabrasion",
    label="Microdermabrasion",
    short_label="Microdermabrasion",
    definition="The outermost dead layer of skin is worn off with fine crystals or a diamond tip under suction.",
    parameters=(
        Parameter(
            "mda_passes", "Passes over the skin", "passes", 1, 20, soft_high=4, step=1,
            source=f"{cite('mda_passes')}; usual 1-4 and limit 20: {CONVENTION}",
            definition="How many times the hand piece went over the area in this session.",
        ),
        Parameter(
            "mda_vacuum_kpa", "Vacuum", "kPa", 13, 60,
            source=f"{cite('mda_vacuum')}; limits 13-60: {CONVENTION}",
            definition="Suction of the device in kilopascal (8 inHg is 27 kPa). Not a dose: flow and time matter more.",
        ),
    ),
    course_days=(7, 14),
    expected_reactions=("erythema", "oedema", "tightness", "dryness", "flaking"),
    cautions=(
        "Vacuum alone does not measure strength: crystal flow and exposure time matter more.",
        "Vacuum is recorded in several units (inHg, mmHg, bar, kPa): check which.",
    ),
    expected_days=7,
    source=f"{cite('mda_technique', 'mda_optimisation')}; days of expected reactions: {CONVENTION}",
)  # fmt: skip

CHEMICAL_PEEL = Treatment(
    id="chemical_peel",
    label="Chemical peel",
    short_label="Peel",
    definition="An acid is put on the skin for some minutes so that its upper layers come off and grow again.",
    parameters=(
        Parameter(
            "peel_agent", "Peel agent", "", codes=PEEL_AGENTS, source=cite("peel_table_a", "peel_table_b"),
            definition="The acid or mixture that was put on the skin.",
        ),
        Parameter(
            "peel_percent", "Peel concentration", "%", 1, 100, source=f"limits 1-100: {CONVENTION}",
            definition="Percent of the agent. Not a strength: 30 % of one acid is not 30 % of another.",
        ),
        Parameter(
            "peel_ph", "Peel pH", "pH", 0, 7, soft_low=0.5, soft_high=4.5,
            source=f"{cite('peel_ph')}; limits 0-7: {CONVENTION}",
            definition="Acidity of the product as used; lower is more acid.",
        ),
        Parameter(
            "peel_layers", "Peel layers", "layers", 1, 20, soft_high=10, step=1,
            source=f"{cite('peel_table_a')}; limit 20: {CONVENTION}",
            definition="Coats put on in this session.",
        ),
        Parameter(
            "peel_minutes", "Contact time", "min", 0, 720, soft_high=60,
            source=f"{cite('peel_ga_time')}; limits: {CONVENTION} (retinoic acid stays on for hours)",
            definition="Minutes until the peel was neutralised or washed off.",
        ),
        Parameter(
            "peel_depth", "Peel depth as recorded", "", codes=PEEL_DEPTHS, source=cite("peel_table_a", "peel_table_b"),
            definition="What the clinic wrote; the report derives its own from agent, percent, layers and time.",
        ),
    ),
    course_days=(14, 28),
    expected_reactions=("erythema", "oedema", "tightness", "dryness", "flaking", "stinging", "frosting"),
    cautions=(
        "Strength depends on agent, concentration, pH, layers and time together: never compare percent across agents.",
        "Darker skin (Fitzpatrick 4 to 6) darkens more often after a peel.",
    ),
    expected_days=7,
    source=f"{cite('peel_trials', 'vemula_2018')}; upper interval and days of expected reactions: {CONVENTION}",
)  # fmt: skip

DERMAL_ROLLER = Treatment(
    id="dermal_roller",
    label="Dermal roller",
    short_label="Roller",
    definition="Fine needles make many tiny channels in the skin, which heals with new collagen (microneedling).",
    parameters=(
        Parameter(
            "roller_needle_mm", "Needle length", "mm", 0.1, 3.0,
            source=f"{cite('mn_review', 'barrier_roller')}; limits 0.1-3.0: {CONVENTION}",
            definition="Length of the needles, in millimetres. Not a depth: the channels are much shallower.",
        ),
        Parameter(
            "roller_passes", "Passes over the skin", "passes", 1, 40, soft_high=20, step=1,
            source=f"{cite('mn_review')}; limits: {CONVENTION}",
            definition="How many times the roller went over the area in this session.",
        ),
        Parameter(
            "roller_device", "Needling device", "", codes=ROLLER_DEVICES, source=cite("mn_review"),
            definition="Roller, pen or stamp. Radio-frequency needling is another treatment: an arm of its own.",
        ),
    ),
    course_days=(14, 56),
    expected_reactions=("erythema", "oedema", "tightness", "dryness", "flaking", "pinpoint_bleeding", "stinging"),
    cautions=(
        "Needle length is not depth.",
        "In the US, devices of this class are not cleared to increase the uptake of products.",
    ),
    expected_days=7,
    source=cite("mn_alam_2014", "mn_review", "mn_expected", "mn_depth", "us_needling_class"),
)  # fmt: skip

TREATMENTS = (MICRODERMABRASION, CHEMICAL_PEEL, DERMAL_ROLLER)

__all__ = ["CHEMICAL_PEEL", "DERMAL_ROLLER", "MICRODERMABRASION", "PEEL_AGENTS", "PEEL_DEPTHS", "TREATMENTS"]
