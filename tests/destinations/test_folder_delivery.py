"""A folder as a destination: whole or not at all, killed at every step, nothing beside the manifest's files."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from delivery_case import Ledger, other, parcel, tree, whole

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import FolderTo
from analytics.schedule.destinations.parcel import Perhaps, Refused, TryLater

STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir")


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


@pytest.fixture
def place(tmp_path):
    return destinations([FolderTo(path=Path("archive/"))], base=tmp_path, mail=None)[0]


def test_it_arrives_whole_for_the_owner_alone_and_nothing_else_does(place, sent, tmp_path):
    ledger = Ledger()
    place.send(sent, committing=ledger.committing)
    assert place.label == "folder:archive"
    assert tree(tmp_path / "archive") == {f"{sent.name}/{name}": content for name, content in whole(sent).items()}
    assert ledger.calls == ["committing"]
    modes = {p.stat().st_mode & 0o777 for p in (tmp_path / "archive").rglob("*") if p.is_file()}
    folders = {
        p.stat().st_mode & 0o777 for p in [tmp_path / "archive", *(tmp_path / "archive").rglob("*")] if p.is_dir()
    }
    assert (modes, folders) == ({0o600}, {0o700})


def test_a_second_sending_returns_without_committing(place, sent):
    place.send(sent, committing=Ledger().committing)
    again = Ledger()
    place.send(sent, committing=again.committing)
    assert again.calls == []
    assert place.look(sent) == "sent"


def test_another_report_under_the_name_is_left_alone(place, sent, tmp_path):
    place.send(other(sent, tmp_path / "other"), committing=Ledger().committing)
    before = tree(tmp_path / "archive")
    with pytest.raises(Refused, match="is not this report"):
        place.send(sent, committing=Ledger().committing)
    assert tree(tmp_path / "archive") == before


def test_a_folder_above_that_is_not_there_is_not_made(sent, tmp_path):
    """A share that is not mounted: its reports would land on the local disk."""
    place = destinations([FolderTo(path=Path("share/reports"))], base=tmp_path, mail=None)[0]
    with pytest.raises(TryLater):
        place.send(sent, committing=Ledger().committing)
    assert not (tmp_path / "share").exists()


def test_a_link_in_the_archive_is_never_followed(place, sent, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept.txt").write_text("kept")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / f".{sent.name}.part").symlink_to(tmp_path / "elsewhere")
    place.send(sent, committing=Ledger().committing)
    assert tree(tmp_path / "elsewhere") == {"kept.txt": b"kept"}
    assert tree(tmp_path / "archive" / sent.name) == whole(sent)


def test_a_link_under_the_final_name_is_refused(place, sent, tmp_path):
    """Even where it leads to a folder with our manifest."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / sent.name).symlink_to(sent.folder)
    with pytest.raises(Refused):
        place.send(sent, committing=Ledger().committing)
    assert place.look(sent) != "sent"


def test_a_read_only_folder_is_tried_later():
    """In a process of its own, as a user who may not write there: root may write everywhere."""
    with tempfile.TemporaryDirectory() as made:
        sent = parcel(Path(made) / "run")
        (Path(made) / "archive").mkdir(mode=0o555)
        Path(made).chmod(0o755)
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setuid(65534)
            place = destinations([FolderTo(path=Path("archive/"))], base=Path(made), mail=None)[0]
            try:
                place.send(sent, committing=lambda: os._exit(3))
            except TryLater as error:
                os._exit(0 if "permission" in str(error) else 4)
            finally:
                os._exit(5)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_full_disk_leaves_nothing_behind(place, sent, tmp_path, monkeypatch):
    from analytics.schedule.destinations import folder

    def full(part, name, content):
        if name == "report.pdf":
            raise OSError(28, "No space left on device")
        return write(part, name, content)

    write = folder._write
    monkeypatch.setattr(folder, "_write", full)
    ledger = Ledger()
    with pytest.raises(TryLater, match="no space left"):
        place.send(sent, committing=ledger.committing)
    assert (tree(tmp_path / "archive"), ledger.calls) == ({}, [])
    assert list((tmp_path / "archive").iterdir()) == []


