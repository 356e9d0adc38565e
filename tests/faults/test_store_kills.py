"""A store whose writers are killed (kill -9) or find the disk full, or whose files are damaged: nothing is lost."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.domain.errors import DataRefused, NotWritten, OutcomesError
from analytics.store.backup import backup, restore
from analytics.store.check import check
from analytics.store.database import reading
from analytics.store.erase import erase
from analytics.store.ingest import ingest
from analytics.store.places import places_of
from analytics.store.telling import history, status

HERE = Path(__file__).parent
HEAD = "patient_id,session_date,treatment,texture_grade\n"
FIRST = HEAD + "".join(f"P{n},2026-01-{d:02d},chemical_peel,4\n" for n in range(1, 8) for d in (5, 12))
SECOND = HEAD + "".join(f"P{n},2026-01-12,chemical_peel,3\n" for n in range(1, 4)) + "P9,2026-02-01,dermal_roller,2\n"


class Forks:
    """The process that forks writers; see store_forks.py."""

    def __init__(self) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "store_forks.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def __call__(self, do: str, store: Path, file: Path, **how: object) -> dict:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, "store": str(store), "file": str(file), **how}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    made.process.wait(timeout=20)
    made.process.stdout.close()  # type: ignore[union-attr]


@dataclass(frozen=True)
class Base:
    """A store with one batch, its second file, a backup, and what its content is before and after the second file."""

    folder: Path
    second: Path
    before: str
    after: str

    def copy(self, to: Path) -> Path:
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        return to / "store"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    (folder / "first.csv").write_text(FIRST)
    (folder / "second.csv").write_text(SECOND)
    ingest([folder / "first.csv"], [], folder / "store")
    backup(folder / "store", folder / "kept")
    before = content(folder / "store")
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    ingest([other / "second.csv"], [], other / "store")
    return Base(folder, folder / "second.csv", before, content(other / "store"))


def content(store: Path) -> str:
    return status(store).sha256


def tidy(store: Path) -> None:
    left = [
        p.name
        for p in store.rglob("*")
        if p.name.endswith(".part") or p.name.startswith(("next", "spill", "restoring"))
    ]
    assert left == []
    assert check(store).problems == ()


def points_of(forks: Forks, base: Base, do: str, file: Path, to: Path) -> int:
    found = forks(do, base.copy(to), file)
    assert found["error"] == ""
    return found["points"]


def killed_ingest(forks: Forks, base: Base, to: Path, **how: object) -> bool:
    """One killed ingest, what readers see, and the next call. Whether it died."""
    store = base.copy(to)
    died = forks("ingest", store, base.second, **how)["died"]
    assert content(store) in (base.before, base.after), how
    ingest([base.second], [], store)
    assert content(store) == base.after, how
    tidy(store)
    return died


def test_ingest_killed_at_writes_and_renames(forks: Forks, base: Base, tmp_path: Path) -> None:
    total = points_of(forks, base, "ingest", base.second, tmp_path / "count")
    assert total > 20
    chosen = sorted(random.Random(7).sample(range(1, total + 1), 12))
    died = [killed_ingest(forks, base, tmp_path / "k", at=n, after=bool(n % 2)) for n in chosen]
    assert all(died)
    print(f"{len(died)} of {2 * total} points of ingest")


@pytest.mark.long
def test_ingest_killed_at_every_write_and_rename(forks: Forks, base: Base, tmp_path: Path) -> None:
    total = points_of(forks, base, "ingest", base.second, tmp_path / "count")
    every = itertools.product(range(1, total + 1), (False, True))
    died = [killed_ingest(forks, base, tmp_path / "k", at=n, after=after) for n, after in every]
    assert all(died)
    print(f"{len(died)} kills of ingest, nothing lost")


@pytest.mark.long
def test_ingest_killed_at_random_moments(forks: Forks, base: Base, tmp_path: Path) -> None:
    chance = random.Random(11)
    died = [killed_ingest(forks, base, tmp_path / "k", milliseconds=chance.randint(5, 700)) for _ in range(60)]
    assert sum(died) >= 20
    print(f"{sum(died)} of 60 ingests killed at random moments")


def killed_erase(forks: Forks, base: Base, to: Path, **how: object) -> None:
    """An erasure that dies is as if it was never asked for, or is finished by the next writer."""
    store = base.copy(to)
    assert forks("erase", store, base.second, **how)["died"]
    begun = places_of(store).journal.exists()
    assert status(store).rows["sessions"] in (14, 12)
    ingest([base.second], [], store)
    there = held(store, "P1")
    if begun:
        assert not there, how
    if there:
        erase(store, "P1", reason="asked for")
    assert not held(store, "P1"), how
    tidy(store)


def held(store: Path, patient: str) -> bool:
    try:
        return bool(history(store, patient))
    except DataRefused:
        return False


def test_erase_killed_at_some_points(forks: Forks, base: Base, tmp_path: Path) -> None:
    total = points_of(forks, base, "erase", base.second, tmp_path / "count")
    for n in sorted(random.Random(3).sample(range(1, total + 1), 8)):
        killed_erase(forks, base, tmp_path / "k", at=n, after=bool(n % 2))


@pytest.mark.long
def test_erase_killed_at_every_point(forks: Forks, base: Base, tmp_path: Path) -> None:
    total = points_of(forks, base, "erase", base.second, tmp_path / "count")
    for n, after in itertools.product(range(1, total + 1), (False, True)):
        killed_erase(forks, base, tmp_path / "k", at=n, after=after)
    print(f"{2 * total} kills of erase")


@pytest.mark.long
@pytest.mark.parametrize("do", ["retry", "backup", "restore"])
def test_others_killed_at_every_point(forks: Forks, base: Base, tmp_path: Path, do: str) -> None:
    def file(folder: Path) -> Path:
        return folder.parent / ("kept" if do == "restore" else "new")

    total = forks(do, base.copy(tmp_path / "k"), file(tmp_path / "k" / "store"))["points"]
    for n, after in itertools.product(range(1, total + 1), (False, True)):
        store = base.copy(tmp_path / "k")
        assert forks(do, store, file(store), at=n, after=after)["died"]
        assert status(store).rows["sessions"] == 14
        if (tmp_path / "k" / "new").exists():
            restore(store, tmp_path / "k" / "new")
        ingest([base.second], [], store)
        assert status(store).rows["sessions"] == 15
        tidy(store)
    print(f"{2 * total} kills of {do}")


@pytest.mark.parametrize("limit", [1, 5_000, 100_000, 400_000])
def test_a_full_disk_changes_nothing_and_says_so(forks: Forks, base: Base, tmp_path: Path, limit: int) -> None:
    store = base.copy(tmp_path / "k")
    found = forks("ingest", store, base.second, limit=limit)
    assert found["error"] == NotWritten.__name__
    assert content(store) == base.before
    ingest([base.second], [], store)
    assert content(store) == base.after
    tidy(store)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "header"])
def test_a_damaged_file_is_told_and_a_backup_put_back(base: Base, tmp_path: Path, damage: str) -> None:
    store = base.copy(tmp_path / "k")
    data = places_of(store).data
    whole = data.read_bytes()
    made = {
        "truncated": whole[: len(whole) // 2],
        "garbage": random.Random(1).randbytes(len(whole)),
        "empty": b"",
        "header": b"\0" * 4096 + whole[4096:],
    }[damage]
    data.write_bytes(made)
    with pytest.raises(OutcomesError, match="damaged") as told:
        status(store)
    assert "restore" in str(told.value)
    with pytest.raises(OutcomesError, match="damaged"):
        ingest([base.second], [], store)
    restore(store, tmp_path / "k" / "kept")
    assert content(store) == base.before
    ingest([base.second], [], store)
    assert content(store) == base.after


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_are_never_taken_for_data(base: Base, tmp_path: Path, seed: int) -> None:
    """Blocks that count have checksums; what is not noticed was not in use."""
    store = base.copy(tmp_path / "k")
    data = places_of(store).data
    whole = bytearray(data.read_bytes())
    chance = random.Random(seed)
    for _ in range(40):
        whole[chance.randrange(len(whole))] ^= 0xFF
    data.write_bytes(bytes(whole))
    try:
        found = check(store)
    except OutcomesError:
        return
    assert found.problems or content(store) == base.before


def test_a_batch_that_is_lost_or_changed_is_told(base: Base, tmp_path: Path) -> None:
    store = base.copy(tmp_path / "k")
    (batch,) = places_of(store).batches.glob("*.parquet")
    batch.write_bytes(batch.read_bytes()[:-10])
    assert any("not what it was" in problem for problem in check(store).problems)
    batch.unlink()
    assert any("not there" in problem for problem in check(store).problems)
    with reading(places_of(store)):
        assert content(store) == base.before
