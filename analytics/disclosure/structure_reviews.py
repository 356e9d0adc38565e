"""How the counts of the data-quality, safety, clinic and consultation reports hang together, and with the others."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.disclosure.cells import cohort
from analytics.disclosure.ledger import Ledger, Name

ALL, ANY = "all", "any"
CLASSES = ("expected", "adverse")


def relate_reviews(ledger: Ledger, tables: Mapping[str, pd.DataFrame], minimum_cell: int) -> None:
    """Enter every relation between these counts."""
    for part in (_lines, _faults, _due, _raters, _grave, _events, _graded, _lasting, _kept, _advised, _agreed, _care):
        part(ledger)
    _places(ledger, tables, minimum_cell)


def _grouped(ledger: Ledger, kind: str, *fields: int) -> dict[Name, list[Name]]:
    """The counts of a kind by these parts of their name (1: the first after the kind)."""
    found: dict[Name, list[Name]] = {}
    for name in ledger.of(kind):
        found.setdefault(tuple(name[i] for i in fields), []).append(name)
    return found


def _lines(ledger: Ledger) -> None:
    """Lines by clinic, and by month, are all lines of the sessions."""
    for step, kind in (("received", "aside_received"), ("set_aside", "aside_gone")):
        by = list(_grouped(ledger, kind, 1).values())
        for parts in by:
            ledger.equal([("flow", "rows", step, "")], parts)
            ledger.equal(by[0], parts)
    for gone in ledger.of("aside_gone"):
        received: Name = ("aside_received", *gone[1:])
        ledger.at_most([gone], [received])
        ledger.rest(("aside_kept", *gone[1:]), received, [gone])


def _faults(ledger: Ledger) -> None:
    for at, entries in _grouped(ledger, "faulty", 1, 2, 3, 4).items():
        broken: Name = ("broken", *at)
        ledger.at_most([broken], entries)
        for one in entries:
            ledger.at_most([one], [broken])
    broken_by = _grouped(ledger, "broken", 3, 4)
    for kind in ("cost_lines", "cost_readings", "cost_patients"):
        whole: Name = (kind, ALL)
        rules = [name for name in ledger.of(kind) if name[1] != ALL]
        ledger.at_most([whole], rules)
        for one in rules:
            ledger.at_most([one], [whole])
            if kind == "cost_lines":
                ledger.equal([one], broken_by.get((one[1], "error"), []))


def _due(ledger: Ledger) -> None:
    """Seen, due, ever measured, all: each within the next; who is left between two stands nowhere."""
    ever = {name[1:]: name for name in ledger.of("measured")}
    for at, name in ever.items():
        whole = cohort(at[1], at[2])
        ledger.at_most([name], [whole])
        ledger.rest(("never", *at), whole, [name])
    for seen in ledger.of("seen"):
        at = seen[1:]
        measured, due = ever.get((at[0], at[2], at[3])), ("due", *at)
        if measured is None:
            continue
        if due in ledger.counts:
            ledger.at_most([due], [measured])
            ledger.rest(("later", *at), measured, [due])
        else:
            due = measured
        ledger.at_most([seen], [due])
        ledger.rest(("unread", *at), due, [seen])


def _raters(ledger: Ledger) -> None:
    by: dict[Name, dict[str, list[Name]]] = {}
    for rated in ledger.of("rated"):
        ledger.at_most([rated], [("ratings", *rated[1:])])
        by.setdefault(rated[2:4], {}).setdefault(rated[1], []).append(("ratings", *rated[1:]))
    for kinds in by.values():
        ledger.equal(kinds.get("rater", []), kinds.get("device", []))
    for rounded in ledger.of("rounded"):
        ledger.rest(("not", *rounded[1:]), ("read", *rounded[1:]), [rounded])


def _grave(ledger: Ledger) -> None:
    """Serious events by treatment, and over all of them."""
    arms = [name[1] for name in ledger.of("grave")]
    own = [arm for arm in arms if arm != ALL]
    for arm in arms:
        grave: Name = ("grave", arm)
        base: Name = ("treated", arm, ALL)
        ledger.at_most([grave], [base])
        ledger.rest(("not", *grave), base, [grave])
        ledger.at_most([grave], [("grave_in", arm)])
        ledger.at_most([("grave_in", arm)], [("grave_events", arm)])
        ledger.at_most([("grave_in", arm)], [("treatments", arm, ALL)])
        ledger.at_most([base], [("treatments", arm, ALL)])
        ledger.equal([("grave_events", arm)], [("serious", arm, ALL, ANY, ANY)])
        ledger.at_most([grave], [("had", arm, ALL, ANY, ANY)])
        for kind in ("grave", "grave_in", "grave_events", "treated", "treatments") if arm != ALL else ():
            more = (ALL,) if kind.startswith("treat") else ()
            ledger.at_most([(kind, arm, *more)], [(kind, ALL, *more)])
    for kind in ("grave", "grave_in", "grave_events"):
        ledger.at_most([(kind, ALL)], [(kind, arm) for arm in own])
    ledger.at_most([("treated", ALL, ALL)], [("treated", arm, ALL) for arm in own])
    ledger.equal([("treated", ALL, ALL)], [("flow", "patients", "treated", "")])


def _events(ledger: Ledger) -> None:
    """Every session with an event has at least one; all events are those of each kind."""
    for one in ledger.of("events"):
        ledger.at_most([("had_in", *one[1:])], [one])
        ledger.at_most([("had", *one[1:])], [one])
        if one[1] != ALL:
            ledger.at_most([one], [("events", ALL, *one[2:])])
    for at, lines in _grouped(ledger, "events", 1, 2).items():
        ledger.equal([("events", *at, ANY, ANY)], [("events", *at, ANY, kind) for kind in CLASSES])
        for kind in CLASSES:
            ledger.equal([("events", *at, ANY, kind)], [n for n in lines if n[4] == kind and n[3] != ANY])
    for whole in [name for name in ledger.of("events") if name[2] == ALL]:
        parts = [n for n in ledger.of("events", whole[1]) if n[2] != ALL and n[3:] == whole[3:]]
        if parts and not ledger.equal([whole], parts):
            ledger.rest(("events", whole[1], "unknown", *whole[3:]), whole, parts)
    everywhere = [name for name in ledger.of("events", ALL) if name[2] == ALL]
    for whole in everywhere:
        ledger.at_most([whole], [n for n in ledger.of("events") if n[1] != ALL and n[2:] == whole[2:]])


def _graded(ledger: Ledger) -> None:
    for at, grades in _grouped(ledger, "graded", 1, 2, 3).items():
        arm, event, kind = at
        events: Name = ("events", arm, ALL, event, kind)
        had: Name = ("had", arm, ALL, event, kind)
        ledger.equal([events], grades)
        people: list[Name] = [("graded_patients", *name[1:]) for name in grades]
        ledger.at_most([had], people)
        for name, who in zip(grades, people):
            ledger.at_most([who], [name])
            ledger.at_most([who], [had])
            ledger.at_most([name], [("graded", arm, ANY, kind, name[4])])
            ledger.at_most([who], [("graded_patients", arm, ANY, kind, name[4])])
    for (arm, kind, grade), names in _grouped(ledger, "graded", 1, 3, 4).items():
        ledger.equal([("graded", arm, ANY, kind, grade)], [name for name in names if name[2] != ANY])


def _lasting(ledger: Ledger) -> None:
    """Events that are gone, that are not, and those without an onset, which stand nowhere."""
    for gone in ledger.of("resolved"):
        arm, event, kind = gone[1:]
        events: Name = ("events", arm, ALL, event, kind)
        had: Name = ("had", arm, ALL, event, kind)
        left: Name = ("open", *gone[1:])
        ledger.rest(("undated", *gone[1:]), events, [gone, left])
        lasting: list[Name] = [("patients_resolved", *gone[1:]), ("patients_open", *gone[1:])]
        if not ledger.equal([had], lasting):  # nobody had one that is gone and one that is not
            ledger.at_most([had], lasting)
        for name, who in ((gone, ("patients_resolved", *gone[1:])), (left, ("patients_open", *gone[1:]))):
            ledger.at_most([who], [name])
            ledger.at_most([who], [had])
            if event != ANY:
                ledger.at_most([name], [(name[0], arm, ANY, kind)])
                ledger.at_most([who], [(who[0], arm, ANY, kind)])
    for kind in ("resolved", "open"):
        for (arm, group), names in _grouped(ledger, kind, 1, 3).items():
            ledger.equal([(kind, arm, ANY, group)], [name for name in names if name[2] != ANY])


def _kept(ledger: Ledger) -> None:
    """Sessions by whether instructions were kept before them."""
    for (arm,), people in _grouped(ledger, "kept", 1).items():
        sessions: list[Name] = [("kept_in", *name[1:]) for name in people]
        ledger.equal([("treatments", arm, ALL)], sessions)
        ledger.at_most([("treated", arm, ALL)], people)
        known: list[Name] = [("kept", arm, said) for said in ("yes", "no")]
        ledger.equal([("answered_in", arm)], [("kept_in", *name[1:]) for name in known])
        ledger.at_most([("answered", arm)], known)
        ledger.at_most([("answered", arm)], [("treated", arm, ALL)])
        for name, said_in in zip(people, sessions):
            ledger.at_most([name], [said_in])
            ledger.at_most([name], [("treated", arm, ALL)])
            if name[2] != "unknown":
                ledger.at_most([name], [("answered", arm)])
    for after in ledger.of("after"):
        arm, said, kind = after[1:]
        base: Name = ("kept", arm, said)
        within: Name = ("after_in", *after[1:])
        ledger.at_most([after], [base])
        ledger.at_most([after], [within])
        ledger.at_most([after], [("had", arm, ALL, ANY, kind)])
        ledger.rest(("not", *within), ("kept_in", arm, said), [within])
    for (arm, kind), names in _grouped(ledger, "after_in", 1, 3).items():
        ledger.equal([("had_in", arm, ALL, ANY, kind)], names)
        ledger.at_most([("had", arm, ALL, ANY, kind)], [("after", *name[1:]) for name in names])
    for kind, fields in (("kept_in", (2,)), ("answered_in", ()), ("after_in", (2, 3))):
        for rest, names in _grouped(ledger, kind, *fields).items():
            ledger.equal([(kind, ALL, *rest)], [name for name in names if name[1] != ALL])


def _advised(ledger: Ledger) -> None:
    """Patients of each level by what was advised and given; levels of one kind make up everybody."""
    for (by,), levels in _grouped(ledger, "is", 1).items():
        for level in levels:
            advised = ledger.of("advised", by, level[2])
            ledger.equal([level], advised)
            given = [name for name in ledger.of("group", by) if name[3] == level[2]]
            ledger.at_most([level], given)
            for name in (*advised, *given):
                ledger.at_most([name], [level])
            ledger.equal([level], [("known_advice", by, level[2]), ("no_advice", by, level[2])])
        ledger.equal([("known_advice", ALL, ALL), ("no_advice", ALL, ALL)], levels)
    for (_, arm), names in _grouped(ledger, "advised", 1, 3).items():
        ledger.equal([("told", arm)], names)


def _agreed(ledger: Ledger) -> None:
    """Who got what was advised, over all and group by group."""
    for name in ledger.of("agreed"):
        total: Name = ("known_advice", *name[1:])
        ledger.at_most([name], [total])
        ledger.rest(("otherwise", *name[1:]), total, [name])
    for kind in ("agreed", "known_advice", "no_advice", "otherwise"):
        for (by,), names in _grouped(ledger, kind, 1).items():
            if by != ALL:
                ledger.equal([(kind, ALL, ALL)], names)
    ledger.equal([("no_advice", "recommended", "unknown")], [("told", "unknown")])
    for total in ledger.of("known_advice", "recommended"):
        line = total[2]
        ledger.equal([total], [("told", line)])
        ledger.equal([("agreed", "recommended", line)], [("said", "recommended", line, line)])


def _care(ledger: Ledger) -> None:
    for at, levels in _grouped(ledger, "care", 1, 2).items():
        outcome, factor = at
        for name in levels:
            good: Name = ("care_responders", *name[1:])
            ledger.at_most([good], [name])
            ledger.rest(("not", *good), name, [good])
        first = {"concordance": ("as_recommended", "otherwise")}.get(factor, ("yes", "no"))
        for column, level in zip(("care_n_first", "care_n_second"), first):
            ledger.at_most([(column, *at)], [("care", *at, level)])
            ledger.rest(("care_lacking", *at, level), ("care", *at, level), [(column, *at)])
            ledger.at_most([(column, *at)], [("care_n", *at)])
        ledger.at_most([("care_n", *at)], [("care_n_first", *at), ("care_n_second", *at)])
        whole: list[Name] = [("placed_all", outcome), ("lacking", outcome)]
        if not ledger.equal(whole, levels):
            ledger.at_most(whole, levels)


def _places(ledger: Ledger, tables: Mapping[str, pd.DataFrame], minimum_cell: int) -> None:
    """Clinics and providers of each outcome; those with few patients stand nowhere, but how many they are is told."""
    for placed in ledger.of("placed"):
        good: Name = ("placed_responders", *placed[1:])
        ledger.at_most([good], [placed])
        ledger.rest(("not", *good), placed, [good])
    for row in tables["benchmark_overall"].to_dict("records") if "benchmark_overall" in tables else ():
        outcome, level, few = str(row["outcome"]), str(row["level"]), int(row["hidden"])
        names = ledger.of("placed", outcome, level)
        hidden: Name = ("placed_few", outcome, level)
        shown = [*names, ("unplaced", outcome, level)]
        if not few:
            ledger.equal([("placed_all", outcome)], shown)
            continue
        ledger.rest(hidden, ("placed_all", outcome), shown)
        ledger.relate({hidden: 1.0}, few, few * (minimum_cell - 1))
    for (outcome, clinic), names in _grouped(ledger, "placed", 1, 3).items():
        providers = [name for name in names if name[2] == "provider"]
        ledger.at_most(providers, [("placed", outcome, "clinic", clinic, "")])
