"""Narrating: one kernel, no trace of person, place or time in the notebook, and a cell's fault told in words."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from analytics.domain.errors import OutcomesError, UsageError
from analytics.reports import narrate as room
from analytics.reports.narrate import narrate, source
from analytics.reports.notebooks import clean, inject

ROOT = Path(__file__).resolve().parents[3]
LOOK = """
import os, sys, time, locale, warnings
print(sorted(os.listdir("run")), open("run/a.txt").read(), os.environ["TZ"], os.environ["LC_ALL"])
print(hash("x") == hash("x"), os.environ["PYTHONHASHSEED"], os.environ["OPENBLAS_NUM_THREADS"], len({"a", "b", "c"}))
print({"alpha", "beta", "gamma", "delta"}, time.tzname, "SECRET" in os.environ)
sys.stderr.write("a warning of process %d" % os.getpid())
object()
"""


def made(*code: str, tags: tuple[str, ...] = ()) -> NotebookNode:
    cells = [nbformat.v4.new_code_cell(c) for c in code]
    if tags:
        cells[0].metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), *cells])


def test_it_runs_beside_the_run_and_says_nothing_of_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "token")
    notebook = narrate({"a.txt": b"A"}, made(LOOK))
    told = json.dumps(notebook.cells[1].outputs)
    assert "['a.txt'] A UTC C.UTF-8" in told
    assert "('UTC', 'UTC') False" in told, "what stands in the environment must not reach the kernel"
    assert "a warning of process" not in told
    assert "at 0x" not in told
    assert all(cell.metadata == {} for cell in notebook.cells), "no timing"
    assert notebook.metadata.language_info == {"name": "python"}


ELSEWHERE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_narrate import LOOK, made
from analytics.reports.narrate import narrate
print(json.dumps(narrate({"a.txt": b"A"}, made(LOOK)), sort_keys=True))
"""


def test_equal_in_another_folder_home_zone_locale_and_hash_seed(tmp_path: Path) -> None:
    def told(number: int, **environment: str) -> str:
        folder = tmp_path / str(number) / "deeper"
        folder.mkdir(parents=True)
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), **environment}
        command = [sys.executable, "-c", ELSEWHERE, str(Path(__file__).parent)]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
        assert sorted(p.name for p in folder.iterdir()) == [], "the run wrote into HOME or where it was started"
        return done.stdout

    first = told(1, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    assert told(2, TZ="Asia/Kathmandu", PYTHONHASHSEED="77", LC_ALL="C.UTF-8", MPLBACKEND="Agg") == first


def test_the_house_is_imported_from_where_this_code_lies() -> None:
    told = narrate({}, made("import analytics, schemas; print(analytics.__file__)"))
    assert told.cells[1].outputs[0].text.strip() == str(ROOT / "analytics" / "__init__.py")


def test_a_cell_that_fails_is_told_in_words() -> None:
    with pytest.raises(OutcomesError, match=r"stopped at cell 2\. ZeroDivisionError: division by zero") as found:
        narrate({}, made("1 / 0"))
    assert "Traceback" not in str(found.value)


def test_our_own_errors_keep_their_message() -> None:
    code = "from analytics.domain.errors import UsageError; raise UsageError('There is no section x.', fix='choose y')"
    with pytest.raises(OutcomesError, match=r"There is no section x") as found:
        narrate({}, made(code))
    assert "choose y" in str(found.value)


def test_a_kernel_that_dies_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OutcomesError, match=r"stopped\. Kernel died"):
        narrate({}, made("import os; os._exit(3)"))
    assert capfd.readouterr() == ("", ""), "nothing but the error itself is for the person"


def test_it_works_inside_a_running_loop_as_in_a_notebook() -> None:
    async def inside() -> NotebookNode:
        return narrate({}, made("print(1)"))

    assert asyncio.run(inside()).cells[1].outputs[0].text == "1\n"


def test_progress_is_told_per_cell() -> None:
    seen: list[tuple[str, int, int]] = []
    narrate({}, made("1", "2"), progress=lambda *step: seen.append(step))
    assert [s[1:] for s in seen] == [(2, 3), (3, 3)]


def test_no_kernel_and_no_folder_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told = narrate({}, made("import os; print(os.getpid())"))
    assert list(tmp_path.iterdir()) == []
    process = int(told.cells[1].outputs[0].text)
    assert not Path(f"/proc/{process}").exists() or "Z" in Path(f"/proc/{process}/stat").read_text().split()[2]


def test_parameters_are_typed() -> None:
    notebook = made(
        "folder = 'run'\nlevel = 0.95\nn = 1\nwho = None", "print(folder, level, n, who)", tags=("parameters",)
    )
    told = narrate({}, notebook, parameters={"level": 1, "folder": "a'b", "who": ["x"]})
    assert told.cells[3].outputs[0].text == "a'b 1 1 ['x']\n"
    assert told.cells[2].metadata.tags == ["injected-parameters"]
    for wrong, says in [({"folde": "x"}, "no parameter 'folde'"), ({"n": "1"}, "type int"), ({"n": True}, "type int")]:
        with pytest.raises(UsageError, match=says):
            inject(notebook, wrong)
    with pytest.raises(UsageError, match="no parameter"):
        inject(made("x = 1"), {"x": 1})


def test_inject_and_clean_change_no_argument() -> None:
    notebook = made("x = 1", tags=("parameters",))
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="old")]
    before = json.dumps(notebook)
    assert inject(notebook, {}).cells[1].outputs == []
    clean(notebook)
    inject(notebook, {"x": 2})
    assert json.dumps(notebook) == before


def test_ids_hang_on_place_and_source() -> None:
    one, other = clean(made("1", "1")), clean(made("1", "1"))
    ids = [cell.id for cell in one.cells]
    assert ids == [cell.id for cell in other.cells]
    assert len(set(ids)) == 3
    nbformat.validate(one)


def test_a_report_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.ipynb").write_text("{}")
    monkeypatch.setattr(room, "shipped", lambda name: tmp_path)
    with pytest.raises(UsageError, match="no report 'nothing'") as found:
        source("nothing")
    assert "other" in str(found.value)
