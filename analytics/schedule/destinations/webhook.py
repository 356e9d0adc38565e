"""A webhook: a short JSON message with an idempotency key, to public addresses over TLS, no redirects, no proxies."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.schedule.destinations.contents import contents
from analytics.schedule.destinations.library import delivery_libraries
from analytics.schedule.destinations.models import WebhookTo
from analytics.schedule.destinations.parcel import AGAIN, Parcel, Refused, TryLater
from analytics.schedule.destinations.secrets import optional_secret, secret
from analytics.schedule.destinations.trust import (
    addresses,
    is_untrusted,
    loopback_address,
    outside_addresses,
    tls,
    untrusted,
)

TIMEOUT = 30  # seconds for any one step
MOST_REDIRECTS = 3
SAME_METHOD = (307, 308)  # the others would turn a POST into a GET
LATER = (408, 409, 425, 429)
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class WebhookDestination:
    """``to``: the setting; ``base``: the folder its paths begin at."""

    label: str
    to: WebhookTo
    base: Path

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """As parcel.py says, never Perhaps: the same key is repeated, and the receiver counts it once."""
        with delivery_libraries():
            import httpx
        body = _body(parcel, contents(parcel))
        headers = self._headers(parcel, body)
        url = self._parsed(secret("url", env=self.to.url_env, file=self.to.url_file, base=self.base))
        context = tls(self.to.ca_file, self.base)
        committing()
        with httpx.Client(verify=context, trust_env=False, timeout=TIMEOUT, follow_redirects=False) as client:
            for _ in range(MOST_REDIRECTS + 1):
                status, location = self._post(client, url, body, headers)
                if location is None:
                    self._judge(status)
                    return
                url = self._parsed(str(url.join(location)))
        raise Refused(f"{self.label}: it redirects again and again.", fix="check the address with its owner")

    def look(self, parcel: Parcel) -> str:
        """Repeated with the same key."""
        return "repeat"

    def _headers(self, parcel: Parcel, body: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "idempotency-key": parcel.key, "user-agent": "clinical-outcomes"}
        signing = optional_secret("secret", env=self.to.secret_env, file=self.to.secret_file, base=self.base)
        if signing is not None:
            headers["x-outcomes-signature"] = f"sha256={hmac.digest(signing.encode(), body, 'sha256').hex()}"
        return headers

    def _parsed(self, text: str) -> Any:
        """An address that may be called at all; its text appears in no message."""
        import httpx

        try:
            url = httpx.URL(text)
            wrong = url.scheme not in PORTS or not url.host or bool(url.userinfo)
        except (httpx.InvalidURL, ValueError, TypeError):
            wrong = True
        if wrong:
            raise Refused(
                f"{self.label}: the address must be like https://hooks.example.org/..., without user and password.",
                fix="write it anew where url_env or url_file keeps it",
            )
        return url

    def _where(self, url: Any) -> list[str]:
        """The network addresses to try, all of them permitted."""
        host, port = url.raw_host.decode("ascii").strip("[]"), url.port or PORTS[url.scheme]
        if not self.to.allow_private:
            found = outside_addresses(host, port, label=self.label)
        else:
            found = addresses(host, port, label=self.label)
        return [loopback_address(host, port, label=self.label)] if url.scheme == "http" else found

    def _post(self, client: Any, url: Any, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        """Status and, where a redirect is to be followed, its location; the answer itself is not read."""

        found = self._where(url)
        for number, address in enumerate(found, start=1):
            with (
                self._reasons(last=number == len(found)),
                client.stream(
                    "POST",
                    url.copy_with(host=address),
                    content=body,
                    headers={**headers, "host": url.netloc.decode("ascii")},
                    extensions={"sni_hostname": url.raw_host.decode("ascii").strip("[]")},
                ) as response,
            ):
                return response.status_code, self._location(response)
        raise TryLater(f"{self.label}: no address answers.", fix=AGAIN)

    def _location(self, response: Any) -> str | None:
        if not 300 <= response.status_code < 400:
            return None
        if self.to.allow_redirects and response.status_code in SAME_METHOD and "location" in response.headers:
            return str(response.headers["location"])
        raise Refused(
            f"{self.label}: the address redirects ({response.status_code}), which is not followed.",
            fix="write the final address; allow_redirects: true follows 307 and 308",
        )

    def _judge(self, status: int) -> None:
        if 200 <= status < 300:
            return
        if status >= 500 or status in LATER:
            raise TryLater(f"{self.label}: the server failed ({status}).", fix=AGAIN)
        raise Refused(f"{self.label}: the server refused ({status}).", fix="check the address with its owner")

    @contextmanager
    def _reasons(self, *, last: bool) -> Iterator[None]:
        """Every failure in our words: the library's hold the address. Not the last address: the next one is tried."""
        import httpx

        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if is_untrusted(error):
                raise untrusted(self.label) from None
            if last:
                raise TryLater(f"{self.label}: no connection.", fix=AGAIN) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise TryLater(f"{self.label}: no answer ({type(error).__name__}).", fix=AGAIN) from None


def _body(parcel: Parcel, files: dict[str, bytes]) -> bytes:
    """What is told: which report, and what it is made of; the files themselves do not go this way."""
    told = {
        "event": "report",
        "key": parcel.key,
        "export": parcel.export,
        "due": parcel.due.isoformat(),
        "name": parcel.name,
        "title": parcel.title,
        "headline": parcel.headline,
        "receipt_sha256": parcel.manifest_sha256,
        "files": [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()],
    }
    return json.dumps(told, ensure_ascii=True, sort_keys=True).encode()
