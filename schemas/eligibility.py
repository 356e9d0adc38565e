"""Who should not have been treated, or only with care: the eligibility policy as a dated table (block, warn, note).

A policy for reading data back, not medical advice: levels follow published sources where there are any, clinic leaflets
(practice, not evidence) where not, and are labelled convention where this project chose. Blank always means unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.literature import CONVENTION, GENERAL, cite

POLICY_VERSION = "eligibility 2026-11-24"
LEVELS = ("note", "warn", "block")
DARKER_SKIN = (4, 5, 6)
#: Days without retinoid, fruit acid or benzoyl peroxide before a session; the longer one for skin that darkens easily.
STOP_DAYS: Mapping[str, int] = {"microdermabrasion": 3, "chemical_peel": 3, "dermal_roller": 2}
PEEL_STOP_DAYS_CAREFUL = 7
_DARKENS = frozenset({"acne", "pigmentation", "pigment_history", "active_inflamed_acne"})

MDA, PEEL, ROLLER = "microdermabrasion", "chemical_peel", "dermal_roller"
_DEEPER = {"medium": "block", "deep": "block"}
_PREGNANCY_AGENTS = dict.fromkeys(
    ("salicylic_acid", "salicylic_mandelic", "trichloroacetic_acid", "retinoic_acid"), "block"
)


@dataclass(frozen=True)
class Facts:
    """What is known about one session. ``conditions``: codes of the consultation; ``sun``: a code of sun_exposure.

    ``peel_depth``: the derived class ("" unknown, judged as superficial). None and "" mean unknown everywhere.
    """

    treatment: str
    conditions: frozenset[str] = frozenset()
    concerns: frozenset[str] = frozenset()
    fitzpatrick: float | None = None
    sun: str = ""
    product_stop_days: float | None = None
    peel_agent: str = ""
    peel_depth: str = ""


@dataclass(frozen=True)
class Condition:
    """One line of the policy. ``levels``: treatment -> {"": usual level, tag: level}; tag: an agent, a depth, sunburn.

    The highest level among "" and the tags that apply counts; a treatment that is missing has no level.
    """

    id: str
    label: str
    levels: Mapping[str, Mapping[str, str]]
    basis: str
    source: str
    holds: Callable[[Facts], bool] | None = field(default=None, repr=False)

    def applies(self, facts: Facts) -> bool:
        return self.id in facts.conditions if self.holds is None else self.holds(facts)


def _three(mda: str, peel: str, roller: str, **peel_tags: str) -> dict[str, dict[str, str]]:
    """Levels of the three treatments; "" for none."""
    plain = {MDA: {"": mda}, PEEL: {"": peel, **peel_tags}, ROLLER: {"": roller}}
    return {name: levels for name, levels in plain.items() if any(levels.values())}


def _known(value: float | None) -> bool:
    return value is not None and value == value


def stop_days_needed(facts: Facts) -> int:
    """Days without active products that the treatment asks for (0 for an arm the policy does not know)."""
    careful = bool(_DARKENS & (facts.conditions | facts.concerns)) or _is_darker(facts)
    if facts.treatment == PEEL and careful:
        return PEEL_STOP_DAYS_CAREFUL
    return STOP_DAYS.get(facts.treatment, 0)


def _is_darker(facts: Facts) -> bool:
    return _known(facts.fitzpatrick) and facts.fitzpatrick in DARKER_SKIN


def _too_short(facts: Facts) -> bool:
    days = facts.product_stop_days
    return days is not None and days == days and days < stop_days_needed(facts)


def _in_the_sun(facts: Facts) -> bool:
    return facts.sun in ("yes", "sunburn")


def _retinoid_unknown_stop(facts: Facts) -> bool:
    return "retinoid" in facts.conditions and not _known(facts.product_stop_days)


POLICY: tuple[Condition, ...] = (
    Condition(
        "active_infection", "infection, open wound or cold sore in the area", _three("block", "block", "block"),
        "clinic pages and review; for microdermabrasion general knowledge",
        f"{cite('peel_contra', 'mn_contra', 'mn_infection')}; microdermabrasion: {GENERAL}",
    ),
    Condition(
        "isotretinoin_6m", "isotretinoin now or in the last 6 months", _three("warn", "warn", "warn", **_DEEPER),
        "contested: labels say 6 months; two consensus papers found too little evidence to delay superficial peels",
        cite("isotretinoin_spring", "isotretinoin_waldman"),
    ),
    Condition(
        "keloid_history", "keloids or thick scars in the past", _three("warn", "warn", "block", **_DEEPER),
        "clinic pages and review; for microdermabrasion general knowledge",
        f"{cite('peel_contra', 'mn_contra', 'mn_infection')}; microdermabrasion: {GENERAL}",
    ),
    Condition(
        "pregnancy", "pregnant", _three("note", "warn", "warn", **_PREGNANCY_AGENTS),
        "patient leaflets; block for salicylic, trichloroacetic and retinoic acid is a convention",
        f"{cite('peel_contra', 'mn_contra')}; agents: {CONVENTION}",
    ),
    Condition(
        "breastfeeding", "breastfeeding", _three("note", "warn", "warn", **_PREGNANCY_AGENTS),
        "patient leaflets; block for salicylic, trichloroacetic and retinoic acid is a convention",
        f"{cite('peel_contra', 'mn_contra')}; agents: {CONVENTION}",
    ),
    Condition(
        "fitzpatrick_4_6", "darker skin (Fitzpatrick 4 to 6)", _three("note", "warn", "note"),
        "peels darken such skin more often, deep ones are to be avoided; microdermabrasion and needling are suitable",
        cite("mda_medscape", "vemula_2018", "peel_acne", "mn_singh_2016"), _is_darker,
    ),
    Condition(
        "sun_exposure_14d", "sun, tan or sunburn in the last 14 days", _three("warn", "warn", "warn", sunburn="block"),
        "two weeks are asked for before microdermabrasion; taken over for the others, block for a peel on burnt skin",
        f"{cite('mda_technique')}; other treatments: {CONVENTION}", _in_the_sun,
    ),
    Condition(
        "product_stop_days", "active products stopped too late", _three("warn", "warn", "warn"),
        "3 days before microdermabrasion and peels (7 where skin darkens or breaks out easily), 2 before needling",
        f"{cite('mda_technique', 'peel_prep_days')}; the level and 7 of 7 to 14 days: {CONVENTION}", _too_short,
    ),
    Condition(
        "retinoid", "retinoid, fruit acid or benzoyl peroxide, days since not recorded", _three("warn", "warn", "warn"),
        "as for products stopped too late; silent where the days are recorded",
        f"{cite('mda_technique', 'peel_prep_days')}; the level: {CONVENTION}", _retinoid_unknown_stop,
    ),
    Condition(
        "hair_removal", "waxing, electrolysis or laser hair removal in the last 7 days", _three("warn", "warn", "warn"),
        "7 days are asked for before microdermabrasion and peels; taken over for needling",
        f"{cite('mda_technique', 'peel_prep_days')}; needling and the level: {CONVENTION}",
    ),
    Condition(
        "herpes_history", "cold sores in the past", _three("note", "note", "warn", medium="warn", deep="warn"),
        "antiviral prevention is advised for needling and deeper peels, disputed for superficial ones",
        f"{cite('mda_technique', 'peel_prep_days')}; the levels: {CONVENTION}",
    ),
    Condition(
        "anticoagulant", "blood thinner or bleeding disorder", _three("note", "note", "warn"),
        "clinic pages", cite("mn_contra"),
    ),
    Condition(
        "active_inflamed_acne", "inflamed acne in the area", _three("warn", "", "warn"),
        "for a peel it is the indication; sources warn or block for needling: warn is taken",
        f"{cite('mn_contra', 'mn_infection')}; warn for needling: {CONVENTION}",
    ),
    Condition(
        "recent_peel", "a peel in the last 30 days", _three("warn", "warn", "warn"),
        "clinic pages; intervals of 14 to 30 days are given", cite("mn_contra"),
    ),
    Condition(
        "recent_filler", "filler or botulinum toxin in the last weeks", _three("warn", "warn", "warn"),
        "clinic pages; intervals vary", cite("mn_contra"),
    ),
)  # fmt: skip


def level(condition: Condition, facts: Facts) -> str:
    """The level of one condition for one session: block, warn, note, or "" (does not hold, or the policy is silent)."""
    levels = condition.levels.get(facts.treatment)
    if levels is None or not condition.applies(facts):
        return ""
    tags = ("", facts.peel_agent, facts.peel_depth, facts.sun)
    found = [levels[tag] for tag in dict.fromkeys(tags) if levels.get(tag)]
    return max(found, key=LEVELS.index) if found else ""


def judge(facts: Facts, policy: tuple[Condition, ...] = POLICY) -> tuple[tuple[str, str], ...]:
    """(condition id, level) of everything the policy has to say about one session, in the policy's order."""
    found = ((condition.id, level(condition, facts)) for condition in policy)
    return tuple((name, grade) for name, grade in found if grade)
