"""Links of the manual: internal ones lead somewhere, external ones are well formed, every page is in the contents."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from doc_pages import DOCS, ROOT, anchors, links, name_of, pages

MADE = {
    "docs/reference/front_door.md", "docs/reference/command_line.md", "docs/reference/vocabulary.md",
}  # fmt: skip


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_internal_links_lead_somewhere(path: Path) -> None:
    for target in links(path):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.is_file(), f"{name_of(path)}: {target}"
        assert there.is_relative_to(DOCS) or path.name == "README.md", f"{target} leads out of the site"
        if anchor and name_of(there) not in MADE:
            assert anchor in anchors(there), f"{name_of(path)}: {target}: there are {sorted(anchors(there))}"


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_external_links_are_well_formed(path: Path) -> None:
    for target in [*links(path), *re.findall(r"https?://[^\s)>`\"]+", path.read_text(encoding="utf-8"))]:
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            parts = urlsplit(target)
            assert parts.scheme == "https", f"{name_of(path)}: {target}"
            assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", parts.netloc), f"{name_of(path)}: {target}"
            assert not target.endswith((".", ",", ";")), f"{name_of(path)}: {target}"


def test_files_named_in_the_prose_are_there() -> None:
    for path in pages():
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:docs|notebooks|analytics|schemas|benchmarks|tests|deploy)/[\w/.-]+)`", text):
            assert (ROOT / name).exists(), f"{name_of(path)}: {name}"


def test_every_page_is_in_the_contents() -> None:
    told: set[Path] = {DOCS / "index.md"}
    for path in DOCS.rglob("*.md"):
        for block in re.findall(r"^```\{toctree\}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.S | re.M):
            for line in block.splitlines():
                if line and not line.startswith(":"):
                    told |= {found.resolve() for found in path.parent.glob(f"{line}.md")}
    assert set(DOCS.rglob("*.md")) == told
