"""Nobody's name or id is in any file of the store; who is erased is gone from it; keys, modes and locks."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from store_files import lines, many, take_in

from analytics.domain.errors import Busy, DataRefused, PlanRefused, UsageError
from analytics.store.backup import backup, restore
from analytics.store.batches import batch_bytes, read_batch
from analytics.store.check import check
from analytics.store.database import reading
from analytics.store.erase import erase
from analytics.store.ingest import ingest
from analytics.store.lock import writing
from analytics.store.places import places_of
from analytics.store.telling import history, status

ID, SESSION, NAME = "QZX-MARIA-ROSSI", "SESSION-QZX-4711", "Mariaqzx"
MAPPING = """columns:
  patient_id: {from: Client}
  session_id: {from: No}
  session_date: {from: Day}
  treatment: {from: What, values: {chemical_peel: [Peel], dermal_roller: ["Roll*"]}}
  texture_grade: {from: Grade}
  adjunct: {from: With}
  rater_id: {from: By}
"""
HEAD = "Client,No,Day,What,Grade,With,By,Notes"


def planted() -> str:
    """Every place where something of a patient may stand: ids, notes, free text, faults, wildcards, broken lines."""
    return lines(
        f"{ID},{SESSION},2026-01-05,Peel,4,cream of {NAME},R1,call {NAME}",
        f"{ID},{SESSION}2,2026-01-12,{NAME},4,,R1,",
        f"{ID},{SESSION}3,{NAME},Peel,4,,R1,",
        f"{ID},{SESSION}4,2026-01-19,Roll for {NAME},3,,R1,",
        f"{ID},{SESSION}5,2026-01-26,Peel,{NAME},,R1,",
        f'{ID},{SESSION}6,2026-02-02,Peel,4,,"R1, who told {NAME} to come back in a month or so",',
        f"{ID},{SESSION}7,2026-02-09,Peel",
        f"{ID}\x01,{SESSION}8,2026-02-16,Peel,4,,R1,",
        *(f"K{n},T{n},2026-01-05,Peel,{n % 5},,R1," for n in range(40)),
        head=HEAD,
    )


def everything(*folders: Path) -> bytes:
    """The bytes of every file, and every value of every table and batch: compression hides texts from a byte search."""
    parts = []
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            parts.append(path.name.encode() + path.read_bytes())
            if path.suffix == ".parquet":
                table = pq.read_table(path)
                parts.append(repr(table.to_pydict()).encode() + repr(table.schema.metadata).encode())
            elif path.suffix == ".duckdb":
                with reading(type(places_of(folder))(path.parent)) as connection:
                    for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                        parts.append(repr(connection.execute(f"SELECT * FROM {name}").fetchall()).encode())
    return b"\n".join(parts)


def marked(content: bytes) -> list[str]:
    lower = content.lower()  # texts are folded before they are hashed
    return [text for text in (ID, SESSION, NAME) if text.lower().encode() in lower]


def stored(folder: Path) -> Path:
    take_in(folder, "a.csv", planted(), mappings=[MAPPING])
    return folder / "store"


def test_the_search_would_find_the_markers(tmp_path: Path) -> None:
    """The same rows kept as they came: as Parquet and in an embedded file, both compressed."""
    import duckdb

    frame = pd.read_csv(io.StringIO(planted()), dtype=str, on_bad_lines="skip")
    (tmp_path / "batches").mkdir()
    frame.to_parquet(tmp_path / "batches" / "plain.parquet")
    connection = duckdb.connect(str(tmp_path / "store.duckdb"))
    connection.execute("CREATE TABLE sessions AS SELECT * FROM frame")
    connection.close()
    assert marked(everything(tmp_path / "batches")) == [ID, SESSION, NAME]
    (tmp_path / "batches" / "plain.parquet").unlink()
    assert marked(everything(tmp_path)) == [ID, SESSION, NAME]


def test_no_marker_is_in_any_file_of_the_store(tmp_path: Path) -> None:
    store = stored(tmp_path)
    backup(store, tmp_path / "kept")
    assert marked(everything(store, tmp_path / "kept")) == []
    assert marked(b"".join(p.read_bytes() for p in tmp_path.glob("store.*"))) == []


def test_what_was_set_aside_is_kept_without_what_may_be_a_name(tmp_path: Path) -> None:
    store = stored(tmp_path)
    found = status(store)
    assert (found.rows["sessions"], found.quarantined) == (43, 5)
    assert len(history(store, ID)) == 3


def tokens_of(store: Path, patient: str) -> list[str]:
    from analytics.store.ingest import store_key

    return [store_key(places_of(store)).patient(patient)]


def test_after_an_erasure_nothing_of_the_patient_is_left(tmp_path: Path) -> None:
    store = stored(tmp_path)
    take_in(tmp_path, "b.csv", planted().replace(",4,", ",3,"), mappings=[MAPPING])
    backup(store, tmp_path / "before")
    (token,) = tokens_of(store, ID)
    assert token.encode() in everything(store)
    done = erase(store, ID, reason="asked for")
    assert done.rows == 5  # three rows, two of which were corrected
    backup(store, tmp_path / "after")
    assert token.encode() not in everything(store)
    assert token.encode() not in everything(tmp_path / "after")
    assert check(store).problems == ()
    with pytest.raises(DataRefused):
        history(store, ID)


def test_later_rows_are_refused_and_counted_also_after_restore(tmp_path: Path) -> None:
    store = stored(tmp_path)
    backup(store, tmp_path / "before")
    (token,) = tokens_of(store, ID)
    erase(store, ID, reason="asked for")
    assert erase(store, ID, reason="asked for").before
    done = take_in(tmp_path, "b.csv", planted().replace(",4,", ",3,"), mappings=[MAPPING])
    assert (done.change.refused, done.change.received) == (8, 40)
    back = restore(store, tmp_path / "before")
    assert back.erased == 3
    assert token.encode() not in everything(store)
    assert ingest([tmp_path / "a.csv"], [MAPPING], store, again=True).change.refused == 8
    assert token.encode() not in everything(store)


def test_the_list_outlives_a_store_that_is_put_back_by_hand(tmp_path: Path) -> None:
    import shutil

    store = stored(tmp_path)
    shutil.copytree(store, tmp_path / "copy")
    erase(store, ID, reason="asked for")
    shutil.rmtree(store)
    shutil.copytree(tmp_path / "copy", store)
    assert ingest([tmp_path / "a.csv"], [MAPPING], store, again=True).change.refused == 8


def test_one_of_two_clinics_patients_is_erased(tmp_path: Path) -> None:
    take_in(tmp_path, "n.csv", many(4), clinic="north")
    take_in(tmp_path, "s.csv", many(4), clinic="south")
    store = tmp_path / "store"
    with pytest.raises(UsageError, match="north, south"):
        erase(store, "P1", reason="asked for")
    assert erase(store, "P1", reason="asked for", clinic="north").rows == 1
    assert len(history(store, "P1", clinic="south")) == 1
    assert take_in(tmp_path, "n2.csv", many(4, grade="3"), clinic="north").change.refused == 1
    assert take_in(tmp_path, "s2.csv", many(4, grade="3"), clinic="south").change.refused == 0


def test_a_reason_is_needed_and_may_not_name_the_patient(tmp_path: Path) -> None:
    store = stored(tmp_path)
    for reason in (" ", f"{ID.lower()} wrote to us"):
        with pytest.raises(UsageError):
            erase(store, ID, reason=reason)
    with pytest.raises(DataRefused):
        erase(store, "nobody", reason="asked for")


def test_files_and_folders_are_for_the_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = stored(tmp_path)
        backup(store, tmp_path / "kept")
        erase(store, ID, reason="asked for")
    finally:
        os.umask(old)
    for path in (
        store,
        *store.rglob("*"),
        tmp_path / "kept",
        *(tmp_path / "kept").rglob("*"),
        *tmp_path.glob("store.*"),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    (store / "store.duckdb").chmod(0o644)
    assert any("644" in problem for problem in check(store).problems)


def test_another_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stored(tmp_path)
    key = tmp_path / "store.key"
    own = key.read_text()
    key.write_text("0" * 64)
    for call in (lambda: take_in(tmp_path, "b.csv", planted(), mappings=[MAPPING]), lambda: history(store, ID)):
        with pytest.raises(PlanRefused, match="another store") as told:
            call()
        assert told.value.exit_code == 12
    key.unlink()
    with pytest.raises(PlanRefused, match="not there"):
        erase(store, ID, reason="asked for")
    assert status(store).patients == 41
    elsewhere = tmp_path / "safe" / "k"
    elsewhere.parent.mkdir()
    elsewhere.write_text(own)
    monkeypatch.setenv("OUTCOMES_KEY_FILE", str(elsewhere))
    with pytest.raises(PlanRefused, match="read by others"):
        history(store, ID)
    elsewhere.chmod(0o600)
    assert history(store, ID)
    monkeypatch.setenv("OUTCOMES_KEY_FILE", str(store / "k"))
    with pytest.raises(PlanRefused, match="inside the store"):
        history(store, ID)


def test_a_second_writer_is_told_who_and_readers_do_not_wait(tmp_path: Path) -> None:
    store = stored(tmp_path)
    with writing(places_of(store), "ingest"):
        with pytest.raises(Busy, match=f"ingest, process {os.getpid()} on") as told:
            take_in(tmp_path, "b.csv", planted(), mappings=[MAPPING])
        assert told.value.exit_code == 17
        assert status(store).version == 1


def test_the_lock_is_free_at_once_after_kill_9(tmp_path: Path) -> None:
    store = stored(tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from analytics.store.lock import writing\n"
        "from analytics.store.places import places_of\n"
        "with writing(places_of(Path(sys.argv[1])), 'ingest'): print('locked', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "locked\n"
    with pytest.raises(Busy):
        erase(store, ID, reason="asked for")
    owner.kill()
    owner.wait()
    owner.stdout.close()
    began = time.monotonic()
    erase(store, ID, reason="asked for")
    assert time.monotonic() - began < 30


def test_a_batch_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    store = stored(tmp_path)
    (path,) = places_of(store).batches.glob("*.parquet")
    raw, whose = read_batch(path)
    assert batch_bytes(raw, whose) == path.read_bytes()
    assert len(raw.misfits) == 1


def test_a_backup_that_was_changed_is_refused(tmp_path: Path) -> None:
    store = stored(tmp_path)
    backup(store, tmp_path / "kept")
    data = tmp_path / "kept" / "store.duckdb"
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(DataRefused, match="damaged"):
        restore(store, tmp_path / "kept")
    assert status(store).version == 1
