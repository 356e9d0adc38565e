"""Every rule a row must keep, as a value: what it reads, when a row is fine, the sentence and what to do about it.

Row-wise rules are made from the vocabulary (``row_rules``) with narwhals expressions; the others (width, casts,
duplicates, conflicts, other tables) have the same face without an expression and are applied in the intake.
``sentence`` completes "the value ...": it begins with "must".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from schemas import expressions as ex
from schemas.columns import FILLED, REQUIRED_COLUMNS
from schemas.limits import Limits, limits, number, span
from schemas.named_rules import NAMED, STAGES, Rule
from schemas.peels import USUAL_PERCENT
from schemas.spelling import permitted
from schemas.units import telling
from schemas.vocabulary import Vocabulary

#: Helper column the intake may add: the day of the patient's first accepted treatment or reading.
FIRST_SESSION = "_first_session"

#: Ends the demand of a unit rule; behind it stand the units that can be meant.
OTHER_UNIT = "; it would fit in another unit"


def number_rules(column: str, lim: Limits) -> tuple[Rule, ...]:
    """Range (and unit slip), step and soft range of one number column."""
    rules: list[Rule] = []
    bounds = (column, lim.low, lim.high)
    others = telling(lim.unit, lim.low, lim.high)
    factors = tuple(others.values())
    within = f"must be {span(lim.low, lim.high, lim.unit, above=lim.above)}"
    if lim.low is not None or lim.high is not None:
        expression = partial(ex.in_range, *bounds, above=lim.above)
        if factors:
            expression = partial(ex.range_but_unit, *bounds, factors, above=lim.above)
            slip = partial(ex.no_unit_slip, *bounds, factors, above=lim.above)
            sentence = f"{within}{OTHER_UNIT} ({', '.join(others)})"
            rules.append(_fill("unit", column, sentence=sentence, expression=slip))
        rules.insert(0, _fill("range", column, sentence=within, expression=expression, severity=lim.severity))
    if lim.step is not None:
        on = partial(ex.on_step, column, lim.step, lim.low, lim.high)
        sentence = "must be a whole number" if lim.step == 1 else f"must go in steps of {number(lim.step)}"
        rules.append(_fill("step", column, sentence=sentence, expression=on))
    if lim.soft_low is not None or lim.soft_high is not None:
        usual = partial(ex.usual, *bounds, lim.soft_low, lim.soft_high)
        sentence = f"must usually be {span(lim.soft_low, lim.soft_high, lim.unit)}"
        rules.append(_fill("soft_range", column, sentence=sentence, expression=usual))
    return tuple(rules)


def _fill(id: str, *columns: str, sentence: str = "", **parts: Any) -> Rule:
    """The named rule made concrete for some columns."""
    return replace(NAMED[id], columns=columns, sentence=sentence or NAMED[id].sentence, **parts)


def _code_rules(vocabulary: Vocabulary, name: str, kind: str) -> tuple[Rule, ...]:
    """The permitted codes of a coded column, where it has any."""
    codes = permitted(vocabulary, name)
    if codes is None:
        return ()
    sentence = f"must be one of: {', '.join(codes)}" + (" (several separated by ;)" if kind == "codes" else "")
    check = ex.each_of if kind == "codes" else ex.one_of
    id = "treatment" if name == "treatment" else "code"
    return (_fill(id, name, sentence=sentence, expression=partial(check, name, codes)),)


def _column_rules(vocabulary: Vocabulary, name: str) -> tuple[Rule, ...]:
    """Rules of one column by itself: an outcome, a parameter or another column."""
    if name in vocabulary.outcomes:
        return number_rules(name, limits(vocabulary.outcomes[name]))
    if name in vocabulary.parameters():
        treatment, parameter = vocabulary.parameters()[name]
        own = _code_rules(vocabulary, name, "code") if parameter.codes else number_rules(name, limits(parameter))
        sentence = f"must be empty unless the treatment of the row is {treatment.id}"
        lonely = partial(ex.only_with, name, treatment.id)
        return (*own, _fill("wrong_parameter", name, "treatment", sentence=sentence, expression=lonely))
    column = vocabulary.columns.get(name)
    if column is None:
        return ()
    if column.type in ("number", "integer"):
        return number_rules(name, limits(column))
    return _code_rules(vocabulary, name, column.type) if column.type in ("code", "codes") else ()


def _sum_rules(vocabulary: Vocabulary, present: tuple[str, ...]) -> Iterable[Rule]:
    """A total that is written beside its parts."""
    for name, outcome in vocabulary.outcomes.items():
        parts = outcome.derived_from
        if parts and {name, *parts} <= set(present):
            check = partial(ex.adds_up, name, parts)
            yield _fill("sum", name, *parts, sentence=f"must be {' + '.join(parts)}", expression=check)


def _filled_rules(table: str, present: tuple[str, ...]) -> Iterable[Rule]:
    """Cells that may not be empty, and that a session is placed in time."""
    for name in FILLED[table]:
        if name in present:
            yield _fill("missing", name, expression=partial(ex.filled, (name,)))
    for group in REQUIRED_COLUMNS[table]:
        some = tuple(name for name in group if name in present)
        if len(group) > 1 and some:
            yield _fill("missing", *some, sentence=_one_of_these(some), expression=partial(ex.filled, some))


def _one_of_these(names: tuple[str, ...]) -> str:
    return "must not be empty" if len(names) == 1 else f"must not be empty together: one of {', '.join(names)}"


_NOT_BEFORE = (
    ("resolved_date", "onset_date", "must not be before the onset"),
    ("onset_date", "session_date", "must not be before the session it belongs to"),
    ("onset_date", FIRST_SESSION, "must not be before the patient's first session"),
    ("intercurrent_date", FIRST_SESSION, "must not be before the patient's first session"),
)


def _order_rules(present: tuple[str, ...]) -> Iterable[Rule]:
    """Dates against each other; the first session is known only where the intake has added it."""
    for later, earlier, sentence in _NOT_BEFORE:
        if later in present and earlier in present:
            yield _fill("order", later, earlier, sentence=sentence, expression=partial(ex.not_before, later, earlier))
    if "birth_year" in present and "session_date" in present:
        born = partial(ex.born_before, "birth_year", "session_date")
        yield _fill("order", "birth_year", "session_date", sentence="must not be after the session", expression=born)


def _agent_rules(vocabulary: Vocabulary, present: tuple[str, ...]) -> Iterable[Rule]:
    """Usual percent of each peel agent."""
    percent = vocabulary.parameters().get("peel_percent")
    if percent is None or "peel_agent" not in present or "peel_percent" not in present:
        return
    each = "; ".join(f"{agent} {number(low)}-{number(high)}" for agent, (low, high) in USUAL_PERCENT.items())
    check = partial(
        ex.usual_for_code, "peel_percent", "peel_agent", dict(USUAL_PERCENT), percent[1].low, percent[1].high
    )
    sentence = f"must usually lie within the percents of its agent: {each}"
    yield _fill("soft_range", "peel_percent", "peel_agent", sentence=sentence, expression=check)


def row_rules(vocabulary: Vocabulary, table: str, columns_present: Iterable[str]) -> tuple[Rule, ...]:
    """Every row-wise rule of ``table`` for the columns that are there, in the order of the stages.

    Frames are typed as accepted tables are: numbers float, codes and texts str, dates datetime; null where not read.
    A rule that reads a column which is not there is left out (parameters need ``treatment``).
    """
    present = tuple(dict.fromkeys(columns_present))
    known = set(vocabulary.known(table))
    found = [*_filled_rules(table, present)]
    for name in present:
        if name in known:
            found += [r for r in _column_rules(vocabulary, name) if set(r.columns) <= set(present)]
    if table == "sessions":
        found += _sum_rules(vocabulary, present)
    found += [*_agent_rules(vocabulary, present), *_order_rules(present)]
    return tuple(sorted(found, key=lambda rule: STAGES.index(rule.stage)))


def failing(frame: Any, rules: Iterable[Rule]) -> dict[str, list[int]]:
    """Rule key -> positions (from 0) of the rows that break it, in one pass over an eager frame (pandas, Arrow, ...).

    Rules without a fault and rules without an expression are left out.
    """
    import narwhals as nw

    checks = {rule.key: ~rule.expression() for rule in rules if rule.expression is not None}
    if not checks:
        return {}
    faults = nw.from_native(frame, eager_only=True).select(**checks)
    found = {key: faults[key].arg_true().to_list() for key in checks}
    return {key: rows for key, rows in found.items() if rows}
