"""Whom a connection may be made to: TLS that is always checked, plain text on loopback only, no private addresses."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from pathlib import Path

from analytics.schedule.destinations.parcel import AGAIN, Refused, TryLater
from analytics.schedule.destinations.secrets import placed

NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def tls(ca_file: Path | None, base: Path) -> ssl.SSLContext:
    """Certificate and name are checked; ``ca_file`` is then the only authority, else the system's are."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(placed(ca_file, base)))
    except (OSError, ssl.SSLError):
        raise Refused("The certificates named at ca_file cannot be read.", fix="name a file in PEM form") from None


def is_named_loopback(host: str) -> bool:
    """Does the name itself say that it is this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def addresses(host: str, port: int, *, label: str) -> list[str]:
    """Every address of a name, in the system's order. Raises TryLater where it is not known now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TryLater(f"{label}: the name of the server is not known now.", fix=AGAIN) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def loopback_address(host: str, port: int, *, label: str) -> str:
    """An address to speak plain text to: Refused unless every address of the name is on loopback."""
    found = addresses(host, port, label=label)
    if not all(ipaddress.ip_address(address).is_loopback for address in found):
        raise Refused(f"{label}: without encryption only this machine may be spoken to.", fix="use TLS")
    return found[0]


def outside_addresses(host: str, port: int, *, label: str) -> list[str]:
    """Addresses that may be called from inside: Refused if any of them is private, local or reserved.

    The caller connects to these, not to the name: asked a second time, the name may have another answer.
    """
    found = addresses(host, port, label=label)
    if not all(is_public(ipaddress.ip_address(address)) for address in found):
        raise Refused(
            f"{label}: the address leads to a private or local network.",
            fix="if it is meant, set allow_private: true at this destination",
        )
    return found


def is_public(address: Address) -> bool:
    """Also for an address of IPv4 that is wrapped into one of IPv6."""
    inner = _wrapped(address)
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def is_untrusted(error: BaseException | None) -> bool:
    """Did it fail because a certificate is not to be trusted?"""
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def untrusted(label: str) -> Refused:
    return Refused(
        f"{label}: the server's certificate is not to be trusted.",
        fix="check the host name; for an authority of your own name its certificate at ca_file",
    )