def test_a_limit_on_file_sizes_is_tried_later(sent, tmp_path):
    """RLIMIT_FSIZE in a process of its own: a real EFBIG in the middle of a file."""
    child = os.fork()
    if child == 0:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        place = destinations([FolderTo(path=Path("archive/"))], base=tmp_path, mail=None)[0]
        try:
            place.send(sent, committing=lambda: os._exit(3))
        except TryLater:
            os._exit(0)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list((tmp_path / "archive").iterdir()) == []


def test_a_rename_that_fails_is_looked_into(place, sent, tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(TryLater):
        place.send(sent, committing=Ledger().committing)
    monkeypatch.undo()
    assert place.look(sent) == "repeat"


def test_a_rename_that_fails_after_it_was_done_is_sent(place, sent, monkeypatch):
    rename = os.rename

    def late(source, target):
        rename(source, target)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "rename", late)
    place.send(sent, committing=Ledger().committing)
    monkeypatch.undo()
    assert place.look(sent) == "sent"


def test_a_rename_whose_folder_is_gone_on_both_sides_is_perhaps(place, sent, monkeypatch, tmp_path):
    """A drop box that is emptied by its receiver."""
    rename = os.rename

    def taken(source, target):
        rename(source, target)
        rename(target, tmp_path / "taken")
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "rename", taken)
    monkeypatch.setattr("analytics.schedule.destinations.pacing.LOOKS", (0.0,))
    with pytest.raises(Perhaps):
        place.send(sent, committing=Ledger().committing)


def test_killed_at_every_step_nothing_is_half_published_and_the_next_call_heals(sent, tmp_path):
    """kill -9 at each system call, with the ledger's word checked against what lies there."""
    words = []
    for number in range(1, 400):
        base = tmp_path / f"kill-{number}"
        base.mkdir()
        if _killed_at(number, base, sent) == 0:
            break
        words.append(_after_a_kill(base, sent))
    assert {"nothing", "repeat", "sent"} <= {*words}
    assert words.count("nothing") > 10
    print(f"folder: {len(words)} kills, {dict(Counter(words))}")


def _killed_at(number: int, base: Path, sent) -> int:
    """Send in a fork that kills itself at its ``number``-th step; 0 where it came to its end."""
    child = os.fork()
    if child == 0:
        left = [number]

        def hook(event, arguments):
            if event in STEPS:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        place = destinations([FolderTo(path=Path("archive/"))], base=base, mail=None)[0]
        place.send(sent, committing=lambda: (base / "committing").touch())
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _after_a_kill(base: Path, sent) -> str:
    place = destinations([FolderTo(path=Path("archive/"))], base=base, mail=None)[0]
    arrived = (base / "archive" / sent.name).exists()
    if arrived:
        assert tree(base / "archive" / sent.name) == whole(sent)
    committing = (base / "committing").exists()
    word = place.look(sent) if committing else "nothing"
    assert (word == "sent") == arrived, word
    assert word != "perhaps"
    place.send(sent, committing=lambda: None)
    assert tree(base / "archive") == {f"{sent.name}/{name}": content for name, content in whole(sent).items()}
    return word


def test_killed_while_repeating_it_is_still_a_repeat(place, sent, tmp_path):
    """The temporary folder is never away between a repeat and its rename, so no false *perhaps* comes of it."""
    with pytest.raises(KeyboardInterrupt):
        place.send(sent, committing=_interrupt)
    part = tmp_path / "archive" / f".{sent.name}.part"
    (part / "left-by-a-kill.csv").write_text("half")
    seen = []
    from analytics.schedule.destinations import folder

    empty = folder._empty
    folder._empty = lambda path: (empty(path), seen.append(place.look(sent)))
    try:
        place.send(sent, committing=lambda: None)
    finally:
        folder._empty = empty
    assert seen == ["repeat"]
    assert tree(tmp_path / "archive" / sent.name) == whole(sent)


def _interrupt() -> None:
    raise KeyboardInterrupt
