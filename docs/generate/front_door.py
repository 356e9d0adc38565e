"""The reference of ``import analytics``: each public name with its signature, docstring, source and picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from generate import pictures as drawn

ROOT = Path(__file__).resolve().parents[2]
#: The order in which a reader meets the verbs; a name that is not here comes after them.
ORDER = (
    "example", "read", "validate", "plan", "cohort", "describe", "compare", "plot", "table", "sentence", "power",
    "explore", "log", "analyse", "report", "open_run", "section", "readings", "fit_mmrm", "Moments",
)  # fmt: skip
#: Method resolution of no interest to a reader.
HIDDEN = ("model_config", "model_fields")


@cache
def package() -> Any:
    """Our code as griffe reads it: nothing is imported."""
    import griffe

    loader = griffe.GriffeLoader(search_paths=[ROOT])
    loaded = loader.load("analytics")
    loader.resolve_aliases()
    return loaded


def public() -> list[str]:
    """The public names in the order of the page."""
    names = [str(name).strip("'\"") for name in package().exports]
    return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def page(pictures: Path, link: str = "") -> str:
    lines: list[str] = ["## Verbs", ""]
    for name in public():
        lines += [*_member(name, final(package()[name])), *drawn.shown(name, pictures, link)]
    lines += ["## Values", "", "What the verbs take and return. Every value is frozen: nothing changes it.", ""]
    for value in values():
        lines += _value(value)
    return "\n".join(lines)


def final(member: Any) -> Any:
    return member.final_target if member.is_alias else member


def _member(name: str, member: Any, level: str = "###") -> Iterator[str]:
    yield from (f"{level} {name}", "")
    if member.is_function:
        yield from ("```python", _signature(name, member), "```", "")
    yield from (*_prose(member), f"Source: `{source(member)}`", "")
    if member.is_class:
        yield from _methods(member)


def source(member: Any) -> str:
    """Path of the file in the project."""
    return member.filepath.relative_to(ROOT).as_posix()


def _prose(member: Any) -> list[str]:
    text = member.docstring.value if member.docstring else ""
    return [_markdown(text), ""] if text else []


def _markdown(text: str) -> str:
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return re.sub(r"^(>>> .*(?:\n(?!\n).*)*)", r"```text\n\1\n```", text, flags=re.M)


def _signature(name: str, function: Any) -> str:
    told, starred = [], False
    for one in function.parameters:
        if one.name in ("self", "cls"):
            continue
        kind = one.kind.value if one.kind else ""
        if kind == "keyword-only" and not starred:
            told.append("*")
            starred = True
        star = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        starred = starred or star == "*"
        typed = f": {one.annotation}" if one.annotation is not None else ""
        default = "" if one.default is None or star else f"{' = ' if typed else '='}{one.default}"
        told.append(f"{star}{one.name}{typed}{default}")
    returns = f" -> {function.returns}" if function.returns is not None else ""
    flat = f"{name}({', '.join(told)}){returns}"
    return flat if len(flat) <= 88 else f"{name}(\n    " + ",\n    ".join(told) + f",\n){returns}"


def values() -> list[Any]:
    """The classes of ours that stand in the signatures of the verbs, in order of appearance."""
    found: dict[str, Any] = {}
    for name in public():
        member = final(package()[name])
        if not member.is_function:
            continue
        for text in (str(member.returns), *(str(one.annotation) for one in member.parameters)):
            for word in re.findall(r"\b[A-Z][A-Za-z]+\b", text):
                known = package().members.get(word) or member.parent.members.get(word)
                if known is not None and known.path not in (None, "") and _ours(known):
                    found.setdefault(word, final(known))
    return [one for word, one in found.items() if word not in public()]


def _ours(known: Any) -> bool:
    path = known.target_path if known.is_alias else known.path
    return path.startswith(("analytics.", "schemas.")) and final(known).is_class


def _value(value: Any) -> Iterator[str]:
    yield from (f"### {value.name}", "", *_prose(value), f"Source: `{source(value)}`", "")
    yield from _methods(value)


def _methods(value: Any) -> Iterator[str]:
    rows = [
        (_named(name, member), _first(member))
        for name, member in value.members.items()
        if not name.startswith("_") and name not in HIDDEN and (member.is_function or member.has_labels("property"))
    ]
    if rows:
        yield from ("| member | what it is |", "|---|---|", *(f"| `{name}` | {told} |" for name, told in rows), "")


def _named(name: str, member: Any) -> str:
    if not member.is_function:
        return name
    return " ".join(_signature(name, member).replace(",\n)", ")").replace("(\n    ", "(").split()).replace("|", "\\|")


def _first(member: Any) -> str:
    text = member.docstring.value.split("\n\n")[0] if member.docstring else ""
    return " ".join(_markdown(text).split()).replace("|", "\\|")
