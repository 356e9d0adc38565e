"""Page one of the clinic benchmark: does a clinic stand apart, how far do they differ, how sure, and where to look."""

from __future__ import annotations

from analytics.domain.block import Answer, Answers, Block, Paragraph, Runs
from analytics.show import names
from analytics.show.numbers import finite, planned, result
from analytics.show.runs import bullets, capital, heading, joined, listed, name, note, runs, strong
from analytics.show.sections.clinic_benchmark import beyond_chance, differs, funnel, hidden, lookups
from analytics.show.sections.consultation_review_sure import OWN_COPY
from analytics.show.sections.data_quality_page import kicker
from analytics.show.sections.page_one import provenance
from analytics.show.stories import Evidence, Row
from analytics.show.tables import benchmark as tables
from analytics.show.tables.data_quality import ELSEWHERE, held

MOST = 6  # outcomes on page one
PICTURED = 3  # outcomes on a page that still has room for a figure
NAMED = 3  # places named in a sentence; more are counted


def clinic_benchmark_page_one(source: Evidence) -> tuple[Block, ...]:
    """The whole page, from the kicker to the line of provenance."""
    wholes = tables.wholes(source, "clinic")
    answers = tuple(_answer(source, whole) for whole in wholes[:MOST])
    rest = len(wholes) - len(answers)
    more = "The other main outcomes stand in their own sections below."
    return (
        Paragraph(kicker(source, "Clinic benchmark"), role="kicker"),
        Paragraph(headline(source), role="headline", level=1),
        Paragraph(lead(source), role="lead"),
        *([Answers(answers)] if answers else [note("There is nothing to set side by side.")]),
        *([note(more)] if rest else []),
        *_pictures(source),
        heading("How sure can you be?", level=2, anchor="sure"),
        bullets(_sure(source)),
        heading("What to do", level=2, anchor="act"),
        bullets(_act(source)),
        Paragraph(provenance(source), role="provenance"),
    )


def _pictures(source: Evidence) -> list[Block]:
    """The funnels of the outcomes with the most clinics outside, side by side, where the page has room."""
    wholes = compared(source, "clinic")
    if len(tables.wholes(source, "clinic")) > PICTURED:
        return []
    first = sorted(wholes, key=lambda row: (-row["outside_outer"], -row["outside_inner"]))[:2]
    blocks: list[Block] = []
    for whole in (row for row in wholes if row in first):
        drawn = funnel(source, whole, stem=f"page-one-funnel-{whole['outcome']}")
        title = capital(names.subject(source, source.outcome(str(whole["outcome"]))))
        if drawn is not None:
            blocks += [heading(title, ", clinic by clinic", level=2, anchor=f"funnel-{len(blocks)}"), drawn]
    return blocks


def compared(source: Evidence, *levels: str) -> list[Row]:
    """The overall lines at which something is set beside something."""
    return [row for level in levels or tables.ONE_OF for row in tables.wholes(source, level)
            if not tables.why_none(source, level, row)]  # fmt: skip


def headline(source: Evidence) -> Runs:
    """A clinic beyond the outer limits, else beyond the inner, else none."""
    if not held(source, "benchmark"):
        return runs("Clinics are not set side by side here. ", ELSEWHERE)
    wholes = compared(source, "clinic")
    if not wholes:
        first = next(iter(tables.wholes(source, "clinic")), None)
        return tables.why_none(source, "clinic", first)
    for least, words in ((2, "apart from what is usual for"), (1, "a little outside what chance explains for")):
        said = [(row, whole) for whole in wholes for row in tables.places_of(source, whole) if row["outside"] >= least]
        if said:
            return _standing(source, said, words)
    return runs("No clinic stands apart: where they differ, chance alone explains it.")


