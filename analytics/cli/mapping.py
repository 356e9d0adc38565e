"""``outcomes mapping init`` and ``outcomes mapping check``: from a clinic's own file to a mapping, and what it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.pages import _wrapped as wrapped
from analytics.cli.screen import out, say

SHOWN = 24  # characters of a text
MOST_TEXTS = 8
EXAMPLE = "Example: outcomes mapping init visits.xlsx --out clinic.yml"

mapping_app = typer.Typer(
    name="mapping", help="Say what a clinic's columns mean: draft a mapping, check one.", no_args_is_help=True,
    add_completion=False,
)  # fmt: skip
OneData = Annotated[
    list[Path],
    typer.Argument(metavar="DATA", help="A file, or a folder of a clinic's files.", show_default=False, readable=False),
]


def register(app: typer.Typer) -> None:
    mapping_app.command("init", epilog=EXAMPLE)(init)
    mapping_app.command("check", epilog="Example: outcomes mapping check clinic.yml visits.xlsx")(check)
    app.add_typer(mapping_app, name="mapping", epilog=EXAMPLE)


def init(
    data: OneData,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="M.yml", help="File to write the draft to.", show_default=False)
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sheet with the sessions.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
) -> None:
    """Draft a mapping from your own file: what each column and text most likely is, with the reasons as comments."""
    from analytics.deliver.mappings import draft_mapping, write_draft

    place = _one(data)
    done = draft_mapping(place, sheet=sheet)
    if out_file is None:
        out(done.text.rstrip("\n"))
    else:
        write_draft(done, out_file, force=force)
    for sentence in done.told:
        say("\n".join(wrapped(sentence)))
    main = place / done.main if place.is_dir() else place
    say(f"Next: read it through, then: outcomes mapping check {out_file or 'M.yml'} {main}")


def _one(data: list[Path]) -> Path:
    """The one DATA. UsageError where there are several."""
    from analytics.domain.errors import UsageError

    if len(data) > 1:
        raise UsageError(
            f"A mapping is drafted from one file or folder at a time; found {len(data)}.",
            fix="draft one for each clinic; files of one clinic that belong together go into one folder",
        )
    return data[0]


def check(
    mapping: Annotated[
        Path, typer.Argument(metavar="M.yml", help="The mapping to check.", show_default=False, readable=False)
    ],
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="The file it is for.", show_default=False, readable=False)
    ],
) -> None:
    """What each column becomes: first values before and after, texts that match nothing, columns not used."""
    from analytics.deliver.mappings import check_mapping

    for line in page(check_mapping(mapping, data), mapping.name):
        out(line)


def page(checked: Any, name: str) -> Iterator[str]:
    """The page for 80 columns."""
    tables = checked.data.tables
    for table, raws in tables.items():
        lines = sum(raw.received for raw in raws)
        yield f"{table}: {lines:,} lines of {', '.join(dict.fromkeys(raw.file for raw in raws))}"
        for effect in (e for e in checked.effects if e.table == table):
            yield from _effect(effect)
        for _, headers in (item for item in checked.unused if item[0] == table):
            yield from wrapped(f"Not used: {', '.join(_short(h, 40) for h in headers)}", indent="  ")
        yield ""
    for note in checked.data.notes:
        yield from wrapped(f"- {note}")
    if checked.data.notes:
        yield ""
    bad = sum(lines for e in checked.effects for _, lines in e.faulty)
    texts = sum(len(e.faulty) for e in checked.effects)
    yield f"{name} can be used."
    if texts:
        what = "1 text matches" if texts == 1 else f"{texts:,} texts match"
        yield f"{what} nothing ({bad:,} cell{'' if bad == 1 else 's'}): the rows (or entries) will be set aside."


def _effect(effect: Any) -> Iterator[str]:
    if effect.header is None:
        yield f"  {effect.target}: {_short(effect.told, 50)}"
        return
    told = f" ({effect.told})" if effect.told else ""
    empty = f"; {effect.empty:,} of {effect.lines:,} empty" if effect.empty else ""
    yield from wrapped(f"{effect.target} from {_short(effect.header, 40)}{told}{empty}", indent="  ")
    same = all(before.strip() == after for before, after in effect.pairs)
    shown = [_short(b) if same else f"{_short(b)} > {_short(a)}" for b, a in effect.pairs]
    if shown:
        yield from wrapped(("as it is: " if same else "") + ", ".join(shown), indent="      ")
    if effect.faulty:
        some = [f"{_short(text)} ({lines:,})" for text, lines in effect.faulty[:MOST_TEXTS]]
        more = f" and {len(effect.faulty) - MOST_TEXTS:,} more" if len(effect.faulty) > MOST_TEXTS else ""
        yield from wrapped(f"matches nothing: {', '.join(some)}{more}", indent="    ! ")


def _short(text: str, most: int = SHOWN) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in " ".join(str(text).split()))
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."
