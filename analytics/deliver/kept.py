"""Memory of long work in this kernel, by content: the same data, plan, question and version are answered once.

A value is known by what it was made of (hash of the bytes read, mapping, plan), never by where it lies. One that
somebody put together by hand is not known, and nothing made of it is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from analytics.domain.plan import Plan
from analytics.reports.software import version

MOST = {"validate": 2, "cohort": 4, "describe": 4, "analyse": 4, "compare": 64, "power": 16}
_MADE_OF: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
_KEPT: dict[str, OrderedDict[str, Any]] = {verb: OrderedDict() for verb in MOST}


def known(value: Any, *made_of: object) -> Any:
    """``value``, from now on known by what it was made of."""
    _MADE_OF[value] = repr(made_of)
    return value


def content(value: Any) -> str | None:
    """What ``value`` was made of; None where that is not known."""
    if isinstance(value, Plan):
        return f"{value.sha256} {sorted(value.model_fields_set)}"
    if value is None:
        return "default"
    try:
        return _MADE_OF.get(value)
    except TypeError:  # nothing of ours: the verb will say so
        return None


def kept(verb: str, of: tuple[Any, ...], asked: tuple[object, ...], make: Callable[[], Any]) -> tuple[Any, bool]:
    """(what ``make`` gives, whether it was there already), for values ``of`` known content and plain ``asked``.

    Nothing is kept of work that did not end.
    """
    parts = [content(value) for value in of]
    if None in parts:
        return make(), False
    key = repr((verb, parts, asked, version()))
    shelf = _KEPT[verb]
    found = key in shelf
    made = shelf[key] if found else make()
    shelf[key] = made
    shelf.move_to_end(key)
    while len(shelf) > MOST[verb]:
        shelf.popitem(last=False)
    return made, found


def forget() -> None:
    """Empty the memory."""
    for shelf in _KEPT.values():
        shelf.clear()
