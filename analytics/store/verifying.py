"""Whether the version that a report names is in the store as it was, and whether somebody was erased since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analytics.domain.errors import Different, UsageError
from analytics.store.database import reading
from analytics.store.erase import rested_on_erased
from analytics.store.places import places_of
from analytics.store.reading import version_named


def version_of_report(receipt: Mapping[str, Any], folder: Path) -> int:
    """The version a receipt names, where the store has it as it was.

    Raises UsageError (the report was not made from a store), Different: ``erased`` where it rested on a patient who was
    erased since, else where the store has not this version.
    """
    inputs = receipt.get("inputs")
    named = version_named([one for one in inputs if isinstance(one, dict)]) if isinstance(inputs, list) else None
    if named is None:
        raise UsageError("This report was not made from a store.", fix="verify it with --data")
    number, sha256 = named
    with reading(places_of(folder)) as connection:
        found = connection.execute("SELECT sha256 FROM versions WHERE version = ?", [number]).fetchall()
    if found and found[0][0] == sha256:
        return number
    if rested_on_erased(folder, number, sha256):
        raise Different(
            f"erased: the report rests on version {number} of the store, and a patient in it was erased since.",
            fix="make the report anew from the store, and remove this one",
        )
    raise Different(
        f"The store has no version {number} with the hash that the report names.",
        fix="name the store the report was made from, or put a backup of then back",
    )
