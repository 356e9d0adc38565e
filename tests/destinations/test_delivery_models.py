"""What exports.yml may say of a destination: no secret, nothing that breaks out, plain text on this machine only."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import AnyTo, FolderTo, MailServer, MailTo, SftpTo

PLANTED = "hunter2-planted"
ANY = TypeAdapter(AnyTo)
SFTP = {"to": "sftp", "host": "files.example.org", "user": "reports", "key": "~/.ssh/reports"}
S3 = {"to": "s3", "bucket": "reports"}
MAIL = {"to": "mail", "recipients": ["director@example.org"]}
HOOK = {"to": "webhook", "url_env": "HOOK_URL"}
SERVER = {"host": "smtp.example.org", "from": "reports@example.org"}


def said(told: dict, model=None) -> str:
    with pytest.raises(ValidationError) as caught:
        (model.model_validate if model else ANY.validate_python)(told)
    return "; ".join(error["msg"] for error in caught.value.errors(include_input=False, include_url=False))


def test_the_example_of_the_manual_is_read():
    told = [
        {"to": "folder", "path": "archive/"},
        {**SFTP, "known_hosts": "~/.ssh/known_hosts", "path": "/in/"},
        {**S3, "prefix": "derma/", "region": "eu-south-1", "endpoint": "http://localhost:9000"},
        {**MAIL, "subject": "{title}: {headline}", "attach": "pdf", "max_mb": 10},
        HOOK,
    ]
    server = MailServer.model_validate(
        {**SERVER, "port": 587, "tls": "starttls", "user_env": "SMTP_USER", "password_env": "SMTP_PASSWORD"}
    )
    made = destinations([ANY.validate_python(one) for one in told], base=Path("/x"), mail=server)
    assert [one.label for one in made] == [
        "folder:archive", "sftp:files.example.org", "s3:reports", "mail:director@example.org", "webhook",
    ]  # fmt: skip


def test_labels_are_unique_and_stay_so():
    settings = [FolderTo(path=Path(path)) for path in ("archive", "archive/", "archive-2", "archive")]
    labels = [one.label for one in destinations(settings, base=Path("/x"), mail=None)]
    assert labels == ["folder:archive", "folder:archive-2", "folder:archive-2-2", "folder:archive-3"]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({**SFTP, "password": PLANTED}, "password"),
        ({**SFTP, "key_passphrase": PLANTED}, "key_passphrase"),
        ({**SFTP, "key": f"-----BEGIN OPENSSH PRIVATE KEY----- {PLANTED}"}, "key"),
        ({**S3, "secret_key": PLANTED}, "secret_key"),
        ({**S3, "endpoint": f"https://user:{PLANTED}@s3.example.org"}, "endpoint"),
        ({**HOOK, "url": f"https://hooks.example.org/{PLANTED}"}, "url"),
        ({**HOOK, "secret": PLANTED}, "secret"),
        ({**HOOK, "Password": PLANTED}, "a value"),
    ],
)
def test_a_secret_in_the_file_is_refused_by_its_key_and_not_shown(told, key):
    message = said(told)
    assert "a secret never stands in this file" in message
    assert message.startswith(f"{key}: ")
    assert PLANTED not in message


def test_a_password_of_the_mail_server_in_the_file_is_refused():
    message = said({**SERVER, "user_env": "U", "password": PLANTED}, MailServer)
    assert "a secret never stands in this file" in message
    assert PLANTED not in message


@pytest.mark.parametrize(
    "value", [PLANTED, "lower_case", "AKIAIOSFODNN7EXAMPLE", "$HOME", "A B", 12345678, "", ["X"], "A\n"]
)
def test_a_secret_where_the_name_of_a_variable_belongs_is_refused_and_not_shown(value):
    for told in ({**S3, "access_key_env": value}, {**HOOK, "secret_env": value}):
        message = said(told)
        assert "NAME of an environment variable" in message
        assert str(value) == "" or str(value) not in message


def test_pydantic_s_own_text_shows_no_input():
    with pytest.raises(ValidationError) as caught:
        SftpTo.model_validate({**SFTP, "port": PLANTED})
    assert PLANTED not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.org\r\nBcc: x@y.org", "a@b.org, c@d.org", "Name <a@b.org>", "a b@c.org", "@b.org", "a@", "a@b.org\n",
        "<a@b.org>", "a@b..org", "ä@b.org", "a@-b.org", '"a b"@c.org',
    ],
)  # fmt: skip
def test_an_address_that_is_not_one_plain_address_is_refused(address):
    assert "one plain mail address" in said({**MAIL, "recipients": [address]})
    assert "one plain mail address" in said({**SERVER, "from": address}, MailServer)


@pytest.mark.parametrize(
    "subject", ["{title.__class__}", "{0}", "{}", "{title!r}", "{title:>999}", "{secret}", "{", "a\nb", "{title[0]}"]
)
def test_a_subject_holds_nothing_but_its_fields(subject):
    assert "may hold {title}" in said({**MAIL, "subject": subject})


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({**SFTP, "host": "https://files.example.org"}, "host name"),
        ({**SFTP, "host": "-oProxyCommand"}, "host name"),
        ({**SFTP, "host": "a..b"}, "host name"),
        ({**SFTP, "host": "x" * 64}, "host name"),
        ({**SFTP, "user": "a b"}, "match pattern"),
        ({**SFTP, "path": "/in/../../etc"}, "without .."),
        ({**SFTP, "key": None}, "needs either key"),
        ({**SFTP, "password_env": "P"}, "needs either key"),
        ({**SFTP, "known_hosts": None}, "path"),
        ({**S3, "prefix": "../"}, "without .."),
        ({**S3, "prefix": "/a"}, "must not begin with /"),
        ({**S3, "bucket": "a/../b"}, "name of a bucket"),
        ({**S3, "endpoint": "http://s3.example.org"}, "http only for this machine"),
        ({**S3, "endpoint": "http://localhost.example.org"}, "http only for this machine"),
        ({**S3, "endpoint": "https://s3.example.org/path"}, "without path"),
        ({**MAIL, "recipients": []}, "at least 1"),
        ({**MAIL, "recipients": ["a@b.org", "A@b.org"]}, "twice"),
        ({**MAIL, "attach": "csv"}, "'html', 'pdf', 'xlsx' or 'docx'"),
        ({"to": "webhook"}, "needs either url_env"),
        ({**HOOK, "url_file": "f"}, "needs either url_env"),
        ({**HOOK, "unknown": 1}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused(told, words):
    assert words in said(told)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({**SERVER, "tls": "none"}, "none only for this machine"),
        ({**SERVER, "host": "localhost.example.org", "tls": "none"}, "none only for this machine"),
        ({**SERVER, "tls": "maybe"}, "starttls"),
        ({**SERVER, "user_env": "U"}, "together"),
        ({**SERVER, "password_env": "P"}, "together"),
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused(told, words):
    assert words in said(told, MailServer)


def test_one_format_or_several_to_attach():
    assert MailTo(recipients=("a@b.org",), attach="pdf").attach == ("pdf",)
    assert MailTo(recipients=("a@b.org",), attach=["pdf", "html"]).attach == ("pdf", "html")
