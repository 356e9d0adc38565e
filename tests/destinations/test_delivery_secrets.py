"""A planted secret is searched for wherever it could come out: logs, messages, tracebacks, process lists, files."""

from __future__ import annotations

import importlib.util
import io
import logging
import subprocess
import sys
import traceback
from pathlib import Path

import asyncssh
import pytest
from delivery_case import authority, parcel
from delivery_servers import Hook, Post, Script, hook_site, post_office, scripted_office, server_context, sftp_site
from killed_client import client
from pydantic import TypeAdapter

from analytics.domain.errors import OutcomesError, UsageError
from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.library import LOGGERS
from analytics.schedule.destinations.models import AnyTo, MailServer
from analytics.schedule.destinations.secrets import secret

PLANTED = "Zx9-planted-7391"
ANY = TypeAdapter(AnyTo)


@pytest.fixture
def heard():
    """Everything that any logger says, at its most talkative, also below the loggers that we silence."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(), *map(logging.getLogger, LOGGERS)]
    before = [(one.level, list(one.handlers)) for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.addHandler(handler)
    yield stream
    for one, (level, handlers) in zip(loggers, before):
        one.setLevel(level)
        one.handlers[:] = handlers


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    monkeypatch.setenv("PLANTED", PLANTED)
    monkeypatch.setenv("PLANTED_USER", "planted-user")


def tried(told: dict, sent, base: Path, server: dict | None = None) -> str:
    """Send, and give everything that a person or a log could see of a failure."""
    mail = MailServer.model_validate(server) if server else None
    place = destinations([ANY.validate_python(told)], base=base, mail=mail)[0]
    try:
        place.send(sent, committing=lambda: None)
    except OutcomesError as error:
        shown = "".join(traceback.format_exception(error))
        return f"{error!r} {error} {shown} {place!r}"
    return repr(place)


def test_the_search_would_find_it(heard):
    """The control: unsilenced, httpx logs the whole address of a webhook."""
    import httpx

    with hook_site(Hook()) as port:
        httpx.post(f"http://127.0.0.1:{port}/{PLANTED}")
    assert PLANTED in heard.getvalue()


@pytest.mark.parametrize(
    "plan", [[], [(500, {})], [(403, {})], ["cut"], [(302, {"location": f"http://x.invalid/{PLANTED}"})]]
)
def test_the_address_of_a_webhook(heard, sent, tmp_path, monkeypatch, plan):
    with hook_site(Hook(plan)) as port:
        monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{port}/{PLANTED}")
        told = {"to": "webhook", "url_env": "HOOK_URL", "secret_env": "PLANTED", "allow_private": True}
        shown = tried(told, sent, tmp_path)
    monkeypatch.setenv("HOOK_URL", f"https://{PLANTED}.invalid/")
    shown += tried({**told, "allow_private": False}, sent, tmp_path)
    assert PLANTED.lower() not in f"{shown} {heard.getvalue()}".lower()


@pytest.mark.parametrize("fault", [None, 403, 500])
def test_the_keys_of_a_bucket(heard, sent, tmp_path, fault):
    told = {
        "to": "s3", "bucket": "reports", "region": "us-east-1", "access_key_env": "PLANTED",
        "secret_key_env": "PLANTED", "session_token_env": "PLANTED",
    }  # fmt: skip
    with hook_site(Hook([(fault, {})] * 9 if fault else ["cut"])) as port:
        shown = tried({**told, "endpoint": f"http://127.0.0.1:{port}"}, sent, tmp_path)
    assert shown.startswith(("TryLater", "Refused"))
    assert PLANTED not in f"{shown} {heard.getvalue()}"


def test_the_password_of_an_sftp_server(heard, sent, tmp_path):
    (tmp_path / "site").mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    with sftp_site(tmp_path / "site", public=key.convert_to_public(), password="another") as site:
        site.known_hosts(tmp_path / "known_hosts")
        told = {
            "to": "sftp", "host": "127.0.0.1", "port": site.port, "user": "reports", "password_env": "PLANTED",
            "known_hosts": "known_hosts", "path": "/",
        }  # fmt: skip
        heard.truncate(0)
        shown = tried(told, sent, tmp_path)
    assert "login was refused" in shown
    assert PLANTED not in f"{shown} {heard.getvalue()}"


@pytest.mark.parametrize("password", ["PLANTED", "OTHER"])
def test_the_password_of_a_mail_server(heard, sent, tmp_path, monkeypatch, password):
    authority(tmp_path)
    monkeypatch.setenv("OTHER", f"another-{PLANTED}")
    server = {
        "host": "127.0.0.1", "from": "reports@example.org", "ca_file": "ca.pem", "user_env": "PLANTED_USER",
        "password_env": password,
    }  # fmt: skip
    context = server_context(tmp_path / "ca-server.pem")
    with post_office(Post(), context=context, login=("planted-user", PLANTED)) as port:
        shown = tried({"to": "mail", "recipients": ["a@example.org"]}, sent, tmp_path, {**server, "port": port})
    assert ("login was refused" in shown) == (password == "OTHER")
    assert PLANTED not in f"{shown} {_without_server(heard)}"


def _without_server(heard: io.StringIO) -> str:
    """aiosmtpd, the server of the test, is in this process, and says what it receives."""
    return "\n".join(line for line in heard.getvalue().splitlines() if not line.startswith("("))


def test_a_server_that_echoes_the_login_is_not_quoted(sent, tmp_path):
    """Plain text is for this machine only; the server repeats what it was sent."""
    import base64

    echo = base64.b64encode(f"\0planted-user\0{PLANTED}".encode()).decode()
    script = Script(answers={"auth": f"535 no such login: {echo} {PLANTED}"}, extensions=("AUTH PLAIN",))
    with scripted_office(script) as port:
        server = {
            "host": "127.0.0.1", "port": port, "tls": "none", "from": "reports@example.org",
            "user_env": "PLANTED_USER", "password_env": "PLANTED",
        }  # fmt: skip
        shown = tried({"to": "mail", "recipients": ["a@example.org"]}, sent, tmp_path, server)
    assert "login was refused (535)" in shown
    assert script.seen.count("auth") == 1
    assert PLANTED not in shown
    assert echo not in shown


def test_neither_process_list_nor_ledger_nor_output_holds_it(tmp_path):
    lists = []
    post = Post()
    with post_office(post) as port:
        setting = {
            "deliver": [{"to": "mail", "recipients": ["director@example.org"]}],
            "mail": {"host": "127.0.0.1", "port": port, "tls": "none", "from": "reports@example.org"},
        }
        code, ledger = client(
            tmp_path / "box", setting, lambda pid: lists.append(Path(f"/proc/{pid}/cmdline").read_bytes()), {}
        )
    assert code == 0
    assert lists[0]
    assert PLANTED.encode() not in lists[0]
    assert PLANTED not in str(ledger)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and PLANTED.encode() in p.read_bytes()]


# Where they come from


def test_a_secret_comes_from_a_variable_or_a_private_file(tmp_path):
    (tmp_path / "word").write_text(f"{PLANTED}\n")
    (tmp_path / "word").chmod(0o600)
    assert secret("password", env="PLANTED") == PLANTED
    assert secret("password", file=Path("word"), base=tmp_path) == PLANTED


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    (tmp_path / "word").write_text(PLANTED)
    (tmp_path / "word").chmod(mode)
    with pytest.raises(OutcomesError, match="read by others") as caught:
        secret("password", file=Path("word"), base=tmp_path)
    assert PLANTED not in str(caught.value)


@pytest.mark.parametrize("value", ["", f"{PLANTED}\r\nEVIL", f"{PLANTED}\x00"])
def test_a_secret_that_is_none_is_refused_and_not_shown(tmp_path, value):
    (tmp_path / "word").write_bytes(value.encode())
    (tmp_path / "word").chmod(0o600)
    with pytest.raises(OutcomesError) as caught:
        secret("password", file=Path("word"), base=tmp_path)
    assert PLANTED not in str(caught.value)


def test_a_variable_that_is_not_set_is_not_named():
    """Someone may have written the secret itself, in capitals, where the name belongs."""
    with pytest.raises(OutcomesError, match="named at password_env is not set") as caught:
        secret("password", env="HUNTER2PLANTED")
    assert "HUNTER2" not in str(caught.value)


@pytest.mark.parametrize("missing", ["asyncssh", "boto3", "httpx", "tenacity"])
def test_a_library_that_is_missing_is_named_with_what_to_install(sent, tmp_path, monkeypatch, missing):
    from analytics.schedule.destinations.pacing import within_budget

    assert importlib.util.find_spec(missing)
    monkeypatch.setitem(sys.modules, missing, None)
    acts = {
        "asyncssh": lambda: tried({"to": "sftp", "host": "h", "user": "u", "key": "k"}, sent, tmp_path),
        "boto3": lambda: tried({"to": "s3", "bucket": "reports"}, sent, tmp_path),
        "httpx": lambda: tried({"to": "webhook", "url_env": "PLANTED"}, sent, tmp_path),
        "tenacity": lambda: within_budget(lambda: None, deadline=lambda: 1.0) or "",
    }
    try:
        said = acts[missing]()
    except UsageError as error:
        said = repr(error)
    assert "clinical-outcomes[delivery]" in said


def test_the_seam_loads_none_of_them():
    code = (
        "import sys; from analytics.schedule.destinations import destinations, models, parcel;"
        "from analytics.schedule.destinations import chosen, notify, pacing;"
        "print(sorted({'asyncssh', 'boto3', 'botocore', 'httpx', 'tenacity', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
