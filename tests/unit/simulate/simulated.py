"""Simulated clinics made once for all tests here, and their files read back without the house's own readers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from analytics.sources.simulate import SCENARIOS, Simulation, files, simulate
from analytics.sources.simulate.world import canonical

DIALECT = {"lindenhof": (";", "cp1252"), "harbour": ("|", "utf-8")}


@cache
def world(scenario: str = "effect", patients: int = 600, seed: int = 1, clinics: int = 3) -> Simulation:
    return simulate(scenario=scenario, patients=patients, seed=seed, clinics=clinics)


@cache
def written(scenario: str = "effect", patients: int = 600, seed: int = 1) -> dict[str, bytes]:
    return files(world(scenario, patients, seed))


def truth(scenario: str = "effect", patients: int = 600, seed: int = 1) -> dict[str, Any]:
    return json.loads(written(scenario, patients, seed)["truth.json"])


@cache
def crowd(scenario: str, patients: int = 3000, seed: int = 1) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Canonical tables and truth of many patients, without the exports of their clinics."""
    return canonical(np.random.Generator(np.random.PCG64(seed)), SCENARIOS[scenario], patients, 3)


@cache
def grid(content: bytes, name: str, clinic: str, sheet: str) -> list[list[Any]]:
    """Rows of a clinic's file as a spreadsheet shows them: row k is item k - 1."""
    if name.endswith(".xlsx"):
        page = openpyxl.load_workbook(io.BytesIO(content))[sheet]
        return [list(row) for row in page.iter_rows(values_only=True)]
    separator, encoding = DIALECT[clinic]
    return list(csv.reader(io.StringIO(content.decode(encoding)), delimiter=separator))


def keyed(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Canonical sessions with ``key`` (patient over clinics) and ``day`` (since the patient's first treatment)."""
    frame = tables["sessions"].copy()
    frame["key"] = frame["clinic_id"] + "|" + frame["patient_id"]
    first = frame[frame["treatment"].notna()].groupby("key")["session_date"].min()
    frame["day"] = (frame["session_date"] - frame["key"].map(first)).dt.days
    return frame
