"""Page one, for a director: the answer, how sure it is, and what to look at before acting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from analytics.domain.block import Answer, Answers, Block, Number, Paragraph, Runs
from analytics.domain.run import titled
from analytics.show import names, pictures
from analytics.show.numbers import fact, hidden, number, result, results
from analytics.show.runs import bullets, capital, heading, joined, listed, name, note, runs, words
from analytics.show.sections.evidence import SILENT
from analytics.show.sections.sure import before_you_act, how_sure
from analytics.show.stories import Evidence, Story, story
from analytics.show.words import headline, outcome_sentence, small_line, tag

MOST = 6  # outcomes on page one; a plan with more has its own sections for them
WARNED = ("absorption", "breakouts")  # domains whose last note must stand beside any figure, also on page one


def page_one(source: Evidence) -> tuple[Block, ...]:
    """The whole page, from the kicker to the line of provenance."""
    stories = [story(source, item.outcome) for item in source.plan.primary]
    main = lead_story(stories)
    shown = stories if len(stories) <= MOST else sorted(stories, key=lambda each: _rank(each), reverse=True)[:MOST]
    blocks: list[Block] = [
        Paragraph(kicker(source), role="kicker"), Paragraph(headline(source), role="headline", level=1),
        Paragraph(lead(source, main=main), role="lead"), Answers(tuple(_answer(source, each) for each in shown)),
        *_more(stories, shown), *_pictures(source, main), heading("How sure can you be?", level=2, anchor="sure"),
        bullets(how_sure(source, stories, main)), heading("Before you act", level=2, anchor="act"),
        bullets(before_you_act(source)), Paragraph(provenance(source), role="provenance"),
    ]  # fmt: skip
    return tuple(blocks)


def _rank(each: Story) -> tuple[int, int]:
    return (
        each.lead.strength if each.lead else 0,
        ("none", "few", "depends", "not_shown", "equal", "shown").index(each.answer),
    )


def lead_story(stories: Sequence[Story]) -> Story | None:
    """The outcome of the figures: the strongest answer among those with something to draw."""
    drawable = [each for each in stories if each.pairs]
    return max(drawable, key=_rank, default=None)


def _more(stories: Sequence[Story], shown: Sequence[Story]) -> tuple[Block, ...]:
    rest = len(stories) - len(shown)
    if not rest:
        return ()
    left = number(rest, "word", ref="plan.primary", kind="P")
    return (Paragraph(runs("The other ", left, " main outcomes stand in their own sections below."), role="note"),)


def kicker(source: Evidence) -> Runs:
    """Title, and how far the data go."""
    parts = [name(titled(source.plan.title, source.facts), "plan.title", kind="P")]
    if source.facts.get("cutoff"):
        parts.append(runs("data up to ", date(source.facts["cutoff"], "facts.cutoff")))
    return joined(parts, " · ")


def date(text: str, ref: str) -> Runs:
    """An ISO date as "30 September 2026"; anything else as it is."""
    try:
        day = dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return name(text, ref, kind="D")
    return runs(Number(str(day.day), "D", ref), f" {MONTHS[day.month - 1]} ", Number(str(day.year), "D", ref))


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def lead(source: Evidence, *, main: Story | None) -> Runs:
    """Who was compared, on how many patients, and (where anything could be compared) what that can mean."""
    rows = {row["arm"]: row for row in source.rows("arms")}
    cells = source.everybody()
    if not rows or not cells:
        return runs("No patient had a first course of a treatment of the plan.")
    counts = [
        runs(names.arm(source, arm), " (", result("arms", rows[arm], "patients", "whole"), ")")
        for arm in source.plan.arms if arm in rows
    ]  # fmt: skip
    untold = hidden(row[s] for _, row, s in cells)
    total = runs("Patients") if untold else runs(results(cells, "sum whole"), " patients")
    both = sum(row["patients"] for row in rows.values()) > sum(float(row[s]) for _, row, s in cells)
    faces = " Some had different treatments on their sides and count for each." if both else ""
    return runs(
        total,
        " had a first course of ",
        listed(counts, "or"),
        f".{faces}",
        coarse(source),
        runs(" ", meaning(source)) if main else (),
    )


def coarse(source: Evidence) -> Runs:
    """What was done to the counts of a copy for outside the house."""
    if not source.rounded_to:
        return ()
    return runs(" This copy is for use outside: counts rounded to ", fact(source.rounded_to, "facts.rounded_to"),
                ", may not add up.")  # fmt: skip


def meaning(source: Evidence) -> Runs:
    """Difference or cause: what the design allows to be said."""
    based = any(source.outcome(item.outcome).baseline != "none" for item in source.plan.primary)
    allowed = names.adjusted_for(source, baseline=based)
    if source.plan.randomised:
        after = runs(" Differences are told after adjustment for ", allowed, ".") if allowed else ()
        return runs("Treatments were assigned by lot.", after)
    after = (
        runs("differences after adjustment for ", allowed) if allowed else runs("plain differences between the groups")
    )
    return runs(
        CHOSEN if source.facts.get("planned", True) else UNKNOWN, ", so these are ", after, ", not proof of cause."
    )


CHOSEN = "Treatments were chosen at the consultation, not by lot"
UNKNOWN = "Nothing says that treatments were assigned by lot"  # without a plan nobody has said how they were


def _answer(source: Evidence, each: Story) -> Answer:
    label = capital(names.subject(source, each.outcome))
    return Answer(label, tag(each), outcome_sentence(each), joined([small_line(each), caution(each)]))


def caution(each: Story) -> Runs:
    """The note that must stand beside any figure of an easily misread outcome."""
    notes = [note for note in each.outcome.notes if not note.startswith(SILENT)]
    if each.outcome.domain not in WARNED or not notes:
        return ()
    return name(notes[-1], f"vocabulary.outcomes.{each.outcome.id}.notes")


def _pictures(source: Evidence, main: Story | None) -> tuple[Block, ...]:
    if main is None:
        return (Paragraph(runs("No figure is drawn: nothing could be compared."), role="note"),)
    about = capital(names.subject(source, main.outcome))
    blocks: list[Block] = []
    forest = pictures.forest(main, stem="page-one-forest")
    if forest is not None:
        blocks += [heading(about, " at ", names.visit(source, main.visit), ": how far apart the treatments are",
                           level=2,
                           anchor="apart"), forest]  # fmt: skip
    course = pictures.trajectory(source, main.outcome, main.population, stem="page-one-trajectory")
    if course is None:
        blocks.append(note("No course is drawn: a line needs averages at several visits."))
    else:
        blocks += [heading(about, " over the course", level=2, anchor="course"), course]
    return tuple(blocks)


def provenance(source: Evidence) -> Runs:
    """Run, plan and rows: what an auditor needs to find the same page again."""
    facts = source.facts
    rows = dict(facts.get("rows", {}))
    plan = runs("plan “", name(source.plan.title, "plan.title", kind="P"), "”, ")
    fixed = "given before the analysis" if facts.get("planned", True) else "the standard plan, because none was given"
    parts = [runs("Run ", name(run_id(facts.get("run_id", "")), "facts.run_id", kind="D")), runs(plan, fixed)]
    if rows:
        received, accepted, aside = (fact(rows[k], f"facts.rows.{k}") for k in ("received", "accepted", "quarantined"))
        parts.append(runs(received, " rows received = ", accepted, " accepted + ", aside, " set aside"))
    return joined(parts, " · ")


def run_id(text: str) -> str:
    """The run id as it is printed: its first characters, enough to find the run."""
    return str(text)[:12]


def page_words(blocks: Sequence[Block]) -> str:
    """All words of the page as plain text."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += [words(block.runs), *(words(item) for item in block.items)]
        elif isinstance(block, Answers):
            for item in block.items:
                found += [words(part) for part in (item.label, item.tag.runs, item.sentence, item.small)]
    return "\n".join(text for text in found if text)
