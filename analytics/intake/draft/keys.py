"""Who, when and what was done: the columns of patient, date and treatment, found before all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analytics.intake.draft.content import Facts, groups_of
from analytics.intake.draft.context import Context
from analytics.intake.draft.names import Dictionary
from analytics.intake.draft.treatments import Meant, meant_by_settings, meant_by_words
from schemas.synonyms import NAMES

WORDS = Dictionary(NAMES)
LEAST_ID = 0.7
LEAST_TREATMENT = 0.7


def patient_column(facts: Mapping[str, Facts], elsewhere: Sequence[frozenset[str]] = ()) -> Facts | None:
    """The column that says who: by its name, its place, and ids that other tables of the clinic have too."""
    scored = [(_id_score(f, place, elsewhere), -place, f) for place, f in enumerate(facts.values())]
    best = max(scored, key=lambda s: s[:2], default=None)
    return best[2] if best is not None and best[0] >= LEAST_ID else None


def _id_score(facts: Facts, place: int, elsewhere: Sequence[frozenset[str]]) -> float:
    if not facts.n or facts.dates.formats or (facts.numeric and facts.whole() < 1.0):
        return 0.0
    whole = len(facts.codes)
    if facts.n < 0.9 * whole or (facts.distinct < 2 and whole > 1):
        return 0.0
    name = WORDS.likeness(facts.name.words, "patient_id")
    rivals = max(WORDS.likeness(facts.name.words, t) for t in ("session_id", "clinic_id", "provider_id", "age"))
    many = 0.25 if facts.distinct >= max(0.04 * whole, 2) else 0.0
    coded = float(np.mean([len(t) <= 24 and any(c.isdigit() for c in t) for t in facts.used[:100]]))
    shared = max((len(ids & set(facts.used)) / max(len(set(facts.used)), 1) for ids in elsewhere), default=0.0)
    first = 0.2 if place == 0 else 0.0
    return name + many + 0.25 * coded + 0.6 * (shared if many else 0.0) + first - (0.6 if rivals > name else 0.0)


def date_columns(facts: Mapping[str, Facts]) -> list[Facts]:
    """Columns of dates."""
    return [f for f in facts.values() if f.n and f.dates.formats]


def session_date(dates: Sequence[Facts], lines: int) -> Facts | None:
    """The date of the session: by name and by being filled on every line."""

    def score(f: Facts) -> float:
        name = WORDS.likeness(f.name.words, "session_date")
        rival = max(WORDS.likeness(f.name.words, t) for t in ("consultation_date", "intercurrent_date", "onset_date"))
        born = -1.0 if {"birth", "geburtsdatum", "nascita", "nacimiento", "naissance"} & set(f.name.words) else 0.0
        return name + 0.8 * f.n / max(lines, 1) - (0.5 if rival > name else 0.0) + born

    best = max(dates, key=score, default=None)
    return best if best is not None and score(best) >= 0.5 else None


def treatment_column(facts: Mapping[str, Facts], taken: set[str]) -> tuple[Facts | None, Meant]:
    """The column that says what was done, with what its texts mean by their words."""
    best: tuple[float, Facts | None, Meant] = (0.0, None, Meant())
    for f in facts.values():
        if f.header in taken or not f.n or f.dates.formats or f.distinct > 2000:
            continue
        if f.numeric and f.distinct > 12:
            continue
        meant = meant_by_words(f.used)
        matched = sum(f.count(t) for t in meant.arms) / sum(f.count(t) for t in f.used)
        name = WORDS.likeness(f.name.words, "treatment")
        rival = max(WORDS.likeness(f.name.words, t) for t in ("recommended_treatment", "peel_agent", "session_no",
                                                              "indication", "product", "outcome"))  # fmt: skip
        filled = f.n / max(len(f.codes), 1)
        score = 0.9 * name + 1.1 * matched + 0.3 * filled - (0.5 if rival > name else 0.0)
        if len({arm for arm, _ in meant.arms.values()}) < 2:
            score -= 0.35
        if f.numeric:
            score -= 0.2  # codes of a text that stands beside them
        if score > best[0]:
            best = (score, f, meant)
    return (best[1], best[2]) if best[0] >= LEAST_TREATMENT else (None, Meant())


def known(facts: Mapping[str, Facts], lines: int, elsewhere: Sequence[frozenset[str]] = ()) -> Context:
    """The rows with patient, date and treatment told."""
    patient = patient_column(facts, elsewhere)
    taken = {patient.header} if patient else set()
    date = session_date([f for f in date_columns(facts) if f.header not in taken], lines)
    taken |= {date.header} if date else set()
    treatment, meant = treatment_column(facts, taken)
    if treatment is not None:
        others = [f for h, f in facts.items() if h not in taken | {treatment.header}]
        meant = meant_by_settings(treatment, meant, others)
    return Context(facts, lines, patient, date, treatment, meant)


def unique_share(*columns: Facts) -> float:
    """Distinct joint values of columns over lines."""
    joint = groups_of(*(c.codes for c in columns))
    return len(np.unique(joint)) / max(len(joint), 1)
