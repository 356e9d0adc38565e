"""One mail over SMTP, up to the byte that decides: before the final dot surely not sent, behind it perhaps.

Source: RFC 5321, 4.1.1.4: the server has the mail once it has answered the lone dot; without the dot it has none.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.schedule.destinations.models import MailServer
from analytics.schedule.destinations.pacing import perhaps
from analytics.schedule.destinations.parcel import AGAIN, Refused, TryLater
from analytics.schedule.destinations.secrets import secret
from analytics.schedule.destinations.trust import is_untrusted, loopback_address, tls, untrusted

PATIENCE = 60  # seconds for any one answer; RFC 5321 allows servers minutes only behind the dot
PATIENCE_DOT = 300
READY = 354
ASK = "ask who runs the mail server"


@dataclass(frozen=True)
class Wire:
    """A mail server as its setting says; ``label``: the destination in messages."""

    server: MailServer
    base: Path
    label: str

    def post(self, recipient: str, content: bytes, *, committing: Callable[[], None]) -> None:
        """Send one mail (``content`` with CRLF) to one recipient; ``committing`` is called between RCPT and DATA."""
        with self._before_the_dot():
            wire = self._open()
        try:
            with self._before_the_dot():
                self._envelope(wire, recipient, len(content))
            committing()
            with self._before_the_dot():
                self._expect(wire.docmd("DATA"), READY, "the mail")
                wire.send(_stuffed(content))
            self._dot(wire)
            _leave(wire)
        finally:
            wire.close()

    def _open(self) -> smtplib.SMTP:
        """A connection, encrypted and logged in."""
        name = self.server.sender.rpartition("@")[2]
        host, port = self.server.host, self.server.port
        if self.server.tls == "tls":
            context = tls(self.server.ca_file, self.base)
            wire: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=PATIENCE, context=context)
        elif self.server.tls == "none":
            wire = smtplib.SMTP(loopback_address(host, port, label=self.label), port, name, timeout=PATIENCE)
        else:
            wire = smtplib.SMTP(host, port, name, timeout=PATIENCE)
        with ExitStack() as stack:
            stack.callback(wire.close)
            self._greet(wire)
            stack.pop_all()
        return wire

    def _greet(self, wire: smtplib.SMTP) -> None:
        wire.ehlo_or_helo_if_needed()
        if self.server.tls == "starttls":
            self._expect(wire.starttls(context=tls(self.server.ca_file, self.base)), 220, "encryption")
            wire.ehlo_or_helo_if_needed()
        if self.server.user_env is not None:
            self._log_in(wire)

    def _log_in(self, wire: smtplib.SMTP) -> None:
        """One try in one way: ``SMTP.login`` would try a refused password again in each way there is.

        What the server says of a login is not shown: it may repeat what it was sent.
        """
        wire.user = secret("user", env=self.server.user_env)
        wire.password = secret("password", env=self.server.password_env, file=self.server.password_file, base=self.base)
        offered = wire.esmtp_features.get("auth", "").upper().split()
        ways: dict[str, Any] = {"PLAIN": wire.auth_plain, "LOGIN": wire.auth_login, "CRAM-MD5": wire.auth_cram_md5}
        way = next((name for name in ways if name in offered), None)
        if way is None:
            raise Refused(f"{self.label}: the server offers no common way to log in.", fix=ASK)
        try:
            wire.auth(way, ways[way])
        except UnicodeError:
            raise Refused(f"{self.label}: user or password is not of plain ASCII.", fix="choose another one") from None
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise TryLater(f"{self.label}: the server cannot check logins now.", fix=AGAIN) from None
            raise Refused(
                f"{self.label}: the login was refused ({error.smtp_code}).", fix="check the user and the password"
            ) from None

    def _envelope(self, wire: smtplib.SMTP, recipient: str, size: int) -> None:
        options = [f"size={size}"] if wire.does_esmtp and wire.has_extn("size") else []
        self._expect(wire.mail(self.server.sender, options), 250, "the sender or the size")
        self._expect(wire.rcpt(recipient), 250, "the recipient")

    def _expect(self, answer: tuple[int, bytes], wanted: int, what: str) -> None:
        code = answer[0]
        if code != wanted and not (wanted == 250 and code in (251, 252)):
            raise self._verdict(code, what)

    def _verdict(self, code: int, what: str) -> TryLater | Refused:
        if 500 <= code < 600:
            return Refused(f"{self.label}: the server refused {what} ({code}).", fix=ASK)
        return TryLater(f"{self.label}: the server does not take {what} now ({code}).", fix=AGAIN)

    def _dot(self, wire: smtplib.SMTP) -> None:
        """The final dot and its answer; what is cut here nobody can know."""
        try:
            if wire.sock is not None:
                wire.sock.settimeout(PATIENCE_DOT)
            wire.send(b".\r\n")
            code, _ = wire.getreply()
        except OSError:  # SMTPException is one too
            raise perhaps(self.label) from None
        if 200 <= code < 300:
            return
        if 400 <= code < 600:
            raise self._verdict(code, "the mail")
        raise perhaps(self.label)

    @contextmanager
    def _before_the_dot(self) -> Iterator[None]:
        """Whatever fails here, no mail has been taken."""
        try:
            yield
        except smtplib.SMTPNotSupportedError:
            raise Refused(
                f"{self.label}: the server offers no encryption.", fix="check tls and port with its owner"
            ) from None
        except smtplib.SMTPResponseException as error:
            raise self._verdict(error.smtp_code, "the connection") from None
        except OSError as error:  # smtplib's own errors, timeouts and those of TLS are all of them
            if is_untrusted(error):
                raise untrusted(self.label) from None
            found = "encryption failed" if isinstance(error, ssl.SSLError) else "the connection failed"
            raise TryLater(f"{self.label}: {found} ({type(error).__name__}).", fix=AGAIN) from None


def _stuffed(content: bytes) -> bytes:
    """Lines that begin with a dot get a second one; the content ends with a line end."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    return (b"\r\n" + whole).replace(b"\r\n.", b"\r\n..")[2:]


def _leave(wire: smtplib.SMTP) -> None:
    """A farewell; the mail is taken, whatever is said to it."""
    try:
        wire.quit()
    except OSError:
        return
