"""The faults that are planted in the exports: what is done to a cell, and the rule that must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Fault:
    """What is done to one cell. ``column``: ours; ``new``: old cell -> new cell; ``rule``: the rule that must find it.

    ``outcome``: in a long file the fault stands in a line of this outcome. ``needs``: a column of ours that must be
    filled in that row (default: the column itself). ``only``: the dialects where it is a fault at all.
    """

    id: str
    table: str
    column: str
    rule: str
    new: Callable[[Any], Any]
    outcome: str = ""
    needs: str = ""
    only: tuple[str, ...] = ()


def _put(value: Any) -> Callable[[Any], Any]:
    return lambda old: value


def _reading(id: str, outcome: str, rule: str, value: Any, **more: Any) -> Fault:
    return Fault(id, "sessions", outcome, rule, _put(value), outcome, **more)


def _day_before(old: Any) -> Any:
    return old - pd.Timedelta(days=100)


FAULTS: tuple[Fault, ...] = (
    _reading("texture_off_the_scale", "texture_grade", "range", 14.0),
    _reading("texture_between_steps", "texture_grade", "step", 4.3),
    _reading("negative_count", "inflammatory_lesions", "range", -3.0),
    _reading("half_a_spot", "inflammatory_lesions", "step", 7.5),
    _reading("about_a_number", "inflammatory_lesions", "type", "ca. 10"),
    _reading("below_a_number", "noninflammatory_lesions", "type", "<5"),
    _reading("iga_five", "acne_iga", "range", 5.0),
    _reading("satisfaction_of_eleven", "satisfaction_vas", "range", 11.0),
    _reading("percent_above_hundred", "absorbed_percent", "range", 130.0),
    Fault("decimal_point", "sessions", "roughness_ra_um", "type", lambda old: f"{old:.1f}", only=("lindenhof",)),
    Fault("no_date", "sessions", "session_date", "missing", _put(None)),
    Fault("no_such_day", "sessions", "session_date", "date", _put("31.02.2024"), only=("lindenhof",)),
    Fault("american_date", "sessions", "session_date", "date", _put("02/28/2024"), only=("harbour",)),
    Fault("words_for_a_date", "sessions", "session_date", "date", _put("last Tuesday"), only=("north",)),
    Fault("unknown_treatment", "sessions", "treatment", "treatment", _put("IPL")),
    Fault("no_patient", "sessions", "patient_id", "missing", _put(None)),
    Fault("acid_like_soap", "sessions", "peel_ph", "range", _put(14.0)),
    Fault("seven_hundred_percent", "sessions", "peel_percent", "range", _put(700.0)),
    Fault("needle_in_micrometres", "sessions", "roller_needle_mm", "unit", _put(1500.0), only=("harbour",)),
    Fault(
        "needle_with_a_polish",
        "sessions",
        "roller_needle_mm",
        "wrong_parameter",
        _put(500.0),
        needs="mda_passes",
        only=("north", "lindenhof"),
    ),
    Fault("side_from_the_camera", "sessions", "side", "code", _put("camera left")),
    Fault("born_in_1780", "patients", "birth_year", "range", _put(1780.0)),
    Fault("seventh_skin_type", "patients", "fitzpatrick", "range", _put(7.0), only=("lindenhof",)),
    Fault("talk_without_a_day", "consultations", "consultation_date", "missing", _put(None)),
    Fault("severity_five", "adverse_events", "severity", "range", _put(5.0)),
    Fault("gone_before_it_came", "adverse_events", "resolved_date", "order", _day_before),
)
DOUBLED, CONTRADICTED = "duplicate_row", "conflict"
