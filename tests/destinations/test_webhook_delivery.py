"""Webhooks against a real HTTP server: same key again, no private address, no redirect, no address in a message."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket

import pytest
from delivery_case import Ledger, authority, parcel
from delivery_servers import Hook, hook_site, server_context

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import WebhookTo
from analytics.schedule.destinations.parcel import Refused, TryLater
from analytics.schedule.destinations.trust import is_public

PATH = "/hook/planted-token-7391"


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


@pytest.fixture
def send(tmp_path, monkeypatch, sent):
    def act(url: str, **options) -> list[str]:
        monkeypatch.setenv("HOOK_URL", url)
        ledger = Ledger()
        told = WebhookTo(**{"url_env": "HOOK_URL", "allow_private": True, **options})
        destinations([told], base=tmp_path, mail=None)[0].send(sent, committing=ledger.committing)
        return ledger.calls

    return act


def test_it_tells_what_was_made_with_a_key_and_a_signature(send, sent, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", "signing-secret")
    hook = Hook()
    with hook_site(hook) as port:
        assert send(f"http://127.0.0.1:{port}{PATH}", secret_env="HOOK_SECRET") == ["committing"]
    path, headers, body = hook.requests[0]
    told = json.loads(body)
    assert (path, headers["idempotency-key"], told["key"]) == (PATH, sent.key, sent.key)
    assert headers["x-outcomes-signature"] == f"sha256={hmac.new(b'signing-secret', body, hashlib.sha256).hexdigest()}"
    assert {entry["name"] for entry in told["files"]} == {*sent.files}
    assert "Rosa" not in body.decode()
    assert b"stray" not in body


def test_a_repeat_has_the_same_key_and_the_same_bytes(send):
    hook = Hook([(503, {}), "cut"])
    with hook_site(hook) as port:
        for _ in range(2):
            with pytest.raises(TryLater):
                send(f"http://127.0.0.1:{port}{PATH}")
        send(f"http://127.0.0.1:{port}{PATH}")
    assert len({(headers["idempotency-key"], body) for _, headers, body in hook.requests}) == 1
    assert len(hook.requests) == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, TryLater),
        (503, TryLater),
        (429, TryLater),
        (408, TryLater),
        (401, Refused),
        (404, Refused),
        (410, Refused),
    ],
)
def test_the_status_decides(send, status, error):
    with hook_site(Hook([(status, {})])) as port, pytest.raises(error, match=str(status)) as caught:
        send(f"http://127.0.0.1:{port}{PATH}")
    assert "planted" not in str(caught.value)


def test_nobody_there_is_tried_later(send):
    with pytest.raises(TryLater, match="no connection"):
        send("http://127.0.0.1:1/")


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(send, status):
    hook, target = Hook(), Hook()
    with hook_site(target) as there, hook_site(hook) as port:
        hook.plan.append((status, {"location": f"http://127.0.0.1:{there}{PATH}"}))
        with pytest.raises(Refused, match="redirects") as caught:
            send(f"http://127.0.0.1:{port}/")
    assert target.requests == []
    assert "planted" not in str(caught.value)


def test_a_redirect_that_is_allowed_is_posted_again(send):
    hook, target = Hook(), Hook()
    with hook_site(target) as there, hook_site(hook) as port:
        hook.plan.append((307, {"location": f"http://127.0.0.1:{there}/new"}))
        send(f"http://127.0.0.1:{port}/", allow_redirects=True)
    assert [(path, bool(body)) for path, _, body in target.requests] == [("/new", True)]


def test_an_allowed_redirect_does_not_turn_a_post_into_a_get(send):
    with hook_site(Hook([(302, {"location": "/new"})])) as port, pytest.raises(Refused, match="redirects"):
        send(f"http://127.0.0.1:{port}/", allow_redirects=True)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://192.0.2.7/", "http://u:p@127.0.0.1/", "https:"])
def test_an_allowed_redirect_is_checked_like_the_address(send, location):
    with hook_site(Hook([(307, {"location": location})])) as port, pytest.raises(Refused):
        send(f"http://127.0.0.1:{port}/", allow_redirects=True)


def test_redirects_end(send):
    with hook_site(Hook([(307, {"location": "/again"})] * 20)) as port, pytest.raises(Refused, match="again and again"):
        send(f"http://127.0.0.1:{port}/", allow_redirects=True)


def test_a_public_address_that_redirects_inside_is_refused(send, monkeypatch):
    """The first hop is allowed by a stand-in for the test of addresses; the second must ask again."""
    from analytics.schedule.destinations import webhook

    asked = []

    def outside(host, port, *, label):
        asked.append(host)
        if len(asked) == 1:
            return [host]
        return real(host, port, label=label)

    real = webhook.outside_addresses
    monkeypatch.setattr(webhook, "outside_addresses", outside)
    target = Hook()
    with (
        hook_site(target) as there,
        hook_site(Hook([(307, {"location": f"http://127.0.0.1:{there}/"})])) as port,
        pytest.raises(Refused, match="private or local"),
    ):
        send(f"http://127.0.0.1:{port}/", allow_redirects=True, allow_private=False)
    assert target.requests == []


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::",
    ],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_address_is_refused(send, monkeypatch, address):
    """Whatever else the name leads to: one address inside is enough."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answer = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (family, socket.SOCK_STREAM, 6, "", (address, 443)),
    ]
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lambda *a, **k: answer)
        with pytest.raises(Refused, match="private or local"):
            send(f"https://hooks.example.org{PATH}", allow_private=False)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:7f00:1]"])
