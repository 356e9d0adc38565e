"""A model formula as columns: each coefficient stands for a product of category codings and of numbers.

formulaic parses the formula and decides the codings on a handful of rows; columns are then made from integer codes, so
that no dummy of a long table is ever built twice. Names of coefficients are formulaic's.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.formulas import coded_by, evaluated, parsed
from schemas.vocabulary import Vocabulary

SAMPLE = 24  # rows that formulaic sees to decide the codings; levels are given to it
Levels = Mapping[str, tuple[Hashable, ...]]


@dataclass(frozen=True, eq=False)
class Factor:
    """One factor of a formula: a category with its ``levels`` in the data column ``variable``, or numbers.

    ``codings``: reduced (True / False) -> (levels, columns), categories only. ``spec``: formulaic's, for a number that
    is made by an expression; None for a plain column.
    """

    expression: str
    variable: str
    levels: tuple[Hashable, ...] = ()
    codings: Mapping[bool, np.ndarray] = field(default_factory=dict)
    spec: Any = None

    @property
    def is_category(self) -> bool:
        return bool(self.codings)

    def width(self, reduced: bool = True) -> int:
        """Columns that it makes."""
        if self.is_category:
            return int(self.codings[reduced].shape[1])
        return 1 if self.spec is None else len(self.spec.column_names)

    def numbers(self, frame: pd.DataFrame) -> np.ndarray:
        """Values (rows, columns) of a number in ``frame``; UsageError where the expression gives none."""
        if self.spec is None:
            return frame[self.variable].to_numpy(float)[:, None]
        found = np.asarray(evaluated(self.spec, frame, self.expression), float)
        _refuse_unreal(self.expression, found, frame)
        return found


@dataclass(frozen=True)
class Part:
    """A block of columns: the product of ``factors`` (expression, reduced), the first one running fastest."""

    term: str
    factors: tuple[tuple[str, bool], ...]
    names: tuple[str, ...]
    scale: float = 1.0


@dataclass(frozen=True)
class Key:
    """What a column depends on: coding values by level of categories, and columns of numbers. Empty: the constant."""

    categories: tuple[tuple[str, tuple[float, ...]], ...] = ()
    numbers: tuple[tuple[str, int], ...] = ()

    def without(self, variable: str) -> Key:
        return Key(tuple(item for item in self.categories if item[0] != variable), self.numbers)

    def coding(self, variable: str, code: int) -> float:
        """The factor that level ``code`` of ``variable`` brings to this column."""
        return next((vector[code] for name, vector in self.categories if name == variable), 1.0)


@dataclass(frozen=True, eq=False)
class Terms:
    """The right-hand side of a formula. ``levels``: variable -> its categories, in the order of their codes."""

    formula: str
    response: Factor
    factors: Mapping[str, Factor]
    parts: tuple[Part, ...]
    levels: Levels

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients, (q,)."""
        return tuple(name for part in self.parts for name in part.names)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """One key per coefficient."""
        return tuple(key for part in self.parts for key in self._keys(part))

    @cached_property
    def scales(self) -> np.ndarray:
        """Numbers written before a term, (q,)."""
        return np.array([part.scale for part in self.parts for _ in part.names])

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.term for part in self.parts))

    def places(self, term: str) -> list[int]:
        """Positions of the coefficients of ``term``; UsageError where there is none."""
        owners = [part.term for part in self.parts for _ in part.names]
        wanted = next((own for own in self.terms if set(own.split(":")) == set(str(term).split(":"))), None)
        if wanted is None:
            raise UsageError(f"The model has no term {term!r}.", fix=f"write one of {', '.join(self.terms)}")
        return [place for place, own in enumerate(owners) if own == wanted]

    def _keys(self, part: Part) -> Iterator[Key]:
        for combination in itertools.product(*(self._columns(*one) for one in reversed(part.factors))):
            yield _product(reversed(combination))

    def _columns(self, expression: str, reduced: bool) -> list[Key]:
        factor = self.factors[expression]
        if factor.is_category:
            return [Key(((factor.variable, tuple(column)),)) for column in factor.codings[reduced].T]
        return [Key((), ((expression, column),)) for column in range(factor.width())]


