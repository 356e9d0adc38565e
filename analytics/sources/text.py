"""Bytes to text: which encoding a file has, said whenever it is not UTF-8, and what is no text at all."""

from __future__ import annotations

import re

from analytics.domain.errors import DataRefused

MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel (.xls) or a password-protected file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a compressed file"),
)
#: Two or more bytes that only UTF-8 would hold: such a file is UTF-8 with damage, not Windows-1252.
_RUN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(content: bytes, where: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """(text, notes). Raises DataRefused for what is not text, or UTF-8 that is damaged."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            raise DataRefused(
                f"{where} is {kind}, not a text file as its name says.",
                fix="export it as CSV, or give it its own ending",
            )
    if encoding is not None:
        return _as(content, encoding, where), ()
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            note = () if name == "utf-8-sig" else (f"{where} was read as UTF-16.",)
            return _no_nul(_as(content, name, where), where), note
    try:
        return _no_nul(content.decode("utf-8"), where), ()
    except UnicodeDecodeError as error:
        return _windows(content, where, error)


def _windows(content: bytes, where: str, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    ends_inside = error.end >= len(content) and "end of data" in error.reason
    if _RUN.search(content) or ends_inside:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataRefused(
            f"{where} is UTF-8 with a damaged character in line {line}.",
            fix="export it again; or say encoding: in a mapping",
        ) from None
    text = _no_nul(_as(content, "windows-1252", where), where)
    word = re.search(r"\w*[^\x00-\x7f]\w*", text)
    return text, (
        f"{where} was read as Windows-1252 (first word with such a letter: {word.group()[:40] if word else ''}).",
    )


def _as(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, UnicodeError):
        raise DataRefused(
            f"{where} is not text in {encoding}.", fix="save it as UTF-8, or say encoding: in a mapping"
        ) from None


def _no_nul(text: str, where: str) -> str:
    if "\x00" in text:
        raise DataRefused(f"{where} is not a text file (it holds NUL bytes).", fix="export it as CSV in UTF-8")
    return text
