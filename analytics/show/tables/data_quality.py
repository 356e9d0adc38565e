"""Tables of the data-quality report: what was set aside and what it costs, what is missing, who rounds, who wanders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.domain.block import Block, Number, Runs
from analytics.show import names
from analytics.show.numbers import finite, hidden, result, results
from analytics.show.runs import NBSP, capital, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import NONE, Row, empty, grid, part, share, spoken, value
from schemas.rule_words import sentence, title

ALL = "all"
MOST = 20  # lines of the longest tables; the sealed run holds them all
ELSEWHERE = "This copy of the report does not hold it."


def held(source: Evidence, *tables: str) -> bool:
    """Whether the run has these tables at all; a copy that leaves the house may lack them, which is no empty table."""
    return all(table in source.tables for table in tables)


def fault(rule: str, count: int) -> Runs:
    """What a rule is called towards somebody who keeps the appointment book."""
    return capital(name(title(rule, count), f"rules.{rule}"))


def aside_by(source: Evidence, by: str) -> Block:
    """Lines of the sessions table received and set aside, by clinic or by month."""
    if not held(source, "aside"):
        return empty(f"Rows by {by}: ", ELSEWHERE)
    rows = source.rows("aside", by=by)
    if not rows:
        why = "no row names its clinic." if by == "clinic" else "no row has a date."
        return empty(f"Rows by {by}: ", why)
    shown = rows if by == "clinic" else [row for row in rows if finite(row["set_aside"]) and row["set_aside"]]
    if not shown:
        if source.rounded_to:
            return empty(f"Rows by {by}: in no {by} so many were set aside that it could be shown in this copy.")
        return empty(f"Rows by {by}: nothing was set aside in any {by}.")
    body = [
        [_level(row), value("aside", row, "received", "whole"), part("aside", row, "set_aside", "received")]
        for row in shown
    ]
    remark = "Lines of the sessions table." if by == "clinic" else "Months in which nothing was set aside are left out."
    return grid(f"Rows by {by}", [by.capitalize(), "Received", "Set aside"], body, name=f"aside-{by}", remark=remark)


def _level(row: Row) -> Runs:
    return runs("Not readable") if row["level"] == "unknown" else name(row["level"], f"aside.{row['by']}")


def costs(source: Evidence) -> Block:
    """What was wrong, the dearest first: lines, readings and patients that the comparison lost."""
    if not held(source, "costs"):
        return empty("What each fault costs: ", ELSEWHERE)
    rows = source.rows("costs")
    if not rows:
        return empty("Nothing was set aside, so nothing was lost.")
    body = [
        [
            runs("All together") if row["rule"] == ALL else fault(str(row["rule"]), 2),
            *(value("costs", row, s, "whole") for s in ("lines", "readings", "patients")),
        ]
        for row in (*[r for r in rows if r["rule"] != ALL], *[r for r in rows if r["rule"] == ALL])
    ]
    remark = "A row that breaks more rules than one counts with each. Lost: to the comparison of the treatments."
    if not finite(rows[0].get("readings")):
        remark = "The files are so large that what was lost is not counted."
    head = ["What was wrong", "Rows", "Readings lost", "Patients lost"]
    return grid("What was set aside, the dearest first", head, body, name="costs", remark=remark)


def places(source: Evidence, severity: str) -> Block:
    """Where the faults, or what is worth a look, stand: rule, file and column."""
    what = "faults" if severity == "error" else "warnings"
    if not held(source, "faults"):
        return empty(f"Where the {what} stand: ", ELSEWHERE)
    rows = source.rows("faults", severity=severity)
    if not rows:
        return empty("No fault was found." if severity == "error" else "Nothing else looked unusual.")
    body = [
        [
            fault(str(row["rule"]), 2),
            _file(row),
            name(row["column"], "column") if row["column"] else runs("(whole row)"),
            value("faults", row, "count", "whole"),
        ]
        for row in rows[:MOST]
    ]
    more = "The most frequent ones; quarantine.csv lists them all." if len(rows) > MOST else ""
    more = "The most frequent ones." if more and source.rounded_to else more
    caption = "Where the faults stand" if severity == "error" else "What is unusual but possible, and was used"
    head = ["What", "File", "Column", "Count"]
    return grid(caption, head, body, name=f"places-{what}", remark=more, texts=(1, 2))


def _file(row: Row) -> Runs:
    """The file; the table in brackets where it is not that of the sessions."""
    table = runs(" (", name(spoken(row["table"]), "table"), ")") if row["table"] != "sessions" else ()
    return runs(name(row["file"], "files"), table)


def missing(source: Evidence, population: str) -> Block:
    """Readings missing by outcome, arm and visit."""
    rows = source.rows("missing", population=population)
    visits = sorted({float(row["visit"]) for row in rows})
    body = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        for arm in [a for a in source.plan.arms if any(r["arm"] == a for r in rows)]:
            mine = {float(r["visit"]): r for r in rows if r["outcome"] == outcome and r["arm"] == arm}
            first = next(iter(mine.values()), None)
            if first is None or not finite(first["measured"]) or not first["measured"]:
                continue
            body.append(
                [
                    names.label(source.outcome(outcome)),
                    names.arm_title(source, arm),
                    part("missing", first, "measured", "patients"),
                    *(_absent(mine.get(visit)) for visit in visits),
                ]
            )
    if not body:
        return empty("Nobody has a reading, so none can be missing.")
    heads = [capital(names.visit(source, visit)) for visit in visits]
    who = runs(", ", names.population(source, population)) if population != ALL else ()
    remark = (
        "Ever measured: patients of the treatment with a reading at any visit. Then: patients without a reading at the "
        "visit, of those ever measured whose visit was due by the end of the data."
    )
    return grid(
        runs("Readings that are missing", who),
        ["Outcome", "Treatment", "Ever measured", *heads],
        body,
        name=f"missing{_stem(population)}",
        remark=remark,
        heads=2,
    )


def _stem(population: str) -> str:
    return "" if population == ALL else f"-{population.replace('=', '-')}"


def _absent(row: Row | None) -> Runs:
    if row is None or not finite(row["n"]) or not row["n"]:
        return runs(NONE)
    if hidden((row["missing"],)):
        return _share_absent(row)
    both = runs(value("missing", row, "missing", "whole"), " of ", value("missing", row, "n", "whole"))
    return runs(both, share([("missing", row, "missing")], [("missing", row, "n")]))


def _share_absent(row: Row) -> Runs:
    """ "6 % of 160" in a copy for outside, from those who were seen."""
    if not finite(row["seen"]):
        return value("missing", row, "seen", "whole")
    told = results([("missing", row, "seen"), ("missing", row, "n")], "lost_share percent")
    return runs(told, f"{NBSP}% of ", value("missing", row, "n", "whole"))


def tasks(source: Evidence) -> Block:
    """The list for the clinic: what to do about each fault and warning, the dearest fault first."""
    if not held(source, "costs", "quality"):
        return empty("The list for the clinic: ", ELSEWHERE)
    dear = [row for row in source.rows("costs") if row["rule"] != ALL]
    body = [_task(str(row["rule"]), _price(row), value("costs", row, "lines", "whole")) for row in dear]
    for rule, rows in warned(source):
        body.append(_task(rule, runs("nothing: used as it is"), runs(results(_cells(rows), "sum whole"))))
    if not body:
        return empty("Nothing has to be done: no row broke a rule and none looked unusual.")
    head = ["What", "What to do", "Rows", "Costs the comparison"]
    inside = "Every place stands in quarantine.csv with its row, what was found and how to mend it."
    remark = "" if source.rounded_to else inside
    return grid("To do, the dearest first", head, body, name="tasks", remark=remark, texts=(1, 3))


def _task(rule: str, costs: Runs, rows: Runs) -> list[Runs]:
    return [fault(rule, 2), spelled(fix(rule), f"rules.{rule}.fix"), rows, costs]


def fix(rule: str) -> str:
    """What to do about a rule, in general."""
    from schemas.named_rules import NAMED

    return NAMED[rule].fix if rule in NAMED else f"Mend what {sentence(rule)}."


def spelled(text: str, ref: str) -> Runs:
    """A sentence of the house's rules: digits and number words in it are of the rule, not of the data."""
    plain = re.sub("`([^`]*)`", r"“\1”", text)
    parts = re.split(r"\b(one|two|three)\b", plain, flags=re.IGNORECASE)
    return runs(*(Number(part, "L", ref) if i % 2 else name(part, ref) for i, part in enumerate(parts)))