def test_other_ways_to_write_a_private_address(send, host):
    with pytest.raises(Refused):
        send(f"https://{host}:9/", allow_private=False)


def test_public_addresses_are_public():
    import ipaddress

    assert all(is_public(ipaddress.ip_address(a)) for a in ("93.184.215.14", "2606:2800:21f:cb07::1"))


def test_plain_http_leaves_this_machine_never(send, monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.9", 80))]
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lambda *a, **k: answer)
        with pytest.raises(Refused, match="without encryption"):
            send("http://hooks.example.org/", allow_private=True)


def test_the_address_that_was_checked_is_the_one_that_is_called(send, tmp_path, monkeypatch):
    """A name asked twice may have a second answer; TLS still checks the name."""
    authority(tmp_path, hosts=("hooks.example.org",))
    real, asked = socket.getaddrinfo, []

    def answers(host, port, *args, **kwargs):
        if host == "hooks.example.org":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "192.0.2.7"
        return real(host, port, *args, **kwargs)

    hook = Hook()
    with hook_site(hook, context=server_context(tmp_path / "ca-server.pem")) as port, monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", answers)
        send(f"https://hooks.example.org:{port}{PATH}", ca_file="ca.pem")
    assert hook.requests[0][1]["host"] == f"hooks.example.org:{port}"
    assert asked == ["hooks.example.org"]


@pytest.mark.parametrize("trusted", ["system", "other authority", "other name"])
def test_a_certificate_that_is_not_trusted_is_refused(send, tmp_path, trusted):
    authority(tmp_path)
    authority(tmp_path, name="other")
    authority(tmp_path, name="named", hosts=("hooks.example.org",))
    pem = {"other name": "named-server.pem"}.get(trusted, "ca-server.pem")
    ca = {"system": None, "other authority": "other.pem", "other name": "named.pem"}[trusted]
    hook = Hook()
    with (
        hook_site(hook, context=server_context(tmp_path / pem)) as port,
        pytest.raises(Refused, match="not to be trusted"),
    ):
        send(f"https://127.0.0.1:{port}{PATH}", ca_file=ca)
    assert hook.requests == []


@pytest.mark.parametrize(
    "url", ["ftp://x/", "https://", "not an address", "https://u:planted@h.org/", "http://[::1", "x" * 99999]
)
def test_an_address_that_is_none_is_refused_and_not_shown(send, url):
    with pytest.raises(Refused) as caught:
        send(url)
    assert "planted" not in str(caught.value)


def test_proxies_and_netrc_of_the_environment_are_not_used(send, monkeypatch, tmp_path):
    proxy, hook = Hook(), Hook()
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login planted password planted\n")
    with hook_site(proxy) as there, hook_site(hook) as port:
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{there}")
        send(f"http://127.0.0.1:{port}/")
    assert proxy.requests == []
    assert "authorization" not in hook.requests[0][1]
