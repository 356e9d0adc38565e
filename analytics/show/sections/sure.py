"""How sure one can be, and what to look at before acting: short bullets, each with its numbers and denominators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.domain.block import Runs
from analytics.domain.hidden import FEWER, Hidden
from analytics.show import names, sizes
from analytics.show.numbers import JOIN, fact, finite, hidden, number, planned, result, results, row_id
from analytics.show.orient import Row, Told, told
from analytics.show.runs import NBSP, listed, name, runs, strong
from analytics.show.stories import Evidence, Story
from analytics.show.verdicts import after_than

Cells = list[tuple[str, Row, str]]


def how_sure(source: Evidence, stories: Sequence[Story], main: Story | None) -> tuple[Runs, ...]:
    """Why one is not surer: the design, who was lost, the clinics, other analyses, many questions."""
    found = [design(source)]
    if main is not None:
        found += [lost(main), clinics_agree(main), other_ways(main), few_patients(main)]
    found.append(many_questions(source, stories))
    return tuple(item for item in found if item)


def design(source: Evidence) -> Runs:
    """Randomised or chosen."""
    if source.plan.randomised:
        return runs(strong("Assigned by lot."), " Who was given which treatment does not explain the differences.")
    first = "Not randomised." if source.facts.get("planned", True) else "Not known to be randomised."
    return runs(strong(first),
                " Who got which treatment may explain a difference. What was recorded is allowed for; what was ",
                "not, such as home care, is not.")  # fmt: skip


def lost(each: Story) -> Runs:
    """Who was not seen at the visit, and in which arm most."""
    source = each.evidence
    rows = source.rows("visits", outcome=each.outcome.id, visit=each.visit, population=each.population)
    rows = [row for row in rows if row["arm"] in source.plan.arms and row["cohort"]]
    if not rows or each.doubled:
        return ()
    if hidden(row[s] for row in rows for s in ("seen", "cohort")):
        return ()
    seen, cohort = ([("visits", row, s) for row in rows] for s in ("seen", "cohort"))
    if sum(row["cohort"] - row["seen"] for row in rows) < (source.rounded_to or 0):
        return ()  # of rounded counts: not that nobody was lost
    at = names.visit(source, each.visit)
    if all(row["seen"] >= row["cohort"] for row in rows):
        return runs(
            strong("Nobody was lost."), " All ", results(cohort, "sum whole"), " patients were seen at ", at, "."
        )
    many = sum(row["cohort"] - row["seen"] for row in rows)
    were = "was" if many == 1 else "were"
    gone = runs(results([*seen, *cohort], "lost whole"), " of ", results(cohort, "sum whole"), " patients (",
                results([*seen, *cohort], "lost_share percent"), f"{NBSP}%) {were} not seen at ", at)  # fmt: skip
    where = runs(", ", _where(source, rows)) if many >= source.plan.minimum_cell else ()
    return runs(strong("Not everybody was seen."), " ", gone, where, ". How they fared is not known.")


def _where(source: Evidence, rows: Sequence[Row]) -> Runs:
    """After which treatment most and after which least, unless they print alike."""
    most, least = (pick(rows, key=lambda row: 1 - row["seen"] / row["cohort"]) for pick in (max, min))
    shares = [results([("visits", r, "seen"), ("visits", r, "cohort")], "lost_share percent") for r in (most, least)]
    if shares[0].text == shares[1].text:
        return runs("about as many after each treatment")
    parts = zip(("most often", "least"), (most, least), shares)
    told_parts = [runs(f"{how} after ", names.arm(source, r["arm"]), " (", n, f"{NBSP}%)") for how, r, n in parts]
    return runs(told_parts[0], " and ", told_parts[1])


def clinics_agree(each: Story) -> Runs:
    """In how many clinics the two arms of the sentence differ in the same direction."""
    pair, source = each.lead, each.evidence
    if pair is None or not pair.strength:
        return ()
    rows = source.rows("clinics", outcome=each.outcome.id, visit=each.visit)
    both = [
        found for found in (_both(rows, clinic, pair) for clinic in dict.fromkeys(r["clinic"] for r in rows)) if found
    ]
    both = [found for found in both if all(row["n"] >= source.plan.minimum_cell for row in found)]
    if len(both) < 2:
        return ()
    sign = -1 if pair.outcome.direction == "lower" else 1
    same = [found for found in both if (found[0]["mean_change"] - found[1]["mean_change"]) * sign > 0]
    count = _count_rows(same) if same else "none"
    first = "The clinics agree." if len(same) == len(both) else "The clinics do not all agree."
    better = "better" if pair.outcome.direction != "none" else "higher"
    return runs(strong(first), f" As measured, patients came out {better}", after_than(source, pair), " in ", count,
                " of ", _count_rows(both), " clinics that had at least ",
                planned(source.plan.minimum_cell, "plan.minimum_cell"), " of each.")  # fmt: skip


def _both(rows: Sequence[Row], clinic: Any, pair: Told) -> tuple[Row, Row] | None:
    mine = {row["arm"]: row for row in rows if row["clinic"] == clinic and finite(row["mean_change"])}
    return (mine[pair.ahead], mine[pair.behind]) if pair.ahead in mine and pair.behind in mine else None


def _count_rows(group: Sequence[tuple[Row, Row]]) -> Any:
    ids = [row_id("clinics", first, "mean_change") for first, _ in group]
    return number([first["mean_change"] for first, _ in group], "count whole", ref=JOIN.join(ids))


def other_ways(each: Story) -> Runs:
    """What the sensitivity analyses give for the pair of the sentence."""
    pair, source = each.lead, each.evidence
    if pair is None or not pair.strength:
        return ()
    keys = {key: pair.row[key] for key in ("outcome", "visit", "population", "contrast")}
    rows = [r for r in source.rows("findings", **keys, analysis="sensitivity") if r["measure"] == pair.told["measure"]]
    verdict = {"verdict": pair.row["verdict"]}
    ways = [way for way in (told([{**row, **verdict}], each.outcome, source.plan) for row in rows) if way is not None]
    if not ways:
        return ()
    ways = sorted((way.beside([pair, *ways]) for way in ways), key=lambda way: way.values[0])
    low, high = pair.values[1:]
    agree = all(way.values[0] > pair.zero and low <= way.values[0] <= high for way in ways)
    agree = agree and "fragile" not in str(pair.row.get("notes", ""))
    first = "Other ways of analysing agree." if agree else "Other ways of analysing do not all agree."
    span = sizes.plain(ways[-1])
    if ways[0].number("estimate").text != ways[-1].number("estimate").text:
        span = runs(ways[0].number("estimate"), " to ", span)
    return runs(strong(first), " They put the difference at ", span, "; this page says ", sizes.plain(pair), ".")


def few_patients(each: Story) -> Runs:
    """Arms too small for a verdict."""
    source, least = each.evidence, planned(each.evidence.plan.minimum_cell, "plan.minimum_cell")
    arms = {row["arm" if _small(row["n_arm"], source) else "reference"] for row in each.few
            if _small(row["n_arm"], source) or _small(row["n_reference"], source)}  # fmt: skip
    if not arms:
        return ()
    small = listed([names.arm(source, arm) for arm in source.plan.arms if arm in arms])
    return runs(strong("Too few patients."), " Under ", least, " after ", small, ": nothing is said about them.")


def _small(count: float, source: Evidence) -> bool:
    """Whether a count is under the least cell, told or not."""
    return count < source.plan.minimum_cell or (isinstance(count, Hidden) and count.code == FEWER)


def many_questions(source: Evidence, stories: Sequence[Story]) -> Runs:
    """Several outcomes judged each by itself."""
    if len(stories) < 2 or source.plan.across != "none":
        return ()
    many = number(len(stories), "word", ref="plan.primary", kind="P")
    return runs(strong("Each question by itself."), " The ", many,
                " outcomes are not adjusted for each other: the more are ",
                "asked about, the likelier is a chance find.")  # fmt: skip


# --- before you act -------------------------------------------------------------------------------------------------


def before_you_act(source: Evidence) -> tuple[Runs, ...]:
    """Safety, the policy, what was recommended, and the rows to send back."""
    ask = (other_plans, serious, breaches, otherwise_than_recommended, set_aside)
    found = [one(source) for one in ask]
    return tuple(item for item in found if item)


def other_plans(source: Evidence) -> Runs:
    """Other plans with which the same data were reported before."""
    before = source.facts.get("plans_before", ())
    if not before:
        return ()
    hashes = listed([name(short(plan), "facts.plans_before", kind="D") for plan in before])
    now = name(short(source.plan.sha256), "facts.plan_sha256", kind="D")
    was = "plan " if len(before) == 1 else "plans "
    return runs(strong("The plan was changed."), " These data were reported before with ", was, hashes,
                "; this is plan ", now, ". An answer that appears only after a change of plan proves ",
                "little.")  # fmt: skip


def short(sha256: str) -> str:
    """A hash by its first characters, as it is printed."""
    return str(sha256)[:12]


def serious(source: Evidence) -> Runs:
    """Serious adverse events over all sessions."""
    rows = source.rows("safety", group="all", event="any", **{"class": "adverse"})
    if not rows:
        return runs(
            strong("Safety."), " No list of adverse events came with the data, so nothing is said about it here."
        )
    grave = source.row("serious", treatment="all")
    if grave is not None:  # each event and each session once, whatever the sides
        rows = [{**grave, "serious": grave["events"]}]
        events, sessions = ([("serious", grave, s)] for s in ("events", "sessions"))
    else:
        events, sessions = ([("safety", row, s) for row in rows] for s in ("serious", "sessions"))
    over = runs(" in ", results(sessions, "sum whole"), " sessions.")
    if hidden(row[s] for row in rows for s in ("serious", "sessions")):
        return runs(strong("Safety."), " Too few serious adverse events to show, if there were any.")
    total = sum(row["serious"] for row in rows)
    if not total:
        return runs(strong("Safety."), " No serious adverse event was reported", over)
    were = " serious adverse event was reported" if total == 1 else " serious adverse events were reported"
    return runs(strong("Safety."), " ", results(events, "sum whole"), were, over)


def breaches(source: Evidence) -> Runs:
    """The most frequent reason why a session should not have taken place."""
    rows = [row for row in source.rows("eligibility_counts", level="block") if row["sessions"] > 0]
    if not rows:
        return ()
    top = max(rows, key=lambda row: row["sessions"])
    many = result("eligibility_counts", top, "sessions", "whole")
    were = " session" if top["sessions"] == 1 else " sessions"
    condition = names.condition(top["condition"])
    more = " It is the most frequent of several such conditions." if len(rows) > 1 else ""
    return runs(strong("Who was treated."), " ", many, were, " of ", names.arm(source, top["treatment"]),
                " went against the treatment policy: ", condition, f".{more}")  # fmt: skip


def otherwise_than_recommended(source: Evidence) -> Runs:
    """Patients given another treatment than the consultation recommended."""
    rows = source.rows("consultation", table="recommended")
    cells: Cells = [("consultation", row, "count") for row in rows if row["row"] in source.vocabulary.treatments]
    other: Cells = [cell for cell in cells if cell[1]["row"] != cell[1]["column"]]
    if not cells or hidden(row["count"] for _, row, _ in cells) or not sum(row["count"] for _, row, _ in other):
        return ()
    both = runs(results(other, "sum whole"), " of ", results(cells, "sum whole"), " courses")
    return runs(strong("What was given."), " In ", both, " it was another treatment than was recommended.")


def set_aside(source: Evidence) -> Runs:
    """Rows that could not be used, and the file most of them came from."""
    rows = dict(source.facts.get("rows", {}))
    if not rows.get("received"):
        return ()
    if not rows["quarantined"]:
        return runs(strong("Data."), " All ", fact(rows["received"], "facts.rows.received"), " rows could be used.")
    both = runs(
        fact(rows["quarantined"], "facts.rows.quarantined"),
        " of ",
        fact(rows["received"], "facts.rows.received"),
        " rows",
    )
    return runs(
        strong("Data."), " ", both, " were set aside", _worst_file(source), "; quarantine.csv is the list to send back."
    )


def _worst_file(source: Evidence) -> Runs:
    files = source.rows("files")
    top = max(files, key=lambda row: row["quarantined"], default=None)
    if top is None or len(files) < 2 or not top["quarantined"]:
        return ()
    return runs(", ", result("files", top, "quarantined", "whole"), " of them from ", name(top["name"], "files"))
