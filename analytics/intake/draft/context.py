"""The rows of one table as a draft sees them: who, when and which treatment; what columns are related to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from analytics.domain.date_format import CANONICAL, compile_format
from analytics.intake.draft.content import Facts, constant_within, groups_of
from analytics.intake.draft.treatments import NOTHING, Meant, arm_codes, only_with, settings_in

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class Context:
    """Columns of a table with the ones already known: patient, date, treatment."""

    facts: Mapping[str, Facts]
    lines: int
    patient: Facts | None = None
    date: Facts | None = None
    treatment: Facts | None = None
    meant: Meant = NOTHING
    memo: dict[tuple[str, str], float] = field(default_factory=dict)

    def knowing(self, **known) -> Context:
        """The same rows with more known about them."""
        return replace(self, **known, memo={})

    @cached_property
    def who(self) -> np.ndarray:
        """Patient per line as a number; each line its own where there is no id."""
        return self.patient.codes if self.patient is not None else np.arange(self.lines)

    @cached_property
    def days(self) -> np.ndarray:
        """Day per line (days since 1970), NEVER where there is none."""
        return day_numbers(self.date) if self.date is not None else np.full(self.lines, NEVER)

    @cached_property
    def arms(self) -> np.ndarray:
        """Arm per line, see ``arm_codes``."""
        if self.treatment is None:
            return np.full(self.lines, -1)
        return arm_codes(self.treatment, self.meant)

    @cached_property
    def treated(self) -> np.ndarray:
        """Lines on which something was done."""
        return self.treatment.filled if self.treatment is not None else np.zeros(self.lines, bool)

    @cached_property
    def first(self) -> np.ndarray:
        """Lines of each patient's first day in the file."""
        _, who = np.unique(self.who, return_inverse=True)
        start = np.full(who.max(initial=0) + 1, np.iinfo(np.int64).max)
        dated = self.days != NEVER
        np.minimum.at(start, who[dated], self.days[dated])
        return dated & (self.days == start[who])

    @cached_property
    def occasion(self) -> np.ndarray:
        """Patient and day per line as a number; lines without a day are one occasion of their patient."""
        dated = self.days != NEVER
        first = self.days[dated].min(initial=0)
        return groups_of(self.who, np.where(dated, self.days, first - 1) - first)

    def parameter_of(self, column: Facts) -> int | None:
        """The treatment whose rows alone fill the column."""
        return only_with(column, self.arms) if self.treatment is not None else None

    def written(self, parameter: str, column: Facts) -> float:
        """Share of rows in which the treatment's text holds this column's number for ``parameter``; NaN: nowhere."""
        if self.treatment is None or parameter not in self._settings:
            return float("nan")
        told = np.append(self._settings[parameter], np.nan)[self.treatment.codes]
        both = np.isfinite(told) & np.isfinite(column.values)
        if both.sum() < 5:
            return float("nan")
        same = np.isclose(told[both], column.values[both]) | np.isclose(told[both] * 1000, column.values[both])
        return float(same.mean())

    @cached_property
    def _settings(self) -> dict[str, np.ndarray]:
        return settings_in(self.treatment.texts) if self.treatment is not None else {}

    def steady(self, column: Facts) -> float:
        """Share of patients (with two lines or more) for whom the column never changes; NaN: none has two."""
        key = ("steady", column.header)
        if key not in self.memo:
            self.memo[key] = constant_within(column.codes, column.filled, self.who)
        return self.memo[key]

    def early(self, column: Facts) -> float:
        """Filled on first days relative to later ones: near 0 for what only exists after the start."""
        later = column.share(~self.first)
        return min(column.share(self.first) / later, 1.0) if later > 0 else 1.0


def day_numbers(facts: Facts) -> np.ndarray:
    """Days since 1970 per line; NEVER where the text is no date."""
    told = facts.dates.formats[0] if facts.dates.formats else ""
    reader = compile_format(told) if told else CANONICAL
    by_text = []
    for i, text in enumerate(facts.texts):
        stored = facts.kinds is not None and facts.kinds[i] == "d"
        found = (CANONICAL if stored else reader).read(text)
        by_text.append(NEVER if found is None else (found[0].date().toordinal() - 719163))
    return np.array([*by_text, NEVER], np.int64)[facts.codes]
