"""What the compressed parts of an Arrow stream say they unpack to, read from its flatbuffers and never unpacked.

Layout: https://arrow.apache.org/docs/format/Columnar.html (Message, RecordBatch, BodyCompression).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.ipc

DICTIONARY_BATCH, RECORD_BATCH = 2, 3  # MessageHeader
HEADER_TYPE, HEADER = 1, 2  # fields of Message
DATA = 1  # field of DictionaryBatch
BUFFERS, COMPRESSION = 2, 3  # fields of RecordBatch
BUFFER_SIZE = 16  # offset and length, two 64-bit numbers


def unpacked(stream: bytes) -> tuple[int, int]:
    """(bytes that all parts of ``stream`` unpack to, batches of rows). struct.error or ArrowException: damaged."""
    total, batches = 0, 0
    reader = pa.ipc.MessageReader.open_stream(stream)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return total, batches
        body, batches = message.body, batches + (message.type == "record batch")
        if body is not None:
            total += sum(_sizes(message.metadata.to_pybytes(), body))


def _sizes(table: bytes, body: pa.Buffer) -> Iterator[int]:
    """The size of every buffer of a batch; a compressed one begins with it (-1: kept as it is)."""
    root = _number("<I", table, 0)
    kind = _field(table, root, HEADER_TYPE)
    header = _inner(table, root, HEADER)
    if kind is None or header is None or table[kind] not in (DICTIONARY_BATCH, RECORD_BATCH):
        return
    batch = _inner(table, header, DATA) if table[kind] == DICTIONARY_BATCH else header
    buffers = _inner(table, batch, BUFFERS) if batch is not None else None
    if batch is None or buffers is None:
        return
    compressed = _field(table, batch, COMPRESSION) is not None
    for i in range(_number("<I", table, buffers)):
        offset, length = struct.unpack_from("<qq", table, buffers + 4 + BUFFER_SIZE * i)
        if offset < 0 or length < 0 or offset + length > body.size:
            raise struct.error("a part that lies outside its batch")
        told = _number("<q", body, offset) if compressed and length >= 8 else length
        yield max(told, 0) or length


def _field(table: bytes, at: int, number: int) -> int | None:
    """Where a field of the flatbuffer table at ``at`` lies; None: left out."""
    names = at - _number("<i", table, at)
    slot = 4 + 2 * number
    if slot >= _number("<H", table, names):
        return None
    offset = _number("<H", table, names + slot)
    return at + offset if offset else None


def _inner(table: bytes, at: int, number: int) -> int | None:
    """Where the table or vector that a field points to begins."""
    field = _field(table, at, number)
    return None if field is None else field + _number("<I", table, field)


def _number(kind: str, data: bytes | pa.Buffer, at: int) -> int:
    if at < 0:
        raise struct.error("an offset before the beginning")
    found: int = struct.unpack_from(kind, memoryview(data), at)[0]
    return found
