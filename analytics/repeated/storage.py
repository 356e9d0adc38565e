"""Moments in a file: sums, categories and formula; never saved where a pattern of visits would show few patients."""

from __future__ import annotations

import io
import json
from collections.abc import Hashable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from analytics.domain.errors import DataRefused, NotWritten
from analytics.publish import publish_beside
from analytics.repeated.addition import refuse_learned, terms_of
from analytics.repeated.basis import Basis
from analytics.repeated.grid import Averages
from analytics.repeated.moments import Moments
from analytics.repeated.rows import Columns
from analytics.repeated.terms import Key

FORMAT = 1


def save(moments: Moments, path: Path, *, minimum_cell: int) -> None:
    """Write ``moments`` whole or not at all. NotWritten where a pattern has fewer patients than ``minimum_cell``."""
    refuse_learned(moments.terms)
    small = int((moments.count < minimum_cell).sum())
    if small:
        raise NotWritten(
            f"{small} of {len(moments.count)} patterns of visits have fewer than {minimum_cell} patients; their sums "
            "would show single patients.",
            fix="leave rare patterns out, or write minimum_cell=0 where the file stays in the house",
        )
    arrays: dict[str, Any] = {
        "centre": moments.basis.centre, "scale": moments.basis.scale, "places": moments.places, "seen": moments.seen,
        "group": moments.group, "count": moments.count, "varies": moments.varies,
    }  # fmt: skip
    for (s, t), (of, sums) in moments.products.items():
        arrays[f"patterns_{s}_{t}"], arrays[f"sums_{s}_{t}"] = of, sums
    content = io.BytesIO()
    np.savez(content, head=np.frombuffer(_head(moments).encode(), np.uint8), **arrays)
    publish_beside(path.parent, {path.name: content.getvalue()})


def _head(moments: Moments) -> str:
    averages = moments.averages
    return json.dumps(
        {
            "format": FORMAT,
            "formula": moments.terms.formula,
            "levels": {name: [_plain(one) for one in of] for name, of in moments.terms.levels.items()},
            "columns": asdict(moments.columns),
            "keys": [_listed(key) for key in moments.basis.keys],
            "rows": averages.rows,
            "products": [[_listed(key), value] for key, value in averages.products.items()],
            "values": dict(averages.values),
            "log_weight": moments.log_weight,
            "notes": list(moments.notes),
        }
    )


def _plain(level: Hashable) -> Any:
    if isinstance(level, np.generic):
        return level.item()
    return level if isinstance(level, int | float | bool) else str(level)


def _listed(key: Key) -> list:
    return [[[name, list(vector)] for name, vector in key.categories], [list(one) for one in key.numbers]]


def _key(listed: list) -> Key:
    categories, numbers = listed
    return Key(tuple((name, tuple(vector)) for name, vector in categories), tuple((name, col) for name, col in numbers))


def load(path: Path) -> Moments:
    """Read what ``save`` wrote; DataRefused for anything else."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = dict(file)
        head = json.loads(bytes(arrays.pop("head")))
    except OSError as error:
        raise DataRefused(f"{path} cannot be read: {error.strerror or error}.", fix="check the name") from None
    except (ValueError, KeyError, EOFError, BadZipFile):
        raise DataRefused(f"{path} is no file of moments.", fix="make one with Moments.from_frame(...).save") from None
    if head.get("format") != FORMAT:
        raise DataRefused(f"{path} has another format ({head.get('format')}).", fix="make it again with this version")
    columns = Columns(**{**head["columns"], "coordinates": tuple(head["columns"]["coordinates"])})
    pairs = [tuple(map(int, name.split("_")[1:])) for name in arrays if name.startswith("sums_")]
    return Moments(
        terms=terms_of(head["formula"], {name: tuple(of) for name, of in head["levels"].items()}),
        columns=columns,
        basis=Basis(tuple(_key(one) for one in head["keys"]), arrays["centre"], arrays["scale"]),
        places=arrays["places"],
        seen=arrays["seen"],
        group=arrays["group"],
        count=arrays["count"],
        products={(s, t): (arrays[f"patterns_{s}_{t}"], arrays[f"sums_{s}_{t}"]) for s, t in sorted(pairs)},
        averages=Averages(head["rows"], {_key(key): value for key, value in head["products"]}, head["values"]),
        varies=arrays["varies"],
        log_weight=head["log_weight"],
        notes=tuple(head["notes"]),
    )
