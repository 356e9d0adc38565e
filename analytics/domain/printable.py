"""Text that every format can hold: control characters made visible; names fit for a link or a file name."""

from __future__ import annotations

import re
import unicodedata

BOX = "\ufffd"  # stands where a character cannot be shown
# What XML and HTML may not hold, and the invisible marks that turn the direction of the text that follows them.
UNPRINTABLE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff"
    "\\u202a-\\u202e\\u2066-\\u2069]"
)


def printable(text: str) -> str:
    """``text`` with a visible box for every character that a format could choke on or be misled by."""
    return text if text.isprintable() else UNPRINTABLE.sub(BOX, text)  # the first is quick, and true of most


def slug(text: str) -> str:
    """``text`` as a file name or anchor: small ASCII letters, digits and single hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:60].strip("-")


def unused(stem: str, used: set[str]) -> str:
    """``stem``, with a number behind it where it is in ``used`` already; what is returned is added there."""
    name, count = stem, 1
    while name in used:
        count += 1
        name = f"{stem}-{count}"
    used.add(name)
    return name
