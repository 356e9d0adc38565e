"""Mail over real SMTP servers: TLS, logins, headers nobody breaks out of, and the byte that decides."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest
from delivery_case import FILES, Ledger, authority, parcel
from delivery_servers import Post, Script, post_office, scripted_office, server_context
from killed_client import client

from analytics.domain.errors import PlanRefused
from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import MailServer, MailTo
from analytics.schedule.destinations.notify import notify
from analytics.schedule.destinations.parcel import Perhaps, Refused, TryLater

LOGIN = ("reports", "planted-password-7391")
ALL = ("director@example.org", "second@example.org")


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


def server(port: int, **options) -> MailServer:
    return MailServer(**{"host": "127.0.0.1", "port": port, "tls": "none", "from": "reports@example.org", **options})


def made(port: int, tmp_path: Path, *, to: dict | None = None, **options):
    told = MailTo(**{"recipients": ALL[:1], "attach": "pdf", **(to or {})})
    return destinations([told], base=tmp_path, mail=server(port, **options))


def send(port: int, tmp_path: Path, sent, **options) -> list[str]:
    ledger = Ledger()
    made(port, tmp_path, **options)[0].send(sent, committing=ledger.committing)
    return ledger.calls


def read(envelope) -> email.message.EmailMessage:
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_each_recipient_gets_a_mail_of_their_own(sent, tmp_path):
    post = Post()
    with post_office(post) as port:
        places = made(port, tmp_path, to={"recipients": ALL})
        for place in places:
            place.send(sent, committing=Ledger().committing)
    assert [place.label for place in places] == [f"mail:{address}" for address in ALL]
    assert [envelope.rcpt_tos for envelope in post.mails] == [[address] for address in ALL]
    assert [read(envelope)["To"] for envelope in post.mails] == list(ALL)
    message = read(post.mails[0])
    assert message["Subject"] == "Effectiveness review: Peel A clears more"
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert attached == {f"{sent.name}-report.pdf": FILES["report.pdf"]}
    assert "Report of 2026-03-02, export director-monthly." in message.get_body().get_content()
    assert all(len(line) <= 998 for line in post.mails[0].content.split(b"\r\n"))
    assert post.mails[0].content.isascii()


def test_the_same_mail_has_the_same_identity_and_another_report_another(sent, tmp_path):
    post = Post()
    with post_office(post) as port:
        send(port, tmp_path, sent)
        send(port, tmp_path, sent)
        send(port, tmp_path, replace(sent, due=sent.due.replace(day=3)))
    ids = [read(envelope)["Message-ID"] for envelope in post.mails]
    assert ids[0] == ids[1] != ids[2]


def test_lines_of_dots_arrive_as_they_are(sent, tmp_path):
    script = Script()
    with scripted_office(script) as port:
        made(port, tmp_path)[0].send(sent, committing=Ledger().committing)
        notify(server(port), ["a@example.org"], "dots", ".\n..\n.x\nend\n")
    assert script.bodies[1].endswith(b"\r\n..\r\n...\r\n..x\r\nend\r\n")


def test_other_letters_go_through_a_server_of_seven_bits(sent, tmp_path):
    post = Post()
    with post_office(post) as port:
        send(port, tmp_path, replace(sent, headline="Più chiara: 肌 – é"))
    assert post.mails[0].content.isascii()
    assert "Più chiara: 肌 – é" in read(post.mails[0]).get_body().get_content()


@pytest.mark.parametrize("text", ["A\r\nBcc: thief@example.org", "A\nX: y", "A\x00\u2028b", "A\u202eb", "A" * 5000])
def test_no_text_breaks_out_of_a_header(sent, tmp_path, text):
    post = Post()
    with post_office(post) as port:
        send(port, tmp_path, replace(sent, title=text, headline=text))
        notify(server(port), ["a@example.org"], text, text)
    for envelope in post.mails:
        message = read(envelope)
        assert message["Bcc"] is None
        assert message["X"] is None
        assert len(envelope.rcpt_tos) == 1
        assert message["Subject"].isprintable()
        assert len(message["Subject"]) <= 200


def test_a_report_that_is_too_long_is_refused_before_a_connection(sent, tmp_path):
    with pytest.raises(Refused, match="more than max_mb"):
        send(1, tmp_path, sent, to={"max_mb": 0.05})


def test_a_format_that_is_not_there_is_refused(sent, tmp_path):
    with pytest.raises(Refused, match="no xlsx to attach"):
        send(1, tmp_path, sent, to={"attach": "xlsx"})


def test_mail_without_a_server_is_refused(tmp_path):
    with pytest.raises(PlanRefused, match="names no mail server"):
        destinations([MailTo(recipients=ALL)], base=tmp_path, mail=None)


# TLS and login


@pytest.fixture
def secure(tmp_path, monkeypatch):
    authority(tmp_path)
    monkeypatch.setenv("SMTP_USER", LOGIN[0])
    monkeypatch.setenv("SMTP_PASSWORD", LOGIN[1])
    return {
        "tls": "starttls", "ca_file": "ca.pem", "user_env": "SMTP_USER", "password_env": "SMTP_PASSWORD",
    }  # fmt: skip


def test_starttls_with_an_authority_of_our_own_and_a_login(sent, tmp_path, secure):
    post = Post()
    with post_office(post, context=server_context(tmp_path / "ca-server.pem"), login=LOGIN) as port:
        assert send(port, tmp_path, sent, **secure) == ["committing"]
    assert (len(post.mails), post.seen[0]) == (1, "auth True")


@pytest.mark.parametrize("trusted", ["system", "other authority", "other name"])
def test_a_certificate_that_is_not_trusted_is_refused_before_the_login(sent, tmp_path, secure, trusted):
    authority(tmp_path, name="other")
    authority(tmp_path, name="named", hosts=("mail.example.org",))
    pem = {"other name": "named-server.pem"}.get(trusted, "ca-server.pem")
    ca = {"system": None, "other authority": "other.pem", "other name": "named.pem"}[trusted]
    post = Post()
    with (
        post_office(post, context=server_context(tmp_path / pem), login=LOGIN) as port,
        pytest.raises(Refused, match="not to be trusted"),
    ):
        send(port, tmp_path, sent, **{**secure, "ca_file": ca})
    assert post.seen == []


def test_tls_from_the_start_checks_the_certificate_too(sent, tmp_path):
    authority(tmp_path)
    post = Post()
    with post_office(post, whole=server_context(tmp_path / "ca-server.pem")) as port:
        with pytest.raises(Refused, match="not to be trusted"):
            send(port, tmp_path, sent, tls="tls")
        send(port, tmp_path, sent, tls="tls", ca_file="ca.pem")
    assert len(post.mails) == 1


def test_a_server_without_starttls_gets_neither_login_nor_mail(sent, tmp_path, secure):
    script = Script()
    with scripted_office(script) as port, pytest.raises(Refused, match="no encryption"):
        send(port, tmp_path, sent, **secure)
    assert script.seen == ["greet", "ehlo"]


def test_a_login_that_is_refused_needs_a_person_and_is_tried_once(sent, tmp_path, secure, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "wrong-planted-password")
    post = Post()
    with (
        post_office(post, context=server_context(tmp_path / "ca-server.pem"), login=LOGIN) as port,
        pytest.raises(Refused, match="login was refused") as caught,
    ):
        send(port, tmp_path, sent, **secure)
    assert "planted" not in repr(caught.value)
    assert (post.seen, post.mails) == (["auth False"], [])


def test_a_password_that_is_not_ascii_is_not_shown(sent, tmp_path, secure, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "pässword-planted")
    with (
        post_office(Post(), context=server_context(tmp_path / "ca-server.pem"), login=LOGIN) as port,
        pytest.raises(Refused, match="plain ASCII") as caught,
    ):
        send(port, tmp_path, sent, **secure)
    assert "planted" not in repr(caught.value)


def test_plain_text_to_a_name_that_leads_away_from_this_machine(sent, tmp_path, monkeypatch):
    import socket

    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 25))]
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lambda *a, **k: answer)
        with pytest.raises(Refused, match="without encryption"):
            send(25, tmp_path, sent, host="localhost")


# Codes and cuts


@pytest.mark.parametrize(
    ("stage", "code", "error", "calls"),
    [
        ("greet", 421, TryLater, 0),
        ("greet", 554, Refused, 0),
        ("mail", 451, TryLater, 0),
        ("mail", 552, Refused, 0),
        ("rcpt", 450, TryLater, 0),
        ("rcpt", 550, Refused, 0),
        ("data", 451, TryLater, 1),
        ("data", 554, Refused, 1),
        ("dot", 452, TryLater, 1),
        ("dot", 421, TryLater, 1),
        ("dot", 554, Refused, 1),
    ],
)
def test_a_code_decides(sent, tmp_path, stage, code, error, calls):
    script, ledger = Script(answers={stage: f"{code} secret words of the server"}), Ledger()
    with scripted_office(script) as port, pytest.raises(error) as caught:
        made(port, tmp_path)[0].send(sent, committing=ledger.committing)
    assert str(code) in str(caught.value)
    assert "secret words" not in str(caught.value)
    assert ledger.calls == ["committing"] * calls


@pytest.mark.parametrize("stage", ["greet", "ehlo", "mail", "rcpt", "data"])
def test_a_cut_before_the_dot_is_tried_later(sent, tmp_path, stage):
    script = Script(cut=stage)
    with scripted_office(script) as port, pytest.raises(TryLater):
        send(port, tmp_path, sent)
    assert script.bodies == []


def test_a_cut_in_the_middle_of_a_long_mail_is_tried_later(tmp_path):
    """The connection breaks while the body is written: the dot has not left."""
    long = parcel(tmp_path / "long", files={"report.pdf": bytes(12_000_000)})
    script = Script(cut="body")
    with scripted_office(script) as port, pytest.raises(TryLater):
        send(port, tmp_path, long, to={"max_mb": 20})
    assert script.bodies == []


def test_a_cut_behind_the_dot_is_perhaps_and_is_not_repeated(sent, tmp_path):
    """The server had it: a client that takes the cut for a failure would send it twice."""
    script = Script(cut="dot")
    with scripted_office(script) as port, pytest.raises(Perhaps, match="perhaps arrived"):
        send(port, tmp_path, sent)
    assert len(script.bodies) == 1


@pytest.mark.parametrize("answer", ["what", "999 odd", "250" + "x" * 9000])
def test_an_answer_to_the_dot_that_is_none_is_perhaps(sent, tmp_path, answer):
    with scripted_office(Script(answers={"dot": answer})) as port, pytest.raises(Perhaps):
        send(port, tmp_path, sent)


def test_a_farewell_that_fails_does_not_undo_the_mail(sent, tmp_path):
    script = Script(cut="quit")
    with scripted_office(script) as port:
        assert send(port, tmp_path, sent) == ["committing"]
    assert len(script.bodies) == 1


def test_a_server_that_falls_silent_behind_the_dot_is_perhaps(sent, tmp_path, monkeypatch):
    from analytics.schedule.destinations import smtp

    monkeypatch.setattr(smtp, "PATIENCE_DOT", 0.3)
    script = Script(answers={"dot": "250-and", "quit": "250-so"})
    with scripted_office(script) as port, pytest.raises(Perhaps):
        send(port, tmp_path, sent)


# Kills by the server itself


@pytest.mark.parametrize(
    ("stage", "mails", "entries"),
    [("rcpt", 0, []), ("dot", 1, ["committing"]), ("quit", 1, ["committing"]), ("never", 1, ["committing", "sent"])],
)
def test_the_client_killed_by_the_server(tmp_path, stage, mails, entries):
    """At RCPT, behind the final dot, after 250: what the ledger says is true to what arrived."""
    post = Post(kill_at=stage)
    with post_office(post) as port:
        setting = {
            "deliver": [{"to": "mail", "recipients": ["director@example.org"], "attach": ["pdf"]}],
            "mail": {"host": "127.0.0.1", "port": port, "tls": "none", "from": "reports@example.org"},
        }
        code, ledger = client(tmp_path / "box", setting, lambda pid: setattr(post, "pid", pid), {})
    assert code == (0 if stage == "never" else -9), ledger
    assert (len(post.mails), ledger) == (mails, entries)
    word = made(1, tmp_path)[0].look(parcel(tmp_path / "run"))
    assert word == "perhaps"


# A word to the analysts


def test_a_note_to_the_analysts_reaches_all_it_can(tmp_path):
    post = Post()
    with post_office(post) as port:
        post.answers["rcpt"] = "550 no"
        with pytest.raises(Refused, match=r"mail:a@example\.org"):
            notify(server(port), ["a@example.org", "b@example.org"], "held", "data are stale")
        del post.answers["rcpt"]
        notify(server(port), ["a@example.org", "b@example.org"], "held", "data are stale")
    assert post.seen.count("rcpt") == 4
    assert [read(envelope).get_body().get_content().strip() for envelope in post.mails] == ["data are stale"] * 2
