"""RO-Crate beside the receipt: the report, its files and how they were made, for those who collect research objects.

RO-Crate 1.1 (w3id.org/ro/crate/1.1) with the profile Process Run Crate 0.5 (w3id.org/ro/wfrun/process/0.5). No clock:
the data cut-off stands for the date of publication, and the run has no time of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from analytics.domain.run import Run
from analytics.publish import MARK
from analytics.reports.receipt import canonical_json, sha256
from analytics.reports.sealed import FACTS, MAPPING, PLAN, READABLE_PLAN, RESULTS, VOCABULARY
from analytics.reports.software import DISTRIBUTION

CRATE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
APACHE = "https://spdx.org/licenses/Apache-2.0"
# 1.1 has no word for a SHA-256; this is the one that 1.2 and schema.org have.
CONTEXT = [f"{SPECIFICATION}/context", {"sha256": "http://schema.org/sha256"}]
NO_DATE = (
    "1970-01-01"  # the profile wants a date; data without dates have no cut-off, and a clock would change the bytes
)
ROOT, RUN, SOFTWARE, LOCK, LICENCE = "./", "#run", "#software", "#lock", "#licence"
FORMATS: Mapping[str, str] = {
    ".csv": "text/csv", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html", ".ipynb": "application/x-ipynb+json", ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf", ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".yml": "application/yaml",
}  # fmt: skip
UNKNOWN = "application/octet-stream"
PLAN_FILES = (f"run/{PLAN}", f"run/{READABLE_PLAN}")
DESCRIPTIONS: Mapping[str, str] = {
    f"run/{PLAN}": "The plan in the form that is hashed.",
    f"run/{READABLE_PLAN}": "The plan, to be read and used again.",
    f"run/{MAPPING}": "The mapping: how columns and codes of the inputs were read.",
    f"run/{VOCABULARY}": "Treatments, outcomes, columns and codes as used.",
    f"run/{RESULTS}": "Every number of the report, a row each.",
    f"run/{FACTS}": "The facts of the receipt.",
    MARK: "The receipt: the hash of every other file, this one included, and its own.",
}
INTERNAL = (
    "Internal copy: for the clinic that the data belong to. It may hold exact counts and rows that were set aside."
)
EXTERNAL = "Copy that may leave the clinic: small counts are hidden and the others are rounded."
NO_LICENCE = (
    "No licence was given with this report. What may be done with it is for the clinic to say; nothing is permitted "
    "by this entry."
)
NO_TIME = "The time of the run is not recorded, so that the same data, plan and software give the same bytes."
Entity = dict[str, Any]


def crate(run: Run, files: Mapping[str, bytes]) -> bytes:
    """``ro-crate-metadata.json`` of a report over ``files`` (path -> content), made before the receipt.

    ``receipt.json`` is listed without hash and size: it holds the hash of this file. Equal runs and files, equal bytes.
    """
    listed = sorted({name for name in files if name != CRATE} | {MARK})
    used = [*_inputs(run), *(_reference(name) for name in (*PLAN_FILES, f"run/{MAPPING}") if name in files)]
    contextual = [*_input_entities(run), *_software(run), *_fixed()]
    entities = [
        _descriptor(),
        _root(run, listed),
        _action(run, used, [name for name in listed if name != MARK and _reference(name) not in used]),
        *(_file(name, files.get(name) if name != MARK else None) for name in listed),
        *contextual,
    ]
    return canonical_json({"@context": CONTEXT, "@graph": sorted(entities, key=lambda entity: entity["@id"])})


def _reference(name: str) -> Entity:
    """A path as a URI reference."""
    return {"@id": quote(name)}


def _descriptor() -> Entity:
    return {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": ROOT}, "conformsTo": {"@id": SPECIFICATION}}


def _root(run: Run, listed: Sequence[str]) -> Entity:
    outside = run.facts.get("audience") == "external"
    return {
        "@id": ROOT,
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": run.title,
        "description": f"Report {run.run_id}: treatments compared on outcomes recorded in clinics. {_dated(run)}",
        "identifier": run.run_id,
        "datePublished": str(run.facts.get("cutoff") or NO_DATE)[:10],
        "license": {"@id": LICENCE},
        "conditionsOfAccess": EXTERNAL if outside else INTERNAL,
        "hasPart": [_reference(name) for name in listed],
        "mentions": [{"@id": RUN}],
    }


def _dated(run: Run) -> str:
    if run.facts.get("cutoff"):
        return "The date of publication is the last day of the data."
    return f"The data have no dates; {NO_DATE} stands for a date of publication and means nothing."


def _action(run: Run, used: Sequence[Entity], made: Sequence[str]) -> Entity:
    return {
        "@id": RUN,
        "@type": "CreateAction",
        "name": f"Run {run.run_id}",
        "description": f"{DISTRIBUTION} read the inputs, analysed them by the plan and wrote this report. {NO_TIME}",
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": {"@id": SOFTWARE},
        "object": list(used),
        "result": [_reference(name) for name in made],
    }


def _file(name: str, content: bytes | None) -> Entity:
    """A delivered file; without ``content`` its hash and size stand elsewhere."""
    known = {} if content is None else {"sha256": sha256(content), "contentSize": str(len(content))}
    told = {"description": DESCRIPTIONS[name]} if name in DESCRIPTIONS else {}
    kind = FORMATS.get(PurePosixPath(name).suffix.lower(), UNKNOWN)
    return {**_reference(name), "@type": "File", "name": name, "encodingFormat": kind, **told, **known}


def _inputs(run: Run) -> list[Entity]:
    names = [str(one["name"]) for one in run.facts.get("inputs", ())]
    return [{"@id": f"#input-{number}-{quote(name, safe='')}"} for number, name in enumerate(names, start=1)]


def _input_entities(run: Run) -> list[Entity]:
    """The inputs by name, which do not lie here; their hashes stay in the house."""
    outside = run.facts.get("audience") == "external"
    found = []
    for reference, one in zip(_inputs(run), run.facts.get("inputs", ())):
        known = {"sha256": one["sha256"]} if one.get("sha256") and not outside else {}
        kind = FORMATS.get(PurePosixPath(str(one["name"])).suffix.lower(), UNKNOWN)
        told = {"name": str(one["name"]), "encodingFormat": kind, "conditionsOfAccess": "Patient data: not delivered."}
        found.append({**reference, "@type": "CreativeWork", **told, **known})
    return found


def _software(run: Run) -> list[Entity]:
    """The program, its lock file, Python and the packages that numbers rest on."""
    software, packages = dict(run.facts.get("software", {})), dict(run.facts.get("packages", {}))
    needed = [_program("python", "Python", software["python"])] if software.get("python") else []
    needed += [_program(f"package-{name}", name, version) for name, version in sorted(packages.items())]
    lock = software.get("lock_sha256")
    locked = [{"@id": LOCK, "@type": "CreativeWork", "name": "requirements.lock", "sha256": lock}] if lock else []
    commit = {"identifier": software["commit"]} if software.get("commit") else {}
    own = _program("software", DISTRIBUTION, software.get("version", "unknown"))
    requirements = [{"@id": entity["@id"]} for entity in (*locked, *needed)]
    return [{**own, **commit, "license": {"@id": APACHE}, "softwareRequirements": requirements}, *locked, *needed]


def _program(identifier: str, name: str, version: str) -> Entity:
    return {"@id": f"#{identifier}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _fixed() -> list[Entity]:
    """What the crate points at outside itself, and what is said of its licence."""
    return [
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": APACHE, "@type": "CreativeWork", "name": "Apache License 2.0", "description": "Of the software only."},
        {"@id": LICENCE, "@type": "CreativeWork", "name": "No licence was given", "description": NO_LICENCE},
    ]
