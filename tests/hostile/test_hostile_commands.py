"""Three hundred hostile inputs on the command line: each ends with its exit code and words that a person can act on.

Of every one: no traceback, no hang, memory bounded, the message under 3,000 characters and without the machine's
folders, the input as it was, and nothing written by a refusal.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from case import Case, make
from cell_cases import CELL_CASES
from commands import Commands
from draft_cases import DRAFT_CASES
from mapping_cases import MAPPING_CASES
from plan_cases import PLAN_CASES
from text_cases import TEXT_CASES
from workbook_cases import WORKBOOK_CASES

CASES = (*TEXT_CASES, *CELL_CASES, *WORKBOOK_CASES, *MAPPING_CASES, *PLAN_CASES, *DRAFT_CASES)
LONGEST_MESSAGE = 3_000
LONGEST_PAGE = 6_000  # characters on stdout of a check, a draft of an ordinary file included


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    started = Commands()
    yield started
    started.close()


def whole(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything in the folder: kind, permissions and content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        told = path.lstat()
        content: object = os.readlink(path) if path.is_symlink() else None
        if stat.S_ISREG(told.st_mode):
            content = hashlib.sha256(path.read_bytes()).hexdigest() if os.access(path, os.R_OK) else told.st_size
        found[path.relative_to(folder).as_posix()] = (told.st_mode, content)
    return found


PARAMETERS = [pytest.param(case, id=case.name, marks=[pytest.mark.long] if case.long else []) for case in CASES]


def let_in(folder: Path, base: Path) -> None:
    """Open the way to a test's folder, and the folder itself, for somebody who is not root."""
    top = next((way for way in base.parents if way.name.startswith("pytest-of-")), base)  # above a worker's own folder
    for way in (way for way in folder.parents if top in (way, *way.parents)):
        way.chmod(way.stat().st_mode | 0o055)
    folder.chmod(0o777)


def test_there_are_many_and_no_two_of_one_name() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.says and all(case.says) for case in CASES)


@pytest.mark.parametrize("case", PARAMETERS)
def test_it_ends_as_it_should(
    case: Case, commands: Commands, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder, case.files)
    before = whole(folder)
    if case.as_nobody and os.getuid() == 0:
        let_in(folder, tmp_path_factory.getbasetemp())
    ended = commands.run(
        case.command.split(), cwd=folder, seconds=case.seconds, megabytes=case.megabytes, as_nobody=case.as_nobody
    )
    printed = f"{ended.out}\n{ended.err}"
    assert ended.code == case.code, printed[-2_000:]
    told = " ".join(printed.split())
    for words in case.says:
        assert words in told
    assert "Traceback" not in printed
    assert "A fault of this program" not in printed
    assert "not enough memory" not in printed
    assert str(tmp_path) not in printed
    assert len(ended.err) < LONGEST_MESSAGE
    assert len(ended.out) < LONGEST_PAGE
    after = whole(folder)
    assert {name: after[name] for name in before} == before
    made = {name for name in after if name not in before}
    if case.code and not case.writes:
        assert made == set()
    else:
        assert bool(made) == ("--out" in case.command)
        assert not any(".staging-" in name for name in made)


def test_a_sheet_is_looked_at_piece_by_piece() -> None:
    """Marks that lie across the border of two pieces are counted once."""
    from workbook_cases import CLEAN_LINES, line, raw

    from analytics.sources import excel

    rows = "".join(line(number, [f"p{number}", "x" * (number % 97)]) for number in range(3, 9_000))
    seen = excel._seen(raw(CLEAN_LINES + rows), "s.xlsx", "sessions")
    assert seen == excel._Seen(False, frozenset(), 10 + 2 * 8_997)
