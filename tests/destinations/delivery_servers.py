"""Real servers on loopback, in threads: SFTP, SMTP (aiosmtpd, a scripted one), HTTP that fails on demand."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncssh
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

KILL = signal.SIGKILL


# SFTP


@dataclass
class SftpSite:
    """A running server: ``root`` is what clients see as /; ``fault``: called with (act, path), may raise or cut."""

    root: Path
    port: int = 0
    host_key: Any = None
    fault: Callable[[str, str], None] = lambda act, path: None
    logins: list[str] = field(default_factory=list)
    connection: Any = None

    def known_hosts(self, path: Path, *, key: Any = None) -> Path:
        line = (key or self.host_key).export_public_key().decode()
        path.write_text(f"[127.0.0.1]:{self.port} {line}")
        return path


def _sftp_class(site: SftpSite) -> type[asyncssh.SFTPServer]:
    class Faulty(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            site.connection = channel.get_connection()
            super().__init__(channel, chroot=os.fsencode(site.root))

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            site.fault("open", os.fsdecode(path))
            return super().open(path, pflags, attrs)

        def write(self, file_obj: Any, offset: int, data: bytes) -> int:
            site.fault("write", "")
            return super().write(file_obj, offset, data)

        def mkdir(self, path: bytes, attrs: Any) -> Any:
            site.fault("mkdir", os.fsdecode(path))
            return super().mkdir(path, attrs)

        def rename(self, oldpath: bytes, newpath: bytes) -> Any:
            site.fault("rename", os.fsdecode(newpath))
            done = super().rename(oldpath, newpath)
            site.fault("renamed", os.fsdecode(newpath))
            return done

    return Faulty


def _ssh_class(site: SftpSite, public: Any, password: str) -> type[asyncssh.SSHServer]:
    class Door(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            site.logins.append(username)
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: Any) -> bool:
            return username == "reports" and key == public

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return username == "reports" and given == password

    return Door


@contextmanager
def sftp_site(root: Path, *, public: Any, password: str) -> Iterator[SftpSite]:
    site = SftpSite(root, host_key=asyncssh.generate_private_key("ssh-ed25519"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[site.host_key],
            server_factory=_ssh_class(site, public, password),
            sftp_factory=_sftp_class(site),
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    site.port = server.get_port()
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


# SMTP


@dataclass
class Post:
    """What aiosmtpd received; ``kill``: (stage, pid) of the client to be killed by the server itself."""

    mails: list[Any] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    kill_at: str = ""
    pid: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    def at(self, stage: str) -> str | None:
        self.seen.append(stage)
        if self.kill_at == stage:
            os.kill(self.pid, KILL)
        return self.answers.get(stage)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.at("rcpt")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.get("dot")
        if answer is None:
            self.mails.append(envelope)
        self.at("dot")
        return answer or "250 taken"


class _Quitting(SMTP):
    async def smtp_QUIT(self, arg: str) -> None:
        self.event_handler.at("quit")  # the client has read 250, and waits for the answer to QUIT
        await super().smtp_QUIT(arg)


@contextmanager
def post_office(
    post: Post,
    *,
    context: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    whole: ssl.SSLContext | None = None,
):
    """aiosmtpd with STARTTLS where ``context`` is given, TLS from the start with ``whole``, a login with ``login``."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        post.seen.append(f"auth {given == login}")
        return AuthResult(success=given == login, handled=given == login)

    class Office(Controller):
        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

        def factory(self) -> SMTP:
            return _Quitting(
                self.handler,
                hostname="localhost",
                tls_context=context,
                require_starttls=context is not None,
                authenticator=check if login else None,
                auth_required=login is not None,
                auth_require_tls=context is not None,
            )

    office = Office(post, hostname="127.0.0.1", port=0, ssl_context=whole)
    office.start()
    try:
        yield office.port
    finally:
        office.stop()


@dataclass
class Script:
    """A server that answers by rote: ``cut``: the stage at which it hangs up; ``answers``: codes other than good."""

    cut: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME",)
    bodies: list[bytes] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


@contextmanager
def scripted_office(script: Script) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, script), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _accept(listener: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                _converse(connection, script)
            except OSError:
                continue


def _converse(connection: socket.socket, script: Script) -> None:
    lines = connection.makefile("rb")
    goods = {"mail": "250 ok", "rcpt": "250 ok", "data": "354 go", "rset": "250 ok", "quit": "221 bye"}
    if not _answer(connection, script, "greet", "220 here"):
        return
    for line in lines:
        verb = line.split()[0].decode().lower() if line.strip() else ""
        hello = "".join(f"250-{one}\r\n" for one in ("localhost", *script.extensions)) + "250 HELP"
        if not _answer(connection, script, verb, hello if verb == "ehlo" else goods.get(verb, "500 what")):
            return
        if (
            verb == "data"
            and script.answers.get("data", "354").startswith("354")
            and not _body(connection, lines, script)
        ):
            return
        if verb == "quit":
            return


def _body(connection: socket.socket, lines: Any, script: Script) -> bool:
    taken = []
    for line in lines:
        if script.cut == "body":
            return False
        if line == b".\r\n":
            script.bodies.append(b"".join(taken))
            return _answer(connection, script, "dot", "250 taken")
        taken.append(line)
    return False


def _answer(connection: socket.socket, script: Script, stage: str, good: str) -> bool:
    script.seen.append(stage)
    if script.cut == stage:
        return False
    connection.sendall(f"{script.answers.get(stage, good)}\r\n".encode())
    return True


# HTTP


@dataclass
class Hook:
    """``plan``: answers in turn, (status, headers) or "cut"; afterwards 200. ``requests``: (path, headers, body)."""

    plan: list[Any] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def hook_site(hook: Hook, *, context: ssl.SSLContext | None = None) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            hook.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            step = hook.plan.pop(0) if hook.plan else (200, {})
            if step == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(step[0])
            for key, value in step[1].items():
                self.send_header(key, value)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_PUT = do_POST

        def log_message(self, *args: Any) -> None:
            return

    with _serving(Handler, context) as port:
        yield port


@dataclass
class Between:
    """Stands before another HTTP server; ``fault``: (method, path) -> "", "before" or "after" the forwarding cut."""

    port: int
    fault: Callable[[str, str], str] = lambda method, path: ""
    seen: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def between(wire: Between) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            wire.seen.append((self.command, self.path))
            fault = wire.fault(self.command, self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if fault != "before":
                onward = http.client.HTTPConnection("127.0.0.1", wire.port)
                onward.request(self.command, self.path, body, dict(self.headers.items()))
                answer = onward.getresponse()
                content = answer.read()
            if fault:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                    self.send_header(key, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_HEAD = do_POST = _forward

        def log_message(self, *args: Any) -> None:
            return

    with _serving(Handler, None) as port:
        yield port


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None) -> Iterator[int]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            return

    server = Quiet(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def server_context(pem: Path) -> ssl.SSLContext:
    """The TLS side of a server whose key and certificate are in ``pem``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
