"""Rows that while-on-treatment and composite strategies add at visits after an event (ICH E9 R1): ``imputed``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.intake.events import STRATEGY_ORDER
from analytics.intake.readings import PLACE, averaged
from schemas.vocabulary import Vocabulary


def due(
    units: pd.DataFrame,
    governed: pd.DataFrame,
    lost: pd.DataFrame,
    grid: pd.DataFrame,
    *,
    per_week: float,
    today: float,
) -> pd.DataFrame:
    """Every unit x outcome x visit after the governing event: unit, outcome, visit, strategy.

    After means that the nominal day lies after the event and had come by the cut-off, or that the visit's readings were
    ``lost`` to it. ``grid``: outcomes x visits.
    """
    found = governed.join(units["start"], how="inner").rename_axis("unit").reset_index().merge(grid, how="cross")
    nominal = found["start"] + per_week * found["visit"]
    key = ["unit", "outcome", "visit"]
    missed = found[key].merge(lost[key].drop_duplicates(), on=key, how="left", indicator=True)["_merge"] == "both"
    after = ((nominal > found["moment"]) & (nominal <= today)) | missed.to_numpy()
    return found.loc[after, [*key, "strategy"]]


def added(
    wanted: pd.DataFrame, seen: pd.DataFrame, eligible: pd.DataFrame, vocabulary: Vocabulary
) -> list[pd.DataFrame]:
    """What the strategies put at the visits ``wanted`` that have no reading of their own in ``seen``."""
    key = ["unit", "outcome", "visit"]
    joined = wanted.merge(seen[key].drop_duplicates(), on=key, how="left", indicator=True)
    missing = joined[joined["_merge"] == "left_only"].drop(columns="_merge")
    by = {name: missing[missing["strategy"] == name].drop(columns="strategy") for name in STRATEGY_ORDER}
    return [carried(by["while_on_treatment"], eligible), non_responses(by["composite"], vocabulary)]


def carried(missing: pd.DataFrame, eligible: pd.DataFrame) -> pd.DataFrame:
    """While on treatment: the last reading before the event stands for later visits that have none of their own.

    ``eligible``: judged readings after time zero and before the event.
    """
    moments = averaged(eligible, [*PLACE, "rel", "late_in_day"]).sort_values([*PLACE, "rel", "late_in_day"])
    last = moments.groupby(PLACE).tail(1).drop(columns="late_in_day")
    return missing.merge(last, on=PLACE).assign(derivation="imputed")


def non_responses(missing: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Composite: after the event a patient is a non-responder, seen or not; a yes / no outcome has its worse value."""
    rated = [o.id for o in vocabulary.outcomes.values() if o.responder is not None or o.kind == "binary"]
    found = missing[missing["outcome"].isin(rated)]
    worse = {o.id: 1.0 if o.direction == "lower" else 0.0 for o in vocabulary.outcomes.values() if o.kind == "binary"}
    return found.assign(
        value=found["outcome"].map(worse).astype(float), rel=np.nan, n_readings=np.nan, derivation="imputed",
        responder=0.0, days_since_session=np.nan, hours_since_session=np.nan, product="",
    )  # fmt: skip
