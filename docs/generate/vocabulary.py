"""Every name of ours with its unit, range, meaning and source, as ``outcomes dictionary`` prints it."""

from __future__ import annotations

import re
from pathlib import Path

PARTS = ("treatments", "outcomes", "columns", "rules")


def page(pictures: Path, link: str = "") -> str:
    from schemas.dictionary import lines

    return "\n\n".join(f"## {part.capitalize()}\n\n{_entries(list(lines(part)))}" for part in PARTS)


def _entries(lines: list[str]) -> str:
    told = [_line(line) for line in "\n".join(lines[1:]).strip().splitlines()]
    return "\n".join(told)


def _line(line: str) -> str:
    if line.startswith("    "):
        return "- " + _escaped(line.strip())
    return f"\n### {_escaped(line)}\n" if line.strip() else ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]{}$|])", r"\\\1", text)
