"""Bytes to text: which encoding a file has, said whenever it is not UTF-8, and what is no text at all."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

import numpy as np

from analytics.domain.errors import DataRefused

MAGIC = (
    (b"\xd0\xcf\x11\xe0", "an old Excel (.xls) or a password-protected file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
#: Characters that no text holds; a few of them are a slip in a cell, many are another kind of file.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
CONTROLS_ALLOWED, SHARE_ALLOWED = 3, 0.02
PART = 1 << 22  # bytes looked at in one go
#: Two or more bytes that only UTF-8 would hold: such a file is UTF-8 with damage, not Windows-1252.
_RUN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(content: bytes, where: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """(text, notes). Raises DataRefused for what is not text, or UTF-8 that is damaged."""
    plain, notes = as_utf8(content, where, encoding)
    return plain.decode(), notes


def as_utf8(content: bytes, where: str, encoding: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """(the text as UTF-8 without byte order mark, notes): a large file in UTF-8 is not copied. Raises as ``decode``."""
    kind = kind_of(content)
    if kind is not None:
        raise DataRefused(
            f"{where} is not the text file that its name says: by its first bytes it is {kind}.",
            fix="export the table as CSV, or give the file its own ending",
        )
    if encoding is not None:
        return _checked(_as(content, encoding, where), where), ()
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            note = () if name == "utf-8-sig" else (f"{where} was read as UTF-16.",)
            return _checked(_as(content, name, where), where), note
    try:
        _read_through(content)
    except UnicodeDecodeError:
        return _windows(content, where)
    return _checked(content, where), ()


def _read_through(content: bytes) -> None:
    """Raise UnicodeDecodeError unless ``content`` is UTF-8; in parts, so that no second copy is made."""
    if content.isascii():
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), PART):
        decoder.decode(content[start : start + PART])
    decoder.decode(b"", final=True)


def _windows(content: bytes, where: str) -> tuple[bytes, tuple[str, ...]]:
    if b"\x00" in content or _is_binary(content):
        raise _no_text(where, "its bytes are letters in no encoding") from None
    damage = _damage(content)
    ends_inside = damage.end >= len(content) and "end of data" in damage.reason
    if _RUN.search(content) or ends_inside:
        line = content.count(b"\n", 0, damage.start) + 1
        raise DataRefused(
            f"{where} is UTF-8 with a damaged character in line {line}.",
            fix="export it again; or say encoding: in a mapping",
        ) from None
    text = _as(content, "windows-1252", where)
    word = re.search(r"\w*[^\x00-\x7f]\w*", text.decode())
    return _checked(text, where), (
        f"{where} was read as Windows-1252 (first word with such a letter: {word.group()[:40] if word else ''}).",
    )


def _damage(content: bytes) -> UnicodeDecodeError:
    """Where and why ``content`` is no UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    raise ValueError("the bytes are UTF-8")


def _as(content: bytes, encoding: str, where: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except (UnicodeDecodeError, UnicodeError):
        raise DataRefused(
            f"{where} is not text in {encoding}.", fix="save it as UTF-8, or say encoding: in a mapping"
        ) from None


def _checked(text: bytes, where: str) -> bytes:
    """``text`` unless it is full of characters that no text holds."""
    if b"\x00" in text:
        raise _no_text(where, "it holds NUL bytes")
    if _is_binary(text):
        raise _no_text(where, "it is full of control characters")
    return text


def _no_text(where: str, reason: str) -> DataRefused:
    return DataRefused(f"{where} is not a text file ({reason}).", fix="export the table as CSV in UTF-8")


def _is_binary(content: bytes) -> bool:
    allowed = max(CONTROLS_ALLOWED, SHARE_ALLOWED * len(content))
    return bool(_controls(content) > allowed)


def _controls(content: bytes) -> int:
    """How many bytes are of _CONTROLS."""
    found = np.zeros(256, np.int64)
    for start in range(0, len(content), PART):
        part = np.frombuffer(content, np.uint8, min(PART, len(content) - start), start)
        found += np.bincount(part[(part < 32) | (part == 127)], minlength=256)
    return int(found[list(_CONTROLS)].sum())


def kind_of(content: bytes) -> str | None:
    """What the first bytes say a file is (None: nothing that is known here)."""
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    return next((kind for magic, kind in MAGIC if content.startswith(magic)), None)


def _kind_of_archive(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "a zip file that is not whole"
    return "an Excel workbook (.xlsx)" if "xl/workbook.xml" in names else "a zip file"
