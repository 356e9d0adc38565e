"""Sphinx extension: a block ```` ```{made} NAME ```` of a page is replaced by what the code says of itself."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generate import command_line, front_door, pictures, plan_keys, vocabulary

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```\{made\} ([a-z_]+)\n```$", flags=re.M)
MADE: dict[str, Callable[[Path, str], str]] = {
    "front_door": front_door.page,
    "command_line": command_line.page,
    "plan_keys": plan_keys.page,
    "vocabulary": vocabulary.page,
    **pictures.pages(),
}


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _draw)
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _folder(app: Any) -> Path:
    return Path(app.doctreedir).parent / "docs-pictures"


def _draw(app: Any) -> None:
    pictures.draw(_folder(app))


def _fill(app: Any, page: str, source: list[str]) -> None:
    here = Path(app.srcdir, page).parent
    folder = Path(os.path.relpath(_folder(app), here))
    source[0] = BLOCK.sub(lambda found: MADE[found[1]](_folder(app), folder.as_posix()), source[0])
