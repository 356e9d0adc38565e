"""The eligibility policy applied to each session given: what should have stopped it, or asked for care."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.intake.peel import depths
from analytics.intake.records import day_number, number, text
from schemas.eligibility import POLICY_VERSION, Facts, judge

COLUMNS = (
    "file", "row", "patient_id", "treatment", "condition", "level", "policy", "patient", "session_date",
)  # fmt: skip
FACTS = (
    "treatment", "conditions", "concerns", "fitzpatrick", "sun_exposure_14d", "product_stop_days", "peel_agent",
    "peel_depth",
)  # fmt: skip


def assess(sifted: Sifted) -> pd.DataFrame:
    """One row per session and condition of the policy that holds, in the order of file, row and policy.

    A consultation speaks for the sessions on or after its day; the last one counts. Blank means unknown, never "no".
    """
    frame = sifted.sessions.reset_index(drop=True)
    frame = frame[text(frame, "treatment") != ""]
    if frame.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"row": "int64"})
    facts = _facts(frame, sifted)
    codes, distinct = pd.factorize(pd.MultiIndex.from_frame(facts))
    said = [[(order, *pair) for order, pair in enumerate(judge(_of(values)))] for values in distinct]
    hits = [(place, *hit) for place, code in zip(frame.index, codes) for hit in said[code]]
    found = pd.DataFrame(hits, columns=["place", "order", "condition", "level"])
    rows = pd.DataFrame(
        {
            "file": text(frame, "_file"),
            "row": number(frame, "_row").fillna(0).astype("int64"),
            "patient_id": text(frame, "patient_id"),
            "treatment": text(frame, "treatment"),
            "patient": text(frame, "patient"),
            "session_date": frame.get("session_date", pd.NaT),
        }
    )
    whole = found.join(rows, on="place").assign(policy=POLICY_VERSION)
    whole = whole.sort_values(["file", "row", "order", "treatment"]).drop_duplicates(["file", "row", "condition"])
    return whole[list(COLUMNS)].reset_index(drop=True)


def _of(values: tuple) -> Facts:
    known = dict(zip(FACTS, values))
    return Facts(
        treatment=known["treatment"],
        conditions=_codes(known["conditions"]),
        concerns=_codes(known["concerns"]),
        fitzpatrick=None if np.isnan(known["fitzpatrick"]) else known["fitzpatrick"],
        sun=known["sun_exposure_14d"],
        product_stop_days=None if np.isnan(known["product_stop_days"]) else known["product_stop_days"],
        peel_agent=known["peel_agent"],
        peel_depth=known["peel_depth"],
    )


def _codes(joined: str) -> frozenset[str]:
    return frozenset(code.strip() for code in joined.split(";") if code.strip())


def _facts(frame: pd.DataFrame, sifted: Sifted) -> pd.DataFrame:
    plain = ("treatment", "concerns", "sun_exposure_14d", "peel_agent")
    facts = pd.DataFrame({name: text(frame, name) for name in plain})
    facts["conditions"], asked = _consulted(frame, sifted)
    facts["concerns"] = facts["concerns"].where(facts["concerns"] != "", asked)
    facts["fitzpatrick"] = _skin(frame, sifted)
    facts["product_stop_days"] = number(frame, "product_stop_days")
    facts["peel_depth"] = depths(frame)
    return facts[list(FACTS)]


def _consulted(frame: pd.DataFrame, sifted: Sifted) -> tuple[pd.Series, pd.Series]:
    """Contraindications and concerns of the last consultation up to each session, "" where there was none."""
    table = sifted.consultations
    blank = pd.Series("", index=frame.index, dtype=object)
    if table is None or table.empty:
        return blank, blank
    said = pd.DataFrame({
        "patient": text(table, "patient"), "conditions": text(table, "contraindications"),
        "asked": text(table, "concerns"),
        "day": day_number(table["consultation_date"]) if "consultation_date" in table else -np.inf,
    }).dropna(subset=["day"])  # fmt: skip
    dated = sifted.style == "dated"
    sought = pd.DataFrame({"patient": text(frame, "patient"), "place": frame.index})
    sought["day"] = day_number(frame["session_date"]).to_numpy() if dated else np.inf
    said = said.sort_values(["day", "patient", "conditions", "asked"])
    last = pd.merge_asof(sought.dropna(subset=["day"]).sort_values(["day", "place"]), said, on="day", by="patient")
    last = last.set_index("place").reindex(frame.index).fillna({"conditions": "", "asked": ""})
    return last["conditions"].astype(object), last["asked"].astype(object)


def _skin(frame: pd.DataFrame, sifted: Sifted) -> pd.Series:
    """Fitzpatrick type of the row, else as last written before, else of the patients table."""
    order = day_number(frame["session_date"]) if sifted.style == "dated" else number(frame, "visit")
    patient = text(frame, "patient")
    skin = pd.DataFrame({"patient": patient, "order": order, "type": number(frame, "fitzpatrick")})
    skin = skin.sort_values(["patient", "order", "type"])
    filled = skin.groupby("patient")["type"].ffill().reindex(frame.index)
    if sifted.patients is not None and "fitzpatrick" in sifted.patients:
        known = pd.Series(number(sifted.patients, "fitzpatrick").to_numpy(), index=text(sifted.patients, "patient"))
        filled = filled.fillna(patient.map(known.groupby(level=0).last()))
    return filled.astype("float64")
