"""What every writer does first: put right what a killed one has left."""

from __future__ import annotations

import shutil
from typing import Any

from analytics.store.database import reading, sweep_working
from analytics.store.places import Places


def sweep(places: Places) -> None:
    """Remove working copies, spilled data and batches that the store's file does not name."""
    sweep_working(places)
    shutil.rmtree(places.restoring, ignore_errors=True)
    if not places.data.is_file():
        return
    with reading(places) as connection:
        named = names_of(connection)
    for path in places.batches.glob("*.parquet"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def names_of(connection: Any) -> set[str]:
    """The batch files that the store's file names."""
    return {name for (name,) in connection.execute("SELECT parquet FROM batches").fetchall()}
