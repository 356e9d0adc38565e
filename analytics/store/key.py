"""The key of a store and what is made with it: the same id gives the same token, and no token gives its id back."""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from analytics.domain.errors import NotWritten, PlanRefused
from analytics.store.places import Places, write_whole

VARIABLE = "OUTCOMES_KEY_FILE"
BYTES = 32
TOKEN = 32  # hexadecimal digits of an id's token: 128 bits, so that two ids never meet
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Tokens:
    """Keyed hashes (HMAC-SHA256), each purpose apart from the others."""

    key: bytes

    def __repr__(self) -> str:
        return f"Tokens(fingerprint={self.fingerprint})"

    def _made(self, purpose: str, text: str) -> str:
        return hmac.digest(self.key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), "sha256").hex()

    @property
    def fingerprint(self) -> str:
        """What the store keeps of the key, to know it again."""
        return self._made("fingerprint", "")[:TOKEN]

    def patient(self, id_: str) -> str:
        """The token of a patient's id, after ``plain_id``."""
        return f"p{self._made('patient', plain_id(id_))[:TOKEN]}"

    def session(self, id_: str) -> str:
        return f"s{self._made('session', plain_id(id_))[:TOKEN]}"

    def withheld(self, text: str) -> str:
        """The token of a text that may say anything; ``text`` folded by the caller."""
        return f"withheld-{self._made('text', text)[:16]}"

    def erased(self, clinic: str, patient: str) -> str:
        """The second hash: of a clinic and a patient's token, for the list of the erased."""
        return self._made("erased", f"{clinic}\0{patient}")[:TOKEN]


def plain_id(text: str) -> str:
    """An id as the sift reads it: without outer space, one way of writing accents."""
    return unicodedata.normalize("NFC", text.strip())


def key_path(places: Places) -> Path:
    """Where the key lies: OUTCOMES_KEY_FILE, else beside the store. PlanRefused for a place inside the store."""
    told = os.environ.get(VARIABLE)
    path = Path(os.path.realpath(told)) if told else places.key
    if path.is_relative_to(places.root):
        raise PlanRefused(
            "The key must not lie inside the store: whoever copies the store would have both.",
            fix=f"keep it beside the store, or name another place in {VARIABLE}",
        )
    return path


def new_key(places: Places) -> Tokens:
    """The key of a store that is begun: the one that is there already, else a new one."""
    path = key_path(places)
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, secrets.token_hex(BYTES).encode() + b"\n")
        except OSError as error:
            raise NotWritten(
                f"The key could not be written beside the store: {(error.strerror or 'no reason given').lower()}.",
                fix=f"name a place for it in {VARIABLE}",
            ) from error
    return _read(path)


def known_key(places: Places, fingerprint: str) -> Tokens:
    """The key of a store that is there. PlanRefused where it is absent or another one."""
    path = key_path(places)
    if not path.exists():
        raise PlanRefused(
            f"The key of the store {places.root.name} is not there ({path.name}).",
            fix=f"put it back beside the store, or name its place in {VARIABLE}; without it nothing can be added",
        )
    tokens = _read(path)
    if tokens.fingerprint != fingerprint:
        raise PlanRefused(
            f"{path.name} is the key of another store (its fingerprint is {tokens.fingerprint[:8]}, this store's "
            f"{fingerprint[:8]}).",
            fix="use the key the store was begun with: with another one every patient would be a new one",
        )
    return tokens


def _read(path: Path) -> Tokens:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("ascii", "replace").strip()
    except OSError as error:
        raise PlanRefused(f"The key {path.name} cannot be read: {(error.strerror or '').lower()}.") from error
    if mode & 0o077:
        raise PlanRefused(f"The key {path.name} can be read by others (mode {mode:03o}).", fix=f"chmod 600 {path.name}")
    if not _KEY.fullmatch(text):
        raise PlanRefused(
            f"{path.name} is not a key: {2 * BYTES} hexadecimal digits were expected.", fix="put the right file back"
        )
    return Tokens(bytes.fromhex(text))
