"""A bucket: the files first, the manifest last and only where none is; who reads by the manifest never sees half.

Source of the condition: "How to prevent object overwrites with conditional writes", Amazon S3 User Guide: a PUT with
``If-None-Match: *`` is answered 412 where the key exists, and 409 where another request was under way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analytics.schedule.destinations.contents import contents, is_manifest_of
from analytics.schedule.destinations.library import delivery_libraries
from analytics.schedule.destinations.models import S3To
from analytics.schedule.destinations.parcel import AGAIN, MANIFEST, Parcel, Refused, TryLater
from analytics.schedule.destinations.secrets import placed, secret
from analytics.schedule.destinations.trust import is_untrusted, loopback_address, untrusted

CONNECT, READ = 30, 120  # seconds
LONGEST = 16 * 2**20  # bytes read of what says it is a manifest
ABSENT = ("NoSuchKey", "404", "NotFound")
EXISTS = ("PreconditionFailed", "412")
STANDARD_TOKEN = "AWS_SESSION_TOKEN"
RIGHTS = "check the keys and their policy; needed on the prefix: s3:PutObject, s3:GetObject, s3:ListBucket"


@dataclass(frozen=True)
class S3Destination:
    """``to``: the setting; ``base``: the folder its paths begin at."""

    label: str
    to: S3To
    base: Path

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """As parcel.py says, never Perhaps: the manifest can be put again, and arrives once."""
        files = contents(parcel)
        manifest = files.pop(MANIFEST)
        client = self._client()
        if self._is_there(client, parcel):
            return
        for name, content in files.items():
            with self._reasons():
                client.put_object(Bucket=self.to.bucket, Key=self._key(parcel, name), Body=content)
        committing()
        self._put_manifest(client, parcel, manifest)

    def look(self, parcel: Parcel) -> str:
        return "sent" if self._found(self._client(), parcel) is True else "repeat"

    def _put_manifest(self, client: Any, parcel: Parcel, manifest: bytes) -> None:
        import botocore.exceptions

        try:
            with self._reasons(allowed=EXISTS):
                client.put_object(
                    Bucket=self.to.bucket, Key=self._key(parcel, MANIFEST), Body=manifest, IfNoneMatch="*"
                )
        except botocore.exceptions.ClientError:  # it exists: by a PUT of ours whose answer was lost, or another's
            if not self._is_there(client, parcel):
                raise TryLater(f"{self.label}: the manifest came and went.", fix=AGAIN) from None

    def _is_there(self, client: Any, parcel: Parcel) -> bool:
        """Is our manifest there? Refused where another one has its key."""
        found = self._found(client, parcel)
        if found is False:
            raise Refused(
                f"{self.label}: {parcel.name} is there already and is not this report; it was not touched.",
                fix="move it away, or say that the report was sent: outcomes exports resolve NAME DATE DEST --sent",
            )
        return found is True

    def _found(self, client: Any, parcel: Parcel) -> bool | None:
        """True: our manifest; False: another one; None: none."""
        import botocore.exceptions

        try:
            with self._reasons(allowed=ABSENT):
                answer = client.get_object(Bucket=self.to.bucket, Key=self._key(parcel, MANIFEST))
                return is_manifest_of(answer["Body"].read(LONGEST), parcel)
        except botocore.exceptions.ClientError:
            return None

    def _key(self, parcel: Parcel, name: str) -> str:
        prefix = self.to.prefix.strip("/")
        return "/".join(part for part in (prefix, parcel.name, name) if part)

    def _client(self) -> Any:
        """A client that uses what the setting says: no profile, no file of the user's, no repeating of its own."""
        with delivery_libraries():
            import boto3
            import botocore.session
            from botocore.config import Config

        nothing = dict.fromkeys(("profile", "ca_bundle"), (None, None, None, None))
        files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
        session = boto3.session.Session(botocore_session=botocore.session.Session(session_vars={**nothing, **files}))
        with self._reasons():
            return session.client(
                "s3",
                region_name=self.to.region,
                endpoint_url=self._endpoint(),
                verify=True if self.to.ca_file is None else str(placed(self.to.ca_file, self.base)),
                **self._keys(),
                config=Config(
                    connect_timeout=CONNECT,
                    read_timeout=READ,
                    retries={"total_max_attempts": 1},
                    signature_version="s3v4",
                    s3={"addressing_style": "path" if self.to.endpoint else "auto"},
                    ignore_configured_endpoint_urls=True,
                ),
            )

    def _endpoint(self) -> str | None:
        if self.to.endpoint is not None and self.to.endpoint.startswith("http:"):
            parts = urlsplit(self.to.endpoint)
            loopback_address(parts.hostname or "", parts.port or 80, label=self.label)
        return self.to.endpoint

    def _keys(self) -> dict[str, str | None]:
        token = self.to.session_token_env
        standard = self.to.access_key_env == "AWS_ACCESS_KEY_ID"
        return {
            "aws_access_key_id": secret("access_key", env=self.to.access_key_env),
            "aws_secret_access_key": secret("secret_key", env=self.to.secret_key_env),
            "aws_session_token": secret("session_token", env=token) if token
            else (os.environ.get(STANDARD_TOKEN) or None) if standard else None,
        }  # fmt: skip

    @contextmanager
    def _reasons(self, *, allowed: tuple[str, ...] = ()) -> Iterator[None]:
        """Every failure in our words; a ClientError whose code is ``allowed`` goes through."""
        import botocore.exceptions
        import botocore.parsers

        try:
            yield
        except botocore.exceptions.ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) in allowed:
                raise
            raise self._verdict(error.response) from None
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError) as error:
            if is_untrusted(error):
                raise untrusted(self.label) from None
            raise TryLater(f"{self.label}: no answer ({type(error).__name__}).", fix=AGAIN) from None
        except botocore.parsers.ResponseParserError:
            raise TryLater(f"{self.label}: an answer that is none of S3.", fix=AGAIN) from None
        except (botocore.exceptions.BotoCoreError, ValueError, OSError) as error:
            raise Refused(f"{self.label}: the setting cannot be used ({type(error).__name__}).", fix=RIGHTS) from None

    def _verdict(self, response: dict[str, Any]) -> TryLater | Refused:
        status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
        code = str(response.get("Error", {}).get("Code"))
        shown = code if re.fullmatch(r"[A-Za-z0-9]{1,60}", code) else "no code"
        if status >= 500 or status in (408, 409, 425, 429) or code in ("RequestTimeout", "SlowDown"):
            if status == 501:
                return Refused(
                    f"{self.label}: the server cannot write on a condition ({shown}).", fix="bring it up to date"
                )
            return TryLater(f"{self.label}: the server failed ({status} {shown}).", fix=AGAIN)
        return Refused(f"{self.label}: the server refused ({status} {shown}).", fix=RIGHTS)
