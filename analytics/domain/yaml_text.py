"""Safe YAML 1.2 as plain text: scalars stay text, only true and false are booleans, every place keeps its line number.

Nothing is constructed from the document: aliases, anchors, tags, double keys and deep nesting are refused on the event
stream, before a small file can become a large value (a "billion laughs").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from analytics.domain.errors import PlanRefused

MAXIMUM_DEPTH = 20
MAXIMUM_CHARACTERS = 1_000_000
MAXIMUM_ENTRIES = 50_000  # keys, texts and lists; a clinic's whole price list is a few thousand
PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}

Place = tuple[str | int, ...]


@dataclass
class _Builder:
    """Turns an event stream into dicts, lists and text, noting the line of every key and item."""

    what: str
    events: Iterator[Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def refuse(self, event: Any, problem: str, fix: str) -> PlanRefused:
        return PlanRefused(f"{self.what}, line {event.start_mark.line + 1}: {problem}", fix=fix)

    def value(self, event: Any, place: Place) -> Any:
        self.lines.setdefault(place, event.start_mark.line + 1)
        if len(self.lines) > MAXIMUM_ENTRIES:
            raise self.refuse(
                event,
                f"more than {MAXIMUM_ENTRIES:,} entries.",
                "is it the right file? Patterns with * stand for many texts (peel*)",
            )
        kind = type(event).__name__
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise self.refuse(
                event, "anchors (&) and aliases (*) are not used here.", "write the values out, or quote the text"
            )
        if getattr(event, "tag", None):
            raise self.refuse(event, f"the tag {str(event.tag)[:40]} is not used here.", "remove what starts with !")
        if len(place) > MAXIMUM_DEPTH:
            raise self.refuse(event, f"nested more than {MAXIMUM_DEPTH} deep.", "no entry of ours needs that")
        if kind == "ScalarEvent":
            return PLAIN.get(event.value, event.value) if event.style is None else event.value
        return self.mapping(place) if kind == "MappingStartEvent" else self.sequence(place)

    def mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                raise self.refuse(
                    event, "a key must be a simple text.", "write key: value; quote a text that starts with *, [ or {"
                )
            key = event.value
            if key in found:
                raise self.refuse(event, f"the key {key[:60]!r} stands twice.", "keep one of them")
            self.lines[(*place, key)] = event.start_mark.line + 1
            self.value(event, (*place, key))
            found[key] = self.value(next(self.events), (*place, key))
        return found

    def sequence(self, place: Place) -> list[Any]:
        found: list[Any] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            found.append(self.value(event, (*place, len(found))))
        return found


def parse(text: str, *, what: str) -> tuple[Any, dict[Place, int]]:
    """The document as dicts, lists, text, True, False and None, and the line of every place in it.

    ``what`` names the document in messages ("the mapping north.yml"). An empty document is an empty dict.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(text) > MAXIMUM_CHARACTERS:
        raise PlanRefused(f"{what} is longer than {MAXIMUM_CHARACTERS:,} characters.", fix="is it the right file?")
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    try:
        return _document(reader.parse(text), what)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise PlanRefused(f"{what}{line} is not YAML: {error.problem or error.context}.", fix=_hint(error)) from None
    except YAMLError as error:
        raise PlanRefused(
            f"{what} cannot be read as text: {str(error).splitlines()[0][:120]}", fix="save it as UTF-8"
        ) from None


def _hint(error: Any) -> str:
    if "\\t" in str(error.problem):
        return "indent with spaces, never with tabs"
    return "look at the indentation and at texts with : # * & or % in them: put those in quotes"


def _document(events: Iterator[Any], what: str) -> tuple[Any, dict[Place, int]]:
    builder = _Builder(what, events)
    value: Any = {}
    seen = 0
    for event in events:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            seen += 1
            if seen > 1:
                raise builder.refuse(event, "a second document (---) begins.", "keep one document in a file")
        elif kind not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
            value = builder.value(event, ())
    return ({} if value is None else value), builder.lines
