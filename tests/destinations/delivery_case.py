"""A sealed run to send, certificates of a test authority, and a ledger that notes what was called."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from analytics.schedule.destinations.parcel import Parcel

DUE = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
FILES = {
    "report.html": b"<h1>Effectiveness review</h1>\n.\n.dots\n",
    "report.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 400,
    "findings.csv": b"outcome,arm,mean\nacne_iga,A,1.5\n",
    "figures/forest-acne_iga.svg": b"<svg/>",
}


def parcel(folder: Path, *, files: dict[str, bytes] | None = None, name: str = "director-monthly-2026-03-02") -> Parcel:
    """A sealed run under ``folder``, with a file beside its manifest that must never leave."""
    made = FILES if files is None else files
    for relative, content in made.items():
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        (folder / relative).write_bytes(content)
    listed = [{"name": n, "sha256": hashlib.sha256(c).hexdigest()} for n, c in sorted(made.items())]
    manifest = json.dumps({"files": listed, "run_id": "00"}).encode()
    (folder / "receipt.json").write_bytes(manifest)
    (folder / "stray.csv").write_bytes(b"Rosa Planted,1970-01-01\n")
    return Parcel(
        folder,
        name,
        "director-monthly",
        DUE,
        "Effectiveness review",
        "Peel A clears more",
        hashlib.sha256(manifest).hexdigest(),
        (*sorted(made), "receipt.json"),
    )


def other(sent: Parcel, folder: Path) -> Parcel:
    """Another run of the same export and date."""
    return replace(parcel(folder, files={"report.html": b"another"}), name=sent.name)


@dataclass
class Ledger:
    """What the engine would have written; ``before``: something to do at ``committing``."""

    calls: list[str] = field(default_factory=list)

    def committing(self) -> None:
        self.calls.append("committing")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def whole(sent: Parcel) -> dict[str, bytes]:
    """The files that must arrive, no more."""
    return {name: (sent.folder / name).read_bytes() for name in sent.files}


def authority(folder: Path, *, name: str = "ca", hosts: tuple[str, ...] = ("localhost", "127.0.0.1")) -> Path:
    """A test authority (``NAME.pem``) and a server certificate by it for ``hosts`` (``NAME-server.pem`` with key)."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, root = _certificate(f"Test authority {name}", None, None, ())
    key, leaf = _certificate(hosts[0], root_key, root, hosts)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(root.public_bytes(pem))
    (folder / f"{name}-server.pem").write_bytes(private + leaf.public_bytes(pem))
    return folder / f"{name}.pem"


def _certificate(subject, signer, issuer, hosts):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key((signer or key).public_key()), critical=False)
    )
    if issuer is None:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    else:
        made = made.add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
    return key, made.sign(signer or key, hashes.SHA256())


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
