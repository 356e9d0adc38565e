"""The command line: help with an example everywhere, results on stdout, messages on stderr, documented exit codes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    ["simulate"],
    ["validate"],
    ["template"],
    ["plan"],
    ["plan", "init"],
    ["plan", "check"],
    ["analyse"],
    ["report"],
    ["dictionary"],
]


def outcomes(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, on a pipe, at 80 columns."""
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "analytics", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder or ROOT, env=environment, timeout=300)


CHECKED = {"accepted.parquet", "quarantine.csv", "quality.html", "faulty_rows.xlsx"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic") / "data"
    done = outcomes("simulate", "--out", folder, "--patients", 60, "--seed", 5)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: list[str]) -> None:
    done = outcomes(*command, "--help")
    assert done.returncode == 0
    assert "Example: outcomes" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_validate_prints_the_balance_of_rows(data: Path, tmp_path: Path) -> None:
    done = outcomes("validate", data / "sessions.csv", "--out", tmp_path / "checked")
    assert done.returncode == 0, done.stderr
    receipt = json.loads((tmp_path / "checked" / "receipt.json").read_text())["rows"]
    assert receipt["received"] == receipt["accepted"] + receipt["quarantined"]
    assert f"{receipt['received']:,} rows received = {receipt['accepted']:,} accepted" in done.stdout
    assert {p.name for p in (tmp_path / "checked").iterdir()} == {*CHECKED, "receipt.json"}


def test_a_check_of_the_data_replaces_its_own_earlier_output_and_keeps_a_persons_notes(
    data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "checked"
    assert outcomes("validate", data / "sessions.csv", "--out", out).returncode == 0
    before = (out / "receipt.json").read_bytes()
    told = json.loads(before)
    assert {f["name"] for f in told["files"]} == CHECKED
    for file in told["files"]:
        assert file["sha256"] == hashlib.sha256((out / file["name"]).read_bytes()).hexdigest()
    (out / "notes.txt").write_text("call the north clinic")
    again = outcomes("validate", data / "sessions.csv", "--out", out)
    assert again.returncode == 0, again.stderr
    assert (out / "receipt.json").read_bytes() == before
    assert (out / "notes.txt").read_text() == "call the north clinic"


def test_strict_exits_11_if_a_single_row_was_set_aside(data: Path, tmp_path: Path) -> None:
    lines = (data / "sessions.csv").read_text().splitlines()
    (tmp_path / "good.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "bad.csv").write_text(
        "\n".join([*lines, lines[1].replace(lines[1].split(",")[2], "31-02-2024")]) + "\n"
    )
    assert outcomes("validate", tmp_path / "good.csv", "--strict").returncode == 0
    assert outcomes("validate", tmp_path / "bad.csv").returncode == 0
    strict = outcomes("validate", tmp_path / "bad.csv", "--strict")
    assert strict.returncode == 11
    assert "--strict" in strict.stderr


def test_analyse_writes_findings_and_no_prose(data: Path, tmp_path: Path) -> None:
    done = outcomes("analyse", data, "--out", tmp_path / "found")
    assert done.returncode == 0, done.stderr
    names = {p.name for p in (tmp_path / "found").iterdir()}
    assert {"findings.csv", "arm_means.csv", "descriptions.csv", "quarantine.csv", "receipt.json", "run"} <= names
    assert not {n for n in names if n.startswith("report")}
    assert len(done.stdout.splitlines()) <= 20
    assert "rows received" in done.stdout


def test_wrong_usage_is_2(data: Path, tmp_path: Path) -> None:
    assert outcomes("report", data).returncode == 2
    assert outcomes("reprt").returncode == 2
    assert outcomes("validate", data, "--cutoff", "soon").returncode == 2
    assert outcomes("simulate", "--out", tmp_path / "x", "--scenario", "efect").returncode == 2


def test_a_missing_or_empty_file_is_11_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    for name in ("no_such.csv", "empty.csv"):
        done = outcomes("report", tmp_path / name, "--out", tmp_path / "out")
        assert done.returncode == 11
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "out").exists()