def read_terms(formula: str, frame: pd.DataFrame, levels: Levels) -> Terms:
    """The Terms of ``formula`` for ``frame`` (rows without gaps), whose categories are those of ``levels``."""
    sample = _sample(frame, levels)
    matrices = evaluated(parsed(formula), sample, formula)
    spec = matrices.rhs.model_spec
    unique = {str(one): one for structure in spec.structure for one in structure.term.factors}
    factors = {name: _factor(one, spec, frame) for name, one in unique.items() if name != "1"}
    parts = tuple(part for structure in spec.structure for part in _parts(structure, factors))
    left = matrices.lhs.model_spec
    if len(left.column_names) != 1:
        raise UsageError(f"The left side of {formula!r} must be one column of numbers.", fix="write one outcome")
    response = _factor(left.formula[0].factors[0], left, frame)
    return Terms(formula, response, factors, parts, levels)


def nearest(name: object, names: Iterable[object]) -> str:
    """The names most like one that is not there, for the advice of an error."""
    known = [str(one) for one in names]
    return ", ".join(Vocabulary.nearest(str(name), known) or known[:8])


def _sample(frame: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    rows = frame.iloc[:SAMPLE]
    made = {
        name: pd.Categorical.from_codes(np.arange(len(rows)) % max(len(of), 1), categories=list(of))
        for name, of in levels.items()
        if name in rows
    }
    return rows.assign(**made)


def _factor(factor: Any, spec: Any, frame: pd.DataFrame) -> Factor:
    from formulaic import Formula
    from formulaic.parser.types import Term

    expression = factor.expr
    contrasts = next((state for one, state in spec.factor_contrasts.items() if str(one) == expression), None)
    if contrasts is not None:
        codings = {kind: np.asarray(contrasts.get_coding_matrix(reduced_rank=kind), float) for kind in (True, False)}
        return Factor(expression, _variable(factor, spec, frame), tuple(contrasts.levels), codings)
    if expression in frame or expression == "1":
        return Factor(expression, expression)
    made = evaluated(Formula([Term([factor])]), frame, expression)
    return Factor(expression, expression, spec=made.model_spec)


def _variable(factor: Any, spec: Any, frame: pd.DataFrame) -> str:
    """The one data column that the codes of a category come from."""
    if factor.expr in frame:
        return str(factor.expr)
    name = coded_by(factor)
    if name not in frame:
        raise UsageError(
            f"{factor.expr} makes categories by a calculation.", fix="put them into a column of their own and name that"
        )
    return name


def _parts(structure: Any, factors: Mapping[str, Factor]) -> Iterator[Part]:
    """The pieces of one term: several where its lower terms are not in the formula."""
    at = 0
    for scoped in structure.scoped_terms:
        inside = tuple((one.factor.expr, bool(one.reduced)) for one in scoped.factors)
        width = math.prod(factors[expression].width(reduced) for expression, reduced in inside)
        yield Part(str(structure.term), inside, tuple(structure.columns[at : at + width]), float(scoped.scale))
        at += width


def _product(keys: Any) -> Key:
    vectors: dict[str, np.ndarray] = {}
    numbers: list[tuple[str, int]] = []
    for key in keys:
        for variable, vector in key.categories:
            vectors[variable] = vectors.get(variable, 1.0) * np.array(vector)
        numbers += key.numbers
    kept = {name: tuple(float(v) for v in vector) for name, vector in vectors.items() if not np.all(vector == 1.0)}
    return Key(tuple(sorted(kept.items())), tuple(sorted(numbers)))


def _refuse_unreal(expression: str, values: np.ndarray, frame: pd.DataFrame) -> None:
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values).reshape(len(frame), -1).all(axis=1))[0])
        raise UsageError(
            f"{expression} is no finite number in {int((~np.isfinite(values)).any(axis=-1).sum())} rows, first in row "
            f"{frame.index[row]!r}.",
            fix="correct those values or leave the rows out",
        )
