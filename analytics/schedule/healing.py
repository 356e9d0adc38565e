"""A slot that is damaged: what lies in the state and at the destinations says how far it had come."""

from __future__ import annotations

from dataclasses import replace

from analytics.domain.errors import OutcomesError
from analytics.schedule.calling import Call, Place
from analytics.schedule.destinations.parcel import Destination, Parcel
from analytics.schedule.seal import parcel_of, read_seal
from analytics.schedule.slots import Damaged, Leg, Slot, moment_of

LOST = "its entry in the ledger was damaged"


def heal(call: Call, place: Place, stamp: str) -> Slot:
    """A new slot for a damaged one, written. Without a sealed run nothing had been sent, unless ``keep`` removed it.

    Where nothing has gone out it passes its gates once more: it may have been held.
    """
    call.log("damaged", export=place.export.name, file=f"slots/{stamp}.json")
    fresh = Slot(place.export.name, moment_of(stamp))
    folder = place.run(stamp)
    try:
        sealed = read_seal(folder) if folder.is_dir() else None
        parcel = None if sealed is None else parcel_of(place, fresh, sealed)
    except Damaged:
        sealed, parcel = None, None
    if sealed is not None and parcel is not None:
        legs = {one.label: _asked(one, parcel) for one in call.destinations(place)}
        gone_out = any(leg.state != "pending" for leg in legs.values())
        slot = replace(fresh, status="open" if gone_out else "due", sealed=sealed, legs=legs)
    elif folder.is_dir() or _older_than_kept(place, stamp):
        legs = {one.label: Leg("perhaps", why=f"{LOST}, and so is its run") for one in call.destinations(place)}
        slot = replace(fresh, status="open", legs=legs)
    else:
        slot = fresh
    place.ledger.set_apart(stamp)
    return place.ledger.write(slot)


def _asked(destination: Destination, parcel: Parcel) -> Leg:
    """What a destination says of a parcel whose entry is lost."""
    try:
        found = destination.look(parcel)
    except OutcomesError as error:
        return Leg("committing", why=f"{LOST}; {error.message}"[:300])
    return Leg({"sent": "sent", "repeat": "pending", "perhaps": "perhaps"}[found], why=LOST)


def _older_than_kept(place: Place, stamp: str) -> bool:
    """Whether the run may have been sealed and removed since: there are newer ones."""
    runs = place.folder / "runs"
    return runs.is_dir() and any(path.name > stamp for path in runs.iterdir())