def _standing(source: Evidence, said: list[tuple[Row, Row]], words: str) -> Runs:
    """ "Clinic north stands apart from what is usual for its patients: texture." """
    clinics = sorted({str(row["clinic"]) for row, _ in said})
    outcomes = list(dict.fromkeys(str(whole["outcome"]) for _, whole in said))
    about = listed([names.subject(source, source.outcome(each)) for each in outcomes])
    if len(clinics) == 1:
        return runs("Clinic ", name(clinics[0], "clinic"), f" stands {words} its patients: ", about, ".")
    who = listed([name(clinic, "clinic") for clinic in clinics]) if len(clinics) <= NAMED else ()
    begin = runs("Clinics ", who) if who else runs("Several clinics")
    return runs(begin, f" stand {words} their patients: ", about, ".")


def lead(source: Evidence) -> Runs:
    """What is set beside what."""
    wholes = compared(source)
    if not wholes:
        if not held(source, "benchmark"):
            return runs("Clinics and providers are told apart in the clinic's own copy only.")
        return runs("Clinics and providers can be set side by side only where several of each are written down.")
    allowed = tables.terms(source, wholes[0])
    expected = runs(": patients alike in ", allowed) if allowed else ()
    by_name = ". Clinics stand by name and are never ranked."
    return runs("Each clinic is set beside what is usual for patients like its own", expected, by_name)


# --- answers --------------------------------------------------------------------------------------------------------


def _answer(source: Evidence, whole: Row) -> Answer:
    label = capital(names.subject(source, source.outcome(str(whole["outcome"]))))
    why = tables.why_none(source, "clinic", whole)
    if why:
        return Answer(label, _tag("cannot be said", mood="unknown"), why, _providers(source, whole))
    out = [row for row in tables.places_of(source, whole) if row["outside"]]
    return Answer(label, _tagged(whole), runs(_usual(source, whole), _clinics(source, whole, out)),
                  joined([beyond_chance(source, whole), _providers(source, whole)]))  # fmt: skip


def _tag(words: str, *, mood: str = "none") -> Paragraph:
    return Paragraph(runs(words), role="tag", mood=mood)


def _tagged(whole: Row) -> Paragraph:
    if whole["outside_outer"]:
        return _tag("look here", mood="unknown")
    return _tag("may be chance" if whole["outside_inner"] else "nothing stands out")


def _usual(source: Evidence, whole: Row) -> Runs:
    people = result("benchmark_overall", whole, "n", "whole")
    outcome = source.outcome(str(whole["outcome"]))
    if tables.is_share(whole):
        return runs("Of ", people, " patients ", tables.centre(source, whole), f" {tables.answered(outcome)}. ")
    what = "average change" if outcome.baseline == "before" else "average"
    return runs(f"The {what} of ", people, " patients was ", tables.centre(source, whole), ". ")


def _clinics(source: Evidence, whole: Row, out: list[Row]) -> Runs:
    if not out:
        return runs("Each of ", tables.many(whole), " lies within what chance alone would do.")
    if len(out) > NAMED:
        count = result("benchmark_overall", whole, "outside_inner", "whole")
        return runs("Outside what chance alone would do: ", count, " of ", tables.many(whole), ".")
    parts = [runs(tables.place(row), " (", _seen(source, whole, row), ")") for row in out]
    be = " lies" if len(out) == 1 else " lie"
    return runs("Of ", tables.many(whole), ", ", listed(parts), be, " outside what chance alone would do.")


def _seen(source: Evidence, whole: Row, row: Row) -> Runs:
    shape = tables.form([row], whole)
    behind = tables.unit(source, whole)
    seen, wanted = (result("benchmark", row, s, shape) for s in ("observed", "expected"))
    return runs(seen, behind if tables.is_share(whole) else "", " where ", wanted, behind, " would be usual")


