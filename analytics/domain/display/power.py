"""A Power as a page: patients needed, what the patients there are could find, and what both rest on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.domain.display.digits import NONE, percent, short
from analytics.domain.display.page import Grid, Page, counted

if TYPE_CHECKING:
    from analytics.domain.power import Power


def size_told(power: Power, size: float | None) -> str:
    """ "0.5 grade", "a ratio of 0.8 (20 % less)", "15 percentage points"."""
    if size is None or not math.isfinite(size):
        return NONE
    if power.scale == "ratio":
        return f"a ratio of {short(size)} ({short(100 * abs(1 - size), 2)} % {'less' if size < 1 else 'more'})"
    if power.scale == "share":
        return f"{short(100 * size)} percentage points of responders"
    return f"{short(size)} {power.outcome.unit or 'points'}"


def power_page(power: Power) -> Page:
    """The two answers first, then what they rest on."""
    unit, per = ("pairs of sides", "") if power.paired else ("patients", " per treatment")
    who = "a patient with both treatments on the sides" if power.paired else "a patient"
    wanted = size_told(power, power.difference)
    chance = percent(power.power)
    lines = [
        f"To find {wanted} with a chance of {chance}: {_many(power.patients)} {unit}{per} with a reading; "
        f"{_many(power.enrolled)} to begin with, as {short(100 * power.dropout, 2)} % have none at the visit."
        if power.difference is not None
        else "No size that a patient would notice is agreed for this outcome: name one as difference=.",
        f"The {power.now:,} {unit}{per} there are now could find {size_told(power, power.detectable)} or more.",
    ]
    return Page(f"Power: {power.outcome.label}, {_when(power)}", lines, [_basis(power)], _foot(power, who))


def _when(power: Power) -> str:
    return f"{'visit' if power.style == 'trial' else 'week'} {power.visit:g}"


def _many(count: float) -> str:
    if math.isnan(count):
        return NONE
    return f"{int(count):,}" if math.isfinite(count) else "more than 1,000,000"


def _basis(power: Power) -> Grid:
    scale = {"ratio": " (log)", "share": " (share)"}.get(power.scale, f" ({power.outcome.unit or 'points'})")
    rows = [
        ("Spread within treatments" if not power.paired else "Spread of differences within patients",
         f"{short(power.sd)}{scale}", counted(power.counted, "patient")),
        ("Correlation with the start", short(power.correlation, 2), counted(power.counted, "patient")),
        ("Spread left", f"{short(power.residual_sd)}{scale}", ""),
        ("Without a reading at the visit", f"{short(100 * power.dropout, 2)} %", "patients due"),
    ]  # fmt: skip
    if power.paired:
        rows = [row for row in rows if not row[0].startswith("Correlation")]
    return Grid(f"From these data ({power.where})", ("What", "Value", "Of"), rows)


def _foot(power: Power, who: str) -> str:
    told = f"{percent(power.level)} intervals, each comparison for itself; {who} counts once."
    several = (
        f" For {power.arms} treatments of equal size: {_many(power.enrolled * power.arms)} to begin with in all."
        if power.arms > 2 and not power.paired and math.isfinite(power.enrolled)
        else ""
    )
    notes = "".join(f" {note}." for note in power.notes)
    return f"{told}{several}{notes} Next: oc.plot(power)."
