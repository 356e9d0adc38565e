"""Signed rows become "more improvement": one comparison told from the side of the arm that did better.

Words and figures take their numbers, their signs and their roundings from the same ``Told``, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from analytics.domain.block import Number
from analytics.domain.finding import RATIO_MEASURES
from analytics.domain.fit import sized_as
from analytics.domain.plan import Plan
from analytics.show.numbers import apart, decimals, exact, finite, planned, result, rounded, turn
from schemas.vocabulary import Outcome

Row = Mapping[str, Any]
Which = Literal["estimate", "low", "high"]
HALF = Decimal(50)
MIRROR = {
    "worse_small": "better_small", "worse": "better", "worse_meaningful": "better_meaningful",
    "not_shown_gain_excluded": "not_shown_loss_excluded",
}  # fmt: skip
SHOWN = ("better_small", "better", "better_meaningful")  # weak to strong
DEPENDS = "depends on the baseline model"  # the note that goes with such a verdict (statistics.md 3)
# measure -> how its numbers are told
SCALES = {
    "difference": "units", "risk_difference": "of_hundred_more", "win_probability": "of_hundred",
    "odds_ratio": "times", "ratio": "percent", "rate_ratio": "percent", "risk_ratio": "percent",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Margin:
    """The meaningful difference of one measure: where it stands, and its size as told."""

    value: float
    ref: str
    standing: str  # published | convention | plan
    steps: tuple[str, ...]
    scale: str

    @property
    def size(self) -> Decimal:
        return turn((self.value,), self.steps)

    @property
    def number(self) -> Number:
        form = "percent" if self.scale == "percent" else "trim"
        return planned(self.value, self.ref, " ".join((*self.steps, form)))


@dataclass(frozen=True, eq=False)
class Told:
    """One comparison from the side of ``ahead``. ``scale``: units | percent | of_hundred | of_hundred_more | times.

    ``row`` bears the verdict; ``told`` is the row of the numbers told (the win probability beside an odds ratio).
    ``points``: estimate, low, high, turned and rounded as printed. ``swapped``: told from the reference's side.
    ``descriptive``: the interval looks at this pair alone. ``landmarks``: no difference, then the margin's edges.
    """

    outcome: Outcome
    row: Row
    told: Row
    ahead: str
    behind: str
    swapped: bool
    verdict: str
    scale: str
    steps: tuple[str, ...]
    statistics: tuple[str, str, str]
    places: tuple[int, int, int]
    margin: Margin | None
    landmarks: tuple[Decimal, ...]

    @property
    def values(self) -> tuple[Decimal, Decimal, Decimal]:
        """Estimate, low, high, turned but not rounded."""
        a, b, c = (turn((self.told[s],), self.steps) for s in self.statistics)
        return a, b, c

    def beside(self, group: Sequence[Told]) -> Told:
        """The same with the decimals of a group that stands in one figure or table."""
        others = [value for pair in group for value in pair.values]
        return replace(self, places=_places(self.values, self.landmarks, others))

    def after(self, arm: str) -> Told:
        """The same comparison told from the side of ``arm``, be it ahead or not; the verdict stays as it is."""
        if arm == self.ahead:
            return self
        steps = toward(self.told["measure"], self.outcome.direction, swapped=not self.swapped)
        estimate, low, high = self.statistics
        turned = replace(self, ahead=self.behind, behind=self.ahead, swapped=not self.swapped, steps=steps,
                         statistics=(estimate, high, low))  # fmt: skip
        return turned.beside((turned,))

    @property
    def points(self) -> tuple[Decimal, Decimal, Decimal]:
        a, b, c = (rounded(value, places) for value, places in zip(self.values, self.places))
        return a, b, c

    @property
    def zero(self) -> Decimal:
        """The value of no difference."""
        return self.landmarks[0]

    @property
    def descriptive(self) -> bool:
        return not finite(self.row.get("conf_low_adjusted"))

    @property
    def n(self) -> tuple[float, float]:
        """Patients after ``ahead`` and after ``behind``; NaN where an outside copy does not tell."""
        pair = (float(self.row["n_arm"]), float(self.row["n_reference"]))
        return (pair[1], pair[0]) if self.swapped else pair

    @property
    def depends(self) -> bool:
        return DEPENDS in str(self.row.get("notes", ""))

    @property
    def strength(self) -> int:
        """0 = nothing shown, then better_small, better, better_meaningful."""
        return SHOWN.index(self.verdict) + 1 if self.verdict in SHOWN else 0

    @property
    def reach(self) -> float:
        """Size of the estimate on a scale on which pairs of one outcome can be ranked."""
        return float(abs(self.points[0] - self.zero))

    def number(self, which: Which, form: str = "decimals", *, steps: str = "") -> Number:
        """One of the three numbers as text; ``steps`` are applied after the turning."""
        index = ("estimate", "low", "high").index(which)
        transform = " ".join(part for part in (*self.steps, steps, f"{form}:{self.places[index]}") if part)
        return result("findings", self.told, self.statistics[index], transform)


def _places(values: Sequence[Decimal], landmarks: Sequence[Decimal], beside: Sequence[Decimal]) -> tuple[int, int, int]:
    """Decimals of estimate, low and high: alike, but for a limit that would be rounded onto or over a landmark."""
    plain = decimals(values, beside=beside)
    marks = (landmarks[:1], landmarks, landmarks)  # an estimate may meet the margin, not "no difference"
    estimate, low, high = (apart(value, plain, own) for value, own in zip(values, marks))
    return estimate, low, high


def limits(row: Row) -> tuple[str, str]:
    """The columns of the interval that goes with the verdict: simultaneous where there is a family."""
    adjusted = finite(row.get("conf_low_adjusted")) and finite(row.get("conf_high_adjusted"))
    return ("conf_low_adjusted", "conf_high_adjusted") if adjusted else ("conf_low", "conf_high")


def toward(measure: str, direction: str, *, swapped: bool = False) -> tuple[str, ...]:
    """The steps that turn a row's number into "more improvement" (no direction: into "higher")."""
    lower = direction == "lower"
    if measure in ("difference", "risk_difference"):
        turned: tuple[str, ...] = ("negate",) if lower != swapped else ()
        return (*turned, "hundred") if measure == "risk_difference" else turned
    if measure == "win_probability":
        return ("complement", "hundred") if swapped else ("hundred",)
    if measure == "odds_ratio":
        return ("invert",) if lower != swapped else ()
    return (*(("invert",) if swapped else ()), "percent_less" if lower else "percent_more")


