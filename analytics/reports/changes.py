"""What changed since an earlier report, as tables of the new run: the main answers then and now, and rows by table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.run import SHAPE, Run, tidy
from analytics.reports.compare import ABOUT_CHANGES, Comparison, compare_runs

CELL = ("outcome", "visit", "population", "contrast", "arm", "reference", "measure")
TOLD = ("estimate", "low", "high", "verdict", "n_arm", "n_reference")
#: Columns of the table ``changes``: the keys, then each told statistic before and now.
COLUMNS = (*CELL, *(f"{name}_{when}" for name in TOLD for when in ("before", "now")))


def with_changes(run: Run, before: Run) -> Run:
    """``run`` with what changed since ``before`` among its tables, ready to be sealed."""
    found = compare_runs(before, run)
    made = zip(ABOUT_CHANGES, (answers(before, run), _by_table(found), _causes(found)))
    return replace(run, tables={**run.tables, **{name: tidy(frame) for name, frame in made}})


def answers(before: Run, now: Run) -> pd.DataFrame:
    """COLUMNS: the comparisons that bear a verdict in either run, then and now; blank where not made."""
    old, new = _main(before.tables), _main(now.tables)
    keys = [name for name in CELL if name not in ("arm", "reference")]
    both = old.merge(new, how="outer", on=[*keys, "arm", "reference"], suffixes=("_before", "_now"))
    order = {contrast: number for number, contrast in enumerate(dict.fromkeys([*_ids(new), *_ids(old)]))}
    rank = [order[tuple(row)] for row in both[["outcome", "population", "contrast"]].itertuples(index=False)]
    both = both.assign(_rank=rank).sort_values(["_rank", "visit", "measure"], kind="stable")
    return both[list(COLUMNS)].reset_index(drop=True)


def _ids(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(rows[["outcome", "population", "contrast"]].itertuples(index=False, name=None))


def _main(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The primary comparisons with a verdict: their limits for all pairs where there are such."""
    rows = tables["findings"]
    rows = rows[(rows["analysis"] == "primary") & rows["verdict"].fillna("").ne("")]
    family = rows["conf_low_adjusted"].notna()
    return pd.DataFrame(
        {
            **{name: rows[name] for name in CELL},
            "estimate": rows["estimate"],
            "low": np.where(family, rows["conf_low_adjusted"], rows["conf_low"]),
            "high": np.where(family, rows["conf_high_adjusted"], rows["conf_high"]),
            **{name: rows[name] for name in ("verdict", "n_arm", "n_reference")},
        }
    ).reset_index(drop=True)


def _by_table(found: Comparison) -> pd.DataFrame:
    """How many numbers of each table changed, are new, are gone."""
    rows = found.rows[found.rows["statistic"] != SHAPE]
    counts = rows.groupby(["table", "kind"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=["changed", "new", "gone"], fill_value=0).astype("int64")
    return counts.rename_axis(None, axis=1).rename_axis("about").reset_index()


def _causes(found: Comparison) -> pd.DataFrame:
    causes = [(cause.what, cause.before, cause.now) for cause in found.causes]
    return pd.DataFrame(causes, columns=["what", "before", "now"], dtype="str")
