"""Reading exports.yml: one message for everything to mend, with line and place and never with what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analytics.domain.documents import MAXIMUM_BYTES, SENSE, keys_at, nearest, refusal
from analytics.domain.errors import PlanRefused
from analytics.domain.yaml_text import Place, parse
from analytics.schedule.config import Export, Exports
from analytics.schedule.rule import Rule

KINDS = ("folder", "sftp", "s3", "mail", "webhook")


def load_exports(path: Path) -> Exports:
    """The checked exports of a file. Raises PlanRefused (12)."""
    name, text = f"The exports file {path.name}", _text(path)
    value, lines = parse(text, what=name)
    if not isinstance(value, dict):
        raise PlanRefused(f"{name} must be made of lines like key: value.", fix="see docs/schedule.md")
    try:
        found = Exports.model_validate(value)
    except ValidationError as error:
        raise refusal(name, _problems(error.errors(include_url=False, include_input=False)), lines) from None
    found._base = Path(path).absolute().parent
    found._rules = _rules(found, name, lines)
    _refuse_shared_folders(found, name, lines)
    return found


def _text(path: Path) -> str:
    try:
        content = path.read_bytes() if path.is_file() else b""
        if not path.is_file() or len(content) > MAXIMUM_BYTES:
            raise PlanRefused(f"The exports file {path.name} is not there, or no file.", fix="name it after --config")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanRefused(f"The exports file {path.name} is not UTF-8 text.", fix="save it as UTF-8") from None
    except OSError as error:
        raise PlanRefused(
            f"The exports file {path.name} cannot be read: {(error.strerror or 'unreadable').lower()}.",
            fix="look at its permissions",
        ) from None


def _problems(errors: Sequence[Any]) -> list[tuple[Place, str]]:
    """Every fault; pydantic also calls a list empty whose every member is at fault: that is none of its own."""
    found = [(one["type"], *_problem(one)) for one in errors]
    places = [place for _, place, _ in found]
    return [
        (place, told)
        for kind, place, told in found
        if kind != "too_short" or not any(len(other) > len(place) and other[: len(place)] == place for other in places)
    ]


def _problem(error: Any) -> tuple[Place, str]:
    """Place and rule of an error of pydantic; what stands in the file may be a secret, so it is not told."""
    place = (*_steps(error["loc"]), *error.get("ctx", {}).get("at", ()))
    kind = error["type"]
    if kind == "extra_forbidden":
        return place, f"there is no such key{nearest(str(place[-1]), keys_at(Exports, place[:-1]))}"
    if kind == "missing":
        return place[:-1] or place, f"{str(place[-1])!r} is missing"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return place, f"to: must be one of {', '.join(KINDS)}"
    if kind == "too_short":
        return place, "must name at least one"
    message = str(error["msg"])
    if kind in ("value_error", SENSE):
        return place, message.removeprefix("Value error, ")
    return place, message.replace("Input should be", "must be").split(", unable to parse")[0]


def _steps(loc: tuple[Any, ...]) -> Place:
    """The place in the file: pydantic adds which member of a union it tried."""
    steps: list[str | int] = []
    for step in loc:
        tried = isinstance(step, str) and steps and isinstance(steps[-1], int) and steps[-2:-1] == ["deliver"]
        if not (tried and step in KINDS) and not str(step).startswith(("literal[", "tuple[", "function-", "[key]")):
            steps.append(step)
    return tuple(steps)


def _rules(found: Exports, name: str, lines: Mapping[Place, int]) -> dict[str, Rule]:
    rules, problems = {}, []
    for number, export in enumerate(found.exports):
        place: Place = ("exports", number, "when")
        try:
            rule = _rule(found, export)
        except (OSError, ValueError) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(((*place, "holidays"), f"the holidays cannot be read: {told}"))
            continue
        if not rule.next_after(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)):
            problems.append((place, "this never comes"))
        rules[export.name] = rule
    if problems:
        raise refusal(name, problems, lines)
    return rules


def _rule(found: Exports, export: Export) -> Rule:
    when = export.when
    days = () if when.holidays is None else _holidays(found.place(when.holidays))
    return Rule(when.cron, when.first_in or "", days, found.timezone)


def _holidays(path: Path) -> tuple[str, ...]:
    """ISO dates, one a line; what follows # is a remark."""
    days = []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        text = line.partition("#")[0].strip().removeprefix("- ").strip()
        if not text:
            continue
        try:
            days.append(dt.date.fromisoformat(text).isoformat())
        except ValueError:
            raise ValueError(f"line {number} of {path.name} is no date like 2026-12-25") from None
    return tuple(sorted(set(days)))


def _refuse_shared_folders(found: Exports, name: str, lines: Mapping[Place, int]) -> None:
    """Who opens a folder sees everything in it: one folder, one audience."""
    audiences: dict[Path, str] = {}
    for number, export in enumerate(found.exports):
        for at, to in enumerate(export.deliver):
            if to.to != "folder":
                continue
            if audiences.setdefault(found.place(to.path), export.audience) != export.audience:
                place: Place = ("exports", number, "deliver", at)
                problem = "internal and external reports may not share a folder: whoever opens it sees both"
                raise refusal(name, [(place, problem)], lines)
