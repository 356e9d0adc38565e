"""The plan: what will be compared, fixed before the data are read; checked at load, hashed into every output."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)

from analytics.domain.documents import plain, senseless
from analytics.domain.yaml_text import Place

Strategy = Literal["treatment_policy", "hypothetical", "while_on_treatment", "composite"]
EVENTS = ("switch", "stop", "new_skin_drug", "adverse_event", "pregnancy", "sunburn")
MULTIPLICITY = Literal[
    "max_t", "holm", "hochberg", "hommel", "bh", "by", "sidak", "bonferroni", "fixed_sequence", "shaffer", "tukey",
    "dunnett", "none",
]  # fmt: skip
LONGEST_DAYS = 36_525  # a hundred years
MEASURES = ("difference", "ratio", "rate_ratio", "odds_ratio", "risk_difference", "risk_ratio", "win_probability")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _plain(cls, value: Any, info: ValidationInfo) -> Any:
        return plain(cls.model_fields[str(info.field_name)].annotation, value)


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "none"


def _twice(names: Iterable[str]) -> list[str]:
    """Names that stand there before, in order."""
    told = list(names)
    return [name for i, name in enumerate(told) if name in told[:i]]


class OutcomePlan(Part):
    """One outcome of the plan, with what departs from its vocabulary entry."""

    outcome: str
    method: str | None = None
    meaningful_difference: dict[str, float] | None = None
    margin: float | None = Field(None, gt=0)

    @field_validator("meaningful_difference")
    @classmethod
    def _measures(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        for measure, size in (value or {}).items():
            if measure not in MEASURES:
                raise ValueError(f"{measure!r} is not a measure; choose from {', '.join(MEASURES)}")
            ratio = measure in ("ratio", "rate_ratio", "odds_ratio", "risk_ratio")
            if (ratio and (size <= 0 or size == 1)) or (measure == "win_probability" and not 0 < size < 1):
                raise ValueError(f"a meaningful {measure} of {size} is not possible")
            if not ratio and size <= 0:
                raise ValueError(f"a meaningful {measure} must be above 0")
        return value


class Visits(Part):
    weeks: tuple[float, ...] = (4, 8, 12)
    window_days: int = Field(14, ge=1, le=LONGEST_DAYS)
    primary: float | None = None  # null: the last of the weeks

    @model_validator(mode="after")
    def _order(self) -> Visits:
        if not self.weeks or any(b <= a for a, b in zip(self.weeks, self.weeks[1:])) or self.weeks[0] <= 0:
            raise senseless(f"weeks must be above 0 and rise; found {_numbers(self.weeks)}", "weeks")
        if self.weeks[-1] * 7 > LONGEST_DAYS:
            raise senseless(f"weeks end after 100 years; found {self.weeks[-1]:g}", "weeks")
        if self.primary is not None and self.primary not in self.weeks:
            raise senseless(f"primary {self.primary:g} is not one of the weeks {_numbers(self.weeks)}", "primary")
        return self

    @property
    def last(self) -> float:
        return self.primary if self.primary is not None else self.weeks[-1]


class Course(Part):
    gap_days: int = Field(84, ge=1, le=LONGEST_DAYS)
    baseline_window_days: int = Field(30, ge=0, le=LONGEST_DAYS)


class DataCut(Part):
    """Which courses count. ``from``/``to``: by START date, both days included; ``cutoff`` stands for today."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)
    start: dt.date | None = Field(None, alias="from")
    end: dt.date | None = Field(None, alias="to")
    clinics: tuple[str, ...] | None = None
    cutoff: dt.date | None = None

    @model_validator(mode="after")
    def _order(self) -> DataCut:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise senseless(f"to ({self.end}) is before from ({self.start})", "to")
        return self


class Intercurrent(Part):
    switch: Strategy = "treatment_policy"
    stop: Strategy = "treatment_policy"
    new_skin_drug: Strategy = "treatment_policy"
    adverse_event: Strategy = "treatment_policy"
    pregnancy: Strategy = "treatment_policy"
    sunburn: Strategy = "treatment_policy"


@dataclass(frozen=True)
class Written:
    """Where a plan was written. It says nothing about what is planned, so any two are equal."""

    name: str = field(default="The plan", compare=False)
    lines: Mapping[Place, int] = field(default_factory=dict, compare=False)


class Plan(Part):
    """The whole plan. ``model_fields_set`` tells which keys a person wrote: only those raise when absent in data."""

    _written: Written = PrivateAttr(default_factory=Written)

    title: str = "Effectiveness review"
    arms: tuple[str, ...] = ()
    reference: str | None = None
    primary: tuple[OutcomePlan, ...] = ()
    secondary: tuple[OutcomePlan, ...] = ()
    randomised: StrictBool = False  # a yes or 1 is a text in YAML 1.2, not a boolean
    pool_designs: StrictBool = False
    visits: Visits = Visits()
    course: Course = Course()
    data: DataCut = DataCut()
    covariates: tuple[str, ...] = ("age", "skin_type", "fitzpatrick", "clinic_id")
    intercurrent: Intercurrent = Intercurrent()
    primary_estimator: Literal["adjusted", "unadjusted"] = "adjusted"
    multiplicity: MULTIPLICITY = "max_t"
    across: Literal["none", "bonferroni"] = "none"
    subgroups: tuple[str, ...] = ()
    confidence_level: float = Field(0.95, gt=0.5, lt=1)
    minimum_cell: int = Field(5, ge=1, le=1_000_000)
    seed: int = Field(1, ge=0)

    @field_validator("primary", "secondary", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple({"outcome": item} if isinstance(item, str) else item for item in value)
        return value

    @model_validator(mode="after")
    def _sense(self) -> Plan:
        if self.arms and len(self.arms) < 2:
            raise senseless(f"a plan compares at least two arms; found {self.arms[0]} alone", "arms")
        for arm in _twice(self.arms):
            raise senseless(f"an arm is named twice: {arm}", "arms")
        if self.reference is not None and self.arms and self.reference not in self.arms:
            among = ", ".join(self.arms)
            raise senseless(f"reference {self.reference!r} is not one of the arms ({among})", "reference")
        for outcome in _twice(item.outcome for item in self.outcomes):
            later = outcome in [item.outcome for item in self.secondary]
            raise senseless(f"an outcome is named twice: {outcome}", "secondary" if later else "primary")
        if self.multiplicity == "dunnett" and self.reference is None:
            raise senseless("dunnett compares with one reference: name it under reference", "multiplicity")
        return self

    @property
    def outcomes(self) -> tuple[OutcomePlan, ...]:
        return (*self.primary, *self.secondary)

    def item(self, outcome: str) -> OutcomePlan:
        """The plan's entry for ``outcome``; a bare one where the plan does not name it."""
        return next((i for i in self.outcomes if i.outcome == outcome), OutcomePlan(outcome=outcome))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(arm, reference) of every contrast: later arm against earlier, or every arm against ``reference``."""
        if self.reference is not None:
            return tuple((arm, self.reference) for arm in self.arms if arm != self.reference)
        return tuple((b, a) for i, a in enumerate(self.arms) for b in self.arms[i + 1 :])

    def canonical(self) -> str:
        """Canonical JSON: sorted keys, no defaults left out; what is hashed."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def __repr__(self) -> str:
        from analytics.domain.display.plan import plan_page

        return plan_page(self).text()

    def __str__(self) -> str:
        return repr(self)  # pydantic's own would list the fields

    def _repr_html_(self) -> str:
        from analytics.domain.display.plan import plan_page

        return plan_page(self).html()
