"""Faults by kind, the dearest first: how many, what they cost, the first places, what to do. For screen and page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.intake.loss import Loss, Losses
from schemas.rule_words import sentence, title

PLACES = 3  # first places shown of each kind
NEAREST = "; nearest: "  # what a demand may add about the text that was found
MANY = 20_000  # faults of a kind above which its sentences are not compared one by one
FIXES = 2  # different things to do that are told


@dataclass(frozen=True)
class Place:
    """Where a fault stands: ``row`` "" for a whole column, ``column`` "" for a whole row. ``must``: what is asked."""

    table: str
    file: str
    row: str
    column: str
    value: str
    must: str


@dataclass(frozen=True)
class Kind:
    """All faults of one rule. ``must``: what all of them ask for; "" where each asks for something of its own."""

    rule: str
    severity: str
    count: int
    title: str
    must: str
    places: tuple[Place, ...]
    fixes: tuple[str, ...]
    loss: Loss | None


def kinds(quarantine: pd.DataFrame, severity: str, found: Losses, *, most: int = PLACES) -> tuple[Kind, ...]:
    """The kinds of one severity, with their ``most`` first places.

    Patients lost, then readings, then the number of faults decide the order.
    """
    chosen = quarantine[quarantine["severity"] == severity]
    made = [_kind(str(rule), severity, rows, found, most) for rule, rows in chosen.groupby("rule", sort=True)]
    return tuple(sorted(made, key=_dearest))


def _dearest(kind: Kind) -> tuple[int, int, int, str]:
    loss = kind.loss or Loss(0)
    return -loss.patients, -loss.readings, -kind.count, kind.rule


def _kind(rule: str, severity: str, rows: pd.DataFrame, found: Losses, most: int) -> Kind:
    demands = pd.unique(rows["must"].iloc[:MANY]) if len(rows) <= MANY else []
    shared = {str(text).split(NEAREST)[0] for text in demands}
    alike = len(shared) == 1
    loss = found.rules.get(rule, Loss(0)) if severity == "error" and found.counted else None
    told = rows["fix"].value_counts(sort=False)
    fixes = sorted((str(fix) for fix in told.index if fix), key=lambda fix: (-told[fix], fix))
    places = first_places(rows, most).to_dict("records")
    return Kind(
        rule, severity, len(rows), title(rule, len(rows)), shared.pop() if alike else "",
        tuple(_place(one, alike=alike) for one in places), tuple(fixes[:FIXES]), loss,
    )  # fmt: skip


def first_places(rows: pd.DataFrame, most: int = PLACES) -> pd.DataFrame:
    """The first places of a rule, one of each table, column and demand before a second of any."""
    front = rows.iloc[:MANY]
    again = front.duplicated(["table", "column", "must"])
    return front.assign(again=again).sort_values("again", kind="stable").head(most)


def _place(one: dict[str, object], *, alike: bool) -> Place:
    must = str(one["must"])
    near = must.split(NEAREST)[1:]
    own = (f"nearest: {near[0]}" if near else "") if alike else must
    return Place(str(one["table"]), str(one["file"]), text(one["row"]), text(one["column"]), text(one["value"]), own)


def text(value: object) -> str:
    """A cell of the quarantine as text; "" where there is nothing."""
    return "" if value is None or pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)


def demand(kind: Kind) -> str:
    """What all faults of the kind ask for ("Each must be ..."), where it says more than the kind's name does."""
    if not kind.must or kind.must == sentence(kind.rule):
        return ""
    return f"{'It' if kind.count == 1 else 'Each'} {kind.must}"


def cost(loss: Loss | None) -> str:
    """ "9 readings and 2 patients", or "" where nothing is known to be lost."""
    if loss is None:
        return ""
    parts = [counted(n, one) for n, one in ((loss.readings, "reading"), (loss.patients, "patient")) if n]
    return " and ".join(parts)


def counted(count: int, one: str) -> str:
    """ "1 reading", "9 readings"."""
    several = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{count:,} {one if count == 1 else several}"
