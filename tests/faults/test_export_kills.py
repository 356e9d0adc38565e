"""run-due killed (kill -9) anywhere, by itself and by the mail server; full disks; two at once; against real servers.

After each: nothing lost, nothing sent twice, nothing half published, each *perhaps* true to its word, and the next call
heals or says what to do.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import boto3
import pytest
from delivery_servers import Hook, Post, hook_site, post_office, sftp_site
from export_rooms import at
from moto.server import ThreadedMotoServer

from analytics.schedule.calling import Place
from analytics.schedule.deciding import resolve
from analytics.schedule.loading import load_exports
from analytics.schedule.slots import Slot

HERE = Path(__file__).parent
FIRST, NOW, LATER = "2026-03-05T12:00", "2026-03-09T12:00", "2026-03-09T13:00"
DAY = "2026-03-09"
NAME = f"weekly-{DAY}"
NEAR = ["      - {to: folder, path: archive/}", "      - {to: mail, recipients: [director@example.org]}",
        "      - {to: webhook, url_env: HOOK_URL, allow_private: true}"]  # fmt: skip


class Forks:
    """The process that forks calls; see export_forks.py."""

    def __init__(self) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        environment["PYTHONPATH"] = str(HERE.parent)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "export_forks.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def __call__(self, config: Path, now: str, *, tell: Callable[[int], None] = lambda pid: None, **how: Any) -> dict:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"config": str(config), "now": now, **how}) + "\n")
        self.process.stdin.flush()
        tell(int(self.process.stdout.readline()))
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


@dataclass
class Servers:
    """What runs on loopback, and what it has received of the room that is used now."""

    post: Post
    hook: Hook
    sftp_root: Path
    mail_port: int
    env: dict[str, str]
    far: list[str]
    s3: Any

    def clear(self) -> None:
        self.post.mails.clear()
        self.post.kill_at = ""
        self.hook.requests.clear()
        shutil.rmtree(self.sftp_root / "in", ignore_errors=True)
        (self.sftp_root / "in").mkdir()
        for item in self.s3.list_objects_v2(Bucket="reports").get("Contents", []):
            self.s3.delete_object(Bucket="reports", Key=item["Key"])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("servers")
    post, hook = Post(), Hook()
    key = asyncssh.generate_private_key("ssh-ed25519")
    (folder / "sftp/in").mkdir(parents=True)
    with ExitStack() as stack:
        mail_port = stack.enter_context(post_office(post))
        hook_port = stack.enter_context(hook_site(hook))
        site = stack.enter_context(sftp_site(folder / "sftp", public=key.convert_to_public(), password="unused"))
        key.write_private_key(folder / "id")
        (folder / "id").chmod(0o600)
        site.known_hosts(folder / "known_hosts")
        moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        moto.start()
        stack.callback(moto.stop)
        endpoint = f"http://127.0.0.1:{moto.get_host_and_port()[1]}"
        login = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        s3 = boto3.client("s3", endpoint_url=endpoint, **login)
        s3.create_bucket(Bucket="reports")
        env = {"HOOK_URL": f"http://127.0.0.1:{hook_port}/hook", "AWS_ACCESS_KEY_ID": "test",
               "AWS_SECRET_ACCESS_KEY": "test"}  # fmt: skip
        far = [
            f"      - {{to: sftp, host: 127.0.0.1, port: {site.port}, user: reports, key: {folder / 'id'}, "
            f"known_hosts: {folder / 'known_hosts'}, path: /in/}}",
            f"      - {{to: s3, bucket: reports, prefix: derma/, region: us-east-1, endpoint: {endpoint}}}",
        ]
        yield Servers(post, hook, folder / "sftp", mail_port, env, far, s3)


@dataclass
class Tried:
    """What a test counted."""

    kills: int = 0
    perhaps: list[bool] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.kills} kills; perhaps {len(self.perhaps)} times, arrived {sum(self.perhaps)} of them"


class Case:
    """A room with its first call made, whose report is due; copied anew for every kill."""

    def __init__(self, folder: Path, servers: Servers, forks: Forks, *, far: bool = False) -> None:
        self.folder, self.servers, self.forks = folder, servers, forks
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.config, self.far = folder / "exports.yml", far
        lines = ["timezone: Europe/Rome", "store: store", "state: state", "budget_minutes: 0"]
        lines += [f"mail: {{host: 127.0.0.1, port: {servers.mail_port}, tls: none, from: reports@example.org}}"]
        lines += ["exports:", "  - name: weekly", '    when: {cron: "0 6 * * 1"}', "    format: [html]", "    deliver:"]
        self.config.write_text("\n".join([*lines, *NEAR, *(servers.far if far else [])]) + "\n")
        servers.clear()
        assert self.call(FIRST)["code"] == 0

    def call(self, now: str, **how: Any) -> dict:
        found = self.forks(self.config, now, env=self.servers.env, **how)
        assert not found["error"].startswith("unforeseen"), found
        return found

    @property
    def place(self) -> Place:
        settings = load_exports(self.config)
        return Place(settings, settings.exports[0])

    def slot(self) -> Slot:
        ledger = self.place.ledger
        (stamp,) = ledger.stamps()
        return ledger.read(stamp)

    def arrived(self, label: str) -> bool:
        """Whether the one report has come to a place, whole; two, or half a one, fail."""
        if label.startswith("mail"):
            assert len(self.servers.post.mails) <= 1
            return bool(self.servers.post.mails)
        if label.startswith("webhook"):
            assert len({headers["idempotency-key"] for _, headers, _ in self.servers.hook.requests}) <= 1
            return bool(self.servers.hook.requests)
        if label.startswith("s3"):
            found = self.servers.s3.list_objects_v2(Bucket="reports").get("Contents", [])
            names = {item["Key"].rsplit("/", 1)[-1] for item in found}
            if "receipt.json" in names:
                assert names == {"receipt.json", "report.html"}
            return "receipt.json" in names
        root = self.folder / "archive" if label.startswith("folder") else self.servers.sftp_root / "in"
        if not (root / NAME).is_dir():
            return False
        assert sorted(path.name for path in (root / NAME).iterdir()) == ["receipt.json", "report.html"]
        return True

    def healed(self, tried: Tried) -> None:
        """The next call heals, or asks a person, whose true answer heals."""
        found = self.call(LATER)
        if found["code"] == 14:
            found = self.call(LATER)
        labels = self.slot().states("perhaps")
        assert found["code"] == (16 if labels else 0), found
        for label in labels:
            there = self.arrived(label)
            tried.perhaps.append(there)
            resolve(load_exports(self.config), "weekly", DAY, label, arrived=there, now=at(LATER))
        if labels:
            assert self.call(LATER)["code"] == 0
        slot = self.slot()
        assert slot.status == "done"
        for label, leg in slot.legs.items():
            assert leg.state == "sent"
            assert self.arrived(label), label
        self.tidy()

    def tidy(self) -> None:
        left = [p for p in self.folder.rglob("*") if p.name.endswith(".part") or p.name in ("making", "untidy")]
        left += list(self.servers.sftp_root.rglob("*.part"))
        assert left == []
        assert f"{NAME}/report.html" in (self.folder / "archive/index.html").read_text()


def killed(case: Case, tried: Tried, **how: Any) -> None:
    died = case.call(NOW, **how)["died"]
    tried.kills += died
    for label in ("folder", "mail", "webhook", *(("sftp", "s3") if case.far else ())):
        case.arrived(label)  # whole, or not at all
    case.healed(tried)


@pytest.fixture
def room(tmp_path: Path, servers: Servers, forks: Forks) -> Callable[..., Case]:
    return lambda **how: Case(tmp_path / "room", servers, forks, **how)


def points(room: Callable[..., Case]) -> int:
    found = room().call(NOW)
    assert found["code"] == 0
    assert found["points"] > 40
    return found["points"]


def test_killed_at_some_writes_and_renames(room: Callable[..., Case]) -> None:
    tried = Tried()
    for n in sorted(random.Random(7).sample(range(1, points(room) + 1), 12)):
        killed(room(), tried, at=n, after=bool(n % 2))
    assert tried.kills == 12
    print(tried)


@pytest.mark.long
def test_killed_at_every_write_and_rename(room: Callable[..., Case]) -> None:
    tried, total = Tried(), points(room)
    for n, after in itertools.product(range(1, total + 1), (False, True)):
        killed(room(), tried, at=n, after=after)
    assert tried.kills == 2 * total
    print(tried)


@pytest.mark.long
def test_killed_at_140_random_moments(room: Callable[..., Case]) -> None:
    tried, chance = Tried(), random.Random(11)
    for _ in range(140):
        killed(room(far=True), tried, milliseconds=chance.randint(2, 500))
    assert tried.kills > 70
    print(tried)


@pytest.mark.parametrize(("stage", "arrived"), [("rcpt", None), ("dot", True), ("quit", None)])
def test_killed_by_the_mail_server_itself(room: Callable[..., Case], stage: str, arrived: bool | None) -> None:
    """At RCPT nothing was sent; after the final dot nobody can know; after 250 it was sent, and is known or perhaps."""
    case, tried = room(), Tried()
    case.servers.post.kill_at = stage
    found = case.call(NOW, tell=lambda pid: setattr(case.servers.post, "pid", pid))
    assert found["died"]
    case.servers.post.kill_at = ""
    case.healed(tried)
    assert len(case.servers.post.mails) == 1
    assert tried.perhaps in ([arrived],) if arrived is not None else tried.perhaps in ([], [True])


@pytest.mark.parametrize("limit", [1, 300, 700, 1_500, 4_000])
def test_a_disk_that_is_full_loses_nothing(room: Callable[..., Case], limit: int) -> None:
    case, tried = room(), Tried()
    found = case.call(NOW, limit=limit)
    assert found["code"] in (0, 14), found
    case.healed(tried)
    assert len(case.servers.post.mails) == 1


def test_two_at_once(room: Callable[..., Case], forks: Forks) -> None:
    other = Forks()
    try:
        for _ in range(5):
            case = room()
            codes: list[int] = []
            second = threading.Thread(
                target=lambda case=case, codes=codes: codes.append(
                    other(case.config, NOW, env=case.servers.env)["code"]
                )
            )
            second.start()
            codes.append(case.call(NOW)["code"])
            second.join()
            assert sorted(codes) in ([0, 17], [0, 0])
            assert len(case.servers.post.mails) == 1
            case.healed(Tried())
    finally:
        other.close()


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty"])
def test_damaged_files_of_the_state_send_nothing_twice(room: Callable[..., Case], damage: str) -> None:
    """Each file of a date that is sent, damaged: mail is perhaps, the others are asked."""
    case = room()
    assert case.call(NOW)["code"] == 0
    files = [case.place.ledger.path(case.slot().due), case.place.folder / "schedule.json"]
    for path in files:
        content = path.read_bytes()
        made = {"truncated": content[: len(content) // 2], "garbage": random.Random(1).randbytes(300), "empty": b""}
        path.write_bytes(made[damage])
        tried = Tried()
        case.healed(tried)
        assert tried.perhaps == ([True] if path == files[0] else [])
        assert len(case.servers.post.mails) == 1
