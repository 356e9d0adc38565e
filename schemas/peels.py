"""How deep a peel goes, from agent, percent, layers and contact time together, by two published tables that disagree.

Percent is never compared across agents: 30 % of one acid is not 30 % of another. Table A: urbanrxpharmacy.com peel
table; table B: IBX medical policy; glycolic contact times: secondary source quoting the AAD. pH is recorded, but
neither table uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.literature import cite

DEPTHS = ("very_superficial", "superficial", "medium", "deep")
#: Plausible percent by agent: outside, the row is listed as a warning (domain reference: peel products in use).
USUAL_PERCENT: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "glycolic_acid": (20.0, 70.0),
        "salicylic_acid": (10.0, 30.0),
        "trichloroacetic_acid": (10.0, 50.0),
        "lactic_acid": (10.0, 50.0),
        "mandelic_acid": (10.0, 50.0),
    }
)
SOURCE_A = cite("peel_table_a", "peel_ga_time")
SOURCE_B = cite("peel_table_b")
# Glycolic acid of 50 % and of 70 % stands in two classes of table A: contact time decides (secondary source).
GLYCOLIC_SHORT_AT_50 = 2.0
GLYCOLIC_LONG_AT_70 = 3.0


@dataclass(frozen=True)
class PeelDepth:
    """``depth``: table A's class, else B's, else "" (neither covers the peel). ``a``, ``b``: each table's own answer.

    ``disagree``: both answer and differ (B has no class below superficial, so A's very superficial agrees with it).
    ``note``: what decided, or why there is no class.
    """

    depth: str
    a: str
    b: str
    disagree: bool
    note: str


def _glycolic_a(percent: float, minutes: float | None) -> str:
    if percent == 70:
        return "superficial" if minutes is not None and minutes < GLYCOLIC_LONG_AT_70 else "medium"
    if percent == 50 and minutes is not None and minutes < GLYCOLIC_SHORT_AT_50:
        return "very_superficial"
    if 20 <= percent < 50:
        return "very_superficial"
    return "superficial" if 50 <= percent < 70 else ""


def _table_a(agent: str, percent: float | None, layers: float | None, minutes: float | None) -> str:
    if agent == "phenol":
        return "deep"
    if agent == "jessner":
        if layers is None or not 1 <= layers <= 10:
            return ""
        return "very_superficial" if layers <= 3 else "superficial"
    if percent is None:
        return ""
    if agent == "glycolic_acid":
        return _glycolic_a(percent, minutes)
    if agent == "trichloroacetic_acid":
        return "superficial" if 10 <= percent <= 30 else "medium" if 35 <= percent <= 40 else ""
    low, high = {"salicylic_acid": (10, 30), "lactic_acid": (20, 50)}.get(agent, (1.0, 0.0))
    return "very_superficial" if low <= percent <= high else ""


def _table_b(agent: str, percent: float | None, layers: float | None) -> str:
    if agent == "phenol":
        return "deep"
    if percent is None:
        return ""
    superficial = {
        "glycolic_acid": (30, 50), "salicylic_acid": (30, 30), "lactic_acid": (10, 30), "mandelic_acid": (40, 40),
        "pyruvic_acid": (50, 50),
    }  # fmt: skip
    low, high = superficial.get(agent, (1.0, 0.0))
    if low <= percent <= high:
        return "superficial"
    if agent == "glycolic_acid" and percent == 70:
        return "medium"
    if agent == "salicylic_acid" and percent > 30 and layers is not None and layers > 1:
        return "medium"
    one_layer = layers is None or layers == 1
    return "medium" if agent == "trichloroacetic_acid" and 30 <= percent <= 50 and one_layer else ""


def peel_depth_class(
    agent: str | None,
    percent: float | None = None,
    ph: float | None = None,
    layers: float | None = None,
    minutes: float | None = None,
) -> PeelDepth:
    """Depth class of one peel. ``agent``: a code of the list ``peel_agent``; blanks are None or NaN; times in min."""
    percent, layers, minutes = (None if x is None or x != x else float(x) for x in (percent, layers, minutes))
    if not agent or agent != agent:
        return PeelDepth("", "", "", False, "no agent was recorded")
    a, b = _table_a(agent, percent, layers, minutes), _table_b(agent, percent, layers)
    lowest = {"very_superficial": "superficial"}
    disagree = bool(a and b and lowest.get(a, a) != lowest.get(b, b))
    return PeelDepth(a or b, a, b, disagree, _note(a, b, disagree))


def _note(a: str, b: str, disagree: bool) -> str:
    if not a and not b:
        return "neither table has a class for this peel as recorded"
    if disagree:
        words = [depth.replace("_", " ") for depth in (a, b)]
        return f"the two tables disagree: {words[0]} (first table, used here) and {words[1]}"
    return "" if a else "only the second table has a class for this peel"


def disagrees_with_record(derived: str, recorded: str | None) -> bool:
    """Whether the clinic's own depth differs from the derived one: a question to ask, not a fault."""
    return bool(derived) and isinstance(recorded, str) and bool(recorded) and recorded != derived
