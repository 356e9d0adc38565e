"""The counts of a run as the unknowns of one system: what each counts, where it stands, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Name = tuple[str, ...]
EPSILON = 1e-7


@dataclass(frozen=True)
class Place:
    """A cell: table, position of the row, column."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Count:
    """One unknown. ``least``: what is known without any figure (a line that stands there only if somebody is in it).

    ``basis``: whether the rest of its row shows if it is under the least cell. ``resting``: what else must be told for
    it to be told. Without ``places`` it stands nowhere, and can be worked out from others all the same.
    """

    name: Name
    value: int
    places: tuple[Place, ...] = ()
    least: int = 0
    basis: bool = False
    resting: Name = ()


@dataclass(frozen=True)
class Relation:
    """low <= sum of coefficient x count <= high. ``place``: the published figure that says so; None: structure."""

    terms: tuple[tuple[Name, float], ...]
    low: float
    high: float
    place: Place | None = None


@dataclass
class Ledger:
    """Counts by name, and the relations between them that hold in truth."""

    counts: dict[Name, Count] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    kinds: dict[str, list[Name]] = field(default_factory=dict)
    alike: dict[tuple[str, ...], list[Name]] = field(default_factory=dict)  # outcome, visit, population, arm -> n of it
    _seen: set[object] = field(default_factory=set)

    def enter(self, count: Count) -> None:
        """Take in a count that is not known yet."""
        self.counts[count.name] = count
        self.kinds.setdefault(count.name[0], []).append(count.name)

    def of(self, kind: str, *part: str) -> list[Name]:
        """Names of a kind that begin like this."""
        return [name for name in self.kinds.get(kind, ()) if name[1 : 1 + len(part)] == part]

    def value(self, terms: Iterable[tuple[Name, float]]) -> float:
        return sum(coefficient * self.counts[name].value for name, coefficient in terms)

    def relate(self, terms: Mapping[Name, float], low: float, high: float, place: Place | None = None) -> bool:
        """Take in a relation if all its counts are known and it is true; whether it was."""
        kept = tuple((name, float(c)) for name, c in terms.items() if c)
        if not kept or any(name not in self.counts for name, _ in kept):
            return False
        if not low - EPSILON <= self.value(kept) <= high + EPSILON:
            return False
        mark = (kept, low, high)
        if mark not in self._seen:
            self._seen.add(mark)
            self.relations.append(Relation(kept, low, high, place))
        return True

    def equal(self, total: Sequence[Name], parts: Sequence[Name]) -> bool:
        """The sum of ``total`` is the sum of ``parts``."""
        return bool(parts and total) and self.relate(_difference(total, parts), 0, 0)

    def at_most(self, part: Sequence[Name], whole: Sequence[Name]) -> bool:
        """The sum of ``part`` is not above the sum of ``whole``."""
        return bool(part and whole) and self.relate(_difference(whole, part), 0, float("inf"))

    def rest(self, name: Name, whole: Name, parts: Sequence[Name]) -> None:
        """A count that stands nowhere: ``whole`` less ``parts``, a group of patients of its own."""
        if whole not in self.counts or any(part not in self.counts for part in parts):
            return
        left = self.counts[whole].value - sum(self.counts[part].value for part in parts)
        if left >= 0 and name not in self.counts:
            self.enter(Count(name, left))
            self.equal([whole], [*parts, name])


def _difference(plus: Sequence[Name], minus: Sequence[Name]) -> dict[Name, float]:
    terms: dict[Name, float] = {}
    for names, sign in ((plus, 1.0), (minus, -1.0)):
        for name in names:
            terms[name] = terms.get(name, 0.0) + sign
    return terms
