"""What each fault costs the comparison, as a table: readings that are gone and patients who must stay out."""

from __future__ import annotations

import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.intake.loss import Loss, losses_of

COLUMNS = ("rule", "lines", "readings", "patients")
ALL = "all"


def costs(sifted: Sifted) -> pd.DataFrame:
    """One row per rule that set something aside, the dearest first, and one for ``all`` together. COLUMNS.

    ``lines``: lines named (of all tables); ``readings`` and ``patients`` lost to the comparison (intake.loss): columns
    that are absent where the files are so large that only lines are counted. Who breaks two rules counts with both.
    Empty without a fault.
    """
    found = losses_of(sifted)
    order = sorted(found.rules.items(), key=lambda item: (-item[1].patients, -item[1].readings, -item[1].rows, item[0]))
    rows = [_row(rule, loss) for rule, loss in ([(ALL, found.whole), *order] if order else [])]
    made = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], "int64"))
    return made if found.counted else made[["rule", "lines"]]


def _row(rule: str, loss: Loss) -> tuple[str, int, int, int]:
    return rule, loss.rows, loss.readings, loss.patients
