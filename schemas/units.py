"""Units a clinic may have used instead of ours, with the factor that turns a value into ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: our unit -> {other unit: factor}; value in ours = value in other x factor.
FACTORS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "mm": {"µm": 0.001, "cm": 10.0, "inch": 25.4},
        "kPa": {
            "inHg": 3.386389,
            "mmHg": 0.1333224,
            "cmHg": 1.333224,
            "bar": 100.0,
            "mbar": 0.1,
            "psi": 6.894757,
            "Pa": 0.001,
        },
        "%": {"fraction": 100.0},
        "% of dose": {"%": 1.0, "fraction": 100.0},
        "min": {"s": 1 / 60, "h": 60.0},
        "µm": {"nm": 0.001, "mm": 1000.0},
        "g/m²/h": {"mg/cm²/h": 10.0},
        "µg/cm²/h": {"mg/cm²/h": 1000.0, "ng/cm²/h": 0.001},
        "ratio": {"%": 0.01},
        "days": {"weeks": 7.0},
        "h": {"min": 1 / 60, "days": 24.0},
        "years": {"months": 1 / 12},
    }
)  # fmt: skip
#: other ways to write a unit.
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "um": "µm", "micron": "µm", "microns": "µm", "micrometre": "µm", "micrometer": "µm", "millimetre": "mm",
        "millimeter": "mm", "in": "inch", "hpa": "mbar", "torr": "mmHg", "kilopascal": "kPa", "percent": "%",
        "ratio": "fraction", "proportion": "fraction", "sec": "s", "seconds": "s", "minutes": "min", "hours": "h",
        "hour": "h", "day": "days", "d": "days", "week": "weeks", "w": "weeks", "month": "months", "year": "years",
        "g/m2/h": "g/m²/h", "mg/cm2/h": "mg/cm²/h", "ug/cm2/h": "µg/cm²/h", "ng/cm2/h": "ng/cm²/h",
    }
)  # fmt: skip


def _fold(unit: str) -> str:
    """A unit's spelling without case and space, Greek mu as the micro sign, raised 2 as 2."""
    return "".join(unit.split()).casefold().replace("μ", "u").replace("µ", "u").replace("²", "2")


def factor(unit: str, ours: str) -> float | None:
    """What to multiply a value in ``unit`` by to have it in ``ours``; None where the table does not know it."""
    written = _fold(unit)
    if written == _fold(ours):
        return 1.0
    names = {_fold(k): k for k in FACTORS.get(ours, {})}
    known = names.get(written) or names.get(_fold(SPELLINGS.get(written, "")))
    if known is not None:
        return FACTORS[ours][known]
    return 1.0 if _fold(SPELLINGS.get(written, "")) == _fold(ours) else None


def units_for(ours: str) -> tuple[str, ...]:
    """The units that can stand for ``ours`` in a mapping, ours first."""
    return (ours, *FACTORS.get(ours, {}))


def telling(ours: str, low: float | None, high: float | None) -> dict[str, float]:
    """The other units that can explain a figure outside ``low`` to ``high``: unit -> factor (empty: none can)."""
    small = low is not None and low > 0  # a figure under a positive limit grows into it by a factor over 1
    large = (high is not None and high > 0) or (low is not None and low < 0)
    return {name: by for name, by in FACTORS.get(ours, {}).items() if (by > 1 and small) or (by < 1 and large)}


def candidates(value: float, ours: str, low: float | None, high: float | None) -> tuple[str, ...]:
    """Other units in which ``value`` would lie within ``low`` to ``high``: a unit slip, perhaps."""
    low, high = float("-inf") if low is None else low, float("inf") if high is None else high
    return tuple(name for name, by in FACTORS.get(ours, {}).items() if low <= value * by <= high)
