"""The check that a built site loads nothing from elsewhere: no script, style, font or picture."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

LOADING = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src", "embed": "src",
    "object": "data", "link": "href", "input": "src", "form": "action", "image": "href", "use": "href",
}  # fmt: skip
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", flags=re.I)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", flags=re.I)


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = (LOADING.get(tag), "srcset", "poster", "style") + (("xlink:href",) if tag in ("use", "image") else ())
        for name in filter(None, names):
            text = given.get(name) or ""
            if ELSEWHERE.match(text) or IN_STYLES.search(text):
                self.found.append(f"<{tag} {name}={text}>")


def loads(text: str, suffix: str) -> list[str]:
    """What a page, a picture or a style of the site would fetch from another place."""
    if suffix == ".css":
        return IN_STYLES.findall(text)
    reader = _Loads()
    reader.feed(text)
    return reader.found + IN_STYLES.findall(text)


def asked_elsewhere(site: Path) -> list[str]:
    """``file: what it loads`` for every file of the site, sorted."""
    files = [path for path in sorted(site.rglob("*")) if path.suffix in (".html", ".css", ".svg")]
    return [
        f"{path.relative_to(site).as_posix()}: {one}"
        for path in files
        for one in loads(path.read_text(encoding="utf-8"), path.suffix)
    ]


if __name__ == "__main__":
    found = asked_elsewhere(Path(sys.argv[1]))
    if found:
        sys.exit("The manual loads from elsewhere:\n" + "\n".join(found))
