"""The face of every rule: its id, sentence, severity, stage and what to do; what each means, for the dictionary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from schemas.limits import Severity

#: Rules run in this order, each stage seeing only the rows still standing.
STAGES = ("width", "cells", "row", "duplicate_row", "conflict", "order", "other_tables", "warnings")
#: Treatments of one patient lie at least this many days apart; a date has another within this many days.
SHORT_DAYS, ISOLATED_DAYS = 7, 365

_CORRECT = "Correct the value in the file, or leave the cell empty if it is not known."


@dataclass(frozen=True)
class Rule:
    """One rule. ``columns[0]`` is where a fault is shown. ``expression()`` is True where the row is fine.

    No expression: a rule that is not row-wise. ``summary``: what the id means in general, for the dictionary.
    """

    id: str
    columns: tuple[str, ...]
    sentence: str
    fix: str
    severity: Severity = "error"
    stage: str = "row"
    expression: Callable[[], Any] | None = field(default=None, repr=False, compare=False)
    summary: str = ""

    @property
    def key(self) -> str:
        """Unique name among the rules of a table: id and columns."""
        return ":".join((self.id, *self.columns))

    @property
    def row_wise(self) -> bool:
        return self.expression is not None


def _named(id: str, sentence: str, fix: str, *, stage: str, severity: Severity = "error", summary: str = "") -> Rule:
    return Rule(id, (), sentence, fix, severity, stage, None, summary or sentence)


#: Every rule id, in the order of the stages. Row-wise ones are filled in per column by ``row_rules``. Warnings about a
#: whole column of a file (not a row) are listed once, with an empty ``row``.
NAMED: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        _named(
            "width", "must have as many cells as the header line has", stage="width",
            fix="Look for a missing or extra separator, or a line break inside a cell.",
        ),
        _named(
            "missing", "must not be empty", stage="cells",
            fix="Fill the cell in; a session without patient or date cannot be used.",
        ),
        _named(
            "type", "must be a number, code or yes/no as the column asks for", stage="cells",
            fix="Write a plain number with the file's decimal sign, or name the text under `missing` in the mapping.",
            summary="a text that is no number, code or yes/no, or that holds control characters",
        ),
        _named(
            "date", "must be a date that exists, in the file's one date format", stage="cells",
            fix="Correct the date, or give the `format` of the column in the mapping.",
        ),
        _named(
            "treatment", "must be one of the treatments, matched by exactly one entry", stage="cells",
            fix="Add the text under `values` of treatment in the mapping, or name a new arm under `treatments`.",
        ),
        _named("range", "must lie within the range of the column", _CORRECT, stage="row"),
        _named("step", "must lie on a step of the scale", _CORRECT, stage="row"),
        _named(
            "code", "must be one of the codes of the column", stage="cells",
            fix="Use one of the codes, or say under `values` in the mapping what the text means.",
        ),
        _named(
            "unit", "must be in the unit of the column", stage="row",
            fix="Give the `unit` of the column in the mapping, or correct the value.",
            summary="an impossible value that would be right in another unit: 500 for a needle in millimetres",
        ),
        _named(
            "wrong_parameter", "must be empty for another treatment", stage="row",
            fix="Check which treatment was given; empty the cell, or correct the treatment.",
            summary="a setting of one treatment on a session of another, or on a row without treatment",
        ),
        _named(
            "duplicate_row", "must not repeat an earlier row", stage="duplicate_row",
            fix="Nothing to do if it was exported twice: the first row is kept.",
        ),
        _named(
            "conflict", "must have one value for the same patient, time, side and outcome", stage="conflict",
            fix="Correct or delete the wrong row, or fill in the column that tells them apart.",
        ),
        _named(
            "order", "must not come before what it follows", stage="order",
            fix="Correct the earlier or the later date.",
            summary="resolved before onset, an event before the first session, a birth after the session",
        ),
        _named(
            "unknown_patient", "must be a patient of the patients table", stage="other_tables",
            fix="Add the patient to the patients table, or correct the id.",
        ),
        _named(
            "future", "must not be after the cut-off date", stage="other_tables",
            fix="Correct the date, or give a later cut-off.",
        ),
        _named(
            "soft_range", "must usually lie within narrower limits", stage="row", severity="warning",
            fix="Check the value and its unit; the row is used as it is.",
            summary="possible but unusual: the row is used and listed",
        ),
        _named(
            "sum", "must be the sum of its parts", stage="row", severity="warning",
            fix="Check the total and its parts; the row is used as it is, with the total that was written.",
            summary="a typed total that is not its parts added up, such as total_lesions",
        ),
        _named(
            "id_spelling", "must be spelled one way for one patient", stage="warnings", severity="warning",
            fix="Write the id one way in all rows; as it is, these rows count as another patient.",
            summary="an id that is another patient's but for case, spaces or look-alikes (O for 0, l for 1)",
        ),
        _named(
            "changed_person", "must be the same in every row of the patient", stage="warnings", severity="warning",
            fix="Correct the value, or the patient id if it is another person.",
            summary="sex, birth_year or fitzpatrick differ within a patient; the rarer value is listed",
        ),
        _named(
            "copied_patient", "must not repeat the whole series of another patient", stage="warnings",
            severity="warning", fix="Check whether rows were copied, or one person has two ids; delete one series.",
            summary="all readings of all days equal another patient's, more than chance explains; listed once, on the "
            "first row of the later patient",
        ),
        _named(
            "short_interval", f"must be at least {SHORT_DAYS} days after the treatment before it", stage="warnings",
            severity="warning", fix="Check the dates of both treatments.",
            summary=f"two treatments of a patient less than {SHORT_DAYS} days apart; listed once a day, on its first "
            "row",
        ),
        _named(
            "session_gap", "must follow the session number before it", stage="warnings", severity="warning",
            fix="Add the missing session, or correct the number.",
            summary="a session_no of the patient is skipped (sides and body sites with numbers of their own are "
            "counted apart); listed once for each number after a gap",
        ),
        _named(
            "isolated_date", f"must lie within {ISOLATED_DAYS} days of another date of the file", stage="warnings",
            severity="warning", fix="Check the year.",
            summary=f"a date more than {ISOLATED_DAYS} days from any other of the file",
        ),
        _named(
            "digit_preference", "must not end in 0 or 5 far more often than by chance", stage="warnings",
            severity="warning", fix="Ask who reads this outcome to write down what the device shows, unrounded.",
            summary="readings rounded by hand; about a whole column of a file, so that row is empty",
        ),
        _named(
            "early_tone_reading", "must be taken after the washout of the last session", stage="warnings",
            severity="warning", fix="Read skin tone before a session or later; nothing to do if the date is right.",
            summary="a tone reading within the outcome's washout hours of a session: the analysis does not use it",
        ),
        _named(
            "fraction_as_percent", "must be percents, not fractions of 1", stage="warnings", severity="warning",
            fix="Write `unit: fraction` for the column in the mapping if 0.35 means 35 %.",
            summary="a percent column wholly at or under 1; about a whole column of a file, so that row is empty",
        ),
    )
}  # fmt: skip
