"""Families: p-values and intervals of several contrasts of one outcome together, one entry per procedure.

Single-step procedures give p-value and simultaneous interval; stepwise ones (stepwise.py) give p only, and the verdict
then rests on Bonferroni intervals. Everything is on the block's working scale (log for ratios). Max-t: Hothorn, Bretz,
Westfall 2008; Tukey 1953, Kramer 1956; Dunnett 1955; Sidak 1967.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.domain.errors import PlanRefused
from analytics.domain.fit import MeasureBlock, Pair
from analytics.inference import stepwise
from analytics.inference.intervals import interval, p_value, quantile, statistic
from analytics.inference.max_t import correlation_of, maximum


@dataclass(frozen=True, eq=False)
class Family:
    """Per pair (k,): raw ``p_value``; ``p_adjusted``; simultaneous ``low`` / ``high`` (NaN: the procedure has none);
    ``verdict_low`` / ``verdict_high``: the limits a verdict rests on. NaN where not estimable. ``note``: what was done.
    """

    p_value: np.ndarray
    p_adjusted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    verdict_low: np.ndarray
    verdict_high: np.ndarray
    note: str


@dataclass(frozen=True, eq=False)
class Contrasts:
    """What a procedure may know: the estimable pairs, |t|, raw p, df, their correlation, the smallest df, the level.

    ``asked``: all pairs of the family, estimable or not.
    """

    pairs: tuple[Pair, ...]
    asked: tuple[Pair, ...]
    t: np.ndarray
    p: np.ndarray
    df: np.ndarray
    correlation: np.ndarray
    level: float
    reference: str | None

    @property
    def smallest_df(self) -> float:
        return float(self.df.min())


Adjusted = tuple[np.ndarray, np.ndarray | None]  # p-values; multiples of the standard error, or None
Procedure = Callable[[Contrasts], Adjusted]


def adjust(
    block: MeasureBlock, method: str, level: float = 0.95, *, reference: str | None = None, across: int = 1
) -> Family:
    """The Family of ``block`` under ``method`` (a key of PROCEDURES); pairs that are not estimable do not count.

    ``reference``: the one arm that ``dunnett`` compares with. ``across``: the number of outcomes that share the
    error (the plan's ``across: bonferroni``): p times, and alpha divided by, that number.
    """
    if method not in PROCEDURES:
        raise PlanRefused(f"{method!r} is no procedure for several comparisons", fix=f"choose {', '.join(PROCEDURES)}")
    shared = 1.0 - (1.0 - level) / across
    some = np.flatnonzero(block.estimable)
    raw, adjusted, low, high, verdict_low, verdict_high = np.full((6, len(block.pairs)), np.nan)
    note = NOTES[method]
    if len(some):
        estimate, error, df = block.estimate[some], block.std_error[some], block.df[some]
        contrasts = _contrasts(block, some, shared, reference)
        p, multiple = PROCEDURES[method](contrasts)
        raw[some], adjusted[some] = contrasts.p, np.minimum(1.0, p * across)
        if multiple is not None:
            low[some], high[some] = estimate - multiple * error, estimate + multiple * error
            verdict_low, verdict_high = low, high
        else:
            verdict_low[some], verdict_high[some] = interval(estimate, error, df, 1 - (1 - shared) / len(some))
    if across > 1:
        note = f"{note}; shared between {across} outcomes (Bonferroni)"
    return Family(raw, adjusted, low, high, verdict_low, verdict_high, note)


def _contrasts(block: MeasureBlock, some: np.ndarray, level: float, reference: str | None) -> Contrasts:
    estimate, error, df = block.estimate[some], block.std_error[some], block.df[some]
    t = np.abs(statistic(estimate, error))
    p = p_value(estimate, error, df)
    correlation = correlation_of(block.covariance[np.ix_(some, some)])
    pairs = tuple(block.pairs)
    return Contrasts(tuple(pairs[i] for i in some), pairs, t, p, df, correlation, level, reference)


def _max_t(contrasts: Contrasts) -> Adjusted:
    family = maximum(contrasts.correlation, contrasts.smallest_df)
    p = np.array([family.p_value(t) for t in contrasts.t])
    return p, np.full(len(p), family.critical_value(contrasts.level))


def _dunnett(contrasts: Contrasts) -> Adjusted:
    """Every arm against one reference, with the correlation of the reported covariance."""
    _refuse_combinations("dunnett", contrasts)
    reference = contrasts.reference or contrasts.asked[0][1]
    if any(pair[1] != reference for pair in contrasts.asked):
        raise PlanRefused(
            "dunnett compares every arm with one reference, and there are pairs without it",
            fix="name that arm under reference, or choose max_t",
        )
    return _max_t(contrasts)


def _tukey(contrasts: Contrasts) -> Adjusted:
    """Tukey-Kramer with the smallest df; for three arms the range is the maximum of three balanced contrasts."""
    _refuse_combinations("tukey", contrasts)
    named = {arm for pair in contrasts.asked for arm in pair}
    if len({frozenset(pair) for pair in contrasts.asked}) < len(named) * (len(named) - 1) / 2:
        raise PlanRefused(
            "tukey is for all pairs of the arms, and some pairs are not among these",
            fix="ask for all pairs, or choose max_t (dunnett where all are compared with one arm)",
        )
    arms = len({arm for pair in contrasts.pairs for arm in pair})
    design = np.array([_indicator(i, j, arms) for i in range(arms) for j in range(i)])
    if arms <= 3:
        family = maximum(correlation_of(design @ design.T), contrasts.smallest_df)
        p = np.array([family.p_value(t) for t in contrasts.t])
        return p, np.full(len(p), family.critical_value(contrasts.level))
    from scipy import stats  # slow to load

    p = stats.studentized_range.sf(np.sqrt(2) * contrasts.t, arms, contrasts.smallest_df)
    critical = stats.studentized_range.ppf(contrasts.level, arms, contrasts.smallest_df) / np.sqrt(2)
    return np.asarray(p), np.full(len(contrasts.t), critical)


def _indicator(plus: int, minus: int, length: int) -> np.ndarray:
    row = np.zeros(length)
    row[plus], row[minus] = 1.0, -1.0
    return row


def _bonferroni(contrasts: Contrasts) -> Adjusted:
    k, alpha = len(contrasts.p), 1 - contrasts.level
    return np.minimum(1.0, k * contrasts.p), quantile(1 - alpha / (2 * k), contrasts.df)


def _sidak(contrasts: Contrasts) -> Adjusted:
    k = len(contrasts.p)
    alpha = -np.expm1(np.log(contrasts.level) / k)
    with np.errstate(divide="ignore"):  # p = 1
        p = -np.expm1(k * np.log1p(-contrasts.p))
    return p, quantile(1 - alpha / 2, contrasts.df)


def _none(contrasts: Contrasts) -> Adjusted:
    return contrasts.p, quantile(0.5 + contrasts.level / 2, contrasts.df)


def _stepwise(p_adjusted: Callable[[np.ndarray], np.ndarray]) -> Procedure:
    """The procedure of a function of the p-values: no simultaneous intervals."""
    return lambda contrasts: (p_adjusted(contrasts.p), None)


def _refuse_combinations(method: str, contrasts: Contrasts) -> None:
    """PlanRefused for what is no set of differences between two arms, each once."""
    if any(arm == reference for arm, reference in contrasts.asked) or len(
        {frozenset(pair) for pair in contrasts.asked}
    ) < len(contrasts.asked):
        raise PlanRefused(
            f"{method} is for differences between two arms, each once; these are other combinations",
            fix="choose max_t, which takes any",
        )


def _shaffer(contrasts: Contrasts) -> Adjusted:
    _refuse_combinations("shaffer", contrasts)
    return stepwise.shaffer(contrasts.p, contrasts.pairs), None


PROCEDURES: dict[str, Procedure] = {
    "max_t": _max_t,
    "holm": _stepwise(stepwise.holm),
    "hochberg": _stepwise(stepwise.hochberg),
    "hommel": _stepwise(stepwise.hommel),
    "bh": _stepwise(stepwise.benjamini_hochberg),
    "by": _stepwise(stepwise.benjamini_yekutieli),
    "sidak": _sidak,
    "bonferroni": _bonferroni,
    "fixed_sequence": _stepwise(stepwise.fixed_sequence),
    "shaffer": _shaffer,
    "tukey": _tukey,
    "dunnett": _dunnett,
    "none": _none,
}

VERDICT = "the verdict rests on Bonferroni intervals"  # of a procedure that has none
_STEPWISE = f"adjusted p-values only, {VERDICT}"
NOTES: dict[str, str] = {
    "max_t": "simultaneous intervals and p-values by max-t with the smallest df",
    "holm": f"Holm: {_STEPWISE}",
    "hochberg": f"Hochberg: {_STEPWISE}",
    "hommel": f"Hommel: {_STEPWISE}",
    "bh": f"Benjamini-Hochberg (false discovery rate): {_STEPWISE}",
    "by": f"Benjamini-Yekutieli (false discovery rate): {_STEPWISE}",
    "sidak": "simultaneous intervals and p-values by Sidak",
    "bonferroni": "simultaneous intervals and p-values by Bonferroni",
    "fixed_sequence": f"fixed sequence in the order of the pairs: {_STEPWISE}",
    "shaffer": f"Shaffer: {_STEPWISE}",
    "tukey": "simultaneous intervals and p-values by Tukey-Kramer with the smallest df",
    "dunnett": "simultaneous intervals and p-values by Dunnett (every arm against one) with the smallest df",
    "none": "not adjusted for several comparisons",
}
