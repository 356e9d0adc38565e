"""``outcomes run-due`` and ``outcomes exports``: reports that come by themselves."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.screen import out
from analytics.domain.errors import NeedsPerson, NotWritten, UsageError

exports_app = typer.Typer(
    name="exports",
    help="What comes when, and its care.",
    no_args_is_help=True,
    add_completion=False,
)

Config = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The exports file.", readable=False, show_default=True)
]
Now = Annotated[
    str | None,
    typer.Option("--now", metavar="TIME", help="As if it were then (2026-03-01T06:00+01:00).", show_default=False),
]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only this export.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The export.", show_default=False)]
Date = Annotated[str, typer.Argument(metavar="DATE", help="Its date, like 2026-03-02.", show_default=False)]
USUAL = Path("exports.yml")
SHOWN = 10  # troubles told one by one


def register(app: typer.Typer) -> None:
    app.command("run-due", epilog="Example: outcomes run-due --config exports.yml")(run_due)
    commands: dict[str, tuple[Callable[..., None], str]] = {
        "check": (check, "--config exports.yml"),
        "list": (list_, "--config exports.yml"),
        "explain": (explain, "director-monthly --config exports.yml"),
        "status": (status, "--json --config exports.yml"),
        "resolve": (resolve, 'director-monthly 2026-03-02 "mail:director@example.org" --sent'),
        "release": (release, "director-monthly 2026-03-02"),
        "adopt": (adopt, "--config exports.yml"),
    }
    for name, (command, example) in commands.items():
        exports_app.command(name, epilog=f"Example: outcomes exports {name} {example}")(command)
    app.add_typer(exports_app, name="exports", epilog="Example: outcomes exports check --config exports.yml")


def run_due(
    config: Config = USUAL,
    now: Now = None,
    only: Only = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what is due, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="The clock is right, and so many dates are meant.")] = False,
) -> None:
    """Make and send what is due: for cron, a systemd timer or a container to call."""
    settings = _settings(config, only)
    moment = _moment(now, settings)
    if dry_run:
        from analytics.schedule.preview import preview

        for line in preview(settings, now=moment, only=only or (), yes=yes):
            out(line)
        return
    from analytics.schedule.maker import report_maker
    from analytics.schedule.running import run_due as run

    with _going_on():
        outcome = run(settings, now=moment, maker=report_maker(settings), only=only or (), yes=yes)
    _tell(outcome)


@contextmanager
def _going_on() -> Iterator[None]:
    """Asked to end in the middle: what was done is written down, and nothing is lost."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise NotWritten(
            "Stopped in the middle; what was done until then is written down.", fix="nothing: the next call goes on"
        ) from None


def _tell(outcome: Any) -> None:
    """The lines, then what is left as an error with its exit code."""
    for line in outcome.lines or ["Nothing is due."] * (not outcome.troubles):
        out(line)
    left = [one for one in outcome.troubles if not one.waits]
    kept = [one for one in outcome.troubles if one.waits]
    for one in kept:
        out(f"{_where(one)} is kept for the next call: {one.said}")
    if left:
        message = "\n".join(_some([f"{_where(one)}: {one.said}" for one in left]))
        raise NeedsPerson(message, fix="\n              ".join(_some([one.fix for one in left if one.fix])))
    if kept:
        raise NotWritten(
            f"{len(kept)} {'delivery was' if len(kept) == 1 else 'deliveries were'} kept.",
            fix="nothing: the next call tries again by itself",
        )


def _some(lines: list[str]) -> list[str]:
    """Each once; after an outage there may be a month of them."""
    each = list(dict.fromkeys(lines))
    more = f"and {len(each) - SHOWN} more: outcomes exports status --json"
    return each if len(each) <= SHOWN else [*each[:SHOWN], more]


def _where(trouble: Any) -> str:
    return f"{trouble.export} {trouble.date}".strip()


def _settings(config: Path, only: list[str] | None = None) -> Any:
    from analytics.schedule.loading import load_exports

    settings = load_exports(config)
    names = [one.name for one in settings.exports]
    for name in only or ():
        if name not in names:
            raise UsageError(f"There is no export {name!r} in {config.name}.", fix=f"choose from {', '.join(names)}")
    return settings


def _moment(text: str | None, settings: Any) -> dt.datetime:
    if text is None:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now takes a time; {text[:40]!r} was found.", fix="write 2026-03-01T06:00+01:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=settings.zone)


def check(config: Config = USUAL) -> None:
    """Whether the exports file can be used: every line, path and time of it."""
    from analytics.schedule.checking import remarks

    settings = _settings(config)
    for line in remarks(settings):
        out(line)
    count = len(settings.exports)
    out(f"{config.name} can be used: {count} {'export' if count == 1 else 'exports'}.")


def list_(config: Config = USUAL, now: Now = None) -> None:
    """The exports: what, when next, for whom and where to."""
    from analytics.schedule.explain import listed

    settings = _settings(config)
    for line in listed(settings, _moment(now, settings)):
        out(line)


def explain(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The export.", show_default=False)] = None,
    config: Config = USUAL,
    now: Now = None,
) -> None:
    """When an export comes, in words, with its next five dates."""
    from analytics.schedule.explain import explained

    settings = _settings(config, [name] if name else None)
    for line in explained(settings, _moment(now, settings), name=name):
        out(line)


def status(
    config: Config = USUAL,
    now: Now = None,
    json_: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """How far every export has come, and what is open."""
    from analytics.schedule.status import status_lines, status_of

    settings = _settings(config)
    found = status_of(settings, _moment(now, settings))
    if json_:
        out(json.dumps(found, ensure_ascii=False))
        return
    for line in status_lines(found):
        out(line)


def resolve(
    name: Name,
    date: Date,
    destination: Annotated[str, typer.Argument(metavar="DEST", help="As status names it.", show_default=False)],
    sent: Annotated[bool, typer.Option("--sent", help="It has arrived.")] = False,
    again: Annotated[bool, typer.Option("--again", help="It has not: send it again.")] = False,
    config: Config = USUAL,
    now: Now = None,
) -> None:
    """Say what became of a delivery that was perhaps sent."""
    from analytics.schedule.deciding import resolve as decide

    if sent == again:
        raise UsageError("Say which: --sent (it has arrived) or --again (it has not).")
    settings = _settings(config, [name])
    out(decide(settings, name, date, destination, arrived=sent, now=_moment(now, settings)))


def release(name: Name, date: Date, config: Config = USUAL, now: Now = None) -> None:
    """Send a report that was held, as it was sealed."""
    from analytics.schedule.deciding import release as let_out

    settings = _settings(config, [name])
    with _going_on():
        outcome = let_out(settings, name, date, now=_moment(now, settings))
    _tell(outcome)


def adopt(config: Config = USUAL, now: Now = None, only: Only = None) -> None:
    """Begin anew: from what the archive holds where the state is lost, else from now."""
    from analytics.schedule.deciding import adopt as begin

    settings = _settings(config, only)
    for line in begin(settings, now=_moment(now, settings), only=only or ()):
        out(line)
