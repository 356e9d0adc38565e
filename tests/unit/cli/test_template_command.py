"""``outcomes template``: writes a new file, never over another one, and says what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics.cli.app import app
from analytics.domain.errors import NotWritten, UsageError
from analytics.publish import publish_file


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["template", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", ["ours.csv", "ours.xlsx", "new/folder/OURS.XLSX"])
def test_sessions_are_the_default_and_a_second_time_changes_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert "Then: outcomes validate" in run("--out", path)
    before = path.read_bytes()
    run("--out", path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name], "no litter"


def test_another_table_says_where_it_belongs(tmp_path: Path) -> None:
    told = run("patients", "--out", tmp_path / "p.csv")
    assert "in one folder, as patients.csv" in told
    assert (tmp_path / "p.csv").read_text().startswith("patient_id,")


def test_a_file_that_is_there_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text("somebody's own")
    with pytest.raises(NotWritten, match="is there already") as refused:
        run("--out", path)
    assert refused.value.exit_code == 14
    assert path.read_text() == "somebody's own"
    with pytest.raises(NotWritten):
        publish_file(tmp_path, b"a folder is there")


def test_another_ending_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv or \.xlsx"):
        run("--out", tmp_path / "ours.pdf")
    assert not list(tmp_path.iterdir())
