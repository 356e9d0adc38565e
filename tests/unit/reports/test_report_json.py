"""The results dataset: as the schema says, whole, equal every time, and what the Parquet file says too."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import jsonschema
import pandas as pd
import pytest

from analytics.domain.run import SHAPE, Run
from analytics.reports.formats.json import SCHEMA, render, results_parquet


@pytest.fixture
def delivered(run: Run) -> dict:
    def refuse(token: str) -> float:
        raise AssertionError(f"a bare {token} is not JSON")

    return json.loads(render(None, run), parse_constant=refuse)


def checker() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_dataset_is_as_its_schema_says(delivered: dict) -> None:
    checker().validate(delivered)


def test_the_schema_refuses_what_it_should(delivered: dict) -> None:
    first = delivered["statistics"][0]
    wrong = (
        {**delivered, "statistics": [{**first, "value": "1.5"}]},
        {**delivered, "statistics": [{**first, "more": 1}]},
        {name: value for name, value in delivered.items() if name != "plan_sha256"},
        {**delivered, "schema_version": "2"},
    )
    assert [checker().is_valid(value) for value in wrong] == [False] * len(wrong)


def test_every_row_of_the_run_is_there_but_those_that_only_rebuild_its_tables(run: Run, delivered: dict) -> None:
    kept = run.results[run.results["statistic"] != SHAPE]
    assert [row["id"] for row in delivered["statistics"]] == list(kept["id"])
    assert len({row["id"] for row in delivered["statistics"]}) == len(kept)
    assert all(row["plan_sha256"] == run.plan.sha256 == delivered["plan_sha256"] for row in delivered["statistics"])


def value(delivered: dict, statistic: str, **keys: object) -> object:
    rows = [r for r in delivered["statistics"] if r["statistic"] == statistic and keys.items() <= r["keys"].items()]
    assert len(rows) == 1
    return rows[0]["value"]


def test_numbers_have_six_digits_and_what_is_none_is_told_apart(delivered: dict) -> None:
    keys = {"method": "ancova", "contrast": "test v placebo"}
    assert value(delivered, "estimate", **keys) == -0.123457
    assert value(delivered, "df", **keys) == "Infinity"
    assert value(delivered, "conf_low", **keys) is None
    assert isinstance(value(delivered, "n_arm", **keys), int)


def test_texts_stand_in_the_note(delivered: dict) -> None:
    notes = {r["note"] for r in delivered["statistics"] if r["statistic"] == "status"}
    assert notes == {"estimated", "did_not_converge"}


def test_bytes_are_canonical_and_equal(run: Run) -> None:
    content = render(None, run)
    assert content == render(None, replace(run, tables=dict(reversed(list(run.tables.items())))))
    again = json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert content == again.encode() + b"\n"


def test_the_parquet_file_says_the_same(run: Run, delivered: dict) -> None:
    frame = pd.read_parquet(io.BytesIO(results_parquet(run)))
    told = [
        {**row, "keys": json.loads(row["keys"]), "value": _plain(row["value"]), "n": _plain(row["n"]),
         "note": None if pd.isna(row["note"]) else row["note"]}
        for row in frame.to_dict("records")
    ]  # fmt: skip
    assert told == delivered["statistics"]
    assert results_parquet(run) == results_parquet(run)


def _plain(number: float) -> float | str | None:
    return None if math.isnan(number) else "Infinity" if number == math.inf else number


def test_an_awkward_title_makes_no_broken_file(run: Run) -> None:
    awkward = replace(run, plan=run.plan.model_copy(update={"title": 'half \ud800 "pair" \x00'}))
    delivered = json.loads(render(None, awkward))
    assert delivered["title"] == 'half \ufffd "pair" \ufffd'
    checker().validate(delivered)
