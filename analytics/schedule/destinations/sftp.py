"""An SFTP server: login by key or password, host key always checked, written beside, renamed in one step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from analytics.schedule.destinations import remote
from analytics.schedule.destinations.contents import contents, reason
from analytics.schedule.destinations.library import delivery_libraries
from analytics.schedule.destinations.models import SftpTo
from analytics.schedule.destinations.pacing import settle
from analytics.schedule.destinations.parcel import AGAIN, Parcel, Refused, TryLater
from analytics.schedule.destinations.secrets import optional_secret, placed, private_file

CONNECT, WHOLE = 30, 600  # seconds for connecting and for logging in; for one sending
KEEPALIVE = 15  # seconds of silence after which the server is asked whether it is there
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class SftpDestination:
    """``to``: the setting; ``base``: the folder its paths begin at."""

    label: str
    to: SftpTo
    base: Path

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """As parcel.py says. A failure of the rename is looked into by a new connection before it is told."""
        renaming = []

        def commit() -> None:
            committing()
            renaming.append(True)

        try:
            self._run(lambda: self._send(parcel, commit))
        except (TryLater, Refused):
            if not renaming:
                raise
            settle(self, parcel)

    def look(self, parcel: Parcel) -> str:
        return self._run(lambda: self._look(parcel))

    async def _send(self, parcel: Parcel, commit: Callable[[], None]) -> None:
        files = contents(parcel)
        final, part = self._places(parcel)
        async with self._session() as sftp:
            if await remote.has_manifest(sftp, final, parcel):
                return
            if await remote.kind(sftp, final) is not None:
                raise Refused(
                    f"{self.label}: {parcel.name} is there already and is not this report; it was not touched.",
                    fix="move it away, or say that the report was sent: outcomes exports resolve NAME DATE DEST --sent",
                )
            await remote.write_beside(sftp, part, files)
            commit()
            await sftp.rename(part, final)

    async def _look(self, parcel: Parcel) -> str:
        final, part = self._places(parcel)
        async with self._session() as sftp:
            if await remote.has_manifest(sftp, final, parcel):
                return "sent"
            return "repeat" if await remote.kind(sftp, part) == remote.FOLDER else "perhaps"

    def _places(self, parcel: Parcel) -> tuple[str, str]:
        root = self.to.path.rstrip("/") if self.to.path != "/" else ""
        return f"{root}/{parcel.name}", f"{root}/.{parcel.name}.part"

    def _run(self, work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Do it, with every failure in our words; the library's texts may hold what the server says."""
        with delivery_libraries():
            import asyncssh
        where = self.label
        try:
            return asyncio.run(_limited(work()))
        except asyncssh.HostKeyNotVerifiable:
            raise Refused(
                f"{where}: the server's host key is not the one in known_hosts.",
                fix="ask its owner for the key; enter it in known_hosts only if it is the same",
            ) from None
        except asyncssh.PermissionDenied:
            raise Refused(
                f"{where}: the login was refused.", fix="check user and key with the server's owner"
            ) from None
        except asyncssh.KeyExchangeFailed:
            raise Refused(
                f"{where}: no common way of encryption, or no host key of a kind that stands in known_hosts.",
                fix="enter the server's present host key in known_hosts, or ask its owner to bring it up to date",
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise TryLater(f"{where}: no right to write there.", fix=f"{AGAIN}; ask the server's owner") from None
        except asyncssh.SFTPNoSuchFile:
            raise TryLater(f"{where}: the folder is not there.", fix=f"{AGAIN}; check path") from None
        except (asyncssh.Error, asyncssh.SFTPError) as error:
            raise TryLater(f"{where}: the server failed ({type(error).__name__}).", fix=AGAIN) from None
        except OSError as error:
            raise TryLater(f"{where}: no connection: {reason(error)}.", fix=AGAIN) from None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Any]:
        """A session that uses what the setting says, nothing of the user's own configuration or agent."""
        import asyncssh

        async with (
            asyncssh.connect(
                self.to.host,
                self.to.port,
                username=self.to.user,
                known_hosts=self._known_hosts(),
                **self._login(),
                config=None,
                agent_path=None,
                x509_trusted_certs=None,
                gss_kex=False,
                gss_auth=False,
                connect_timeout=CONNECT,
                login_timeout=CONNECT,
                keepalive_interval=KEEPALIVE,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            yield sftp

    def _known_hosts(self) -> Any:
        """Parsed here: the library takes an empty file for none given, and reads the user's own instead."""
        import asyncssh

        try:
            return asyncssh.import_known_hosts(placed(self.to.known_hosts, self.base).read_text("utf-8"))
        except (OSError, ValueError):
            raise Refused(
                f"{self.label}: the file named at known_hosts cannot be read.",
                fix=f"make it: ssh-keyscan {self.to.host} gives a line to compare with what its owner says",
            ) from None

    def _login(self) -> dict[str, Any]:
        import asyncssh

        password = optional_secret("password", env=self.to.password_env, file=self.to.password_file, base=self.base)
        if self.to.key is None:
            return {"password": password, "client_keys": None, "preferred_auth": "password,keyboard-interactive"}
        passphrase = optional_secret(
            "key_passphrase", env=self.to.key_passphrase_env, file=self.to.key_passphrase_file, base=self.base
        )
        text = private_file(self.to.key, base=self.base, what="key")
        try:
            key = asyncssh.import_private_key(text, passphrase)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            raise Refused(
                f"{self.label}: the private key cannot be used.",
                fix="name its passphrase at key_passphrase_env; OpenSSH's format then needs: pip install bcrypt",
            ) from None
        return {"client_keys": [key], "preferred_auth": "publickey"}


async def _limited(work: Coroutine[Any, Any, Answer]) -> Answer:
    async with asyncio.timeout(WHOLE):
        return await work
