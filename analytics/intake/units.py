"""The analysed units: which side, body site or (pairs in one line) arm of a patient is read or treated by itself."""

from __future__ import annotations

import pandas as pd

from analytics.intake.records import Records, touches

KEY = ["patient", "side", "body_site"]


def reading_side(side: pd.Series) -> pd.Series:
    """A reading of both sides at once is a reading of the whole."""
    return side.where(side != "both", "")


def candidates(records: Records, arms: tuple[str, ...]) -> pd.DataFrame:
    """Every patient x side x body_site read or treated; index ``unit``; ``own_arm`` where arms lie apart in a line."""
    rows = records.rows
    read = rows.loc[records.readings["row"].unique(), KEY].assign(side=lambda f: reading_side(f["side"]))
    treated = records.sessions[KEY].assign(side=lambda f: reading_side(f["side"]))
    keys = pd.concat([read, treated]).drop_duplicates().assign(own_arm="")
    apart = _apart(records, arms)
    if len(apart):
        taken = keys.merge(apart[KEY].drop_duplicates(), on=KEY, how="left", indicator=True)
        keys = pd.concat([taken[taken["_merge"] == "left_only"].drop(columns="_merge"), apart])
    keys = keys.sort_values([*KEY, "own_arm"]).reset_index(drop=True)
    keys["unit"] = keys["patient"] + "|" + keys["side"] + "|" + keys["body_site"] + "|" + keys["own_arm"]
    return keys.set_index("unit")


def _apart(records: Records, arms: tuple[str, ...]) -> pd.DataFrame:
    """Patient, side, site and arm where an outcome was read under two arms at one visit (dated files: in one line)."""
    read = records.readings.join(records.rows, on="row")
    read = read[read["treatment"].isin(arms)].assign(side=lambda f: reading_side(f["side"]))
    together = [*KEY, "day", "outcome"] + ([] if records.style == "trial" else ["_file", "_row"])
    several = read.groupby(together)["treatment"].transform("nunique") > 1
    places = read.loc[several, KEY].drop_duplicates()
    found = read.merge(places, on=KEY)[[*KEY, "treatment"]].drop_duplicates()
    return found.rename(columns={"treatment": "own_arm"})


def covering(units: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Every pair of a unit and a row that reaches its skin; columns of ``rows`` plus ``unit``."""
    frame = rows.rename(columns={"side": "row_side", "body_site": "row_site"}).reset_index()
    pairs = units[[*KEY, "own_arm"]].reset_index().merge(frame, on="patient")
    reach = touches(pairs["side"], pairs["body_site"], pairs["row_side"], pairs["row_site"])
    own = (pairs["own_arm"] == "") | (pairs["treatment"] == pairs["own_arm"]) | (pairs["treatment"] == "")
    return pairs[reach & own].drop(columns=["side", "body_site", "own_arm"]).reset_index(drop=True)


def unit_readings(units: pd.DataFrame, records: Records) -> pd.DataFrame:
    """Readings with the unit they belong to: same patient, side and site (and arm where arms are apart)."""
    read = records.readings.join(records.rows, on="row").assign(side=lambda f: reading_side(f["side"]))
    keys = units[[*KEY, "own_arm"]].reset_index()
    plain = read.merge(keys[keys["own_arm"] == ""], on=KEY)
    apart = read.merge(keys[keys["own_arm"] != ""], left_on=[*KEY, "treatment"], right_on=[*KEY, "own_arm"])
    return pd.concat([plain, apart], ignore_index=True).drop(columns="own_arm")