def margin_of(measure: str, outcome: Outcome, plan: Plan) -> Margin | None:
    """The meaningful difference in force: the plan's before the vocabulary's."""
    own = plan.item(outcome.id).meaningful_difference
    known = outcome.meaningful_difference if own is None else own
    sized = sized_as(measure, known)
    if sized not in known:
        return None
    if own is not None:
        value, ref, standing = own[sized], f"plan.outcome.{outcome.id}.meaningful_difference.{sized}", "plan"
    else:
        threshold = outcome.meaningful_difference[sized]
        value, standing = threshold.value, threshold.standing
        ref = f"vocabulary.outcomes.{outcome.id}.meaningful_difference.{sized}.value"
    return Margin(value, ref, standing, _margin_steps(measure, outcome.direction, value), SCALES[measure])


def _margin_steps(measure: str, direction: str, value: float) -> tuple[str, ...]:
    if measure == "risk_difference":
        return ("hundred",)
    if measure == "win_probability":
        return ("hundred",) if value >= 0.5 else ("complement", "hundred")
    if measure not in RATIO_MEASURES:
        return ()
    small = measure != "odds_ratio" and direction == "lower"  # told as so many percent less
    turned = ("invert",) if (value > 1) == small else ()
    return turned if measure == "odds_ratio" else (*turned, "percent_less" if small else "percent_more")


def landmarks(measure: str, outcome: Outcome, margin: Margin | None) -> tuple[Decimal, ...]:
    """No difference, then a meaningful one for better and for worse, as told."""
    zero = {"of_hundred": HALF, "times": Decimal(1)}.get(SCALES[measure], Decimal(0))
    if margin is None:
        return (zero,)
    if measure not in RATIO_MEASURES:
        return zero, margin.size, 2 * zero - margin.size
    value = exact(margin.value)
    steps = toward(measure, outcome.direction)
    edges = sorted((turn((value,), steps), turn((1 / value,), steps)), reverse=True)
    return zero, edges[0], edges[1]


def told(rows: Sequence[Row], outcome: Outcome, plan: Plan) -> Told | None:
    """One pair's rows (first measure first) as told; None where it was not estimated."""
    first = rows[0]
    if first["status"] != "estimated" or not all(finite(first[s]) for s in ("estimate", *limits(first))):
        return None
    shown = next((r for r in rows if r["measure"] == "win_probability" and r["status"] == "estimated"), first)
    shown = shown if first["measure"] == "odds_ratio" and finite(shown["estimate"]) else first
    verdict, swapped = _side(first, outcome)
    steps = toward(shown["measure"], outcome.direction, swapped=swapped)
    low, high = sorted(limits(shown), key=lambda s: turn((shown[s],), steps))
    margin = margin_of(shown["measure"], outcome, plan)
    marks = landmarks(shown["measure"], outcome, margin)
    values = [turn((shown[s],), steps) for s in ("estimate", low, high)]
    places = _places(values, marks, ())
    ahead, behind = (first["reference"], first["arm"]) if swapped else (first["arm"], first["reference"])
    return Told(
        outcome, first, shown, ahead, behind, swapped, verdict, SCALES[shown["measure"]], steps,
        ("estimate", low, high), places, margin, marks,
    )  # fmt: skip


def _side(row: Row, outcome: Outcome) -> tuple[str, bool]:
    """The verdict from the better arm's side, and whether that side is the reference."""
    verdict = str(row["verdict"])
    if verdict in MIRROR:
        return MIRROR[verdict], True
    if verdict in SHOWN or verdict == "not_shown_loss_excluded":
        return verdict, False
    steps = toward(row["measure"], outcome.direction)
    return verdict, turn((row["estimate"],), steps) < landmarks(row["measure"], outcome, None)[0]
