"""Which of the remaining columns are which of ours: names and contents weighed together, all columns at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.intake.draft.assign import best_pairs
from analytics.intake.draft.content import Facts
from analytics.intake.draft.context import Context
from analytics.intake.draft.fit import BY_NAME, Fit, fit
from analytics.intake.draft.keys import WORDS
from schemas.vocabulary import Vocabulary

NAME_WEIGHT = 1.5
LEAST = 0.7  # of a name and a content together; a content alone must be nearly certain
NAMED = 0.5  # likeness from which a column counts as named
STRANGE = 0.8  # in files without treatments of ours, a name must say it


@dataclass(frozen=True)
class Chosen:
    """``name``: likeness of the header; ``fit``: the content."""

    facts: Facts
    target: str
    name: float
    fit: Fit

    @property
    def by_content(self) -> bool:
        """Whether its name says (nearly) nothing: to be checked by a person."""
        return self.name < 0.35


def choose(
    columns: Sequence[Facts], targets: Iterable[str], context: Context, vocabulary: Vocabulary, *, ours: bool
) -> list[Chosen]:
    """The best joint choice. ``ours``: the file has treatments of ours, so contents alone may tell the rest."""
    wanted = list(targets)
    fits: dict[tuple[int, int], tuple[float, Fit]] = {}
    scores = np.full((len(columns), len(wanted)), -np.inf)
    for i, column in enumerate(columns):
        for j, target in enumerate(wanted):
            name = WORDS.likeness(column.name.words, target)
            if (target in BY_NAME or not ours) and name < (NAMED if ours else STRANGE):
                continue
            found = fit(column, target, context, vocabulary)
            if found is None:
                continue
            fits[i, j] = (name, found)
            scores[i, j] = NAME_WEIGHT * name**1.5 + found.share
    pairs = best_pairs(scores, LEAST)
    return [Chosen(columns[i], wanted[j], *fits[i, j]) for i, j in pairs]


def in_order(chosen: Sequence[Chosen], vocabulary: Vocabulary, table: str) -> list[Chosen]:
    """In the order of the dictionary."""
    rank = {name: i for i, name in enumerate(vocabulary.known(table))}
    return sorted(chosen, key=lambda c: rank[c.target])


def settled_pairs(chosen: Sequence[Chosen], context: Context) -> list[Chosen]:
    """Two columns alike in content that were taken the wrong way round, where neither name says which is which.

    Instructions can only be kept where they were given; who reads changes more often than who treats.
    """
    by = {c.target: c for c in chosen}
    swaps: dict[str, Chosen] = {}
    for one, other, wrong in (
        ("instructions_given", "instructions_followed", _kept_beyond), ("provider_id", "rater_id", _steadier_rater)
    ):  # fmt: skip
        a, b = by.get(one), by.get(other)
        if a is not None and b is not None and max(a.name, b.name) < NAMED and wrong(a.facts, b.facts, context):
            swaps |= {one: replace(b, target=one), other: replace(a, target=other)}
    return [swaps.get(c.target, c) for c in chosen]


def _kept_beyond(given: Facts, followed: Facts, context: Context) -> bool:
    beyond, back = (followed.filled & ~given.filled).sum(), (given.filled & ~followed.filled).sum()
    return bool(beyond > 3 * max(back, 1))


def _steadier_rater(provider: Facts, rater: Facts, context: Context) -> bool:
    return context.steady(rater) > context.steady(provider) + 0.05


def parts_of(column: Facts, value: Facts) -> dict[str, Facts]:
    """A long file's measurements: text of the outcome column -> the values of its lines as a column of its own."""
    from analytics.intake.draft.names import name_of

    found: dict[str, Facts] = {}
    for text in column.used:
        here = column.codes == column.texts.index(text)
        codes = np.where(here, value.codes, -1)
        numbers = np.append(value.numbers, np.nan)[codes]
        if np.isfinite(numbers).sum() >= 1:
            found[text] = replace(value, header=text, name=name_of(text), codes=codes, whole_codes=None)
    return found


def reversed_scale(chosen: Mapping[str, Facts], vocabulary: Vocabulary, context: Context) -> dict[str, str]:
    """Outcomes that are counted the other way round by the file's own numbers: target -> the reason.

    Only the impression of change (clinics count it both ways): on the same day, a better one goes with a more content
    patient and with smoother skin. ``chosen``: target -> column.
    """
    if "gais" not in chosen:
        return {}
    gais, votes = chosen["gais"], []
    for other, facts in chosen.items():
        entry = vocabulary.outcomes.get(other)
        if other == "gais" or entry is None or entry.direction == "none":
            continue
        r, n = correlation(gais, facts, context)
        if n >= 20 and abs(r) * n**0.5 > 3.0:
            same_way = r > 0 if entry.direction == "lower" else r < 0
            votes.append((abs(r) * n**0.5, same_way, facts.header, r, n))
    if not votes:
        return {}
    against = [v for v in votes if not v[1]]
    if sum(v[0] for v in against) <= 2 * sum(v[0] for v in votes if v[1]):
        return {}
    _, _, header, r, n = max(against)
    return {"gais": f"higher goes with better {header!r} (correlation {r:+.2f} on {n} days), ours: lower is better"}


def correlation(one: Facts, other: Facts, context: Context) -> tuple[float, int]:
    """Correlation of ranks over the occasions on which both were read; and how many these are."""
    _, at = np.unique(context.occasion, return_inverse=True)
    means = []
    for facts in (one, other):
        keep = np.isfinite(facts.values)
        sums = np.bincount(at[keep], facts.values[keep], minlength=at.max() + 1)
        counts = np.bincount(at[keep], minlength=at.max() + 1)
        means.append(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))
    both = np.isfinite(means[0]) & np.isfinite(means[1])
    n = int(both.sum())
    if n < 3:
        return 0.0, n
    ranks = [np.argsort(np.argsort(m[both], kind="stable"), kind="stable").astype(float) for m in means]
    if any(m[both].std() == 0 for m in means):
        return 0.0, n
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1]), n
