"""What RO-Crate 1.1 and Process Run Crate 0.5 demand (MUST) of a metadata file, from their texts; no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

DAY = re.compile(r"\d{4}(-\d\d(-\d\d(T.+)?)?)?")
OUTSIDE = ("https://w3id.org/ro/crate/", "http://schema.org/")  # vocabulary, not entities
TOOLS = {"SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow"}
ACTIONS = {"CreateAction", "ActivateAction", "UpdateAction"}


def faults(crate: Mapping[str, Any], delivered: set[str]) -> list[str]:
    """Every demand that is not met; ``delivered``: paths of the files in the folder, the metadata file left out."""
    graph = crate.get("@graph", [])
    by_id = {entity.get("@id"): entity for entity in graph}
    found = [f"twice: {i}" for i in by_id if sum(e.get("@id") == i for e in graph) > 1]
    found += [] if all(e.get("@id") and e.get("@type") for e in graph) else ["an entity without @id or @type"]
    found += _context(crate.get("@context"))
    root = by_id.get(_about(by_id), {})
    found += [*_root(root), *_parts(root, by_id, delivered), *_profile(root, by_id), *_references(graph, by_id)]
    return found


def _context(context: Any) -> Iterator[str]:
    found = context if isinstance(context, list) else [context]
    if "https://w3id.org/ro/crate/1.1/context" not in found:
        yield "no context of RO-Crate 1.1"
    if not any(isinstance(each, dict) and "sha256" in each for each in found):
        yield "sha256 is a word that nobody explains"


def _about(by_id: Mapping[str, Any]) -> Any:
    descriptor = by_id.get("ro-crate-metadata.json", {})
    right = descriptor.get("@type") == "CreativeWork" and _links(descriptor, "conformsTo")[:1] == [
        "https://w3id.org/ro/crate/1.1"
    ]
    return (_links(descriptor, "about") or [None])[0] if right else None


def _root(root: Mapping[str, Any]) -> Iterator[str]:
    if root.get("@type") != "Dataset" or not str(root.get("@id", "")).endswith("/"):
        yield "no root data entity"
    yield from (f"root without {name}" for name in ("name", "description", "license") if not root.get(name))
    if not DAY.fullmatch(str(root.get("datePublished"))):
        yield "datePublished is no ISO 8601 date"


def _parts(root: Mapping[str, Any], by_id: Mapping[str, Any], delivered: set[str]) -> Iterator[str]:
    parts = _links(root, "hasPart")
    yield from (f"no entity of the part {part}" for part in parts if part not in by_id)
    files = [i for i, e in by_id.items() if _is(e, {"File"})]
    yield from (f"a file that is no part: {i}" for i in files if i not in parts)
    yield from (f"not listed: {name}" for name in sorted(delivered - {unquote(part) for part in parts}))
    yield from (f"not delivered: {part}" for part in parts if unquote(part) not in delivered)
    yield from (f"no URI: {part}" for part in parts if re.search(r'[\s<>"{}|\\^`]|[^\x00-\x7f]', part))
    yield from (f"no format: {i}" for i in files if not by_id[i].get("encodingFormat"))


def _profile(root: Mapping[str, Any], by_id: Mapping[str, Any]) -> Iterator[str]:
    profiles = [i for i in _links(root, "conformsTo") if i.startswith("https://w3id.org/ro/wfrun/process/")]
    if not profiles or not all(_is(by_id.get(i, {}), {"CreativeWork"}) for i in profiles):
        yield "the root names no Process Run Crate that is an entity"
    actions = [e for e in by_id.values() if _is(e, ACTIONS)]
    if not actions:
        yield "no action"
    for action in actions:
        tools = _links(action, "instrument")
        if not tools or not all(_is(by_id.get(i, {}), TOOLS) for i in tools):
            yield "an action without an instrument"
        if action["@id"] not in _links(root, "mentions"):
            yield "an action that the root does not mention"
        kinds = {"File", "Dataset", "Collection", "CreativeWork", "PropertyValue"}
        used = (*_links(action, "object"), *_links(action, "result"))
        yield from (f"neither file nor work: {i}" for i in used if not _is(by_id.get(i, {}), kinds))


def _references(graph: Any, by_id: Mapping[str, Any]) -> Iterator[str]:
    for entity in graph:
        for name in entity:
            for link in _links(entity, name):
                if link not in by_id and not link.startswith(OUTSIDE):
                    yield f"{entity.get('@id')} {name}: leads nowhere: {link}"


def _links(entity: Mapping[str, Any], name: str) -> list[str]:
    value = entity.get(name, [])
    return [each["@id"] for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _is(entity: Mapping[str, Any], kinds: set[str]) -> bool:
    kind = entity.get("@type", [])
    return bool(kinds & set(kind if isinstance(kind, list) else [kind]))
