"""The RO-Crate beside the receipt: what the profile demands, every file and no other, no hash that must not leave."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import report_by_hand
from crate_checks import faults

from analytics.domain.run import Run
from analytics.reports.crate import crate
from analytics.reports.receipt import canonical_json
from analytics.reports.sealed import seal

OTHERS = {"report.html": b"<html>", "findings.csv": b"a,b\n", 'figures/"á" 50 %.svg': b"<svg/>", "odd.thing": b""}


def files(run: Run) -> dict[str, bytes]:
    return {**OTHERS, **{f"run/{name}": content for name, content in seal(run).items()}}


def with_facts(run: Run, **changes: Any) -> Run:
    return replace(run, facts={**run.facts, **changes})


def made(run: Run) -> dict[str, Any]:
    return json.loads(crate(run, files(run)))


def entity(told: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(each for each in told["@graph"] if each["@id"] == identifier)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"audience": "external"},
        {"cutoff": None},
        {"packages": {"numpy": "2.4.6", "python": "1"}, "mock": True},
        {"inputs": [{"name": "a.csv", "sha256": "0" * 64}, {"name": "a.csv", "sha256": "1" * 64}]},
        {"inputs": [{"name": "März/<a> #1.csv"}], "software": {"version": "0.1.0"}},
    ],
    ids=["internal", "external", "undated", "packages", "one name twice", "odd name"],
)
def test_nothing_that_the_profile_demands_is_lacking(run: Run, changes: dict[str, Any]) -> None:
    run = with_facts(run, **changes)
    assert faults(made(run), {*files(run), "receipt.json"}) == []


def _without(path: tuple[str, str]) -> Callable[[dict[str, Any]], object]:
    return lambda told: entity(told, path[0]).pop(path[1])


BREAKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "context": (lambda t: t.update({"@context": "https://schema.org"}), "no context"),
    "descriptor": (_without(("ro-crate-metadata.json", "about")), "no root"),
    "date": (lambda t: entity(t, "./").update(datePublished="autumn"), "datePublished"),
    "licence": (_without(("./", "license")), "root without license"),
    "profile": (_without(("./", "conformsTo")), "no Process Run Crate"),
    "instrument": (_without(("#run", "instrument")), "without an instrument"),
    "mentions": (_without(("./", "mentions")), "does not mention"),
    "twice": (lambda t: t["@graph"].append(copy.deepcopy(t["@graph"][0])), "twice"),
    "part": (lambda t: entity(t, "./")["hasPart"].pop(), "not listed"),
    "entity": (lambda t: t["@graph"].remove(entity(t, "report.html")), "no entity of the part"),
    "extra": (lambda t: entity(t, "./")["hasPart"].append({"@id": "more.csv"}), "not delivered"),
    "reference": (lambda t: entity(t, "#software").update(author={"@id": "#nobody"}), "leads nowhere"),
    "format": (_without(("findings.csv", "encodingFormat")), "no format"),
}


@pytest.mark.parametrize("broken", list(BREAKS))
def test_the_checks_see_what_is_broken(run: Run, broken: str) -> None:
    told = made(run)
    change, expected = BREAKS[broken]
    change(told)
    assert any(expected in fault for fault in faults(told, {*files(run), "receipt.json"}))


def test_every_file_has_its_hash_size_and_kind_and_the_receipt_neither_hash_nor_size(run: Run) -> None:
    told = made(run)
    for name, content in files(run).items():
        one = next(each for each in told["@graph"] if each.get("name") == name and each["@type"] == "File")
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
        assert one["contentSize"] == str(len(content))
    assert entity(told, "report.html")["encodingFormat"] == "text/html"
    assert entity(told, "odd.thing")["encodingFormat"] == "application/octet-stream"
    receipt = entity(told, "receipt.json")
    assert "sha256" not in receipt
    assert "contentSize" not in receipt


def test_the_run_names_software_inputs_plan_mapping_and_what_came_out(run: Run) -> None:
    run = with_facts(run, packages={"numpy": "2.4.6"})
    told = made(run)
    action, software = entity(told, "#run"), entity(told, "#software")
    assert software["softwareVersion"] == "0.1.0"
    assert {"@id": "#lock"} in software["softwareRequirements"]
    assert entity(told, "#lock")["sha256"] == "1" * 64
    assert entity(told, "#package-numpy")["softwareVersion"] == "2.4.6"
    used = [each["@id"] for each in action["object"]]
    assert used == ["#input-1-sessions.csv", "run/plan.json", "run/plan.yml", "run/mapping.yml"]
    assert entity(told, "#input-1-sessions.csv")["sha256"] == "0" * 64
    assert entity(told, "run/plan.json")["sha256"] == run.plan.sha256
    came = {each["@id"] for each in action["result"]}
    assert came == {e["@id"] for e in told["@graph"] if e["@type"] == "File"} - set(used) - {"receipt.json"}


def test_no_hash_of_an_input_leaves(run: Run) -> None:
    outside = crate(with_facts(run, audience="external"), OTHERS)
    assert b"sessions.csv" in outside
    assert b"0" * 64 not in outside
    assert b"0" * 64 in crate(run, OTHERS)
    root = entity(json.loads(outside), "./")
    assert "may leave the clinic" in root["conditionsOfAccess"]
    assert "Internal" in entity(made(run), "./")["conditionsOfAccess"]


def test_the_date_is_the_cut_off_and_where_there_is_none_it_is_said(run: Run) -> None:
    root = entity(made(run), "./")
    assert root["datePublished"] == "2026-09-30"
    undated = entity(made(with_facts(run, cutoff=None)), "./")
    assert undated["datePublished"] == "1970-01-01"
    assert "means nothing" in undated["description"]


def test_a_mock_says_so(run: Run) -> None:
    assert entity(made(with_facts(run, mock=True)), "./")["name"].startswith("MOCK")


def test_the_bytes_are_canonical_sorted_and_hang_on_run_and_files_only(run: Run) -> None:
    content = crate(run, files(run))
    told = json.loads(content)
    assert content == canonical_json(told)
    identifiers = [each["@id"] for each in told["@graph"]]
    assert identifiers == sorted(identifiers)
    assert content == crate(report_by_hand.run(), dict(reversed(files(run).items())))
    again = {**files(run), "ro-crate-metadata.json": content, "receipt.json": b"{}"}
    assert crate(run, again) == content, "neither itself nor the receipt is hashed"
