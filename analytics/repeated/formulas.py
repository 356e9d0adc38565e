"""Formulas as formulaic reads them: which data columns they need and which as categories, with errors to act on."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError

QUOTED = re.compile(r"`([^`]*)`")
COLOUR = re.compile(r"\x1b\[[0-9;]*m|[\u29db\u29da]")  # formulaic's marks for terminals
SHAPE = "write outcome ~ arm * visit + covariates"
FAILURES = (ValueError, TypeError, KeyError, IndexError, AttributeError, NameError, SyntaxError, ArithmeticError)


def parsed(formula: str) -> Any:
    """formulaic's Formula with one factor on the left; UsageError for anything else."""
    from formulaic.errors import FormulaicError

    if not isinstance(formula, str):
        raise UsageError(f"The formula is {type(formula).__name__}.", fix=f"{SHAPE}, in quotes")
    try:
        found = _formula(formula)
    except (FormulaicError, *FAILURES) as error:
        raise UsageError(f"The formula {formula!r} cannot be read: {_said(error)}", fix=SHAPE) from None
    if not hasattr(found, "lhs") or not hasattr(found, "rhs"):
        raise UsageError(f"The formula {formula!r} has no left side.", fix=SHAPE)
    if isinstance(found.lhs, tuple) or isinstance(found.rhs, tuple):
        raise UsageError(f"The formula {formula!r} has several parts (|).", fix=f"{SHAPE}; subject= names the patient")
    left = [term.factors for term in found.lhs]
    if len(left) != 1 or len(left[0]) != 1 or _bare(left[0][0].expr) != _bare(formula.split("~")[0]):
        raise UsageError(
            f"The left side of {formula!r} must be one outcome.", fix="for a calculation write I(y - baseline) ~ ..."
        )
    return found


@lru_cache(maxsize=16)
def _formula(text: str) -> Any:
    """A fit reads its formula six times."""
    from formulaic import Formula

    return Formula(text)


def _bare(text: str) -> str:
    """The same for two ways to write one calculation."""
    plain = text.strip().removeprefix("{").removesuffix("}").strip()
    plain = QUOTED.sub(r"\1", plain) if QUOTED.fullmatch(plain) else plain
    try:
        return ast.dump(_tree(plain))
    except SyntaxError:
        return re.sub(r"[\s`]", "", plain)


def _tree(expression: str) -> ast.expr:
    return ast.parse(QUOTED.sub(lambda match: _safe(match[1]), expression), mode="eval").body


def _said(error: Exception) -> str:
    return COLOUR.sub("", str(error)).strip().replace("\n\n", " ")


def variables_of(formula: str, columns: Collection[str] | None = None) -> list[str]:
    """Data columns that a formula needs, the outcome's too; UsageError where one is not in ``columns``."""
    found = parsed(formula)
    return sorted({name for side in (found.lhs, found.rhs) for name in _columns(side, columns)})


def outcomes_of(formula: str, columns: Collection[str] | None = None) -> list[str]:
    """Data columns of the left side."""
    return sorted(set(_columns(parsed(formula).lhs, columns)))


def outcome_only_of(formula: str, columns: Collection[str] | None = None) -> list[str]:
    """Data columns of the left side that the right side does not need."""
    return sorted(set(outcomes_of(formula, columns)) - set(_columns(parsed(formula).rhs, None)))


def categories_of(formula: str) -> set[str]:
    """Data columns that stand inside C(...); UsageError where one is there as a number too."""
    factors = [factor for term in parsed(formula).rhs for factor in term.factors]
    coded = {name for factor in factors if (name := coded_by(factor))}
    for factor in factors:
        if factor.expr not in coded and not coded_by(factor):
            both = coded & set(_names(factor))
            if both:
                name = min(both)
                raise UsageError(
                    f"{name} is a category in C({name}) and a number in {factor.expr}.",
                    fix="copy it into a second column and name that in one of the two",
                )
    return coded


def coded_by(factor: Any) -> str:
    """The column in an expression C(column, ...), or ""."""
    try:
        tree = _tree(factor.expr)
    except SyntaxError:
        return ""
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "C" and tree.args):
        return ""
    first = tree.args[0]
    return _back(first.id, factor.expr) if isinstance(first, ast.Name) else ""


def _columns(side: Any, columns: Collection[str] | None) -> Iterator[str]:
    from formulaic.parser.types import Factor
    from formulaic.transforms import TRANSFORMS

    for term in side:
        for factor in term.factors:
            if factor.eval_method is Factor.EvalMethod.LITERAL:
                continue
            if factor.eval_method is Factor.EvalMethod.LOOKUP:
                names = [factor.expr]
            else:
                names = [name for name in _names(factor) if name not in TRANSFORMS or name in (columns or ())]
            for name in names:
                if columns is not None and name not in columns:
                    _refuse_unknown(name, factor.expr, columns)
                yield name


def _names(factor: Any) -> list[str]:
    """All names in an expression, functions too. formulaic's own list lacks those inside poly(x, 2) and its like."""
    if factor.eval_method is type(factor).EvalMethod.LOOKUP:
        return [factor.expr]
    try:
        tree = _tree(factor.expr)
    except SyntaxError:
        raise UsageError(
            f"{factor.expr} cannot be read as a calculation.", fix="put its values into a column"
        ) from None
    return [_back(one.id, factor.expr) for one in ast.walk(tree) if isinstance(one, ast.Name)]


def _safe(name: str) -> str:
    return "_quoted_" + "_".join(str(ord(letter)) for letter in name)


def _back(name: str, expression: str) -> str:
    return next((quoted for quoted in QUOTED.findall(expression) if _safe(quoted) == name), name)


def _refuse_unknown(name: str, expression: str, columns: Collection[str]) -> None:
    from analytics.repeated.terms import nearest

    if re.search(rf"\b{re.escape(name)}\s*\(", expression):
        raise UsageError(
            f"{name}() in the formula is no function that it knows.",
            fix="take np.log, poly, bs, C and the like, or put the values into a column",
        )
    raise UsageError(f"The data have no column {name!r}.", fix=f"choose among {nearest(name, columns)}")


def evaluated(spec: Any, frame: pd.DataFrame, expression: str) -> Any:
    """The model matrix of a formula or of its specification; UsageError where it cannot be computed."""
    from formulaic.errors import FormulaicError

    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return spec.get_model_matrix(frame, na_action="ignore")
    except (FormulaicError, *FAILURES) as error:
        raise UsageError(
            f"{expression} cannot be computed: {_said(error)}",
            fix="put its values into a column of their own; the visit and texts are categories, not numbers",
        ) from None
