"""``outcomes verify``: a byte, a file, a row or an input that is not as it was is found; a report just made is not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics.cli.app import app


def run(*arguments: object):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    assert run("simulate", "--out", folder / "data", "--patients", 40, "--clinics", 1).exit_code == 0
    plan = "primary: [texture_grade]\nsecondary: [inflammatory_lesions]\n"
    (folder / "plan.yml").write_text(plan)
    done = run("analyse", folder / "data", "--plan", folder / "plan.yml", "--out", folder / "findings")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def copy(clinic: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clinic / "findings", tmp_path / "findings"))


def different(*arguments: object) -> str:
    from analytics.domain.errors import Different

    found = run("verify", *arguments)
    assert isinstance(found.exception, Different), found.output
    assert found.exception.exit_code == 15
    return str(found.exception)


def test_a_report_just_made_is_the_same_with_and_without_its_data(clinic: Path) -> None:
    found = run("verify", clinic / "findings")
    assert (found.exit_code, "hashes only" in found.output) == (0, True), found.output
    found = run("verify", clinic / "findings", "--data", clinic / "data")
    assert found.exit_code == 0, (found.output, found.exception)
    assert "computed again" in found.output


@pytest.mark.long
def test_a_late_event_is_no_fault_the_second_time_unless_a_cut_off_was_asked_for(clinic: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(clinic / "data", tmp_path / "data"))
    events = data / "adverse_events.csv"
    head, *lines = events.read_text().splitlines()
    last = max(line.split(",")[2] for line in (data / "sessions.csv").read_text().splitlines()[1:])
    names = head.split(",")
    late = dict(zip(names, lines[-1].split(",")))
    late |= {"session_date": "", "onset_date": "2031-01-01", "resolved_date": ""}
    events.write_text("\n".join([head, *lines, ",".join(late[name] for name in names), ""]))
    cut = tmp_path / "cut.yml"
    cut.write_text(f"{(clinic / 'plan.yml').read_text()}data: {{cutoff: {last[:10]}}}\n")
    for plan in (clinic / "plan.yml", cut):
        out = tmp_path / plan.stem
        assert run("analyse", data, "--plan", plan, "--out", out).exit_code == 0
        found = run("verify", out, "--data", data)
        assert found.exit_code == 0, (plan.name, found.output)
    assert "future" not in (tmp_path / "plan" / "quarantine.csv").read_text()
    assert "future" in (tmp_path / "cut" / "quarantine.csv").read_text()


def test_every_delivered_file_is_watched_to_the_byte(copy: Path) -> None:
    for path in sorted(p for p in copy.rglob("*") if p.is_file()):
        kept = path.read_bytes()
        path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        if path.name == "receipt.json":
            assert run("verify", copy).exit_code != 0
        else:
            assert f"{path.relative_to(copy).as_posix()}: was changed" in different(copy)
        path.write_bytes(kept)
    assert run("verify", copy).exit_code == 0


def test_a_receipt_with_another_space_or_number_is_changed(copy: Path) -> None:
    receipt = copy / "receipt.json"
    kept = receipt.read_text()
    for changed in (kept.replace('":', '": ', 1), json.dumps({**json.loads(kept), "title": "other"}), kept + "\n"):
        receipt.write_text(changed)
        assert "receipt.json: was changed" in different(copy)


def test_a_file_too_many_or_too_few_is_a_difference(copy: Path) -> None:
    (copy / "note.txt").write_text("mine")
    assert "note.txt: is not in the receipt" in different(copy)
    (copy / "note.txt").unlink()
    (copy / "flow.csv").unlink()
    assert "flow.csv: is missing" in different(copy)


def test_other_data_are_found_by_input_and_by_number(clinic: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(clinic / "data", tmp_path / "data"))
    lines = (data / "sessions.csv").read_text().splitlines()
    (data / "sessions.csv").write_text("\n".join(lines[: len(lines) * 2 // 3]) + "\n")
    found = run("verify", clinic / "findings", "--data", data)
    assert "input sessions.csv: is another file" in found.output
    assert "then," in found.output
    assert found.exception.exit_code == 15


@pytest.mark.parametrize("content", ["[]", "3", '{"files": 3}', '{"files": ["x", 2, {"name": 5}]}', "{", "\x00"])
def test_a_receipt_of_any_shape_is_a_difference(content: str, copy: Path) -> None:
    (copy / "receipt.json").write_text(content)
    assert "receipt.json: was changed" in different(copy)


def test_what_is_no_plain_file_is_a_difference(copy: Path) -> None:
    os.mkfifo(copy / "pipe")
    (copy / "flow.csv").unlink()
    (copy / "flow.csv").symlink_to(copy / "findings.csv")
    found = run("verify", copy).output
    assert "pipe: is not in the receipt" in found
    assert "flow.csv: was changed" in found


def test_a_check_of_data_can_be_verified_too(clinic: Path, tmp_path: Path) -> None:
    assert run("validate", clinic / "data", "--out", tmp_path / "check").exit_code == 0
    assert run("verify", tmp_path / "check").output.startswith("Check of data: ")


def test_a_file_is_no_report(clinic: Path) -> None:
    found = run("verify", clinic / "data" / "sessions.csv")
    assert found.exception.exit_code == 11


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    found = run("verify", tmp_path)
    assert found.exception.exit_code == 11
    assert "holds no report" in str(found.exception)
