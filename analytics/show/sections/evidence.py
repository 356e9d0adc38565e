"""The evidence behind page one: who is in the data, how good they are, and each outcome with all its figures."""

from __future__ import annotations

from analytics.domain.block import Block
from analytics.show import names, pictures, tables
from analytics.show.runs import capital, heading, joined, name, note, runs, strong, text
from analytics.show.stories import ANALYSES, Evidence, Story, story
from analytics.show.tables.effects import effects, power
from analytics.show.words import outcome_sentence, small_line, tag
from schemas.own_rules import told_changes
from schemas.vocabulary import Outcome

SILENT = "No published"  # notes that say only that no threshold was found: the figure's caption says so


def flow(source: Evidence) -> tuple[Block, ...]:
    """From rows to patients, courses by arm, patients at the start."""
    return (*tables.flow(source), tables.arms(source), tables.baseline(source))


def quality(source: Evidence) -> tuple[Block, ...]:
    """Rows by file, what was wrong, rules the mapping changes, what was repaired, and what was noted on reading."""
    notes = [name(each, "facts.notes", kind="D") for each in source.facts.get("notes", ())]
    remarks = (note(runs(strong("Noted on reading: "), joined(notes, "; "), ".")),) if notes else ()
    return (tables.files(source), tables.rules(source), *_changed(source), tables.repairs(source), *remarks)


def _changed(source: Evidence) -> tuple[Block, ...]:
    """What mappings change in the rules, where they do."""
    told = [name(each, "vocabulary.rules", kind="P") for each in told_changes(source.vocabulary)]
    return (note(runs(strong("Rules changed by the mapping: "), joined(told, "; "), ".")),) if told else ()


def outcomes(source: Evidence) -> tuple[Block, ...]:
    """Every outcome: main ones, further ones, then those asked about after the plan."""
    planned = [item.outcome for item in source.plan.outcomes]
    asked = [row["outcome"] for row in source.rows("findings") if row["outcome"] not in planned]
    blocks: list[Block] = []
    for each in (*planned, *dict.fromkeys(asked)):
        blocks += outcome(source, each)
    return tuple(blocks) or (note("The plan names no outcome."),)


def outcome(source: Evidence, outcome_id: str) -> tuple[Block, ...]:
    """One outcome: its sentence, its figures, and every number behind them."""
    entry, each = source.outcome(outcome_id), story(source, outcome_id)
    blocks: list[Block] = [
        heading(names.label(entry), level=3, anchor=f"outcome-{outcome_id}"), _place(source, outcome_id),
        *_definition(entry), tag(each), text(outcome_sentence(each)),
    ]  # fmt: skip
    small = joined([small_line(each), pictures.margin_note(each)])
    blocks += [note(small)] if small else []
    blocks += _drawn(source, each)
    return (*blocks, *_tables(source, each))


def _place(source: Evidence, outcome_id: str) -> Block:
    if outcome_id in [item.outcome for item in source.plan.primary]:
        return note("A main outcome of the plan.")
    planned = outcome_id in [item.outcome for item in source.plan.secondary]
    return note("A further outcome of the plan." if planned else "Exploratory: asked about after the plan.")


def _definition(entry: Outcome) -> tuple[Block, ...]:
    parts = [part for part in (entry.definition, *entry.notes) if part and not part.startswith(SILENT)]
    return (note(name(" ".join(parts), f"vocabulary.outcomes.{entry.id}.definition")),) if parts else ()


def _drawn(source: Evidence, each: Story) -> list[Block]:
    found: list[Block] = []
    for part in (each, *each.others):
        stem = f"{each.outcome.id}{'' if part.population == 'all' else '-' + part.population.replace('=', '-')}"
        drawings = (
            pictures.forest(part, stem=f"forest-{stem}"),
            pictures.trajectory(source, part.outcome, part.population, stem=f"trajectory-{stem}"),
        )
        found += [drawing for drawing in drawings if drawing is not None]
    return found or [note("No figure is drawn: nothing could be compared.")]


def _tables(source: Evidence, each: Story) -> list[Block]:
    entry, stem = each.outcome, each.outcome.id
    main = tables.contrasts(source, entry, ANALYSES, caption="Comparisons", table=f"contrasts-{stem}")
    found: list[Block | None] = [
        main or note("No comparison was made: nobody had a reading, or the outcome is shown and never averaged."),
        tables.means(source, entry), tables.responders(source, entry), tables.measured(source, entry),
        tables.clinics(source, entry, each.visit), power(source, entry), effects(source, entry),
        tables.contrasts(source, entry, ("sensitivity",), caption="Other ways of analysing",
        table=f"sensitivity-{stem}"),
    ]  # fmt: skip
    return [block for block in found if block is not None]


def tone_and_elasticity(source: Evidence) -> tuple[Block, ...]:
    """Skin tone and elasticity: told where the plan has them, else as measured."""
    blocks: list[Block] = []
    planned = [item.outcome for item in source.plan.outcomes]
    for entry in source.vocabulary.outcomes.values():
        if entry.domain not in ("tone", "elasticity"):
            continue
        blocks.append(heading(names.label(entry), level=3, anchor=f"tone-{entry.id}"))
        if entry.id in planned:
            blocks.append(
                text(outcome_sentence(story(source, entry.id)), " All its figures stand under this outcome above.")
            )
        elif source.rows("descriptions", outcome=entry.id):
            blocks += [note("Not in the plan, so it is described and not compared."), tables.measured(source, entry)]
        else:
            blocks.append(note("Not recorded in these data."))
    return tuple(blocks) or (note("The vocabulary has no measure of tone or elasticity."),)


def peel_strength(source: Evidence) -> tuple[Block, ...]:
    """Responses by depth class of the peel, descriptive."""
    found = dict.fromkeys(str(row["outcome"]) for row in source.rows("depth"))
    if not found:
        return (
            note("No peel here has a known depth: agent, percent or time were not recorded, or nobody was peeled."),
        )
    return tuple(tables.depth(source, each) for each in found)


def safety(source: Evidence) -> tuple[Block, ...]:
    """Expected reactions apart from adverse events, then by skin type."""
    if not source.rows("safety"):
        return (note("No list of adverse events came with the data: nothing can be said about safety, good or bad."),)
    return tables.safety(source, "expected"), tables.safety(source, "adverse"), tables.safety_by_skin(source)


def consultation(source: Evidence) -> tuple[Block, ...]:
    """Recommended and given treatment; instructions given and kept."""
    blocks = [tables.recommended(source)]
    blocks += [tables.instructions(source, each) for each in ("instructions_given", "instructions_followed")]
    extra = [tables.instructions(source, "concordance")] if source.rows("consultation", table="concordance") else []
    return tuple(blocks + extra)


def eligibility(source: Evidence) -> tuple[Block, ...]:
    """Sessions against the treatment policy."""
    return (tables.eligibility(source),)


def title(source: Evidence, outcome_id: str) -> str:
    """An outcome's label with a capital, as plain text."""
    return "".join(run.text for run in capital(names.label(source.outcome(outcome_id))))
