"""The data dictionary in plain rows: what every treatment, outcome, column and rule means, for people and for files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from schemas.columns import REQUIRED_COLUMNS
from schemas.limits import limits, number, span
from schemas.literature import CONVENTION
from schemas.rules import NAMED
from schemas.spelling import permitted
from schemas.standard import STANDARD
from schemas.vocabulary import Column, Outcome, Parameter, Responder, Threshold, Treatment, Vocabulary

PARTS = ("treatments", "outcomes", "columns", "rules")
Row = dict[str, str]

_DIRECTION = {"lower": "lower is better", "higher": "higher is better", "none": "neither direction is better"}
_KIND = {
    "continuous": "measure", "positive": "measure above 0 (analysed on the log)", "count": "count",
    "percent": "percent", "ordinal": "ordered grade", "binary": "yes / no",
}  # fmt: skip
_MEASURE = {
    "difference": "difference", "ratio": "ratio", "rate_ratio": "ratio of counts", "odds_ratio": "odds ratio",
    "risk_difference": "difference in shares", "risk_ratio": "ratio of shares",
    "win_probability": "probability of doing better",
}  # fmt: skip


def rows(part: str, vocabulary: Vocabulary = STANDARD) -> list[Row]:
    """The entries of one part (PARTS) as dicts of text, one key set per part. KeyError for another name."""
    makers: dict[str, Callable[[Vocabulary], Iterable[Row]]] = {
        "treatments": lambda v: (_treatment(entry) for entry in v.treatments.values()),
        "outcomes": lambda v: (_outcome(entry) for entry in v.outcomes.values()),
        "columns": _columns,
        "rules": lambda v: _rules(),
    }
    return list(makers[part](vocabulary))


def lines(part: str | None = None, vocabulary: Vocabulary = STANDARD) -> Iterator[str]:
    """The dictionary as text: a heading per part, each entry as its name and indented facts."""
    for name in PARTS if part is None else (part,):
        yield name.upper()
        yield ""
        for row in rows(name, vocabulary):
            (_, title), *facts = row.items()
            yield title
            yield from (f"    {key}: {text}" for key, text in facts if text)
            yield ""


def _join(texts: Iterable[str], by: str = "; ") -> str:
    return by.join(text for text in texts if text)


def _standing(entry: Threshold | Responder) -> str:
    """Where a figure comes from, and whether anybody published it for this."""
    return entry.source if CONVENTION in entry.source else f"{entry.standing}: {entry.source}"


def _sized(threshold: Threshold | None, unit: str = "") -> str:
    """A threshold with its unit and where it comes from."""
    if threshold is None:
        return ""
    unit = "grades" if unit == "grade" and threshold.value != 1 else unit
    return f"{number(threshold.value)}{f' {unit}' if unit else ''} ({_standing(threshold)})"


def _treatment(entry: Treatment) -> Row:
    return {
        "treatment": entry.id,
        "label": entry.label,
        "what it is": entry.definition,
        "recorded with it": _join(f"{p.id} ({_parameter_values(p)})" for p in entry.parameters),
        "usual days between sessions": "{} to {}".format(*entry.course_days) if entry.course_days else "",
        "expected reactions": _join(entry.expected_reactions, ", "),
        "expected for": f"up to {entry.expected_days} days" if entry.expected_days else "",
        "mind": _join(entry.cautions, " "),
        "source": entry.source,
    }


def _parameter_values(parameter: Parameter) -> str:
    return ", ".join(parameter.codes) if parameter.codes else span(parameter.low, parameter.high, parameter.unit)


def _outcome(entry: Outcome) -> Row:
    lim = limits(entry)
    size = {m: _sized(t, entry.unit if m == "difference" else "") for m, t in entry.meaningful_difference.items()}
    return {
        "outcome": entry.id,
        "label": entry.label,
        "domain": entry.domain,
        "what it is": entry.definition,
        "kind": _KIND[entry.kind],
        "unit": entry.unit,
        "better": _DIRECTION[entry.direction],
        "range": span(lim.low, lim.high, lim.unit, above=lim.above),
        "step": number(lim.step) if lim.step is not None else "",
        "usual": span(entry.soft_low, entry.soft_high, entry.unit) if (entry.soft_low or entry.soft_high) else "",
        "grades": _join((f"{number(k)} {text}" for k, text in entry.levels.items()), ", "),
        "baseline": _baseline(entry),
        "not read within": f"{number(entry.washout_hours / 24)} days of a session" if entry.washout_hours else "",
        "a patient responds if": _responder(entry),
        "change that matters to a patient": _sized(entry.responder_change, entry.unit),
        "difference that matters between treatments": _join(f"{_MEASURE[m]} {text}" for m, text in size.items()),
        "derived from": _join(entry.derived_from, " + "),
        "averaged": "" if entry.averaged else "never: shown only",
        "mind": _join(entry.notes, " "),
        "source of range": entry.range_source,
    }


def _baseline(entry: Outcome) -> str:
    if entry.baseline == "before":
        return "a reading before the first treatment is needed"
    return "none; one before any treatment is used if measured" if entry.baseline_when_measured else "none"


def _responder(entry: Outcome) -> str:
    rule = entry.responder
    return f"{rule.sentence} ({_standing(rule)})" if rule else ""


def _columns(vocabulary: Vocabulary) -> Iterator[Row]:
    """Columns of all tables, then the treatment parameters, then the two columns of long files."""
    for column in vocabulary.columns.values():
        yield _column(vocabulary, column)
    for treatment, parameter in vocabulary.parameters().values():
        kind = "code" if parameter.codes else "number"
        definition = f"{parameter.definition} Only with {treatment.id}.".strip()
        yield _column_row(
            parameter.id,
            parameter.label,
            "sessions",
            kind,
            _parameter_values(parameter),
            "",
            definition,
            parameter.source,
        )
    outcome, value = "Outcome of this row, in long files.", "Its value, in long files."
    yield _column_row("outcome", "Outcome", "sessions", "code", "an outcome", "", outcome, "")
    yield _column_row("value", "Value", "sessions", "number", "the range of the outcome", "", value, "")


def _column(vocabulary: Vocabulary, column: Column) -> Row:
    codes = permitted(vocabulary, column.id)
    listed = vocabulary.codes.get(column.codes)
    values = span(column.low, column.high, column.unit)
    if column.type in ("code", "codes"):
        values = ", ".join(codes or (listed.codes if listed else ()))
        values += ", or the clinic's own word" if listed is not None and listed.open else ""
        values += " (several separated by ;)" if column.type == "codes" else ""
    needed = _join((_needed(column.id, table) for table in column.tables), ", ")
    tables = ", ".join(column.tables)
    return _column_row(column.id, column.label, tables, column.type, values, needed, column.definition, column.source)


def _needed(name: str, table: str) -> str:
    """Whether ``table`` needs the column, or one of several."""
    for group in REQUIRED_COLUMNS[table]:
        if name in group:
            return f"{table}" if len(group) == 1 else f"{table} (one of {', '.join(group)})"
    return ""


def _column_row(
    id: str, label: str, tables: str, type: str, values: str, needed: str, definition: str, source: str
) -> Row:
    return {
        "column": id, "label": label, "tables": tables, "type": type, "values": values, "needed in": needed,
        "what it is": definition, "source": source,
    }  # fmt: skip


def _rules() -> Iterator[Row]:
    for rule in NAMED.values():
        consequence = "the row is set aside" if rule.severity == "error" else "the row is used and listed"
        yield {
            "rule": rule.id,
            "what is wrong": rule.summary if rule.summary != rule.sentence else "",
            "the value": rule.sentence,
            "consequence": consequence,
            "what to do": rule.fix,
            "looked at in stage": rule.stage,
        }
