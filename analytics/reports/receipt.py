"""The receipt: what went in, what was done with which software, and the hash of every file that came out.

Its facts (and with them the run id) are known before anything is written; the list of files comes last. No clock: the
data cut-off stands where others put the time of day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from analytics.domain.looks import Log
from analytics.domain.plan import Plan
from analytics.domain.run import Run, tidy
from analytics.publish import CHECK
from analytics.reports.software import packages, software

RUN_ID_LENGTH = 16  # hexadecimal digits
ROWS = ("received", "accepted", "quarantined", "entries_quarantined")
TOLD = (
    "run_id", "inputs", "mapping_sha256", "plan_sha256", "planned", "rows", "other_rows", "cutoff", "software",
    "packages", "audience", "previous_receipt_sha256", "mock", "plans_before",
)  # fmt: skip


def canonical_json(value: Any) -> bytes:
    """The one way to write a value as JSON: sorted keys, no spaces, UTF-8, one line."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def facts(
    cohort: Cohort,
    *,
    audience: str = "internal",
    previous: str | None = None,
    log: Sequence[str] = (),
    mock: bool = False,
    plans_before: Sequence[str] = (),
) -> dict[str, Any]:
    """What the receipt states about a run, before it is written.

    ``previous``: SHA-256 of the receipt of the report before; ``log``: what was asked for outside the plan; ``mock``:
    treatments were shuffled (intake/mock.py); ``plans_before``: hashes of other plans reported on these data before.
    """
    sifted, plan = cohort.sifted, cohort.plan
    known: dict[str, Any] = {
        "inputs": inputs(sifted),
        "mapping_sha256": mapping_sha256(sifted),
        "plan_sha256": plan.sha256,
        "planned": bool(cohort.planned),
        "rows": row_counts(sifted),
        "other_rows": other_row_counts(sifted),
        "cutoff": cutoff(sifted, plan),
        "cutoff_asked": None if sifted.cutoff is None else sifted.cutoff.isoformat(),
        "style": cohort.style,
        "covariates": list(cohort.covariates),
        "software": software(),
        "packages": packages(),
        "audience": audience,
        "previous_receipt_sha256": previous,
        "log": list(log),
        "notes": [*sifted.notes, *cohort.notes],
        **({"mock": True} if mock else {}),
        **({"plans_before": list(plans_before)} if plans_before else {}),
    }
    return {**known, "run_id": run_id(known)}


def inputs(sifted: Sifted) -> list[dict[str, Any]]:
    return [{"name": f.name, "sha256": f.sha256, "rows": int(f.rows)} for f in sifted.files]


def mapping_sha256(sifted: Sifted) -> str | None:
    return sha256(sifted.mapping_text.encode()) if sifted.mapping_text else None


def row_counts(sifted: Sifted) -> dict[str, int]:
    return {name: int(sifted.rows.get(name, 0)) for name in ROWS}


def other_row_counts(sifted: Sifted) -> dict[str, dict[str, int]]:
    return {table: {k: int(v) for k, v in counts.items()} for table, counts in sifted.other_rows.items()}


def with_log(run: Run, log: Log) -> Run:
    """The run with what was looked at besides the plan: in its tables, its facts and its id."""
    known = {**run.facts, "log": list(log.lines())}
    return replace(run, tables={**run.tables, "looks": tidy(log.to_frame())}, facts={**known, "run_id": run_id(known)})


def run_id(known: Mapping[str, Any]) -> str:
    """Hash of inputs, mapping, plan, lock, version, audience, previous receipt and log."""
    used = software_used(known["software"])
    names = ["inputs", "mapping_sha256", "plan_sha256", "audience", "previous_receipt_sha256", "log"]
    names += [name for name in ("mock", "plans_before") if name in known]
    return sha256(canonical_json({**{name: known[name] for name in names}, **used}))[:RUN_ID_LENGTH]


def software_used(found: Mapping[str, Any]) -> dict[str, Any]:
    """The part of ``software`` that can move a number: version and lock."""
    return {"version": found["version"], "lock_sha256": found["lock_sha256"]}


def cutoff(sifted: Sifted, plan: Plan) -> str | None:
    """The day that stands for "today": the plan's, else the last accepted date, else None (files without dates)."""
    if plan.data.cutoff is not None:
        return plan.data.cutoff.isoformat()
    return None if sifted.last_date is None else sifted.last_date.date().isoformat()


def receipt(run: Run, files: Mapping[str, bytes]) -> bytes:
    """``receipt.json`` of a report over ``files``."""
    body = {name: run.facts[name] for name in TOLD if name in run.facts}
    if run.facts.get("log"):
        body["log"] = list(run.facts["log"])
    return _closed({**body, "title": run.title}, files)


def check_receipt(sifted: Sifted, files: Mapping[str, bytes]) -> bytes:
    """``receipt.json`` of a check of the data (``kind``) over ``files``: no plan, no run, the mapping in full."""
    body = {
        "kind": CHECK,
        "inputs": inputs(sifted),
        "mapping": sifted.mapping_text,
        "mapping_sha256": mapping_sha256(sifted),
        "fingerprint": sifted.fingerprint,
        "rows": row_counts(sifted),
        "other_rows": other_row_counts(sifted),
        "notes": list(sifted.notes),
        "software": software(),
    }
    return _closed(body, files)


def _closed(body: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Canonical JSON of a receipt with the hash of every file, and its own, taken with that field empty."""
    listed = [{"name": name, "sha256": sha256(content)} for name, content in sorted(files.items())]
    whole = {**body, "files": listed, "receipt_sha256": ""}
    return canonical_json({**whole, "receipt_sha256": sha256(canonical_json(whole))})
