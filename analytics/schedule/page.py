"""The archive's page: its reports by date, what each says, and what changed since the one before; no script, no count.

It holds what the reports in the same folder tell on their first page, nothing else, so nothing their audience may not
see; internal and external reports never share a folder (loading.py).
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.schedule.archive import archived, receipt_in
from analytics.schedule.calling import Place
from analytics.schedule.config import Exports
from analytics.schedule.first_words import MAIN
from analytics.schedule.slots import Damaged, Sealed
from analytics.store.places import write_whole

PAGE, MARK = "index.html", "<!-- the reports of this folder, by outcomes run-due -->"
FIRST = ("report.html", "report.pdf", "report.docx", "report.xlsx", "report.ipynb", "report.json")
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Reports</title>
<style>
:root { color-scheme: light dark; }
body { font: 17px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 1.5rem; }
article { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 1rem 0 1.1rem; }
h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
h2 small { font-weight: normal; opacity: .75; margin-left: .5rem; }
p { margin: .25rem 0; }
ul { margin: .25rem 0 0; padding-left: 1.2rem; }
.change { font-size: .93rem; }
</style>
</head>
<body>
"""


@dataclass(frozen=True)
class Shown:
    """One report of the archive."""

    export: str
    day: str
    folder: str
    first: str
    sealed: Sealed | None
    title: str


def write_page(settings: Exports, archive: Path) -> bool:
    """Write index.html of an archive; False where one that is not ours is in its place. Raises OSError."""
    target = archive / PAGE
    if target.is_symlink() or (target.exists() and MARK not in target.read_text("utf-8", "replace")):
        return False
    write_whole(target, page(settings, archive).encode())
    return True


def page(settings: Exports, archive: Path) -> str:
    """The page, newest first."""
    places = [Place(settings, one) for one in settings.exports]
    here = [place for place in places if archive in place.archives()]
    found = [(shown, before) for place in here for shown, before in _reports(place, archive)]
    found.sort(key=lambda one: (one[0].day, one[0].export), reverse=True)
    body = "".join(part for shown, before in found for part in _article(shown, before))
    return f"{HEAD}{MARK}\n<h1>Reports</h1>\n{body or '<p>There is no report yet.</p>'}</body>\n</html>\n"


def _reports(place: Place, archive: Path) -> Iterator[tuple[Shown, Sealed | None]]:
    """Each report of an export in the archive, and the sealed run that was let out before it."""
    ledger = _sealed(place)
    before: Sealed | None = None
    known: dict[str, Sealed | None] = {}
    for name, sealed in ledger.items():
        known[name] = before
        before = sealed
    for folder in archived(place):
        if folder.parent == archive:
            told = receipt_in(folder)
            named = {str(entry.get("name")) for entry in told.get("files", []) if isinstance(entry, dict)}
            first = next((one for one in FIRST if one in named), "receipt.json")
            day = folder.name.removeprefix(f"{place.export.name}-")
            mine = ledger.get(folder.name)
            title = mine.title if mine is not None else str(told.get("title", ""))
            shown = Shown(place.export.name, day, folder.name, first, mine, title)
            yield shown, known.get(folder.name)


def _sealed(place: Place) -> dict[str, Sealed]:
    """Sealed runs that were let out, by name, rising."""
    found = {}
    for stamp in place.ledger.stamps():
        try:
            slot = place.ledger.read(stamp)
        except Damaged:
            continue
        mine = slot.sealed is not None and slot.sealed.audience == place.export.audience  # it may have been another
        if mine and slot.sealed is not None and slot.status in ("open", "done"):
            found[slot.sealed.name] = slot.sealed
    return found


def _article(shown: Shown, before: Sealed | None) -> Iterator[str]:
    link = f"{shown.folder}/{shown.first}"
    title = html.escape(shown.title or shown.export)
    yield f'<article>\n<h2><a href="{html.escape(link)}">{title}</a><small>{html.escape(shown.day)}'
    yield f" · {html.escape(shown.export)}</small></h2>\n"
    if shown.sealed is not None and shown.sealed.headline:
        yield f"<p>{html.escape(shown.sealed.headline)}</p>\n"
        yield from _changes(shown.sealed, before)
    yield "</article>\n"


def _changes(sealed: Sealed, before: Sealed | None) -> Iterator[str]:
    if before is None:
        yield '<p class="change">The first report.</p>\n'
        return
    if sealed.told != MAIN:  # the comparisons are not what this report tells
        yield from _said_before(sealed, before)
        return
    changed = list(_turned(_verdicts(before), _verdicts(sealed)))
    if not changed:
        yield '<p class="change">No answer changed since the report before.</p>\n'
        return
    yield '<p class="change">Changed since the report before:</p>\n<ul class="change">\n'
    yield from (f"<li>{html.escape(one)}</li>\n" for one in changed)
    yield "</ul>\n"


def _said_before(sealed: Sealed, before: Sealed) -> Iterator[str]:
    if before.told != sealed.told or not before.headline:
        return
    if before.headline == sealed.headline:
        yield '<p class="change">The report before said the same.</p>\n'
    else:
        yield f'<p class="change">The report before said: {html.escape(before.headline)}</p>\n'


def _verdicts(sealed: Sealed) -> Mapping[str, str]:
    return dict(sealed.measures.get("verdicts") or {})


def _turned(before: Mapping[str, str], now: Mapping[str, str]) -> Sequence[str]:
    """Comparisons whose answer is another one now."""
    found = [f"{key}: {SAID.get(before[key], before[key])} before, {SAID.get(now[key], now[key])} now"
             for key in now if key in before and before[key] != now[key]]  # fmt: skip
    new = [f"{key}: {SAID.get(now[key], now[key])} (not compared before)" for key in now if key not in before]
    return [*found, *new]


SAID = {
    "better_meaningful": "noticeably better",
    "better": "better",
    "better_small": "slightly better",
    "equivalent": "about equal",
    "not_shown": "no difference shown",
    "not_shown_loss_excluded": "no difference shown, hardly worse",
    "not_shown_gain_excluded": "no difference shown, hardly better",
    "worse_small": "slightly worse",
    "worse": "worse",
    "worse_meaningful": "noticeably worse",
    "not_estimable": "cannot be compared",
    "suppressed": "too few patients to show",
}
