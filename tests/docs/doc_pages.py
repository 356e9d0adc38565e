"""The pages of the manual and the README as their code blocks, links and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<text>.*?)^```[ \t]*$", flags=re.S | re.M)
REMARK = re.compile(r"<!-- (?P<key>file|exit|prints|not run)(?:: ?| )?(?P<value>[^\n]*?) ?-->\s*\Z")


@dataclass(frozen=True)
class CodeBlock:
    """One fenced block: its language, its text, and what the remark before it says of it."""

    page: str
    line: int
    language: str
    text: str
    remark: str = ""
    value: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Every page of the manual, and the README."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> list[CodeBlock]:
    text, found = path.read_text(encoding="utf-8"), []
    for match in FENCE.finditer(text):
        told = REMARK.search(text[: match.start()].rstrip(" "))
        key, value = (told["key"], told["value"].strip()) if told else ("", "")
        line = text.count("\n", 0, match.start()) + 1
        found.append(CodeBlock(name_of(path), line, match["language"].strip(), match["text"], key, value))
    return found


def prose(path: Path) -> str:
    """The page without its code blocks and code words."""
    return re.sub(r"`[^`\n]*`", "`code`", FENCE.sub("", path.read_text(encoding="utf-8")))


def links(path: Path) -> list[str]:
    """The targets of links and pictures in the prose."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return re.findall(r"\]\(<?([^)>\s]+)>?\)", re.sub(r"`[^`\n]*`", "code", text))


def anchors(path: Path) -> set[str]:
    """The anchors of the headings, as myst and code forges make them."""
    from myst_parser.mdit_to_docutils.base import default_slugify

    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    titles = re.findall(r"^#{1,3} (.+?)\s*$", text, flags=re.M)
    return {default_slugify(re.sub(r"[`*]|\]\([^)]*\)", "", title)) for title in titles}


def command_lines(block: CodeBlock) -> list[str]:
    """The ``outcomes`` lines of a shell block, continued lines joined, remarks and the path of .venv left out."""
    if block.language not in ("", "sh", "text") or block.remark in ("file", "prints"):
        return []
    joined = re.sub(r"\\\n\s*", "", block.text)
    lines = [re.sub(r"\s+#\s.*$", "", line.strip()) for line in joined.splitlines()]
    lines = [line.removeprefix(".venv/bin/") for line in lines]
    return [line for line in lines if line.startswith("outcomes ")]
