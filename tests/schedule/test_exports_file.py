"""exports.yml: what is refused, where, and that no value of it is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_rooms import HEAD, WEEKLY

from analytics.domain.errors import PlanRefused
from analytics.schedule.loading import load_exports

GOOD = HEAD.format(budget=0) + WEEKLY


def refusal(tmp_path: Path, text: str) -> str:
    (tmp_path / "exports.yml").write_text(text)
    with pytest.raises(PlanRefused) as told:
        load_exports(tmp_path / "exports.yml")
    return str(told.value)


def test_paths_begin_at_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "exports.yml").write_text(GOOD)
    found = load_exports(tmp_path / "exports.yml")
    assert found.state_folder == tmp_path / "state"
    assert found.place("~/x") == Path.home() / "x"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: weekly", "name: ../weekly", "small letters"),
        ("name: weekly", "name: Weekly", "small letters"),
        ("name: weekly", "name: weekly-2026-03-02", "hold no date"),
        ('"0 6 * * 1"', '"0 6 1W * *"', "cron line"),
        ('"0 6 * * 1"', '"0 0 6 * * 1"', "five fields"),
        ("Europe/Rome", "Europe/Roma", "Europe/Rome"),
        ("format: [html]", "format: [htm]", "html"),
        ("format: [html]", "formt: [html]", "did you mean 'format'"),
        ("format: [html]", "data: {window: last_3_months}", "needs a plan"),
        ("format: [html]", "data: {window: last_0_months}", "last_3_months"),
        ("format: [html]", "on_problem: {mail: [a@example.org]}", "mail server"),
        ("to: folder", "to: ftp", "folder, sftp, s3, mail, webhook"),
        ("path: archive/", "pth: archive/", "'path' is missing"),
        ("format: [html]", "keep: {runs: 0}", "greater than or equal to 1"),
        ("format: [html]", "format: !!python/name:os.system [html]", "tag"),
        ("format: [html]", "format: &a [html]", "anchors"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    assert told in refusal(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("path: archive/", "pth: archive/", "missing"),
        ("to: folder", "to: ftp", "folder, sftp"),
        ('"0 6 * * 1"', '"0 0 6 * * 1"', "five fields"),
    ],
)
def test_a_fault_inside_does_not_call_the_list_empty(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = refusal(tmp_path, GOOD.replace(old, new))
    assert told in found
    assert "Tuple" not in found
    assert "at least one" not in found


@pytest.mark.parametrize("line", ["exports: []", "exports: [{name: a, when: {cron: 0 6 * * 1}, deliver: []}]"])
def test_a_list_without_a_member_is_told_in_words(tmp_path: Path, line: str) -> None:
    found = refusal(tmp_path, f"store: s\nstate: t\n{line}\n")
    assert "one thing to mend" in found
    assert "must name at least one" in found


SECRET = "hunter2-s3cr3t"


@pytest.mark.parametrize(
    "line",
    [
        f"mail: {{host: smtp.example.org, from: a@example.org, password: {SECRET}}}",
        f"mail: {{host: smtp.example.org, from: a@example.org, user_env: {SECRET}}}",
        f"password: {SECRET}",
        f"budget_minutes: {SECRET}",
        f"timezone: {SECRET}",
        f"mail: {SECRET}",
        f"exports: {SECRET}",
        f"exports: [{{name: {SECRET}, when: {SECRET}, deliver: [{{to: {SECRET}}}]}}]",
        f"exports: [{{name: a, when: {{cron: {SECRET}}}, deliver: [{{to: webhook, url: https://h.example/{SECRET}}}]}}]",
        f"exports: [{{name: a, gates: {{max_quarantined: {SECRET}}}, deliver: {SECRET}}}]",
        f"exports: [{{name: a, when: {{cron: 0 6 * * 1}}, report: {SECRET}, format: [{SECRET}], deliver: []}}]",
    ],
)
def test_no_value_is_ever_shown(tmp_path: Path, line: str) -> None:
    key = line.partition(":")[0]
    kept = [text for text in GOOD.splitlines() if not text.startswith(f"{key}:")]
    if key == "exports":
        kept = [text for text in kept if text and not text.startswith(" ")]
    told = refusal(tmp_path, "\n".join([*kept, line]))
    assert SECRET not in told
    assert "line" in told


def test_internal_and_external_reports_share_no_folder(tmp_path: Path) -> None:
    other = WEEKLY.partition("\n")[2].replace("weekly", "outside").replace("format:", "audience: external\n    format:")
    assert "share a folder" in refusal(tmp_path, GOOD + other)


def test_holidays_are_read_and_a_fault_in_them_is_told(tmp_path: Path) -> None:
    text = GOOD.replace('"0 6 * * 1"}', '"0 6 * * 1", holidays: days.txt}')
    assert "cannot be read" in refusal(tmp_path, text)
    (tmp_path / "days.txt").write_text("2026-12-25  # Christmas\nEaster\n")
    assert "line 2 of days.txt" in refusal(tmp_path, text)
    (tmp_path / "days.txt").write_text("# of the clinic\n2026-12-25  # Christmas\n\n")
    found = load_exports(tmp_path / "exports.yml")
    assert found.rule(found.exports[0]).holidays == ("2026-12-25",)
