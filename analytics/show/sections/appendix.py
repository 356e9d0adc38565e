"""The methods in detail, from what was run: each method used, what went otherwise, software and literature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analytics.domain.block import Block, Number, Runs
from analytics.show import names
from analytics.show.literature import LITERATURE
from analytics.show.method_texts import DEPARTURES, METHOD_TEXTS, PROCEDURES, PURPOSES, Departure, MethodText
from analytics.show.numbers import WORDS
from analytics.show.runs import NBSP, bullets, capital, joined, listed, lower, name, note, runs, strong, text
from analytics.show.stories import ANALYSES, Evidence, Row
from analytics.show.tables.cells import NONE, grid, spoken
from analytics.show.tables.contrasts import ADJUSTMENTS, level

_NUMBER_WORD = re.compile(rf"\b({'|'.join(WORDS[1:])})\b")
NO_TEXT = MethodText("", "", "", "", ())  # a method that this version does not know: an older or a newer run
UNKNOWN_REASON = "No comparison, for a reason that stands in findings.csv"


def methods_appendix(source: Evidence) -> tuple[Block, ...]:
    """Every method of the findings, what holds for all, what went otherwise, software, literature."""
    rows = source.rows("findings")
    if not rows:
        return (note("No method was used: nothing was compared."), *_software(source))
    used = [method for method in METHOD_TEXTS if any(row["method"] == method for row in rows)]
    used += sorted({str(row["method"]) for row in rows} - set(used))
    return (
        text(strong("Used here: "), listed([names.method_words(method) for method in used]), "."),
        bullets([_method(source, method, [row for row in rows if row["method"] == method]) for method in used]),
        text(strong("For every method. "), _for_all(source, rows)),
        _departures(source, rows),
        *_software(source),
        _literature(source, used),
    )


def _method(source: Evidence, method: str, rows: Sequence[Row]) -> Runs:
    """One method: what it answers for, what it is, its errors, the start, missing readings, and whom to read."""
    told = METHOD_TEXTS.get(method, NO_TEXT)
    ref = f"methods.{method}"
    parts = [name(told.what, ref), _part("Errors", told.errors, ref), _part("The start", told.start, ref),
             _part("Missing readings", told.missing, ref)]  # fmt: skip
    sources = listed([_short(key) for key in told.sources])
    cited = runs("(", sources, ")") if sources else ()
    return joined([strong(capital(runs(names.method_words(method))), "."), _used_for(source, rows), *parts, cited])


def _part(label: str, content: str, ref: str) -> Runs:
    return runs(strong(f"{label}: "), name(lower(content), ref)) if content else ()


def _used_for(source: Evidence, rows: Sequence[Row]) -> Runs:
    """The outcomes that it answers for, and those beside whose answer it stands."""
    main = _outcomes(source, (row for row in rows if row["analysis"] in ANALYSES))
    beside = {o: label for o, label in _outcomes(source, rows).items() if o not in main}
    answers = runs("Answers for ", listed(list(main.values()))) if main else ()
    extra = runs("beside the answer for ", listed(list(beside.values()))) if beside else ()
    return runs(capital(joined([answers, extra], "; ")), ".")


def _outcomes(source: Evidence, rows: Iterable[Row]) -> dict[str, Runs]:
    return {each: names.subject_label(source.outcome(each)) for each in dict.fromkeys(str(r["outcome"]) for r in rows)}


def _for_all(source: Evidence, rows: Sequence[Row]) -> Runs:
    """Adjustment, looking at several pairs, and what is never done with missing readings."""
    adjusted = names.adjusted_for(source)
    allowed = runs("Allowed for: ", adjusted, ".") if adjusted else runs("The answers allow for nothing.")
    kinds = dict.fromkeys(str(row["adjustment"]) for row in rows)
    ways = "; ".join(ADJUSTMENTS.get(kind, spoken(kind)) for kind in kinds)
    looked = runs("Ways of adjusting in this report: ", name(ways, "findings"), ".")
    return joined([allowed, looked, _multiplicity(source), _filled(source)])


def _multiplicity(source: Evidence) -> Runs:
    plan = source.plan
    told = runs("All pairs of a main outcome at the main visit are a family, looked at together by ",
                name(PROCEDURES[plan.multiplicity].what.rstrip("."), "plan.multiplicity"))  # fmt: skip
    if plan.multiplicity == "none":
        told = runs("Pairs are not looked at together: each stands by itself")
    across = ", and error is shared between the main outcomes (Bonferroni)" if plan.across != "none" else (
        "; outcomes are not adjusted for each other")  # fmt: skip
    alone = runs(" Everything else is described by ", level(source), " intervals for each pair alone.")
    return runs(told, across, ".", alone)


def _filled(source: Evidence) -> Runs:
    strategies = set(source.plan.intercurrent.model_dump().values())
    if "composite" in strategies or "while_on_treatment" in strategies:
        return runs("Readings are filled in only after the events for which the plan says so (see Methods).")
    return runs("No reading is filled in.")


# --- what went otherwise ----------------------------------------------------------------------------------------------


def _departures(source: Evidence, rows: Sequence[Row]) -> Block:
    """What went otherwise than usual, in the answers and in the analyses beside them."""
    body: list[list[object]] = []
    for departure in DEPARTURES:
        found = [row for row in rows if _departs(row, departure)]
        if found:
            body.append([name(departure.told, "departure"), *_sides(source, found)])
    silent = [r for r in rows if r["status"] != "estimated" and not any(_departs(r, d) for d in DEPARTURES)]
    if silent:
        body.append([UNKNOWN_REASON, *_sides(source, silent)])
    if not body:
        return note("Nothing went otherwise than usual: every model was fitted as planned.")
    remark = "Without a visit: at every visit at which the outcome was compared. Each row's own notes: findings.csv."
    return grid("What went otherwise", ["What happened", "In the answers", "In analyses beside them"], body,
                name="departures", remark=remark, texts=(1, 2))  # fmt: skip


def _departs(row: Row, departure: Departure) -> bool:
    if departure.status and row["status"] != departure.status:
        return False
    notes = str(row.get("notes") or "")
    return row["status"] in departure.marks or any(mark in notes for mark in departure.marks)


def _sides(source: Evidence, rows: Sequence[Row]) -> tuple[Runs, Runs]:
    answers = [row for row in rows if row["analysis"] in ANALYSES]
    beside = [row for row in rows if row["analysis"] not in ANALYSES]
    return _places(source, answers), _places(source, beside)


def _places(source: Evidence, rows: Sequence[Row]) -> Runs:
    """ "texture grade; pore count (week 4 and week 8)"."""
    told = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        here = {float(row["visit"]) for row in rows if row["outcome"] == outcome}
        every = {float(row["visit"]) for row in source.rows("findings", outcome=outcome)}
        label = names.subject_label(source.outcome(outcome))
        visits = listed([names.visit(source, visit) for visit in sorted(here)])
        told.append(label if here == every and len(every) > 1 else runs(label, " (", visits, ")"))
    return capital(joined(told, "; ")) or runs(NONE)


# --- software and literature ------------------------------------------------------------------------------------------


def _software(source: Evidence) -> tuple[Block, ...]:
    """The packages with their versions, as the receipt has them."""
    software, packages = dict(source.facts.get("software", {})), dict(source.facts.get("packages", {}))
    own = [("clinical-outcomes", software.get("version"), "facts.software.version", "all methods of this report"),
           ("Python", software.get("python"), "facts.software.python", "the language")]  # fmt: skip
    own += [(each, packages[each], f"facts.packages.{each}", PURPOSES.get(each, "")) for each in sorted(packages)]
    body = [
        [name(each), name(version, ref, kind="D"), purpose or NONE] for each, version, ref, purpose in own if version
    ]
    if not body:
        return (note("The receipt does not say which software was used."),)
    remark = "The models are this project's own code; every other package stands in the lock file of the receipt."
    return (grid("Software", ["Package", "Version", "For"], body, name="packages", remark=remark, texts=(1, 2)),)


def _literature(source: Evidence, methods: Sequence[str]) -> Block:
    """The papers of the methods and the family procedure, in the order of authors."""
    keys = {key for method in methods for key in METHOD_TEXTS.get(method, NO_TEXT).sources}
    keys |= set(PROCEDURES[source.plan.multiplicity].sources)
    body = []
    for key in sorted(keys):
        paper, ref = LITERATURE[key], f"literature.{key}"
        body.append([name(f"{paper.authors} ({paper.year})", ref), _titled(key)])
    if not body:
        return note("No literature is named for these methods.")
    return grid("Literature", ["Authors", "Title and place"], body, name="literature", texts=(1,))


def cited(key: str) -> Runs:
    """One paper: authors, year, title, journal, DOI."""
    paper = LITERATURE[key]
    return runs(name(f"{paper.authors} ({paper.year}). ", f"literature.{key}"), _titled(key))


def _titled(key: str) -> Runs:
    """Title, journal, DOI; a number in words is a number too."""
    paper, ref = LITERATURE[key], f"literature.{key}"
    parts = _NUMBER_WORD.split(paper.title)
    title = runs(*(Number(part, "L", ref) if i % 2 else name(part, ref) for i, part in enumerate(parts)))
    return runs(title, name(f". {paper.where}{f', doi: {paper.doi}' if paper.doi else ''}.", ref))


def _short(key: str) -> Runs:
    """ "Bell and McCaffrey 2002"."""
    paper = LITERATURE[key]
    people = [person.rsplit(" ", 1)[0] for person in paper.authors.removesuffix(" et al.").split(", ")]
    told = " and ".join(people) if len(people) < 3 else f"{people[0]} and others"
    return name(f"{told}{NBSP}{paper.year}", f"literature.{key}")
