"""What the findings say, in plain words: the headline, the sentence of each outcome, its tag and its small line."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Paragraph, Runs
from analytics.domain.finding import Findings
from analytics.domain.run import Run
from analytics.show import names, sizes
from analytics.show.numbers import hidden, result, results
from analytics.show.orient import Row, Told
from analytics.show.protocol import plan_sentences, protocol_sentence
from analytics.show.runs import capital, joined, listed, name, runs, words
from analytics.show.stories import Evidence, Story, evidence, group_stories, story
from analytics.show.verdicts import ABOUT_EQUAL, after_than, lead, outcome_sentence, the


def sentence(value: Findings | Run) -> str:
    """The findings in words: one line for each outcome (and the headline first where several were planned)."""
    source = evidence(value)
    found = [row for row in source.rows("findings") if row["analysis"] != "sensitivity"]
    if not found:
        return "There is no comparison in these findings."
    main = [item.outcome for item in source.plan.primary]
    ids = list(dict.fromkeys(row["outcome"] for row in found))
    whole = bool(main) and set(main) <= set(ids)  # a whole analysis is told by its main outcomes, a question by itself
    lines: list[str] = []
    for each in main if whole else ids:
        visit = _visit(source, [row for row in found if row["outcome"] == each])
        plain = story(source, each, visit)
        both = [plain] if whole else [plain, *plain.others]  # a report tells the smaller design in its evidence
        stories = both if plain.rows else group_stories(source, each, visit)
        lines += [words(_prefixed(one)) for one in stories]
    return "\n".join([words(headline(source)), *lines] if whole and len(lines) > 1 else lines)


def _visit(source: Evidence, rows: Sequence[Row]) -> float:
    visits = [float(row["visit"]) for row in rows]
    return source.plan.visits.last if source.plan.visits.last in visits else max(visits)


def _prefixed(each: Story) -> Runs:
    group = () if each.population in ("all", "") else runs(" (", names.population(each.evidence, each.population), ")")
    return runs(capital(names.subject(each.evidence, each.outcome)), group, ": ", outcome_sentence(each))


# --- tag and small line ---------------------------------------------------------------------------------------------


def tag(each: Story) -> Paragraph:
    """The answer in three words with its sign; the sign and the words carry it, the mood only colours it."""
    if each.answer == "shown":
        pair = lead(each)
        better = runs(
            names.arm_short(each.evidence, pair.ahead), " better" if pair.outcome.direction != "none" else " higher"
        )
        if each.descriptive:
            return Paragraph(runs("△ ", better, ", described only"), role="tag", mood="none")
        return Paragraph(runs("▲ ", better), role="tag", mood="better")
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
    others = [_beside(each.evidence, other) for other in each.others]
    why = each.why_descriptive
    only = runs("Described only: ", name(why, "notes"), ".") if why else ()
    return joined([*other_pairs(each), *others, seen(each), only])


def _beside(source: Evidence, other: Story) -> Runs:
    """Another population in few words."""
    who = capital(names.population(source, other.population))
    if other.answer != "shown":
        return runs(who, ": ", tag(other).runs[0].text[2:], ".")
    pair = lead(other)
    return runs(
        who, ": ", _better(pair), after_than(source, pair), ", ", sizes.plain(pair), " (", sizes.between(pair), ")."
    )


def _better(pair: Told) -> str:
    return "better" if pair.outcome.direction != "none" else "higher"


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
    return runs(
        f"Also {_better(pair)}", after_than(source, pair), ": ", sizes.plain(pair), " (", sizes.between(pair), ")."
    )


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
    if each.doubled:
        per_arm = [runs(capital(names.arm_short(source, r["arm"])), ": ", result("visits", r, "seen", "whole"), " of ",
                        result("visits", r, "cohort", "whole")) for r in rows]  # fmt: skip
        return runs("Patients seen at ", at, ", by treatment: ", joined(per_arm, "; "), ".")
    cells = [("visits", row, "seen") for row in rows], [("visits", row, "cohort") for row in rows]
    who = runs("patients") if each.population == "all" else names.population(source, each.population)
    if hidden(row["seen"] for row in rows):
        return ()
    if hidden(row["cohort"] for row in rows):
        return runs(results(cells[0], "sum whole"), " ", who, " seen at ", at, ".")
    return runs(results(cells[0], "sum whole"), " of ", results(cells[1], "sum whole"), " ", who, " seen at ", at, ".")


# --- headline -------------------------------------------------------------------------------------------------------


def headline(value: Findings | Run | Evidence) -> Runs:
    """The strongest true sentence over the primary outcomes; outcomes with one answer are joined."""
    source = evidence(value)
    stories = [story(source, item.outcome) for item in source.plan.primary]
    planned = [each for each in stories if not each.descriptive] or stories
    parts = [_headline_shown(source, group) for group in _groups(planned)]
    quiet = [each for each in planned if each.answer == "not_shown"]
    if quiet and not parts and all(each.answer == "not_shown" for each in planned):
        arms = source.plan.arms
        between = the(names.how_many_arms(source, arms)) if len(arms) > 2 else names.arms(source, arms)
        return runs("No difference was shown between ", between, ".")
    parts += [
        _headline_of(source, kind, [e for e in planned if e.answer == kind])
        for kind in ("equal", "not_shown", "depends")
    ]
    told_parts = [part for part in parts if part]
    unknown = [each for each in planned if each.answer in ("few", "none")]
    if told_parts and unknown and not any(each.answer == "shown" for each in planned):
        about = listed([names.subject(source, each.outcome) for each in unknown])
        told_parts.append(runs(capital(about), " could not be compared."))
    if told_parts:
        return joined(told_parts)
    few = [each for each in stories if each.answer == "few"]
    return runs(
        "There are too few patients to compare the treatments." if few else "The treatments could not be compared."
    )


def _groups(stories: Sequence[Story]) -> list[list[Story]]:
    """Stories with one answer (same arms, same words), the strongest first."""
    groups: dict[tuple[object, ...], list[Story]] = {}
    for each in sorted((s for s in stories if s.answer == "shown"), key=lambda s: -lead(s).strength):
        pair = lead(each)
        behind = "" if best_of_all(each) else pair.behind
        words_of = (pair.verdict == "better_small", sizes.improves(pair) or each.outcome.id)
        groups.setdefault((pair.ahead, behind, *words_of), []).append(each)
    return list(groups.values())


def best_of_all(each: Story) -> bool:
    """Whether the leading arm was shown to be better than every other arm of a plan with three or more."""
    main, plan = lead(each), each.evidence.plan
    beaten = {pair.behind for pair in each.pairs if pair.ahead == main.ahead and pair.strength}
    return len(plan.arms) > 2 and main.verdict != "better_small" and beaten == set(plan.arms) - {main.ahead}


def _headline_shown(source: Evidence, group: Sequence[Story]) -> Runs:
    pair, most = lead(group[0]), best_of_all(group[0])
    more = "most" if most else "slightly more" if pair.verdict == "better_small" else "more"
    about = listed([names.subject(source, each.outcome) for each in group])
    ahead = names.arm(source, pair.ahead)
    than = runs(" after ", ahead) if most else after_than(source, pair)
    if not sizes.improves(pair):
        return runs(capital(about), f" was {_level(pair, more)}", than, ".")
    if source.plan.randomised:
        beaten = () if most else runs(" than ", names.arm(source, pair.behind))
        return runs(capital(ahead), " improved ", about, f" {more}", beaten, ".")
    return runs(capital(about), f" improved {more}", than, ".")


def _level(pair: Told, more: str) -> str:
    """ "highest", "slightly better"."""
    graded = pair.scale in ("of_hundred", "times") and pair.outcome.direction != "none"
    word = "better" if graded else sizes.side(pair)
    if more == "most":
        return {"better": "best", "higher": "highest", "lower": "lowest"}.get(word, f"most often {word}")
    return more.replace("more", word)


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


__all__ = [
    "headline", "outcome_sentence", "plan_sentences", "protocol_sentence", "sentence", "small_line", "tag",
]  # fmt: skip