def test_a_bad_plan_is_12(data: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("arms: [microdermabrasion, chemical_peal]\n")
    done = outcomes("analyse", data, "--plan", tmp_path / "plan.yml", "--out", tmp_path / "out")
    assert done.returncode == 12
    assert "chemical_peel" in done.stderr
    assert outcomes("plan", "check", tmp_path / "plan.yml").returncode == 12


@pytest.mark.long
def test_the_plan_that_init_prints_passes_check_and_is_the_default(data: Path, tmp_path: Path) -> None:
    printed = outcomes("plan", "init", data)
    assert printed.returncode == 0, printed.stderr
    (tmp_path / "plan.yml").write_text(printed.stdout)
    checked = outcomes("plan", "check", tmp_path / "plan.yml")
    assert checked.returncode == 0, checked.stderr
    first, second = tmp_path / "first", tmp_path / "second"
    assert outcomes("analyse", data, "--out", first).returncode == 0
    assert outcomes("analyse", data, "--plan", tmp_path / "plan.yml", "--out", second).returncode == 0
    assert (first / "findings.csv").read_bytes() == (second / "findings.csv").read_bytes()


def test_nothing_to_estimate_is_13_with_the_honest_files(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text(
        "patient_id,treatment,session_date,texture_grade\n"
        "A,chemical_peel,2026-01-05,5\nA,,2026-03-30,4\nB,dermal_roller,2026-01-05,6\nB,,2026-03-30,5\n"
    )
    done = outcomes("analyse", tmp_path / "few.csv", "--out", tmp_path / "out")
    assert done.returncode == 13, done.stderr
    assert "not_estimable" in (tmp_path / "out" / "findings.csv").read_text()


def test_an_output_that_cannot_be_written_is_14_before_the_work_starts(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = outcomes("report", data, "--out", tmp_path / "file")
    assert done.returncode == 14
    assert (tmp_path / "file").read_text() == "not a folder"


def test_the_dictionary_reads_on_a_pipe() -> None:
    for part in ("treatments", "outcomes", "columns", "rules"):
        done = outcomes("dictionary", part)
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) > 10
    assert "texture_grade" in outcomes("dictionary", "outcomes").stdout


def test_a_rule_that_asks_for_different_things_says_each_beside_its_place(data: Path, tmp_path: Path) -> None:
    (tmp_path / "sessions.csv").write_text(
        "patient_id,session_date,treatment,inflammatory_lesions,satisfaction_vas\n"
        "A,2024-01-01,chemical_peel,-3,50\nB,2024-01-01,chemical_peel,3,500\nC,2024-01-01,chemical_peel,3,50\n"
    )
    (tmp_path / "patients.csv").write_text("patient_id,fitzpatrick\nA,9\nB,2\nC,3\n")
    done = outcomes("validate", tmp_path)
    shown = " ".join(done.stdout.split())
    assert "3 values outside what is possible (range)" in shown
    assert "sessions.csv row 2, inflammatory_lesions: '-3' must be at least 0 lesions" in shown
    assert "sessions.csv row 3, satisfaction_vas: '500' must be from 0 to 100 points" in shown
    assert "patients.csv (patients) row 2, fitzpatrick: '9' must be from 1 to 6" in shown


def test_example_data_never_write_over_a_clinics_own_files(tmp_path: Path) -> None:
    (tmp_path / "sessions.csv").write_text("ours")
    (tmp_path / "plan.yml").write_text("title: ours")
    done = outcomes("simulate", "--out", tmp_path, "--patients", 6)
    assert done.returncode == 14
    assert "sessions.csv" in done.stderr
    assert (tmp_path / "sessions.csv").read_text() == "ours"
    (tmp_path / "sessions.csv").unlink()
    for _ in range(2):
        assert outcomes("simulate", "--out", tmp_path, "--patients", 6).returncode == 0
    assert (tmp_path / "plan.yml").read_text() == "title: ours"


def test_a_check_of_the_data_never_takes_a_report_away(data: Path, tmp_path: Path) -> None:
    lines = (data / "sessions.csv").read_text().splitlines()[:12]
    (tmp_path / "few.csv").write_text("\n".join(lines) + "\n")
    assert outcomes("analyse", tmp_path / "few.csv", "--out", tmp_path / "out").returncode in (0, 13)
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").glob("*.*")}
    assert outcomes("validate", tmp_path / "few.csv", "--out", tmp_path / "out").returncode == 14
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").glob("*.*")} == before


def shell(line: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "ascii"}
    text = line.replace("outcomes", f"{sys.executable} -m analytics", 1)
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300)


def test_a_reader_that_leaves_early_does_not_change_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(
        "patient_id,session_date,treatment\nA,2024-01-01,chemical_peel\nB,x,chemical_peel\n"
    )
    assert shell("outcomes dictionary | head -1; exit ${PIPESTATUS[0]}").returncode == 0
    assert shell(f"outcomes validate {tmp_path}/bad.csv --strict | true; exit ${{PIPESTATUS[0]}}").returncode == 11


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_results_that_cannot_be_printed_are_14_and_no_traceback() -> None:
    done = shell("outcomes dictionary > /dev/full")
    assert done.returncode == 14
    assert "Traceback" not in done.stderr
    assert "could not be printed" in done.stderr


def test_a_terminal_that_lacks_a_sign_still_shows_the_rest() -> None:
    done = shell("outcomes dictionary outcomes")
    assert done.returncode == 0, done.stderr
    assert "unit: ?m" in done.stdout


@pytest.mark.parametrize(
    ("rows", "code"), [("A,2024-01-01,chemical_peel\nB,2024-01-01,dermal_roller\n", 12), ("A,x,chemical_peel\n", 11)]
)
def test_a_report_of_refused_data_says_so_and_nothing_else(rows: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(f"patient_id,session_date,treatment\n{rows}")
    done = outcomes("report", tmp_path / "s.csv", "--out", tmp_path / "out")
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "atexit" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_nearest_name_stands_beside_the_text_it_is_near_to(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "patient_id,session_date,treatment\nA,2024-01-01,chemical_peel\nB,2024-01-01,chemical_pel\nC,2024-01-01,foo\n"
    )
    shown = " ".join(outcomes("validate", tmp_path / "s.csv").stdout.split())
    assert shown.count("must be one of: microdermabrasion") == 1
    assert "row 3, treatment: 'chemical_pel' (nearest: chemical_peel)" in shown


def test_validate_of_the_front_door_takes_what_read_returns() -> None:
    import analytics as oc
    from analytics.domain.errors import UsageError

    with pytest.raises(UsageError, match="takes what read returns"):
        oc.validate("sessions.csv")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["2024-02-01x", "2024-02-30", "tomorrow"])
def test_a_cut_off_is_a_date_and_nothing_more(text: str, data: Path) -> None:
    assert outcomes("validate", data / "sessions.csv", "--cutoff", text).returncode == 2


def running(folder: Path) -> list[str]:
    """Command lines of processes that work in ``folder``."""
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if str(folder) in line]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for left processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_report_that_is_asked_to_stop_leaves_nothing_behind(data: Path, tmp_path: Path, number: int) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "analytics", "report", str(data), "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # tests run in the background are told to ignore it
    ) as run:
        until = time.monotonic() + 60
        while not list(temporary.glob("*/kernel.json")) and run.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 128 + number
    assert said.strip() == "Stopped. Nothing was written."
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["temporary"]
    assert running(temporary) == []
