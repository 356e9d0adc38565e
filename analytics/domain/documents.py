"""Plans and mappings as YAML files: safe loading into a pydantic model, and one message a person can act on."""

from __future__ import annotations

import datetime as dt
import re
import stat
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from analytics.domain.errors import PlanRefused
from analytics.domain.yaml_text import MAXIMUM_CHARACTERS, Place, parse
from schemas.vocabulary import Vocabulary

SHOWN = 8
LONGEST = 300  # characters of one problem in a message
MAXIMUM_BYTES = 4 * MAXIMUM_CHARACTERS
#: Type of an error that knows its place inside the model it was found in (context ``at``).
SENSE = "sense"
Model = TypeVar("Model", bound=BaseModel)
Problem = tuple[Place, str]


def load_document(source: str | Path, model: type[Model], *, what: str) -> Model:
    """A YAML file (or its text) as ``model``. Raises one PlanRefused that names line, place and the nearest key."""
    return read_document(source, model, what=what)[0]


def read_document(source: str | Path, model: type[Model], *, what: str) -> tuple[Model, dict[Place, int], str]:
    """As ``load_document``, with the line of every place and the name the document has in messages."""
    text, name = _text(source, what)
    value, lines = parse(text, what=name)
    return validated(value, model, name=name, lines=lines), lines, name


def validated(value: Any, model: type[Model], *, name: str, lines: Mapping[Place, int]) -> Model:
    """``value`` as ``model``; every problem in one PlanRefused."""
    if not isinstance(value, dict):
        raise PlanRefused(f"{name} must be made of lines like key: value.", fix="see the example in the README")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = [_problem(e, model) for e in error.errors(include_url=False, include_context=True)]
        raise refusal(name, problems, lines) from None


def refusal(name: str, problems: Iterable[Problem], lines: Mapping[Place, int], *, fix: str = "") -> PlanRefused:
    """One message for all problems, in the order of the file. ``fix``: what to do where that is not plain."""
    known = list(dict.fromkeys(problems))
    known.sort(key=lambda problem: _line(problem[0], lines) or 0)
    named = any(_line(place, lines) for place, _ in known[:SHOWN])
    rows = [f"  {_cut(_where(place, lines) + text)}" for place, text in known[:SHOWN]]
    more = [f"  and {len(known) - SHOWN} more"] if len(known) > SHOWN else []
    count = "one thing" if len(known) == 1 else f"{len(known)} things"
    plain = "mend the lines named above" if named else "mend what is listed above"
    return PlanRefused("\n".join([f"{name} cannot be used; {count} to mend:", *rows, *more]), fix=fix or plain)


def plain(annotation: Any, value: Any) -> Any:
    """``value``, unless a text in it would only by a guess be a number (1_000) or a date (seconds since 1970)."""
    kinds = set(_types(annotation))
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if not isinstance(item, str) or str in kinds:
            continue
        if kinds & {int, float} and "_" in item:
            raise ValueError(f"a number is written without _; found {item[:40]!r}")
        if dt.date in kinds and re.fullmatch(r"[+-]?[0-9]+\.?[0-9]*", item.strip()):
            raise ValueError(f"must be a date like 2026-03-01; found {item[:40]!r}")
    return value


def _types(annotation: Any) -> list[Any]:
    """The classes that an annotation is made of."""
    inner = typing.get_args(annotation)
    return [found for part in inner for found in _types(part)] if inner else [annotation]