def _providers(source: Evidence, whole: Row) -> Runs:
    mine = next(iter(source.rows("benchmark_overall", level="provider", outcome=whole["outcome"])), None)
    if mine is None or tables.why_none(source, "provider", mine):
        return ()
    count = mine["outside_inner"]
    if not count:
        return runs("None of ", tables.many(mine), " lies outside either.")
    lie = "lies" if count == 1 else "lie"
    told = result("benchmark_overall", mine, "outside_inner", "whole")
    return runs("Of ", tables.many(mine), " ", told, f" {lie} outside the inner limits.")


# --- how sure, what to do -------------------------------------------------------------------------------------------


def _hiding(source: Evidence) -> list[Row]:
    """The overall lines that leave places out."""
    lines = [row for level in tables.ONE_OF for row in tables.wholes(source, level)]
    return [row for row in lines if finite(row["hidden"]) and row["hidden"]]


def _sure(source: Evidence) -> tuple[Runs, ...]:
    wholes = compared(source)
    found = [_many(wholes), _overdispersed(source, wholes)] if wholes else []
    few = hidden(source)
    if few:
        fewest = planned(source.plan.minimum_cell, "plan.minimum_cell")
        found.append(runs(strong("Small ones are not shown."), " With fewer than ", fewest, " patients",
                          tables.rare(source, _hiding(source)), ": ", few, "."))  # fmt: skip
    if not wholes:
        found.append(runs(strong("Nothing is compared,"), " so nothing can be said of how clinics differ."))
        return tuple(found)
    eye = " Patients choose their clinic, and each clinic judges its own: a stricter eye looks like a worse result."
    found.append(runs(strong("Only what was written down is allowed for."), eye))
    if compared(source, "provider"):
        nested = " What sets a clinic apart is in the figures of its providers too."
        found.append(runs(strong("A provider belongs to a clinic."), nested))
    return tuple(item for item in found if item)


def _many(wholes: list[Row]) -> Runs:
    """Multiplicity: how many looks there were, and how many chance alone would put outside."""
    looks = sum(row["places"] for row in wholes if finite(row["places"]))
    seen = lookups(wholes, "outside_inner") if any(row["outside_inner"] for row in wholes) else "none"
    chance = lookups(wholes, "expected_outside", "sum decimals:1")
    if not looks:
        return ()
    return runs(
        strong("Many are looked at."), " Over all outcomes, clinics and providers there were ",
        lookups(wholes, "places"),
        " looks. Chance alone would put about ", chance, " of them outside the inner limits; ", seen, " were.",
    )  # fmt: skip


def _overdispersed(source: Evidence, wholes: list[Row]) -> Runs:
    """Whether all of them together differ by more than chance: then being outside is no news about a single one."""
    if not any(finite(row["p_value"]) for row in wholes):
        return ()  # a copy that leaves the house does not tell it
    wide = [row for row in wholes if differs(row)]
    if not wide:
        return runs(strong("Taken together"), " they differ by no more than chance would make them.")
    about = listed([runs(tables.SEVERAL[str(row["level"])], " for ",
                         names.subject(source, source.outcome(str(row["outcome"])))) for row in wide])  # fmt: skip
    return runs(
        strong("They differ by more than chance as a whole:"), " ", about, ". Then many lie outside without any being "
        "special: who comes, or how skin is judged, may differ everywhere.",
    )  # fmt: skip


def _act(source: Evidence) -> tuple[Runs, ...]:
    wholes = compared(source)
    if not held(source, "benchmark"):
        return (OWN_COPY,)
    if not wholes:
        return (runs(strong("Write down clinic and provider"), " with every session, for all who treat."),)
    found = []
    if any(row["outside_inner"] for row in wholes):
        how = " look first at how readings were taken, then at who the patients were, and only then at what was done."
        found.append(runs(strong("Where a clinic or provider lies outside,"), how))
    else:
        found.append(runs(strong("Nothing has to be looked into."), " No clinic or provider lies outside the limits."))
    found.append(runs(strong("Do not rank."), " The order of such figures is mostly chance."))
    return tuple(found)
