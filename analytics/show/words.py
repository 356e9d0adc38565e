"""What the findings say, in plain words: the headline, the sentence of each outcome, its tag and its small line."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Paragraph, Runs
from analytics.domain.finding import Findings
from analytics.domain.run import Run
from analytics.show import names, sizes
from analytics.show.numbers import result, results
from analytics.show.orient import Row, Told
from analytics.show.runs import capital, joined, listed, runs, words
from analytics.show.stories import Evidence, Story, evidence, story
from analytics.show.verdicts import ABOUT_EQUAL, after_than, lead, outcome_sentence, the


def sentence(value: Findings | Run) -> str:
    """The findings in words: one line for each outcome (and the headline first where several were planned)."""
    source = evidence(value)
    found = [row for row in source.rows("findings") if row["analysis"] != "sensitivity"]
    ids = list(dict.fromkeys(row["outcome"] for row in found))
    stories = [story(source, each, _visit(source, [r for r in found if r["outcome"] == each])) for each in ids]
    lines = [words(_prefixed(each)) for each in stories]
    return "\n".join([words(headline(source)), *lines] if len(source.plan.primary) > 1 and len(lines) > 1 else lines)


def _visit(source: Evidence, rows: Sequence[Row]) -> float:
    visits = [float(row["visit"]) for row in rows]
    return source.plan.visits.last if source.plan.visits.last in visits else max(visits)


def _prefixed(each: Story) -> Runs:
    return runs(capital(names.subject(each.evidence, each.outcome)), ": ", outcome_sentence(each))


# --- tag and small line -------------------------------------------------------------------------------------------------


def tag(each: Story) -> Paragraph:
    """The answer in three words with its sign; the sign and the words carry it, the mood only colours it."""
    if each.answer == "shown":
        pair = lead(each)
        better = "better" if pair.outcome.direction != "none" else "higher"
        return Paragraph(runs("▲ ", names.arm_short(each.evidence, pair.ahead), f" {better}"), role="tag", mood="better")
    text, mood = _TAGS[each.answer]
    if each.answer == "not_shown" and len(each.pairs) == 1 and each.pairs[0].verdict == "not_shown":
        text, mood = "? too uncertain to say", "unknown"
    return Paragraph(runs(text), role="tag", mood=mood)


_TAGS = {
    "equal": ("= about equal", "none"), "not_shown": ("◦ no difference shown", "none"),
    "depends": ("? depends on the start", "unknown"), "few": ("? too few patients", "unknown"),
    "none": ("? cannot be compared", "unknown"),
}  # fmt: skip


def small_line(each: Story) -> Runs:
    """The other pairs, the other populations and the denominator."""
    others = [runs("Among ", names.population(each.evidence, o.population), ": ", outcome_sentence(o)) for o in each.others]
    return joined([*other_pairs(each), *others, seen(each)])


def other_pairs(each: Story) -> list[Runs]:
    """One clause for each pair beside the one of the sentence."""
    source, main = each.evidence, each.lead
    if main is None or (each.answer in ("not_shown", "equal") and not each.few and not each.failed):
        return []
    apart = [pair for pair in each.rest if pair.strength]
    alike = [pair for pair in each.rest if not pair.strength]
    clauses = [_also(source, pair) for pair in apart]
    third = {arm for pair in alike for arm in (pair.ahead, pair.behind)} - {main.ahead, main.behind}
    if len(alike) == 2 and len(third) == 1:
        clauses.append(runs(capital(names.arm_short(source, third.pop())), ": not told apart from either."))
    else:
        clauses += [_alike(source, pair) for pair in alike]
    clauses += [runs(_pair(source, row), ": too few patients to judge.") for row in each.few]
    return clauses + [runs(_pair(source, row), ": cannot be compared.") for row in each.failed]


def _also(source: Evidence, pair: Told) -> Runs:
    also = "Also better" if pair.outcome.direction != "none" else "Also higher"
    return runs(also, after_than(source, pair), ": ", sizes.plain(pair), " (", sizes.between(pair), ").")


def _alike(source: Evidence, pair: Told) -> Runs:
    both = runs(capital(names.arm_short(source, pair.ahead)), " and ", names.arm_short(source, pair.behind))
    return runs(both, ": ", _ALIKE.get(pair.verdict, "not told apart") if not pair.depends else DEPENDS_SHORT, ".")


_ALIKE = {"equivalent": "about equal"}
DEPENDS_SHORT = "depends on how the start is allowed for"


def _pair(source: Evidence, row: Row) -> Runs:
    return runs(capital(names.arm_short(source, row["arm"])), " and ", names.arm_short(source, row["reference"]))


def seen(each: Story) -> Runs:
    """ "322 of 440 patients seen at week 12." """
    source = each.evidence
    rows = source.rows("visits", outcome=each.outcome.id, visit=each.visit, population=each.population)
    rows = [row for row in rows if row["arm"] in source.plan.arms]
    if not rows:
        return ()
    at = names.visit(source, each.visit)
    if doubled(each):
        per_arm = [runs(capital(names.arm_short(source, r["arm"])), ": ", result("visits", r, "seen", "whole"), " of ",
                        result("visits", r, "cohort", "whole")) for r in rows]  # fmt: skip
        return runs("Patients seen at ", at, ", by treatment: ", joined(per_arm, "; "), ".")
    cells = [("visits", row, "seen") for row in rows], [("visits", row, "cohort") for row in rows]
    return runs(results(cells[0], "sum whole"), " of ", results(cells[1], "sum whole"), " patients seen at ", at, ".")


def doubled(each: Story) -> bool:
    """Whether patients stand in more than one arm (sides of one face), so that arms must not be added up."""
    if each.population == "design=split_face":
        return True
    methods = {str(pair.row["method"]) for pair in each.pairs} | {str(row["method"]) for row in (*each.few, *each.failed)}
    return "paired_difference" in methods


# --- headline -----------------------------------------------------------------------------------------------------------


def headline(value: Findings | Run | Evidence) -> Runs:
    """The strongest true sentence over the primary outcomes; outcomes with one answer are joined."""
    source = evidence(value)
    stories = [story(source, item.outcome) for item in source.plan.primary]
    planned = [each for each in stories if not each.descriptive] or stories
    parts = [_headline_shown(source, group) for group in _groups(planned)]
    quiet = [each for each in planned if each.answer == "not_shown"]
    if quiet and not parts and all(each.answer in ("not_shown", "few", "none") for each in planned):
        return runs("No difference was shown between ", the(names.how_many_arms(source, source.plan.arms)), ".")
    parts += [_headline_of(source, kind, [e for e in planned if e.answer == kind]) for kind in ("equal", "not_shown", "depends")]
    told_parts = [part for part in parts if part]
    if told_parts:
        return joined(told_parts)
    few = [each for each in stories if each.answer == "few"]
    return runs("There are too few patients to compare the treatments." if few else "The treatments could not be compared.")


def _groups(stories: Sequence[Story]) -> list[list[Story]]:
    """Stories with one answer (same arms, same strength of words), the strongest first."""
    groups: dict[tuple[object, ...], list[Story]] = {}
    for each in sorted((s for s in stories if s.answer == "shown"), key=lambda s: -lead(s).strength):
        pair = lead(each)
        key = (pair.ahead, pair.behind, pair.verdict == "better_small", sizes.improves(pair), pair.outcome.direction)
        groups.setdefault(key if sizes.improves(pair) else (*key, each.outcome.id), []).append(each)
    return list(groups.values())


def _headline_shown(source: Evidence, group: Sequence[Story]) -> Runs:
    pair = lead(group[0])
    slightly = " slightly" if pair.verdict == "better_small" else ""
    about = listed([names.subject(source, each.outcome) for each in group])
    if not sizes.improves(pair):
        return runs(capital(about), f" was{slightly} {_level(pair)}", after_than(source, pair), ".")
    if source.plan.randomised:
        ahead, behind = capital(names.arm(source, pair.ahead)), names.arm(source, pair.behind)
        return runs(ahead, " improved ", about, f"{slightly} more than ", behind, ".")
    return runs(capital(about), f" improved{slightly} more", after_than(source, pair), ".")


def _level(pair: Told) -> str:
    return "better" if pair.scale in ("of_hundred", "times") and pair.outcome.direction != "none" else sizes.side(pair)


def _headline_of(source: Evidence, kind: str, group: Sequence[Story]) -> Runs:
    if not group:
        return ()
    about = listed([names.subject(source, each.outcome) for each in group])
    if kind == "equal":
        return runs(capital(about), f" did {ABOUT_EQUAL} after ", names.how_many_arms(source, source.plan.arms), ".")
    tails = {
        "not_shown": " no difference was shown.",
        "depends": " the answer depends on how the starting condition is allowed for.",
    }
    return runs("For ", about, tails[kind])
