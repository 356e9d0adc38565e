"""Findings and Run as pages: each comparison with its patients, unit, interval and answer in a few words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analytics.domain.display.digits import NONE, p_told, percent, places, short, told
from analytics.domain.display.page import Grid, Page, counted, cut
from analytics.domain.finding import GROUPED, MEASURE_WORDS, METHOD_WORDS, RATIO_MEASURES, READINGS, STATUS, VERDICTS

if TYPE_CHECKING:
    from analytics.domain.finding import Findings
    from analytics.domain.run import Run
    from schemas.vocabulary import Outcome, Vocabulary

ANALYSES = ("primary", "secondary", "exploratory")
POPULATIONS = {
    "all": "all patients", "design=parallel": "one treatment each",
    "design=split_face": "different treatments on the sides",
}  # fmt: skip
ONE_LEVEL = "Whether the levels differ cannot be tested: no comparison is estimated at two of them."
SIGN = "First-named minus, or over, second-named."
LEFT_OUT = re.compile(r"\d+ (patients?|readings?) .*left out|\d+ (patients?|readings?) left out")
UNITLESS = ("win_probability", "risk_difference", *RATIO_MEASURES)
Row = Mapping[str, Any]


def findings_page(findings: Findings) -> Page:
    """Every comparison, by outcome and visit; what was left out; whether levels differ."""
    rows = [row for row in findings.frame.to_dict("records") if row["analysis"] in ANALYSES]
    asked = list(dict.fromkeys((row["outcome"], row["visit"], row["analysis"]) for row in rows))
    grids = [
        _comparisons(findings, key, [r for r in rows if (r["outcome"], r["visit"], r["analysis"]) == key])
        for key in asked
    ]
    beside = len(findings.frame) - len(rows)
    lines = [*_left_out(findings, rows), *_grouped(rows)]
    lines += [f"Beside them, without a verdict: {counted(beside, 'row')}."] if beside else []
    within = any("=" in row["population"] and row["population"] not in POPULATIONS for row in rows)
    lines += [ONE_LEVEL] if within and findings.interactions.empty else []
    count = counted(len({row["contrast"] for row in rows}), "comparison")
    return Page(
        f"Findings: {count}{_on(findings, asked)}.",
        lines,
        [*grids, _interactions(findings)],
        f"{SIGN} Next: oc.plot, oc.table, oc.sentence; to_frame() gives every column.",
    )


def _on(findings: Findings, asked: Sequence[tuple[str, float, str]]) -> str:
    """ " on Texture grade, week 12", or how many outcomes and visits."""
    if len(asked) != 1:
        return f" on {counted(len(asked), 'outcome and visit', 'outcomes and visits')}"
    name, visit, _ = asked[0]
    where = "visit" if findings.style == "trial" else "week"
    return f" on {findings.vocabulary.outcomes[name].label}, {where} {short(visit)}"


def _comparisons(findings: Findings, key: tuple[str, float, str], rows: Sequence[Row]) -> Grid:
    name, visit, analysis = key
    outcome = findings.vocabulary.outcomes[name]
    level = percent(findings.plan.confidence_level)
    several = len({row["population"] for row in rows}) > 1
    body = []
    for row in rows:
        whom = [population(row["population"], findings.vocabulary)] if several else []
        numbers = _numbers(row, rows)
        n = f"{row['n_arm']} v {row['n_reference']}"
        label, measure = contrast(row, findings.vocabulary), _measure(row, outcome)
        body.append((label, *whom, measure, *numbers, n, _reading(row, outcome)))
    better = "" if outcome.direction == "none" else f", {outcome.direction} is better"
    where = "visit" if findings.style == "trial" else "week"
    methods = ", ".join(dict.fromkeys(METHOD_WORDS.get(row["method"], str(row["method"])) for row in rows))
    whose = ["Whom"] if several else []
    heads = ("Comparison", *whose, "Measure", "Estimate", f"{level} interval", "Patients", "Reading")
    asked = "asked after the plan" if analysis == "exploratory" else f"{analysis} in the plan"
    return Grid(
        f"{outcome.label} ({outcome.unit or 'score'}{better}), {where} {short(visit)}: {asked}",
        heads, body, heads=2 + several, note=f"Method: {methods}.",
    )  # fmt: skip


def contrast(row: Row, vocabulary: Vocabulary) -> str:
    """ "Roller v peel"."""
    ends = (vocabulary.treatments.get(row[which]) for which in ("arm", "reference"))
    named = [e.short_label or e.label if e is not None else row[w] for e, w in zip(ends, ("arm", "reference"))]
    return f"{named[0]} v {named[1].lower() if named[1][1:].islower() else named[1]}"


def population(name: str, vocabulary: Vocabulary) -> str:
    """Whom a row is about."""
    if name in POPULATIONS:
        return POPULATIONS[name]
    column, _, level = name.partition("=")
    entry = vocabulary.columns.get(column)
    return f"{entry.label if entry else column}: {level}"


def _measure(row: Row, outcome: Outcome) -> str:
    word = MEASURE_WORDS.get(row["measure"], str(row["measure"]))
    return word if row["measure"] in UNITLESS else f"{word} ({outcome.unit or 'points'})"


def _numbers(row: Row, rows: Sequence[Row]) -> tuple[str, str]:
    """Estimate and interval, with as many decimals as the rows of the same measure need."""
    same = [r for r in rows if r["measure"] == row["measure"]]
    decimals = places([r[name] for r in same for name in ("estimate", "conf_low", "conf_high")])
    if row["status"] != "estimated":
        return NONE, NONE
    low, high = (told(row[name], decimals) for name in ("conf_low", "conf_high"))
    return told(row["estimate"], decimals), f"{low} to {high}"


def _reading(row: Row, outcome: Outcome) -> str:
    if row["status"] != "estimated":
        return STATUS.get(str(row["status"]), "cannot be compared")
    text = READINGS.get(str(row["verdict"]), "") if row["verdict"] in VERDICTS else ""
    return text.replace("better", "higher").replace("worse", "lower") if outcome.direction == "none" else text


def _left_out(findings: Findings, rows: Sequence[Row]) -> Iterator[str]:
    """Notes of the rows on patients or readings that are not in the comparison, each once for whom it holds."""
    told = {
        (row["population"], note): None
        for row in rows
        for note in str(row["notes"] or "").split("; ")
        if LEFT_OUT.match(note)
    }
    several = len({row["population"] for row in rows}) > 1
    for whom, note in told:
        yield f"Not in it: {cut(note, 100)}{f' ({population(whom, findings.vocabulary)})' if several else ''}."


def _grouped(rows: Sequence[Row]) -> list[str]:
    """How a column of many numbers was made into groups."""
    notes = [note for row in rows for note in str(row["notes"] or "").split("; ")]
    return [f"{note[:1].upper()}{note[1:]}." for note in dict.fromkeys(notes) if note.startswith(f"{GROUPED}: ")]


def _interactions(findings: Findings) -> Grid:
    rows = [
        (
            _column(row["population"], findings.vocabulary),
            str(row["contrast"]).replace("_", " "),
            p_told(row["p_value"]),
        )
        for row in findings.interactions.to_dict("records")
    ]
    note = "Welch's test over the levels; a small p says that the levels differ. Exploratory."
    return Grid("Does the difference depend on the level?", ("By", "Comparison", "Answer"), rows, heads=2, note=note)


def _column(name: str, vocabulary: Vocabulary) -> str:
    entry = vocabulary.columns.get(name)
    return entry.label if entry else name


def run_page(run: Run) -> Page:
    """Title, what went in, the primary answers, and how much else there is."""
    findings, plan = run.tables.get("findings"), run.plan
    rows = [] if findings is None else findings.to_dict("records")
    main = [row for row in rows if row["analysis"] == "primary" and row["visit"] == plan.visits.last]
    lines = [*_went_in(run), *_arm_counts(run)]
    tables = [(name, f"{len(frame):,}") for name, frame in sorted(run.tables.items()) if len(frame)]
    return Page(
        f"Run {run.facts.get('run_id', '')}: {run.title}",
        lines,
        [*_primary(run, main), Grid("Tables", ("Table", "Rows"), tables)],
        f'{SIGN} Next: oc.report(run, "out/"), oc.section(run, "page_one"); to_frame() gives a row per number.',
    )


def _went_in(run: Run) -> Iterator[str]:
    rows = run.facts.get("rows")
    if rows:
        yield (
            f"{rows['received']:,} lines received = {rows['accepted']:,} accepted + {rows['quarantined']:,} set aside."
        )
    cutoff = run.facts.get("cutoff")
    yield f"Data until {cutoff or 'no date'}; {'own plan' if run.facts.get('planned', True) else 'the default plan'}."


def _arm_counts(run: Run) -> Iterator[str]:
    arms = run.tables.get("arms")
    if arms is not None and len(arms):
        labels = (run.vocabulary.treatments[a].label if a in run.vocabulary.treatments else a for a in arms["arm"])
        yield f"Patients: {', '.join(f'{label} {short(float(n))}' for label, n in zip(labels, arms['patients']))}."


def _primary(run: Run, rows: Sequence[Row]) -> Iterator[Grid]:
    for name in dict.fromkeys(row["outcome"] for row in rows):
        own = [row for row in rows if row["outcome"] == name and str(row["verdict"]) in VERDICTS]
        outcome = run.vocabulary.outcomes[name]
        body = [
            (contrast(row, run.vocabulary), population(row["population"], run.vocabulary), _measure(row, outcome),
             *_numbers(row, own), f"{row['n_arm']} v {row['n_reference']}", _reading(row, outcome))
            for row in own
        ]  # fmt: skip
        level = percent(run.plan.confidence_level)
        heads = ("Comparison", "Whom", "Measure", "Estimate", f"{level} interval", "Patients", "Reading")
        yield Grid(f"{outcome.label} ({outcome.unit or 'score'}), primary", heads, body, heads=3)
