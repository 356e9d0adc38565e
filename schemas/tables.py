"""pandera models of the four canonical tables, made from the vocabulary and the rules: the guard behind the sift.

The sift sets faulty rows aside; these models only confirm that what was accepted keeps every error rule. pandera is
imported when a model is made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from schemas.columns import REQUIRED_COLUMNS, TABLE_NAMES
from schemas.rules import Rule, row_rules
from schemas.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

#: Columns of a guard's findings.
GUARD_COLUMNS = ("rule", "row", "sentence")


def column_kind(vocabulary: Vocabulary, name: str) -> str:
    """``number``, ``date``, ``boolean`` or ``text``: how an accepted column is stored ("": not known)."""
    if name in vocabulary.outcomes or name == "value":
        return "number"
    if name in vocabulary.parameters():
        return "text" if vocabulary.parameters()[name][1].codes else "number"
    column = vocabulary.columns.get(name)
    if column is None:
        return "text" if name == "outcome" else ""
    kinds = {"number": "number", "integer": "number", "date": "date", "datetime": "date", "boolean": "boolean"}
    return kinds.get(column.type, "text")


def _stored_as(kind: str) -> Callable[[Any], bool]:
    """Whether a Series is stored as ``kind`` (all-null columns are)."""

    def check(series: pd.Series) -> bool:
        from pandas import StringDtype
        from pandas.api import types

        numeric = types.is_numeric_dtype(series) and not types.is_bool_dtype(series)
        told = {"text": isinstance(series.dtype, StringDtype), "number": numeric}
        if told.get(kind, types.is_datetime64_any_dtype(series) and kind == "date"):
            return True  # no need to look at each of millions
        values = series.dropna()
        if values.empty:
            return True
        if kind == "number":
            return types.is_numeric_dtype(series) and not types.is_bool_dtype(series)
        if kind == "date":
            return types.is_datetime64_any_dtype(series)
        if kind == "boolean":
            return all(value in (True, False, "true", "false") for value in values.tolist())
        return all(isinstance(value, str) for value in values.tolist())

    return check


def _said(column: str, sentence: str) -> str:
    """A check's text: unique within a table, so that a failure case leads back to its rule."""
    return f"{column} {sentence}"


def _as_check(rule: Rule, expression: Callable[[], Any]) -> Any:
    """The rule as a check of the whole frame; it gives back a native Series, as pandera needs to name rows."""
    import narwhals as nw
    import pandera.pandas as pa

    def fine(frame: pd.DataFrame) -> pd.Series:
        verdict = nw.from_native(frame, eager_only=True).select(fine=expression())["fine"].to_native()
        return verdict.astype(bool).set_axis(frame.index)

    # ignore_na would pass every row in which all cells are null, missing keys included
    return pa.Check(fine, name=rule.key, error=_said(rule.columns[0], rule.sentence), ignore_na=False)


def table_schema(
    name: str, vocabulary: Vocabulary, columns_present: Iterable[str], *, without: Collection[str] = ()
) -> Any:
    """The pandera model of table ``name`` for the columns that are there; warnings are not part of it.

    ``without``: ids of rules that a mapping switched off.

    ``name``: sessions, patients, consultations or adverse_events. Columns that mean nothing here are let through
    (the sift keeps its own, which begin with an underscore). Raises KeyError for another table name.
    """
    import pandera.pandas as pa

    if name not in TABLE_NAMES:
        raise KeyError(f"no table {name!r}: choose from {', '.join(TABLE_NAMES)}")
    present = tuple(dict.fromkeys(columns_present))
    columns = {}
    for column in present:
        kind = column_kind(vocabulary, column) if column in vocabulary.known(name) else ""
        if kind:
            stored = pa.Check(
                _stored_as(kind), name=f"stored:{column}", error=_said(column, f"must be stored as {kind}"),
                ignore_na=False,
            )  # fmt: skip
            columns[column] = pa.Column(None, [stored], nullable=True, required=True)
    for group in REQUIRED_COLUMNS[name]:
        if not set(group) & set(present):
            columns[group[0]] = pa.Column(None, nullable=True, required=True)
    rules = [r for r in row_rules(vocabulary, name, present) if r.severity == "error" and r.id not in without]
    checks = [_as_check(rule, rule.expression) for rule in rules if rule.expression is not None]
    return pa.DataFrameSchema(columns, checks=checks, name=name, strict=False)


def guard(frame: pd.DataFrame, name: str, vocabulary: Vocabulary, *, without: Collection[str] = ()) -> pd.DataFrame:
    """What an accepted table breaks (empty: nothing): one line per rule and row position, sorted. GUARD_COLUMNS.

    A fault of a whole column (not there, stored as something else) has row -1. The depth of the check is set here,
    whatever the environment says.
    """
    import pandas as pd
    import pandera.pandas as pa
    from pandera.config import ValidationDepth, config_context

    schema = table_schema(name, vocabulary, frame.columns, without=without)
    plain = frame.reset_index(drop=True)
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(plain, lazy=True, inplace=True)  # nothing is coerced: no copy is needed
        except pa.errors.SchemaErrors as error:
            return _findings(error.failure_cases, schema)
    return pd.DataFrame(columns=list(GUARD_COLUMNS))


def _findings(cases: pd.DataFrame, schema: Any) -> pd.DataFrame:
    """Failure cases once per rule and row; pandera repeats them per column and in no order."""
    import pandas as pd

    checks = [*schema.checks, *(check for column in schema.columns.values() for check in column.checks)]
    keys = {check.error: check.name for check in checks}
    found = set()
    for check, row, case in zip(cases["check"], cases["index"], cases["failure_case"]):
        absent = check == "column_in_dataframe"
        rule, sentence = (f"column:{case}", f"{case} must be there") if absent else (keys.get(check, check), check)
        found.add((str(rule), -1 if pd.isna(row) else int(row), str(sentence)))
    return pd.DataFrame(sorted(found), columns=list(GUARD_COLUMNS))
