"""Earlier reports on a clinic's data: the one a new report is set beside, and the plans that were tried before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.domain.errors import DataRefused, UsageError
from analytics.domain.run import Run
from analytics.publish import CHECK, MARK
from analytics.reports.receipt import sha256
from analytics.reports.sealed import open_sealed
from analytics.reports.verify import receipt_of


@dataclass(frozen=True, eq=False)
class Earlier:
    """A report that was made before: its sealed run and the SHA-256 of its receipt."""

    run: Run
    receipt_sha256: str


def earlier(folder: Path | None, *, audience: str = "internal") -> Earlier | None:
    """The report in ``folder``. Raises DataRefused where there is none, UsageError where it is for another audience.

    An outside copy is set beside outside copies only: exact counts of an inside one would leave the house with it.
    """
    if folder is None:
        return None
    known = receipt_of(folder)
    if known.get("kind") == CHECK:
        raise DataRefused(f"{folder} holds a check of the data, not a report.", fix="name the folder of a report")
    run = open_sealed(folder)
    found = str(run.facts.get("audience", "internal"))
    if found != audience:
        raise UsageError(
            f"--previous {folder} is an {found} copy, and this report is {audience}.",
            fix=f"name an {audience} copy of the earlier report",
        )
    return Earlier(run, sha256((folder / MARK).read_bytes()))


def plans_before(folders: Iterable[Path | None], facts: Mapping[str, Any]) -> list[str]:
    """Hashes of other plans with which these very data were reported before, as receipts in ``folders`` remember."""
    now = _data(facts)
    found: set[str] = set()
    for known in _receipts(folders):
        if now and _data(known) == now and not known.get("mock"):  # a mock shows nobody a result
            found |= {str(plan) for plan in [*known.get("plans_before", []), known.get("plan_sha256")] if plan}
    return sorted(found - {str(facts["plan_sha256"])})


def _receipts(folders: Iterable[Path | None]) -> Iterator[Mapping[str, Any]]:
    for folder in folders:
        if folder is not None and (folder / MARK).is_file():
            yield receipt_of(folder)


def _data(known: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    inputs = known.get("inputs")
    entries = inputs if isinstance(inputs, list) else []
    return frozenset((str(one.get("name")), str(one.get("sha256"))) for one in entries if isinstance(one, dict))
