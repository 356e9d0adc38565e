"""The simulated clinics as they export themselves: one dialect each, faults planted, mapping and truth beside them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.sources.simulate.containers import clinic_files
from analytics.sources.simulate.dialect import Dialect
from analytics.sources.simulate.export import clinic_sheets
from analytics.sources.simulate.harbour import HARBOUR
from analytics.sources.simulate.lindenhof import LINDENHOF
from analytics.sources.simulate.mappings import mapping_text
from analytics.sources.simulate.north import NORTH
from analytics.sources.simulate.planting import plant
from analytics.sources.simulate.scenarios import Scenario

DIALECTS: tuple[Dialect, ...] = (NORTH, LINDENHOF, HARBOUR)  # clinic k writes like DIALECTS[k % 3]


def export_clinics(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario, seed: int
) -> tuple[dict[str, dict[str, bytes]], dict[str, str], dict[str, list[dict[str, Any]]]]:
    """Files and mapping text by clinic; and for the truth, where each clinic's data lie and every planted fault."""
    exports, mappings, planted, places = {}, {}, [], []
    last = tables["sessions"]["session_date"].max()
    for k, clinic in enumerate(dict.fromkeys(tables["patients"]["clinic_id"])):
        dialect = DIALECTS[k % len(DIALECTS)]
        own = {name: frame[frame["clinic_id"] == clinic].reset_index(drop=True) for name, frame in tables.items()}
        # A stream of its own per clinic: what one clinic writes never hangs on the size of another.
        rng = np.random.Generator(np.random.PCG64([seed, zlib.crc32(clinic.encode())]))
        sheets = clinic_sheets(dialect, own, rng)
        latest = frozenset(own["sessions"].loc[own["sessions"]["session_date"] == last, "patient_id"])
        limit = int(scenario.faulty * len(own["patients"]))
        odd = np.random.Generator(np.random.PCG64([seed, zlib.crc32(clinic.encode()), 1]))
        spoilt, faults = plant(
            dialect, sheets, rng, odd=odd, times=scenario.faults_per_kind, at_most=limit, spare=latest,
            whole_columns=scenario.whole_columns,
        )  # fmt: skip
        exports[clinic] = clinic_files(dialect, spoilt)
        mappings[clinic] = mapping_text(dialect, clinic, sheets)
        places.append(
            {
                "name": clinic,
                "data": f"clinics/{clinic}/{dialect.main_file}",
                "mapping": f"clinics/{clinic}/mapping.yml",
            }
        )
        planted += [{"clinic": clinic, **fault, "file": f"clinics/{clinic}/{fault['file']}"} for fault in faults]
    return exports, mappings, {"clinics": places, "faults": planted}
