"""The list of the erased: second keyed hashes, by which a patient who comes again is known and refused."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable

from analytics.domain.errors import PlanRefused
from analytics.store.key import Tokens
from analytics.store.places import Places, write_whole
from analytics.store.pseudonyms import Who

ANY = "*"  # in place of the clinic: rows that name none


def erased_list(places: Places) -> dict[str, dict]:
    """Hash -> when and why; both copies together. PlanRefused where one is there and cannot be read."""
    found: dict[str, dict] = {}
    for path in places.erased:
        if not path.exists():
            continue
        try:
            found |= json.loads(path.read_bytes())
        except (OSError, ValueError):
            raise PlanRefused(
                f"The list of the erased ({path.name}) cannot be read: without it an erased patient could come back.",
                fix=f"remove the damaged {path.name} if the other copy is whole, else put one back from a backup",
            ) from None
    return found


def keep_erased(places: Places, found: dict[str, dict]) -> None:
    """Write both copies."""
    content = json.dumps(found, sort_keys=True, indent=1).encode() + b"\n"
    for path in places.erased:
        write_whole(path, content)


def hashes(tokens: Tokens, clinic: str, patient: str) -> list[str]:
    """Under what a patient is listed: with the clinic, and for rows that name no clinic."""
    return [tokens.erased(clinic, patient), tokens.erased(ANY, patient)]


def is_erased(tokens: Tokens, listed: Container[str], clinic: str, patient: str) -> bool:
    """Whether rows of this clinic ("" where they name none) and patient's token are of somebody erased.

    One who was erased without a clinic is refused in every clinic.
    """
    own = bool(patient) and tokens.erased(clinic or ANY, patient) in listed
    return own or (bool(patient) and tokens.erased("", patient) in listed)


def refused(tokens: Tokens, listed: Iterable[str], whose: Who) -> tuple[list[bool], list[bool]]:
    """Lines and misfits of somebody erased."""
    known = set(listed)
    if not known:
        return [False] * len(whose.patient), [False] * len(whose.misfits)
    pairs = list(zip(whose.clinic.tolist(), whose.patient.tolist()))
    told = {pair: is_erased(tokens, known, *pair) for pair in {*pairs, *whose.misfits}}
    return [told[pair] for pair in pairs], [told[pair] for pair in whose.misfits]