def _price(row: Row) -> Runs:
    return price(row) or runs("nothing" if finite(row.get("readings")) else "not counted")


def price(row: Row) -> Runs:
    """ "36 readings and 3 patients"; empty where nothing is lost."""
    parts = [
        runs(result("costs", row, s, "whole"), f" {s[:-1] if row[s] == 1 else s}")
        for s in ("patients", "readings")
        if finite(row.get(s)) and row[s]
    ]
    return runs(parts[0], " and ", parts[1]) if len(parts) > 1 else parts[0] if parts else ()


def warned(source: Evidence) -> list[tuple[str, list[Row]]]:
    """Warnings by rule with their rows of the quality table, the most frequent first."""
    found: dict[str, list[Row]] = {}
    for row in source.rows("quality", severity="warning"):
        found.setdefault(str(row["rule"]), []).append(row)
    return sorted(found.items(), key=lambda item: (-sum(r["rows"] for r in item[1]), item[0]))


def _cells(rows: Sequence[Row]) -> list[tuple[str, Row, str]]:
    return [("quality", row, "rows") for row in rows]


def populations(source: Evidence) -> list[str]:
    """The populations of the missingness table, the larger first."""
    size: dict[str, float] = {}
    for row in source.rows("missing"):
        size[str(row["population"])] = max(size.get(str(row["population"]), 0.0), _size(row["patients"]))
    return sorted(size, key=lambda text: (-size[text], text))


def _size(count: float) -> float:
    return float(count) if finite(count) else 0.0
