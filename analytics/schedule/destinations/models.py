"""The destinations as exports.yml names them: places and names of variables, never a secret."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analytics.domain.documents import senseless
from analytics.schedule.destinations.trust import is_named_loopback

# Keys under which someone would write the secret itself; the way to say it is KEY_env or KEY_file.
SECRET_KEYS = frozenset(
    (
        "access_key", "api_key", "authorization", "credentials", "hook_url", "key_passphrase", "passphrase", "passwd",
        "password", "private_key", "secret", "secret_key", "session_token", "token", "url", "webhook", "webhook_url",
    )
)  # fmt: skip
SUBJECT_FIELDS = ("title", "headline", "export", "date")
ATTACHABLE = Literal["html", "pdf", "xlsx", "docx"]
_ENV = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_AWS_KEY = re.compile(r"(AKIA|ASIA)[A-Z0-9]{16}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_USERINFO = re.compile(r"//[^/\s]*@")


def _variable(value: Any) -> Any:
    if not isinstance(value, str) or not _ENV.fullmatch(value) or _AWS_KEY.fullmatch(value):
        raise ValueError(
            "must be the NAME of an environment variable, in capitals; the secret itself never stands here"
        )
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value) or ".." in value or max(map(len, value.split("."))) > 63:
        raise ValueError("must be a host name or an address, without a scheme, user or port")
    return value.lower()


def _address(value: str) -> str:
    if not _MAIL.fullmatch(value) or ".." in value:
        raise ValueError("must be one plain mail address like director@example.org")
    return value


def _plain(value: str) -> str:
    if not value.isprintable() or ".." in value.split("/") or "\\" in value:
        raise ValueError("must be a path with / and without ..")
    return value


def _subject(value: str) -> str:
    try:
        asked = list(string.Formatter().parse(value))
    except ValueError:
        asked = [("", "{", "", None)]
    wrong = [
        field for _, field, spec, how in asked if field is not None and (field not in SUBJECT_FIELDS or spec or how)
    ]
    if wrong or not value.isprintable():
        raise ValueError("may hold {title}, {headline}, {export} and {date}, nothing else in braces, on one line")
    return value


Variable = Annotated[str, BeforeValidator(_variable)]
Host = Annotated[str, AfterValidator(_host)]
MailAddress = Annotated[str, AfterValidator(_address)]
Plain = Annotated[str, AfterValidator(_plain)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Setting(BaseModel):
    """What every part of exports.yml shares: unknown keys and secrets are refused, no input in pydantic's own text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _no_secret(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        for key, item in value.items():
            refused = isinstance(key, str) and key.lower() in SECRET_KEYS and key not in cls.model_fields
            if refused or (isinstance(item, str) and ("-----BEGIN" in item or _USERINFO.search(item))):
                shown = key if isinstance(key, str) and re.fullmatch(r"[a-z_]{1,40}", key) else "a value"
                raise senseless(
                    f"{shown}: a secret never stands in this file; name an environment variable ({shown}_env) or a "
                    f"file ({shown}_file) that holds it",
                    *([key] if shown == key else []),
                )
        return value


class FolderTo(Setting):
    """A folder on this machine or a mounted share; the folder above it must exist."""

    to: Literal["folder"] = "folder"
    path: Path


class SftpTo(Setting):
    """A folder on an SFTP server; the host key must stand in ``known_hosts``."""

    to: Literal["sftp"] = "sftp"
    host: Host
    port: Port = 22
    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}$")]
    key: Path | None = None
    key_passphrase_env: Variable | None = None
    key_passphrase_file: Path | None = None
    password_env: Variable | None = None
    password_file: Path | None = None
    known_hosts: Path = Path("~/.ssh/known_hosts")
    path: Annotated[Plain, Field(min_length=1)] = "."

    @model_validator(mode="after")
    def _one_login(self) -> SftpTo:
        if (self.key is None) == (self.password_env is None and self.password_file is None):
            raise ValueError("needs either key (a private key file) or password_env (or password_file)")
        return self


class S3To(Setting):
    """A bucket of S3 or of a server that speaks its language."""

    to: Literal["s3"] = "s3"
    bucket: str
    prefix: Plain = ""
    region: str | None = None
    endpoint: str | None = None
    access_key_env: Variable = "AWS_ACCESS_KEY_ID"
    secret_key_env: Variable = "AWS_SECRET_ACCESS_KEY"
    session_token_env: Variable | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _named(self) -> S3To:
        if not _BUCKET.fullmatch(self.bucket):
            raise senseless("must be the name of a bucket (a-z, 0-9, . and -)", "bucket")
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise senseless("must be a region like eu-south-1", "region")
        if self.prefix.startswith("/"):
            raise senseless("must not begin with /", "prefix")
        if self.endpoint is not None:
            _endpoint(self.endpoint)
        return self


def _endpoint(text: str) -> None:
    found = re.fullmatch(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?/?", text)
    if not found:
        raise senseless("must be an address like https://s3.example.org, without path, user or password", "endpoint")
    if found[1] == "http" and not is_named_loopback(found[2].strip("[]")):
        raise senseless("must begin with https:// (http only for this machine itself)", "endpoint")


class MailTo(Setting):
    """One mail to each recipient, on its own."""

    to: Literal["mail"] = "mail"
    recipients: Annotated[tuple[MailAddress, ...], Field(min_length=1)]
    subject: Annotated[str, AfterValidator(_subject)] = "{title}: {headline}"
    attach: Annotated[tuple[ATTACHABLE, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v or ())] = ()
    max_mb: Annotated[float, Field(gt=0, le=100)] = 10

    @model_validator(mode="after")
    def _once_each(self) -> MailTo:
        if len({address.lower() for address in self.recipients}) < len(self.recipients):
            raise senseless("names an address twice", "recipients")
        return self


class WebhookTo(Setting):
    """A short JSON message to an address that is itself a secret."""

    to: Literal["webhook"] = "webhook"
    url_env: Variable | None = None
    url_file: Path | None = None
    secret_env: Variable | None = None
    secret_file: Path | None = None
    ca_file: Path | None = None
    allow_private: bool = False
    allow_redirects: bool = False

    @model_validator(mode="after")
    def _one_address(self) -> WebhookTo:
        if (self.url_env is None) == (self.url_file is None):
            raise ValueError("needs either url_env (the NAME of the variable that holds the address) or url_file")
        return self


AnyTo = Annotated[FolderTo | SftpTo | S3To | MailTo | WebhookTo, Field(discriminator="to")]


class MailServer(Setting):
    """The server that takes our mails."""

    host: Host
    port: Port = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    sender: MailAddress = Field(alias="from")
    user_env: Variable | None = None
    password_env: Variable | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _checked(self) -> MailServer:
        if self.tls == "none" and not is_named_loopback(self.host):
            raise senseless("must be starttls or tls (none only for this machine itself)", "tls")
        if (self.user_env is None) != (self.password_env is None and self.password_file is None):
            raise ValueError("needs user_env and password_env (or password_file) together")
        return self
