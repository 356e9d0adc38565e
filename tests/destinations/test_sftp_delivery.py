"""SFTP against a real server on loopback: host key and login, faults, cuts and kills by the server."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import asyncssh
import pytest
from delivery_case import Ledger, other, parcel, tree, whole
from delivery_servers import sftp_site
from killed_client import client

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import SftpTo
from analytics.schedule.destinations.parcel import Perhaps, Refused, TryLater

PASSWORD = "pass-word-planted-7391"


@pytest.fixture(scope="module")
def key():
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def site(tmp_path, key):
    (tmp_path / "server" / "in").mkdir(parents=True)
    with sftp_site(tmp_path / "server", public=key.convert_to_public(), password=PASSWORD) as running:
        yield running


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


@pytest.fixture
def options(site, tmp_path, key):
    key.write_private_key(tmp_path / "id")
    (tmp_path / "id").chmod(0o600)
    site.known_hosts(tmp_path / "known_hosts")
    return {
        "host": "127.0.0.1", "port": site.port, "user": "reports", "key": "id", "known_hosts": "known_hosts",
        "path": "/in/",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def short_looks(monkeypatch):
    monkeypatch.setattr("analytics.schedule.destinations.pacing.LOOKS", (0.0, 0.05))


def made(tmp_path: Path, options: dict):
    return destinations([SftpTo(**options)], base=tmp_path, mail=None)[0]


def test_it_arrives_whole_and_once(site, sent, tmp_path, options):
    place, ledger = made(tmp_path, options), Ledger()
    place.send(sent, committing=ledger.committing)
    assert place.label == "sftp:127.0.0.1"
    assert tree(site.root / "in") == {f"{sent.name}/{name}": content for name, content in whole(sent).items()}
    place.send(sent, committing=ledger.committing)
    assert (ledger.calls, place.look(sent)) == (["committing"], "sent")


def test_a_password_from_a_variable_serves_too(site, sent, tmp_path, options, monkeypatch):
    monkeypatch.setenv("FILES_PASSWORD", PASSWORD)
    place = made(tmp_path, {**options, "key": None, "password_env": "FILES_PASSWORD"})
    place.send(sent, committing=Ledger().committing)
    assert place.look(sent) == "sent"


@pytest.mark.parametrize("content", ["", "another", "revoked"])
def test_a_host_key_that_is_not_known_is_refused_before_a_login(site, sent, tmp_path, options, content):
    """Also for an empty file, which the library takes for none given."""
    path = tmp_path / "known_hosts"
    if content == "another":
        site.known_hosts(path, key=asyncssh.generate_private_key("ssh-ed25519"))
    elif content == "revoked":
        site.known_hosts(path)
        path.write_text(f"@revoked {path.read_text()}")
    else:
        path.write_text("")
    with pytest.raises(Refused, match="host key"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)
    assert site.logins == []


def test_the_user_s_own_known_hosts_and_configuration_do_not_count(site, sent, tmp_path, options, monkeypatch):
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    site.known_hosts(home / ".ssh" / "known_hosts")
    (home / ".ssh" / "config").write_text("Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile none\n")
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "known_hosts").write_text("")
    with pytest.raises(Refused, match="host key"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)


def test_a_known_hosts_file_that_is_absent_is_refused(sent, tmp_path, options):
    (tmp_path / "known_hosts").unlink()
    with pytest.raises(Refused, match="known_hosts"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)


def test_a_login_that_is_refused_needs_a_person(sent, tmp_path, options):
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "id")
    (tmp_path / "id").chmod(0o600)
    with pytest.raises(Refused, match="login was refused"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)


def test_a_key_that_others_can_read_is_not_used(site, sent, tmp_path, options):
    (tmp_path / "id").chmod(0o644)
    with pytest.raises(Refused, match="read by others"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)
    assert site.logins == []


def test_a_key_with_a_passphrase(sent, tmp_path, options, key, monkeypatch):
    key.write_private_key(tmp_path / "id", "pkcs8-pem", passphrase="open-it")
    (tmp_path / "id").chmod(0o600)
    with pytest.raises(Refused, match="private key cannot be used"):
        made(tmp_path, options).send(sent, committing=Ledger().committing)
    monkeypatch.setenv("KEY_PASSPHRASE", "open-it")
    made(tmp_path, {**options, "key_passphrase_env": "KEY_PASSPHRASE"}).send(sent, committing=Ledger().committing)


def test_nobody_there_is_tried_later(sent, tmp_path, options):
    with pytest.raises(TryLater, match="no connection"):
        made(tmp_path, {**options, "port": 1}).send(sent, committing=Ledger().committing)


def test_another_report_under_the_name_is_left_alone(site, sent, tmp_path, options):
    place = made(tmp_path, options)
    place.send(other(sent, tmp_path / "other"), committing=Ledger().committing)
    before = tree(site.root)
    with pytest.raises(Refused, match="is not this report"):
        place.send(sent, committing=Ledger().committing)
    assert tree(site.root) == before


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (asyncssh.SFTPFailure("No space left on device /srv/secret-path"), "write"),
        (asyncssh.SFTPPermissionDenied("read-only"), "mkdir"),
        (asyncssh.SFTPFailure("no"), "rename"),
    ],
)
def test_a_server_that_fails_is_tried_later_and_a_second_try_heals(site, sent, tmp_path, options, error, act):
    def fault(here, path):
        if here == act:
            raise error

    place, site.fault = made(tmp_path, options), fault
    with pytest.raises(TryLater) as caught:
        place.send(sent, committing=Ledger().committing)
    assert "secret-path" not in str(caught.value)
    assert not (site.root / "in" / sent.name).exists()
    site.fault = lambda act, path: None
    place.send(sent, committing=Ledger().committing)
    assert tree(site.root / "in" / sent.name) == whole(sent)


def test_a_cut_right_before_the_rename_is_a_repeat(site, sent, tmp_path, options):
    place = made(tmp_path, options)
    site.fault = lambda act, path: _cut(site) if act == "rename" else None
    with pytest.raises(TryLater):
        place.send(sent, committing=Ledger().committing)
    assert place.look(sent) == "repeat"


def test_a_cut_right_after_the_rename_is_sent(site, sent, tmp_path, options):
    place, cuts = made(tmp_path, options), []

    def fault(act, path):
        if act == "renamed" and not cuts:
            cuts.append(path)
            _cut(site)

    site.fault = fault
    place.send(sent, committing=Ledger().committing)
    assert cuts
    assert place.look(sent) == "sent"


def test_a_cut_with_a_box_that_was_emptied_is_perhaps(site, sent, tmp_path, options):
    def fault(act, path):
        if act == "renamed":
            (site.root / "in" / sent.name).rename(tmp_path / "taken")
            _cut(site)

    site.fault = fault
    with pytest.raises(Perhaps):
        made(tmp_path, options).send(sent, committing=Ledger().committing)
    assert tree(tmp_path / "taken") == whole(sent)


def test_a_look_at_a_server_that_is_away_says_nothing(sent, tmp_path, options):
    with pytest.raises(TryLater):
        made(tmp_path, {**options, "port": 1}).look(sent)


def test_names_from_the_server_cannot_lead_elsewhere(site, sent, tmp_path, options):
    """A link in the temporary folder is removed, not followed."""
    part = site.root / "in" / f".{sent.name}.part"
    part.mkdir()
    (site.root / "kept").mkdir()
    (site.root / "kept" / "kept.txt").write_text("kept")
    (part / "figures").symlink_to("/kept")
    made(tmp_path, options).send(sent, committing=Ledger().committing)
    assert (site.root / "kept" / "kept.txt").read_text() == "kept"
    assert tree(site.root / "in" / sent.name) == whole(sent)


def test_a_link_under_the_temporary_name_is_not_written_through(site, sent, tmp_path, options):
    (site.root / "kept").mkdir()
    (site.root / "kept" / "kept.txt").write_text("kept")
    (site.root / "in" / f".{sent.name}.part").symlink_to("../kept")
    made(tmp_path, options).send(sent, committing=Ledger().committing)
    assert tree(site.root / "kept") == {"kept.txt": b"kept"}
    assert not (site.root / "in" / sent.name).is_symlink()


def _cut(site) -> None:
    site.connection.abort()
    raise asyncssh.SFTPFailure("cut")


@pytest.mark.long
def test_a_client_killed_by_the_server_at_every_step_leaves_a_true_word(site, sent, tmp_path, options):
    words = []
    for number in range(1, 60):
        for path in (site.root / "in").iterdir():
            _remove(path)
        code, ledger = _killed(site, tmp_path, options, number)
        if code == 0:
            break
        assert code == -9, ledger
        place = made(tmp_path, options)
        arrived = (site.root / "in" / sent.name).exists()
        word = place.look(sent) if "committing" in ledger else "nothing"
        words.append(word)
        assert (word == "sent") == arrived
        assert word != "perhaps"
        place.send(sent, committing=Ledger().committing)
        assert tree(site.root / "in") == {f"{sent.name}/{name}": content for name, content in whole(sent).items()}
    assert {"nothing", "repeat", "sent"} <= {*words}
    print(f"sftp: {len(words)} kills by the server, {dict(Counter(words))}")


def _killed(site, tmp_path, options, number):
    left, who = [number], []

    def fault(act, path):
        left[0] -= 1
        if left[0] == 0:
            os.kill(who[0], signal.SIGKILL)
            raise asyncssh.SFTPFailure("not done")

    site.fault = fault
    try:
        return client(tmp_path, {"deliver": [{"to": "sftp", **options}]}, who.append, {})
    finally:
        site.fault = lambda act, path: None


def _remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path)
