"""What each rule is called towards somebody who keeps the appointment book: one and several, without our terms."""

from __future__ import annotations

from schemas.named_rules import NAMED

#: rule -> (one, several)
TITLES: dict[str, tuple[str, str]] = {
    "width": ("row with too many or too few cells", "rows with too many or too few cells"),
    "missing": ("empty cell that is needed", "empty cells that are needed"),
    "type": ("cell that cannot be read", "cells that cannot be read"),
    "date": ("date that does not exist or is written otherwise", "dates that do not exist or are written otherwise"),
    "treatment": ("treatment that is not known", "treatments that are not known"),
    "range": ("value outside what is possible", "values outside what is possible"),
    "step": ("value between the steps of its scale", "values between the steps of their scale"),
    "code": ("text that is none of the choices", "texts that are none of the choices"),
    "unit": ("value that looks like another unit", "values that look like another unit"),
    "wrong_parameter": ("setting of another treatment", "settings of another treatment"),
    "duplicate_row": ("row that stands there twice", "rows that stand there twice"),
    "conflict": ("row that contradicts another", "rows that contradict each other"),
    "order": ("date before what it follows", "dates before what they follow"),
    "unknown_patient": ("patient who is not in the patients table", "patients who are not in the patients table"),
    "future": ("date after the cut-off", "dates after the cut-off"),
    "soft_range": ("unusual value", "unusual values"),
    "sum": ("total that is not the sum of its parts", "totals that are not the sum of their parts"),
    "id_spelling": ("patient id that may be another's", "patient ids that may be another's"),
    "changed_person": ("patient whose sex, birth year or skin type changes", "changes of sex, birth year or skin type"),
    "copied_patient": ("patient whose readings equal another's", "patients whose readings equal another's"),
    "short_interval": ("treatment very soon after the last", "treatments very soon after the last"),
    "session_gap": ("session number that skips one", "session numbers that skip one"),
    "isolated_date": ("date far from all others", "dates far from all others"),
    "digit_preference": ("column that looks rounded by hand", "columns that look rounded by hand"),
    "early_tone_reading": ("reading of tone too soon after a session", "readings of tone too soon after a session"),
    "fraction_as_percent": (
        "column of percents that look like fractions",
        "columns of percents that look like fractions",
    ),
}


def title(rule: str, count: int = 2) -> str:
    """The rule's name for ``count`` faults; the house's own words where there is no plain name."""
    if rule in TITLES:
        return TITLES[rule][0 if count == 1 else 1]
    return NAMED[rule].summary if rule in NAMED else rule.replace("_", " ")


def sentence(rule: str) -> str:
    """What the rule asks for in general ("must ...")."""
    return NAMED[rule].sentence if rule in NAMED else "must keep the rule"
