"""The permitted texts of coded columns, what they mean, and other spellings that mean the same."""

from __future__ import annotations

from schemas.vocabulary import CodeList

_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi"}

YES_NO = CodeList(
    "yes_no_unknown",
    {"yes": "yes", "no": "no", "unknown": "not known; a blank means the same"},
    {
        "yes": ("y", "true", "1", "ja", "oui", "si"),
        "no": ("n", "false", "0", "nein", "non"),
        "unknown": ("u", "unk", "not known", "?"),
    },
    definition="Whether something was done; not known is not no.",
)
TRUE_FALSE = CodeList(
    "true_false",
    {"true": "yes", "false": "no"},
    {"true": ("t", "yes", "y", "1"), "false": ("f", "no", "n", "0")},
    definition="Yes or no without a third answer.",
)
SEX = CodeList(
    "sex",
    {"female": "female", "male": "male", "other": "other", "unknown": "not recorded"},
    {
        "female": ("f", "w", "woman", "weiblich", "frau", "femme", "donna", "mujer"),
        "male": ("m", "man", "maennlich", "männlich", "mann", "homme", "uomo", "hombre"),
        "other": ("x", "diverse", "divers", "nonbinary", "non-binary"),
        "unknown": ("u", "unk", "not known", "?"),
    },
    definition="Sex as recorded by the clinic.",
)
SKIN_TYPE = CodeList(
    "skin_type",
    {
        "dry": "little oil, tight",
        "oily": "much oil",
        "combination": "oily in the middle of the face, dry at the sides",
        "normal": "neither dry nor oily",
        "sensitive": "reacts easily",
    },
    {"combination": ("combo", "mixed", "combined"), "oily": ("greasy",), "sensitive": ("reactive",)},
    definition="Skin type as judged at the consultation.",
)
FITZPATRICK = CodeList(
    "fitzpatrick",
    {
        "1": "always burns, never tans",
        "2": "burns easily, tans little",
        "3": "burns sometimes, tans slowly",
        "4": "burns little, tans well",
        "5": "brown skin, rarely burns",
        "6": "dark skin, never burns",
    },
    {n: (r, f"type {r}", f"type {n}", f"fst {r}", f"fst {n}") for n, r in _ROMAN.items()},
    definition="Fitzpatrick's six types of how skin answers to the sun.",
)
SIDE = CodeList(
    "side",
    {"left": "the patient's left", "right": "the patient's right", "both": "both sides"},
    {
        "left": ("l", "lt", "links"),
        "right": ("r", "rt", "rechts"),
        "both": ("b", "l+r", "l/r", "bilateral"),
    },
    definition="Side of the body, seen from the patient.",
)
TIMING = CodeList(
    "timing",
    {"pre": "read before the treatment of that day", "post": "read after the treatment of that day"},
    {"pre": ("before", "vor", "avant"), "post": ("after", "nach", "apres")},
    definition="Whether a reading was taken before or after the treatment of the same day.",
)
SUN = CodeList(
    "sun_exposure",
    {
        "yes": "sun, sunbed or tan",
        "sunburn": "burnt by the sun",
        "no": "none",
        "unknown": "not known; blank is the same",
    },
    {
        "yes": ("y", "true", "1", "tan", "tanned", "ja", "oui", "si"),
        "sunburn": ("sunburnt", "sunburned", "burnt", "burn"),
        "no": ("n", "false", "0", "none", "nein", "non"),
        "unknown": ("u", "unk", "not known", "?"),
    },
    definition="Sun in the 14 days before the session.",
)
INTERCURRENT = CodeList(
    "intercurrent_event",
    {
        "switch": "another treatment was begun or added",
        "stop": "the course was stopped",
        "new_skin_drug": "a new skin drug was begun (isotretinoin, retinoid, antibiotic, hormones)",
        "adverse_event": "an adverse event ended or changed the course",
        "pregnancy": "pregnancy",
        "sunburn": "sunburn or strong tan",
    },
    {
        "switch": ("switched",),
        "stop": ("stopped", "discontinued"),
        "new_skin_drug": ("new drug", "new skin drug"),
        "adverse_event": ("ae", "adverse event"),
        "pregnancy": ("pregnant",),
        "sunburn": ("sunburnt", "sunburned"),
    },
    definition="What happened after the start and changes what a later reading means.",
)
SEVERITY = CodeList(
    "severity",
    {"1": "mild: no treatment needed", "2": "moderate: treated locally", "3": "severe"},
    {"1": ("mild",), "2": ("moderate",), "3": ("severe",)},
    definition="How bad an adverse event was.",
)
EVENT = CodeList(
    "event",
    {
        "erythema": "redness",
        "oedema": "swelling",
        "tightness": "tight feeling",
        "dryness": "dry skin",
        "flaking": "scaling or peeling skin",
        "stinging": "stinging or burning",
        "frosting": "whitening of the skin during a peel",
        "pinpoint_bleeding": "pinpoint bleeding",
        "crusting": "crusts",
        "blistering": "blisters",
        "hyperpigmentation": "darkening after inflammation (PIH)",
        "hypopigmentation": "lightening",
        "infection": "bacterial or fungal infection",
        "herpes": "cold sores coming back",
        "scarring": "scar",
        "tram_track": "rows of tiny scars from a roller",
        "granuloma": "granuloma",
        "allergic_reaction": "allergic reaction",
        "acne_flare": "acne getting worse",
        "milia": "milia",
        "bruising": "bruise",
        "itching": "itch",
    },
    {
        "erythema": ("redness", "red"),
        "oedema": ("edema", "swelling"),
        "dryness": ("dry",),
        "flaking": ("scaling", "peeling", "desquamation", "exfoliation"),
        "stinging": ("burning", "stinging/burning"),
        "pinpoint_bleeding": ("pinpoint bleeding", "petechiae"),
        "crusting": ("crust", "crusts", "scabs"),
        "blistering": ("blister", "blisters"),
        "hyperpigmentation": ("pih", "post-inflammatory hyperpigmentation", "darkening"),
        "hypopigmentation": ("lightening",),
        "herpes": ("cold sore", "cold sores", "hsv", "herpes simplex"),
        "scarring": ("scar", "scars"),
        "tram_track": ("tram-track scars", "tram track"),
        "allergic_reaction": ("allergy", "allergic reaction"),
        "acne_flare": ("acne flare", "breakout"),
        "bruising": ("bruise", "haematoma", "hematoma"),
        "itching": ("itch", "pruritus"),
    },
    open=True,
    definition="What happened to the skin; a clinic's other words are kept as they are.",
)
CONCERN = CodeList(
    "concern",
    {
        "acne": "breakouts",
        "acne_scars": "scars left by acne",
        "texture": "rough or uneven skin",
        "pores": "visible pores",
        "pigmentation": "dark marks, uneven tone",
        "redness": "redness",
        "ageing": "lines and wrinkles",
        "laxity": "slack skin",
        "dullness": "dull skin",
        "dryness": "dry skin",
    },
    {
        "acne": ("breakouts", "breakout", "spots", "pimples"),
        "acne_scars": ("scars", "scarring", "acne scars"),
        "texture": ("rough texture", "uneven texture", "roughness"),
        "pores": ("large pores", "enlarged pores"),
        "pigmentation": ("hyperpigmentation", "dark spots", "melasma", "uneven tone"),
        "ageing": ("aging", "wrinkles", "fine lines", "lines"),
        "laxity": ("sagging",),
        "dullness": ("dull",),
    },
    open=True,
    definition="Why the patient came; a clinic's other words are kept as they are.",
)
BODY_SITE = CodeList(
    "body_site",
    {
        "face": "whole face",
        **dict.fromkeys(("forehead", "cheek", "nose", "chin", "neck"), "part of the face or neck"),
        **dict.fromkeys(("chest", "back", "scalp", "arm", "forearm", "hand", "abdomen", "thigh"), "part of the body"),
    },
    {"face": ("full face", "whole face"), "forehead": ("fh",), "chest": ("decolletage",)},
    open=True,
    definition="Part of the body; a clinic's other words are kept as they are.",
)
PEEL_AGENT = CodeList(
    "peel_agent",
    {
        "glycolic_acid": "glycolic acid",
        "salicylic_acid": "salicylic acid",
        "trichloroacetic_acid": "trichloroacetic acid",
        "lactic_acid": "lactic acid",
        "mandelic_acid": "mandelic acid",
        "salicylic_mandelic": "salicylic and mandelic acid",
        "pyruvic_acid": "pyruvic acid",
        "jessner": "Jessner's solution",
        "retinoic_acid": "retinoic acid",
        "phenol": "phenol",
        "other": "another agent or a mixture",
    },
    {
        "glycolic_acid": ("ga", "glycolic", "glycolic acid"),
        "salicylic_acid": ("sa", "salicylic", "salicylic acid", "bha"),
        "trichloroacetic_acid": ("tca", "trichloroacetic", "trichloroacetic acid"),
        "lactic_acid": ("la", "lactic", "lactic acid"),
        "mandelic_acid": ("ma", "mandelic", "mandelic acid"),
        "salicylic_mandelic": ("smp", "salicylic-mandelic", "sa/ma"),
        "pyruvic_acid": ("pyruvic", "pyruvic acid"),
        "jessner": ("jessner's", "jessners", "jessner's solution", "jessner peel"),
        "retinoic_acid": ("retinoic", "retinoic acid", "tretinoin", "yellow peel"),
        "other": ("mixed", "mixture", "combination"),
    },
    definition="The acid of a peel.",
)
PEEL_DEPTH = CodeList(
    "peel_depth",
    {
        "very_superficial": "outermost dead layer",
        "superficial": "upper skin (epidermis)",
        "medium": "down to the upper dermis",
        "deep": "down to the middle dermis",
    },
    {"very_superficial": ("very superficial", "exfoliation"), "superficial": ("light",), "medium": ("medium depth",)},
    definition="How deep a peel goes.",
)
ROLLER_DEVICE = CodeList(
    "roller_device",
    {"roller": "hand roller", "pen": "motor-driven pen", "stamp": "stamp"},
    {
        "roller": ("dermaroller", "derma roller", "dermal roller"),
        "pen": ("dermapen", "derma pen"),
        "stamp": ("dermastamp",),
    },
    definition="Kind of needling device. Radio-frequency needling is another treatment.",
)
CONDITION = CodeList(
    "condition",
    {
        "active_infection": "infection, open wound or cold sore in the area",
        "isotretinoin_6m": "isotretinoin now or in the last 6 months",
        "keloid_history": "keloids or thick scars in the past",
        "pregnancy": "pregnant",
        "breastfeeding": "breastfeeding",
        "herpes_history": "cold sores in the past",
        "anticoagulant": "blood thinner or bleeding disorder",
        "active_inflamed_acne": "inflamed acne in the area",
        "recent_peel": "a peel in the last 30 days",
        "recent_filler": "filler or botulinum toxin in the last weeks",
        "retinoid": "retinoid, fruit acid or benzoyl peroxide on the skin",
        "hair_removal": "waxing, electrolysis or laser hair removal in the last 7 days",
        "pigment_history": "melasma or dark marks after inflammation",
        "none": "asked, and there is none",
    },
    {
        "active_infection": ("infection", "open wound", "active herpes"),
        "isotretinoin_6m": ("isotretinoin", "accutane", "roaccutane"),
        "keloid_history": ("keloid", "keloids", "hypertrophic scarring"),
        "pregnancy": ("pregnant",),
        "breastfeeding": ("lactation", "nursing"),
        "herpes_history": ("herpes", "cold sores", "hsv"),
        "anticoagulant": ("anticoagulants", "blood thinner", "bleeding disorder"),
        "active_inflamed_acne": ("inflamed acne", "active acne"),
        "recent_peel": ("previous peel",),
        "recent_filler": ("filler", "fillers", "botox", "toxin"),
        "retinoid": ("retinoids", "tretinoin", "retinol", "aha", "benzoyl peroxide"),
        "hair_removal": ("waxing", "electrolysis", "laser hair removal"),
        "pigment_history": ("melasma", "pih"),
        "none": ("no", "nil", "keine"),
    },
    definition="Contraindications asked about at the consultation: the codes of the eligibility policy.",
)

CODES = (
    YES_NO, TRUE_FALSE, SEX, SKIN_TYPE, FITZPATRICK, SIDE, TIMING, SUN, INTERCURRENT, SEVERITY, EVENT, CONCERN,
    BODY_SITE, PEEL_AGENT, PEEL_DEPTH, ROLLER_DEVICE, CONDITION,
)  # fmt: skip