def _cut(text: str) -> str:
    """A problem short enough that eight of them are read; what stands in a file may be of any length."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def senseless(text: str, *at: str | int) -> PydanticCustomError:
    """The error of a validator of a whole model; ``at``: the entry of the model that is wrong."""
    return PydanticCustomError(SENSE, "{said}", {"said": text, "at": at})


def nearest(name: str, among: Iterable[str]) -> str:
    """``; did you mean 'format'?`` for the nearest names, or the permitted names where none is near."""
    names = list(among)
    close = Vocabulary.nearest(name, names)[:2]
    if close:
        return f"; did you mean {' or '.join(repr(n) for n in close)}?"
    return f"; possible are {', '.join(sorted(names))}" if 0 < len(names) <= 30 else ""


def dump(value: Any) -> str:
    """Canonical YAML of dicts, lists and scalars: block style, keys in the order given, no line folding."""
    import io

    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.version = None
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 100_000
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue().removesuffix("...\n")


def _text(source: str | Path, what: str) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or ": " in source):
        return source, what[:1].upper() + what[1:]
    path = Path(source)
    name = f"{what[:1].upper()}{what[1:]} {path.name or path}"
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device could be read for ever
            raise PlanRefused(f"{name} is not a file.", fix="name a text file (.yml)")
        if found.st_size > MAXIMUM_BYTES:
            raise PlanRefused(f"{name} is longer than {MAXIMUM_CHARACTERS:,} characters.", fix="is it the right file?")
        return path.read_bytes().decode("utf-8-sig"), name
    except UnicodeDecodeError:
        raise PlanRefused(f"{name} is not UTF-8 text.", fix="save it as UTF-8 (plain text, .yml)") from None
    except OSError as error:
        raise PlanRefused(
            f"{name} cannot be read: {(error.strerror or 'unreadable').lower()}.", fix="check the path"
        ) from None


def _where(place: Place, lines: Mapping[Place, int]) -> str:
    line = _line(place, lines)
    path = ".".join(step if len(step) <= 60 else f"{step[:60]}..." for step in _steps(place, lines))
    return f"line {line}, {path}: " if line and path else f"{path}: " if path else ""


def _steps(place: Place, lines: Mapping[Place, int]) -> list[str]:
    """The steps of ``place`` as the file has them (a single entry is the first of a list only inside), items from 1."""
    shown: list[str] = []
    found: Place = ()
    for step in place:
        if isinstance(step, str):
            shown.append(step)
            found = (*found, step)
        elif not lines or (*found, step) in lines:
            shown.append(str(step + 1))
            found = (*found, step)
    return shown


def _line(place: Place, lines: Mapping[Place, int]) -> int | None:
    """The line of ``place``, or of the nearest place around it that stands in the file."""
    if not lines or not place:
        return None
    found: Place = ()
    for step in place:
        if (*found, step) in lines:
            found = (*found, step)
    return lines.get(found) if found else None


def _problem(error: ErrorDetails, model: type[BaseModel]) -> Problem:
    place = (*(step for step in error["loc"] if step != "[key]"), *error.get("ctx", {}).get("at", ()))
    if error["type"] == "extra_forbidden":
        return place, f"there is no key {str(place[-1])!r}{nearest(str(place[-1]), keys_at(model, place[:-1]))}"
    if error["type"] == "missing":
        return place[:-1] or place, f"{str(place[-1])!r} is missing"
    return place, _words(error)


def _words(error: ErrorDetails) -> str:
    """pydantic's sentence in ours, with what was found."""
    message = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    message = message.replace("a valid boolean", "true or false (nothing else is a boolean)")
    message = message.split(", unable to parse")[0].split(" or instance of")[0]
    message = message.replace("a valid dictionary", "made of key: value")
    message = message.replace("a valid tuple", "a list like [north, south]").replace(
        "a valid list", "a list like [a, b]"
    )
    message = message.replace("a valid integer", "a whole number").split(" or datetime")[0]
    message = message.replace("a valid date", "a date like 2026-03-01")
    found = error.get("input")
    if error["type"] == "literal_error" and isinstance(found, str):
        near = Vocabulary.nearest(
            found, str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        )
        message += f" (did you mean {near[0]!r}?)" if near else ""
    if error["type"] in ("value_error", SENSE) or isinstance(found, (dict, list, tuple)):
        return message
    return f"{message}; found {'nothing' if found is None else repr(found)[:80]}"


def keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that may stand at ``place`` in a document of ``model``."""
    here: Any = model
    for step in place:
        here = _inside(here, step)
    return sorted({name for found in _models(here) for name in _names(found)})


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _models(part)]


def _inside(annotation: Any, step: str | int) -> Any:
    """The annotation one step further in: a field of a model, a value of a dict, an item of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if step in (name, field.alias):
                return field.annotation
        return None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_inside(a, step) for a in arguments if a is not type(None))]  # noqa: UP007
    if origin in (dict, Mapping) and arguments:
        return arguments[1]
    return arguments[0] if arguments else None
