"""A Vocabulary as JSON and back: a sealed run keeps the words it was told in, whatever later versions call them."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from schemas.changes import RuleChanges
from schemas.vocabulary import CodeList, Column, Outcome, Treatment, Vocabulary

GROUPS: Mapping[str, type] = {"treatments": Treatment, "outcomes": Outcome, "columns": Column, "codes": CodeList}


def dump_vocabulary(vocabulary: Vocabulary) -> bytes:
    """Every entry in its order, every field, one entry a line; the same vocabulary gives the same bytes."""
    groups = []
    for name in GROUPS:
        entries = [json.dumps(_plain(e), ensure_ascii=False) for e in getattr(vocabulary, name).values()]
        groups.append(f"{json.dumps(name)}: [\n" + ",\n".join(entries) + "\n]")
    if vocabulary.rules:
        groups.append(f'"rules": {json.dumps(_plain(vocabulary.rules), ensure_ascii=False)}')
    return ("{\n" + ",\n".join(groups) + "\n}\n").encode()


def load_vocabulary(content: bytes) -> Vocabulary:
    """The Vocabulary that was dumped. Raises ValueError, KeyError or TypeError for anything else."""
    groups = json.loads(content)
    found = Vocabulary.of(*([_entry(kind, e) for e in groups[name]] for name, kind in GROUPS.items()))
    for owner, changes in groups.get("rules", ()):
        found = found.with_rules(owner, _changes(changes))
    return found


def _changes(value: Mapping[str, Any]) -> RuleChanges:
    """Changes of rules: every part a tuple of texts, or of column and limits."""
    made: dict[str, Any] = {
        name: tuple(tuple(e) if isinstance(e, list) else e for e in entries) for name, entries in value.items()
    }
    return RuleChanges(**made)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):  # keys may be numbers (grades): pairs keep their type and order
        return [[_plain(k), _plain(v)] for k, v in value.items()]
    return [_plain(v) for v in value] if isinstance(value, (tuple, list)) else value


def _entry(kind: Any, value: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(**{name: _typed(hints[name], found) for name, found in value.items()})


def _typed(kind: Any, value: Any) -> Any:
    """``value`` from JSON as the annotation says: tuples, mappings, entries within entries."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return None
    if origin in (typing.Union, types.UnionType):
        return _typed(next(k for k in inner if k is not type(None)), value)
    if origin is tuple:
        return tuple(_typed(inner[0], v) for v in value)
    if origin is not None and issubclass(origin if isinstance(origin, type) else object, Mapping):
        return {k: _typed(inner[1], v) for k, v in value}
    return _entry(kind, value) if is_dataclass(kind) else value
