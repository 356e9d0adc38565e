"""The maker of real reports: from the store as it was on the date, with the plan's courses of the window."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.schedule.calling import Due, Made, Maker
from analytics.schedule.config import Export, Exports

if TYPE_CHECKING:
    from analytics.domain.dataset import Sifted
    from analytics.domain.run import Run

LONG_AGO = ""  # of a clinic without a dated session


def report_maker(settings: Exports) -> Maker:
    """Makes the reports of ``settings``: one report folder a date."""

    def make(export: Export, due: Due, folder: Path) -> Made:
        from analytics.deliver.order import order
        from analytics.deliver.report import deliver
        from analytics.schedule.first_words import title_and_headline, told_of
        from analytics.schedule.window import write_plan
        from analytics.store.reading import store_sifted

        versions = versions_of(settings.store_folder)
        version = version_at(versions, due)
        plan = None
        if export.plan is not None:
            plan = write_plan(settings.place(export.plan), export.data, due.day, folder.with_name("plan.yml"))
        looked_at: dict[str, Any] = {}

        def stored(cutoff: dt.date | None) -> Sifted:
            found = store_sifted(settings.store_folder, as_of=version, cutoff=cutoff)
            looked_at.update(measured(found, due.day))
            return found

        wanted = order(export.report, export.format, export.audience)
        done = deliver((), (), plan, folder, wanted=wanted, stored=stored)
        looked_at["new_rows"] = new_rows(versions, due.before, version)
        looked_at["verdicts"] = verdicts(done.run)
        told = told_of(export.report)
        title, headline = title_and_headline(done.run, told)
        return Made(title, headline, done.run.run_id, version, looked_at, told)

    return make


def versions_of(store: Path) -> list[dict[str, Any]]:
    """The versions of the store, oldest first. Raises DataRefused where there is none."""
    from analytics.domain.errors import DataRefused
    from analytics.store.telling import batch_list

    found = batch_list(store)
    if not found:
        raise DataRefused("The store holds nothing yet.", fix="outcomes ingest DATA --store DIR")
    return found


def version_at(versions: list[dict[str, Any]], due: Due) -> int:
    """The store as it was at the date: its last version of then.

    A store that was begun later has none: then a caught-up date has its first version, the latest date its last.
    """
    then = [one for one in versions if dt.datetime.fromisoformat(one["at"]) <= due.moment]
    if then:
        return int(then[-1]["version"])
    return int(versions[0 if due.late else -1]["version"])


def new_rows(versions: list[dict[str, Any]], before: int | None, version: int) -> int:
    """Rows that are new or changed in the versions behind ``before`` up to ``version``."""
    since = [one for one in versions if (before or 0) < one["version"] <= version]
    return sum(int(one.get(name, 0)) for one in since for name in ("new", "changed"))


def measured(sifted: Sifted, day: dt.date) -> dict[str, Any]:
    """received, aside, last and clinics of the sessions up to ``day``; see gates.Measures."""
    import pandas as pd

    rows = sifted.sessions
    found: dict[str, Any] = {"received": int(sifted.rows["received"]), "aside": int(sifted.rows["quarantined"])}
    if "session_date" not in rows or rows["session_date"].isna().all():
        return {**found, "last": None, "clinics": dict.fromkeys(_clinics(rows), LONG_AGO)}
    dated = rows[rows["session_date"] < pd.Timestamp(day) + pd.Timedelta(days=1)]
    last = dated["session_date"].max()
    found["last"] = None if pd.isna(last) else last.date().isoformat()
    by = dated.groupby("clinic_id")["session_date"].max() if "clinic_id" in dated else {}
    lasts = {str(name): value.date().isoformat() for name, value in dict(by).items()}
    return {**found, "clinics": {name: lasts.get(name, LONG_AGO) for name in _clinics(rows)}}


def _clinics(rows: Any) -> list[str]:
    return sorted({str(name) for name in rows["clinic_id"].dropna()}) if "clinic_id" in rows else []


def verdicts(run: Run) -> dict[str, str]:
    """The verdict of each primary comparison, by words that name it."""
    from analytics.show import names
    from analytics.show.runs import words
    from analytics.show.stories import evidence

    source = evidence(run)
    found = {}
    for row in source.rows("findings"):
        if row["analysis"] != "primary" or not isinstance(row["verdict"], str) or not row["verdict"]:
            continue
        outcome = words(names.label(run.vocabulary.outcomes[row["outcome"]]))
        arms = f"{words(names.arm(source, row['arm']))} compared with {words(names.arm(source, row['reference']))}"
        whom = "" if row["population"] == "all" else f" ({words(names.population(source, row['population']))})"
        found[f"{outcome}, {words(names.visit(source, row['visit']))}, {arms}{whom}"] = row["verdict"]
    return found
