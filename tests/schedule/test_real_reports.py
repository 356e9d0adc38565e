"""Real reports through the command line: sealed, delivered, verified; killed; and searched for a name and a secret."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery_servers import Hook, Post, hook_site, post_office
from export_rooms import at

NAME = "Rosa-Planted-1970"
SECRET = "planted-secret-7391"
PLAN = "title: Weekly review\nprimary: [texture_grade]\n"
EXPORTS = """timezone: Europe/Rome
store: store
state: state
budget_minutes: 0
mail: {{host: 127.0.0.1, port: {port}, tls: none, from: reports@example.org}}
exports:
  - name: weekly
    when: {{cron: "0 6 * * 1"}}
    format: [html]
    plan: plan.yml
    data: {{window: last_18_months}}
    gates: {{max_age_days: 900, clinics_present: [north]}}
    on_problem: {{mail: [analyst@example.org]}}
    deliver:
      - {{to: folder, path: archive/}}
      - {{to: mail, recipients: [director@example.org], attach: html}}
      - {{to: webhook, url_env: HOOK_URL, allow_private: true}}
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few patients, one of whom has a name for an id."""
    folder = tmp_path_factory.mktemp("clinic")
    run("simulate", "--out", "data", "--patients", "45", "--clinics", "1", "--seed", "3", folder=folder)
    sessions = folder / "data/sessions.csv"
    first = sessions.read_text().splitlines()[1].split(",")[1]
    for path in (folder / "data").glob("*.csv"):
        path.write_text(path.read_text().replace(f",{first},", f",{NAME},"))
    assert NAME in sessions.read_text()
    shutil.rmtree(folder / "data/clinics")
    run("ingest", "data", "--store", "store", folder=folder)
    (folder / "plan.yml").write_text(PLAN)
    return folder


def run(*arguments: str, folder: Path, code: int = 0, **env: str) -> str:
    done = subprocess.run(command(*arguments), cwd=folder, env=environment(**env), capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "analytics", *arguments]


def environment(**env: str) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root, **env}


@pytest.fixture
def clinic(stored: Path, tmp_path: Path) -> Path:
    shutil.copytree(stored, tmp_path / "clinic")
    return tmp_path / "clinic"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    with post_office(post) as found:
        yield found


def found_in(folder: Path, text: str) -> list[str]:
    """Files that hold a text, zip members unpacked."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            parts = [path.read_bytes()]
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as packed:
                    parts += [packed.read(member) for member in packed.namelist()]
            if any(text.encode() in part for part in parts):
                found.append(path.relative_to(folder).as_posix())
    return found


@pytest.mark.long
def test_a_real_report_arrives_verifies_and_tells_no_name_and_no_secret(clinic: Path, post: Post, port: int) -> None:
    (clinic / "exports.yml").write_text(EXPORTS.format(port=port))
    hook = Hook([(500, {}), "cut"])
    said = ""
    with hook_site(hook) as hook_port:
        env = {"HOOK_URL": f"http://127.0.0.1:{hook_port}/{SECRET}"}
        said += run("run-due", "--now", "2024-05-02T12:00", folder=clinic, **env)
        said += run("run-due", "--now", "2024-05-06T06:10", folder=clinic, code=14, **env)
        said += run("run-due", "--now", "2024-05-06T06:20", folder=clinic, code=14, **env)
        said += run("run-due", "--now", "2024-05-06T06:30", folder=clinic, **env)
        said += run("exports", "status", folder=clinic, **env)
    run("verify", "archive/weekly-2024-05-06", "--store", "store", folder=clinic)
    assert len(post.mails) == 1
    assert len(hook.requests) == 3
    assert f"/{SECRET}" == hook.requests[0][0], "the search would find it"
    assert found_in(clinic / "data", NAME), "the search would find it"
    for text in (NAME, SECRET):
        assert text not in said
        assert found_in(clinic / "state", text) + found_in(clinic / "archive", text) == []
        assert text.encode() not in post.mails[0].content
        assert text not in str([body for _, _, body in hook.requests])


@pytest.mark.long
def test_a_clinic_that_is_missing_holds_the_report_and_the_analyst_is_told_once(
    clinic: Path, post: Post, port: int
) -> None:
    (clinic / "exports.yml").write_text(EXPORTS.format(port=port).replace("[north]", "[north, south]"))
    env = {"HOOK_URL": "http://127.0.0.1:9/x"}
    run("run-due", "--now", "2024-05-02T12:00", folder=clinic, **env)
    told = run("run-due", "--now", "2024-05-06T06:10", folder=clinic, code=16, **env)
    assert "no session within 31 days from south" in told
    assert "release weekly 2024-05-06" in told
    run("run-due", "--now", "2024-05-06T06:20", folder=clinic, code=16, **env)
    assert [mail.rcpt_tos for mail in post.mails] == [["analyst@example.org"]]
    assert not (clinic / "archive").exists()
    run("exports", "release", "weekly", "2024-05-06", "--now", "2024-05-06T09:00", folder=clinic, code=14, **env)
    assert (clinic / "archive/weekly-2024-05-06/report.html").is_file()
    assert len(post.mails) == 2


@pytest.mark.long
def test_real_reports_killed_at_10_random_moments(clinic: Path, post: Post, port: int) -> None:
    text = EXPORTS.format(port=port)
    (clinic / "exports.yml").write_text(text[: text.index("      - {to: webhook")])
    chance, killed, perhaps = random.Random(2), 0, 0
    run("run-due", "--now", "2024-05-02T12:00", folder=clinic)
    for week in range(25):
        if killed == 10:
            break
        now = (at("2024-05-06T07:00") + week * (at("2024-05-13T07:00") - at("2024-05-06T07:00"))).isoformat()
        day, before = now[:10], len(post.mails)
        process = subprocess.Popen(
            command("run-due", "--now", now), cwd=clinic, env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.3, 8))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        again = subprocess.run(command("run-due", "--now", now), cwd=clinic, env=environment(), capture_output=True)
        if again.returncode == 16:
            perhaps += 1
            how = "--sent" if len(post.mails) > before else "--again"
            run("exports", "resolve", "weekly", day, "mail:director@example.org", how, folder=clinic)
            run("run-due", "--now", now, folder=clinic)
        else:
            assert again.returncode == 0, again.stderr
        assert (clinic / f"archive/weekly-{day}/report.html").is_file()
        assert len(post.mails) == before + 1
    run("verify", "archive/weekly-2024-05-06", "--store", "store", folder=clinic)
    assert killed == 10
    assert not (clinic / "state/weekly/making").exists()
    print(f"{killed} real reports killed, {perhaps} perhaps")


@pytest.mark.long
def test_a_call_that_is_asked_to_end_says_that_nothing_is_lost(clinic: Path, post: Post, port: int) -> None:
    text = EXPORTS.format(port=port)
    (clinic / "exports.yml").write_text(text[: text.index("      - {to: webhook")])
    run("run-due", "--now", "2024-05-02T12:00", folder=clinic)
    process = subprocess.Popen(
        command("run-due", "--now", "2024-05-06T07:00"),
        cwd=clinic,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (clinic / "state/weekly/making/copy").parent.exists():
        time.sleep(0.05)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 14, said
    assert "the next call goes on" in said
    run("run-due", "--now", "2024-05-06T07:15", folder=clinic)
    assert len(post.mails) == 1
