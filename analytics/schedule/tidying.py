"""After deliveries: old runs removed, the archive's page written; what a killed call left undone is made up for."""

from __future__ import annotations

from analytics.schedule.calling import Call, Place
from analytics.schedule.keep import remove_old
from analytics.schedule.page import write_page

MARK = "untidy"


def untidy(place: Place) -> None:
    """Remember that there is something to tidy."""
    try:
        (place.folder / MARK).touch(mode=0o600)
    except OSError:
        return


def is_untidy(place: Place) -> bool:
    return (place.folder / MARK).exists()


def tidy(call: Call, place: Place) -> None:
    """Remove what ``keep`` does not keep and write the pages. What fails is tried again by the next call; no report
    waits for it."""
    try:
        removed = remove_old(place)
        if removed:
            call.log("removed", export=place.export.name, names=removed)
        for archive in place.archives():
            if archive.is_dir() and not write_page(call.settings, archive):
                call.log("page_not_ours", export=place.export.name)
        (place.folder / MARK).unlink(missing_ok=True)
    except OSError as error:
        call.log("untidy", export=place.export.name, why=(error.strerror or type(error).__name__).lower())
