"""The page on the results dataset: its example runs, and its table of fields is that of the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from analytics.domain.run import Run
from analytics.reports.formats.json import SCHEMA, render, results_parquet

PAGE = Path(__file__).resolve().parents[3] / "docs" / "results-json.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)


def test_the_examples_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (tmp_path / "report.json").write_bytes(render(None, run))
    (tmp_path / "results.parquet").write_bytes(results_parquet(run))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "python":
            exec(code.replace("texture_grade", "grade"), names)
    told = capsys.readouterr().out
    assert re.search(r"test v placebo.*ancova.*79\.0.*63\.0.*-0\.123457.*not_shown", told)
    assert len(names["keys"]) == len(names["rows"])  # type: ignore[arg-type]


def test_every_field_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    fields = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert all(f"`{name}`" in text for name in fields["properties"])
    shown = json.loads(next(code for language, code in BLOCK.findall(text) if language == "json"))
    assert set(shown) == set(fields["$defs"]["statistic"]["required"])
