"""Text that a spreadsheet would run as a formula (OWASP, "CSV injection"), and how it is kept from that."""

from __future__ import annotations

import re

from analytics.domain.printable import printable

FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the full-width forms too
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")  # "-5" found in a file is no formula, and stays as it was found


def like_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text if somebody typed it."""
    return text.lstrip(" ").startswith(FORMULA)


def guarded(text: str) -> str:
    """Printable text that no spreadsheet takes for a formula: an apostrophe before what could start one."""
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if like_formula(text) and not NUMBER.fullmatch(text) else text
