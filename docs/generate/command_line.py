"""Every command of ``outcomes`` with its arguments, options and example, from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def page(pictures: Path, link: str = "") -> str:
    from typer.main import get_command

    from analytics.cli.app import app

    return "\n".join(line for name, command in commands(get_command(app), "outcomes") for line in _told(name, command))


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name, in the order of the help."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, one in inner.items():
        yield from commands(one, f"{name} {word}")


def _told(name: str, command: Any) -> Iterator[str]:
    yield from (f"## {name}", "", _plain(command.help), "")
    if command.epilog:
        yield from ("```", _plain(command.epilog).removeprefix("Example: "), "```", "")
    rows = [(_called(one), _plain(getattr(one, "help", "")) + _usual(one)) for one in command.params if not _help(one)]
    if rows:
        yield from ("| argument or option | meaning |", "|---|---|")
        yield from (f"| {called} | {meaning} |" for called, meaning in rows)
        yield ""


def _help(parameter: Any) -> bool:
    return "--help" in parameter.opts or getattr(parameter, "hidden", False)


def _called(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name.upper()).strip("[].{}")
        return f"`{name}{'...' if parameter.nargs == -1 else ''}`{'' if parameter.required else ' (may be left out)'}"
    metavar = "" if getattr(parameter, "is_flag", False) else f" {parameter.metavar or 'N'}"
    return f"`{parameter.opts[0]}{metavar}`" + (" (needed)" if parameter.required else "")


def _usual(parameter: Any) -> str:
    value = parameter.default
    plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return f" Usual: `{value}`." if plain and getattr(parameter, "show_default", False) else ""


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
