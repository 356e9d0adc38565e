"""How well a column's content fits a name of ours, from 0 to 1, or None where it cannot be that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.domain.mapping_checks import column_type, limits_of
from analytics.intake.draft.content import Facts
from analytics.intake.draft.context import Context
from analytics.intake.draft.names import words_of
from analytics.intake.draft.shape import are_visits
from analytics.intake.draft.texts import meanings
from analytics.intake.draft.units import Conversion, agreement, conversion, steps_of
from schemas.synonyms_texts import TREATMENTS
from schemas.usual import USUAL
from schemas.vocabulary import Vocabulary

WIDE = 15.0  # width of a usual span in which more than a few different numbers must be seen
_ARMS = tuple(TREATMENTS)
#: Columns that only a name can tell: their content is anything.
BY_NAME = frozenset(("clinic_id", "session_id", "device_id", "body_site", "visit", "study_day", "exposure_days"))


@dataclass(frozen=True)
class Fit:
    """``share``: 0 to 1; ``by``: unit or scale to be told."""

    share: float
    by: Conversion | None = None


def fit(facts: Facts, target: str, context: Context, vocabulary: Vocabulary) -> Fit | None:
    """The content of ``facts`` as ``target``."""
    parameter = vocabulary.parameters().get(target)
    arm = context.parameter_of(facts)
    if parameter is not None and context.treatment is not None and (arm is None or _ARMS[arm] != parameter[0].id):
        return None
    kind = column_type(vocabulary, target)
    if kind in ("number", "integer"):
        found = _number(facts, target, context, vocabulary)
    elif kind in ("date", "datetime"):
        found = Fit(0.8) if facts.dates.formats else None
    elif kind == "text":
        found = None if _two_sides(facts, context) else _text(facts, target, context)
    else:
        found = _code(facts, target, context, vocabulary)
    if found is not None and parameter is None and arm is not None:
        return Fit(found.share * 0.5, found.by)  # what only one treatment has is most likely a setting of it
    return found


def _number(facts: Facts, target: str, context: Context, vocabulary: Vocabulary) -> Fit | None:
    if facts.dates.formats and facts.dates.formats != ("%Y%m%d",):
        return None
    roman = target == "fitzpatrick" and not facts.numeric
    if roman:
        found = _code(facts, target, context, vocabulary)
        steady = context.steady(facts)
        return found if found is not None and found.share >= 0.85 and not steady < 0.8 else None
    if not facts.numeric:
        return _spelt(facts, target, vocabulary)
    by = conversion(facts, target, vocabulary)
    if by is None:
        return None
    base = _shape(facts, target, by, vocabulary)
    if base is None:
        return None
    told = agreement(facts, target, vocabulary)
    return Fit(base * told * _relations(facts, target, context, vocabulary), by)


def _spelt(facts: Facts, target: str, vocabulary: Vocabulary) -> Fit | None:
    """Numbers written as words: visits (Baseline, Week 4), and what the house knows (mild, moderate)."""
    if target == "visit":
        return Fit(1.0) if are_visits(facts) else None
    if target in vocabulary.outcomes:
        return None
    count = dict(zip(facts.texts, facts.counts.tolist()))
    share = meanings(facts.used, target, vocabulary).share(count) if facts.distinct <= 12 else 0.0
    return Fit(share) if share >= 0.8 else None


def _shape(facts: Facts, target: str, by: Conversion, vocabulary: Vocabulary) -> float | None:
    """Where the bulk lies and on which steps, against what is usual."""
    usual = USUAL.get(target)
    if usual is None:
        return 0.3
    factor = by.by if by.keys else 1.0
    low, high = facts.quantile(0.1) * factor, facts.quantile(0.9) * factor
    step = usual.step
    if step is not None and not by.keys and facts.whole(step) < 0.93:
        return None
    if usual.levels:
        return _levels(facts, target, vocabulary)
    whole = facts.whole() >= 0.999
    score = _overlap(low, high, usual.low, usual.high) * _spread(facts, target, vocabulary)
    if step is None and whole and not by.keys:
        score *= 0.75
    if step == 0.5 and whole:
        score *= 0.5
    if usual.high - usual.low >= WIDE and len(facts.seen) >= 30 and len(np.unique(facts.seen)) < 6:
        score *= 0.4  # grades, not a measure
    return score


def _spread(facts: Facts, target: str, vocabulary: Vocabulary) -> float:
    """Counts vary more than their mean would have it; sum scores of whole points do not."""
    if target not in vocabulary.outcomes or facts.whole() < 0.999 or len(facts.seen) < 30 or facts.seen[0] < 0:
        return 1.0
    low, high = facts.quantile(0.02), facts.quantile(0.98)
    bulk = facts.seen[(facts.seen >= low) & (facts.seen <= high)]
    varied = bulk.var() > 1.5 * max(bulk.mean(), 0.5)
    return 1.0 if varied == (vocabulary.outcomes[target].kind == "count") or target == "dlqi" else 0.8


def _levels(facts: Facts, target: str, vocabulary: Vocabulary) -> float:
    """A short scale: its two ends must be there, and nothing beyond."""
    low, high = limits_of(vocabulary, target)
    told = steps_of(facts.header)
    if told is not None and low is not None and high is not None:
        fits = told == high - low + 1 and facts.within(low, high) >= 0.95
        return 0.95 if fits else 0.15
    start, end = np.quantile(facts.seen, [0.005, 0.995], method="nearest")
    if start < (low or 0) or end > (high or np.inf):
        return 0.15
    lacking = (start - (low or 0)) + ((high or end) - end)
    return max(0.9 - 0.2 * lacking, 0.2)


def _overlap(low: float, high: float, usual_low: float, usual_high: float) -> float:
    """1 where the observed bulk lies within the usual one and fills a good part of it."""
    width = usual_high - usual_low
    outside = max(usual_low - low, 0.0) + max(high - usual_high, 0.0)
    middle = (low + high) / 2
    off = max(usual_low - middle, middle - usual_high, 0.0) / width
    narrow = 1.0 if high - low >= 0.15 * width else 0.8
    return float(max(1.0 - 0.7 * min(outside / width, 1.0) - off, 0.0) * narrow)


def _relations(facts: Facts, target: str, context: Context, vocabulary: Vocabulary) -> float:
    """What the other columns say: constant per patient, counted up, only after a session, written in the text."""
    steady = context.steady(facts)
    fixed = steady == steady and steady >= 0.8
    early = context.early(facts)
    if target in vocabulary.parameters():
        told = context.written(target, facts)
        return 1.0 if told != told else 0.6 + 0.9 * told
    if target in ("birth_year", "fitzpatrick", "planned_sessions"):
        return 1.0 if fixed or steady != steady else 0.3
    if target == "age":
        return 0.9
    if target == "session_no":
        return 1.5 * _counted_up(facts, context)
    if target == "hours_since_session":
        return 1.0 if facts.share(context.treated) < 0.2 or not context.treated.any() else 0.3
    if target == "product_stop_days":
        return 1.0 if context.treated.any() and facts.share(~context.treated) < 0.05 else 0.3
    if target in vocabulary.outcomes:
        late = vocabulary.outcomes[target].baseline == "none"
        seen_once = steady == steady and steady >= 0.98 and len(facts.seen) > 20
        fair = 0.3 if seen_once and not late else 1.0
        return fair * ((1.25 if early < 0.2 else 0.5) if late else (1.0 if early >= 0.3 else 0.7))
    return 1.0


def _counted_up(facts: Facts, context: Context) -> float:
    """Share of steps from one treated day of a patient to the next that go up by one (or begin again at 1)."""
    keep = np.flatnonzero(np.isfinite(facts.values) & (context.who >= 0))
    order = keep[np.lexsort((context.days[keep], context.who[keep]))]
    same = context.who[order][1:] == context.who[order][:-1]
    rise = np.diff(facts.values[order])[same]
    moved = rise[rise != 0]
    if len(moved) < 5:
        return 0.3
    return float((moved == 1).mean())


def _code(facts: Facts, target: str, context: Context, vocabulary: Vocabulary) -> Fit | None:
    if facts.dates.formats or facts.distinct > 400 or not facts.n:
        return None
    if facts.numeric and target not in ("sex", "side", "treatment", "serious", "severity", "instructions_given",
                                        "instructions_followed", "sun_exposure_14d"):  # fmt: skip
        return None
    if target == "side" and _two_sides(facts, context):
        return Fit(0.95)
    found = meanings(facts.used[:200], target, vocabulary, header=words_of(facts.header), arms=context.meant.arms)
    share = found.share(dict(zip(facts.texts, facts.counts.tolist())))
    if share == 0.0:
        return None
    several = 1.0 if len(found.codes) >= 2 else 0.75
    return Fit(share * several)


def _two_sides(facts: Facts, context: Context) -> bool:
    """Two texts, both of which the patients who have one have on the same day: halves of a face."""
    if facts.numeric or facts.n < 20 or facts.distinct > 8:
        return False
    main = [int(i) for i in np.flatnonzero(facts.counts >= 0.1 * facts.n)]
    if len(main) != 2:
        return False
    one, other = (set(context.occasion[facts.codes == i].tolist()) for i in main)
    return len(one & other) >= 0.5 * max(len(one | other), 1)


def _text(facts: Facts, target: str, context: Context) -> Fit | None:
    """Free text: short codes of people, or the name of a product."""
    if facts.dates.formats or (facts.numeric and facts.whole() < 1.0):
        return None
    if target in BY_NAME:
        return Fit(0.3)
    words = float(np.mean([len(text) for text in facts.used[:50]])) if facts.used else 0.0
    if target in ("provider_id", "rater_id"):
        if facts.distinct > 60 or facts.distinct < 2 or words > 25:
            return Fit(0.1)
        return Fit(0.85 if words <= 8 and facts.n > 0.5 * context.lines else 0.4)
    if facts.distinct > 0.5 * facts.n and facts.n > 20:
        return Fit(0.1)  # remarks
    if target == "product":
        rare = facts.share(context.treated) < 0.2 and context.treated.any()
        return Fit(0.8 if rare and facts.distinct <= 20 else 0.3)
    if target == "adjunct":
        return Fit(0.6 if facts.share(~context.treated) < 0.1 and context.treated.any() and words > 5 else 0.25)
    return Fit(0.3)
