"""The numbers of one cell of a table: what each is, its value, and the number format that shows the digits told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.domain.block import Number, Runs, Text
from analytics.domain.printable import printable

TOLD = re.compile(r"(?P<than>[<>] ?)?(?P<sign>[+\u2212-])?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?")
MOST_DIGITS = 15  # that a spreadsheet keeps
LONGEST = 24  # characters of words beside a number; more of them make a sentence
SEPARATORS = re.compile(r"[\s()\[\],;:]+")
JOINING = ("", "n =", "and", "\u2013")  # words between numbers that the heads make needless
PAIRS = {"to": ("from", "to"), "v": ("first-named", "second-named"), "of": ("number", "of")}
PERCENT = "(%)"
SHARE = ("share", "lost_share")
STEPS = {"mean": "average", "sum": "sum", "less": "difference", "count": "number", **dict.fromkeys(SHARE, "share")}
LABELS = {
    "count": "number", "sd": "standard deviation", "q1": "lower quartile", "q3": "upper quartile",
    "conf_low": "from", "conf_high": "to", "mean_change": "average change", "p_value": "p",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A number as it is told: ``form`` is the number format that shows exactly the digits of the report."""

    number: float
    form: str


@dataclass(frozen=True)
class Part:
    """One number of a cell with what it is: columns of equal ``role`` are one."""

    role: str
    value: Value
    lone: bool = False  # the only number of its cell, without words: what it is stands in the head or the row's name


def parts_of(cell: Runs) -> tuple[Part, ...]:
    """The numbers of a cell; none if it is words, somebody's name, a sentence, or holds what is no plain number."""
    numbers = [run for run in cell if isinstance(run, Number)]
    values = [value_of(run.text) for run in numbers]
    between = [printable(text) for text in _between(cell)]
    ours = any(run.kind in "RD" for run in numbers) or (len(numbers) == 1 and not "".join(between).strip())
    if not ours or any(v is None for v in values) or any(run.kind == "L" for run in numbers):
        return ()
    roles = _roles(numbers, between)
    lone = len(numbers) == 1 and not any(_bare(text) for text in between)
    return tuple(Part(r, v, lone) for r, v in zip(roles, values) if v is not None)


def _between(cell: Runs) -> list[str]:
    """The words before, between and after the numbers: one more than there are numbers."""
    found = [""]
    for run in cell:
        if isinstance(run, Text):
            found[-1] += run.text
        else:
            found.append("")
    return found


def _roles(numbers: Sequence[Number], between: Sequence[str]) -> list[str]:
    """A name for each number, unique in its cell; none where the words are too many to stand in a head."""
    words = [_bare(text) for text in between]
    if any(len(word) > LONGEST for word in words):
        return []
    names, percent = [_statistic(run) for run in numbers], [_is_percent(text) for text in between[1:]]
    for at, word in enumerate(words[1:-1]):
        if word in PAIRS:
            names[at : at + 2] = PAIRS[word]
        elif word not in JOINING:
            names[at + 1] = word
        if word == "to":  # "20 % (15 to 26)": the limits are percents too
            percent[at : at + 2] = [percent[at] or percent[at + 1] or (at > 0 and percent[at - 1])] * 2
    for at, word in ((0, words[0]), (-1, words[-1])):
        names[at] = names[at] if word in JOINING else word
    return list(_unique(f"{name} {PERCENT}" if per else name for name, per in zip(names, percent)))


def _is_percent(text: str) -> bool:
    return text.lstrip("\u00a0 ").startswith("%")


def _bare(text: str) -> str:
    """The words of a text between numbers, without brackets, stops and the percent sign."""
    return SEPARATORS.sub(" ", text.lstrip("\u00a0 ").removeprefix("%")).strip()


def _statistic(run: Number) -> str:
    """The statistic of the results row, or what was made of several, in words without digits."""
    if "\n" in run.ref:
        return next((STEPS[step] for step in run.transform.split() if step in STEPS), "value")
    whole = run.ref.rpartition("|")[2]
    name = whole.partition("#")[0]
    label = LABELS.get(name, "share" if "percent" in name else name.replace("_", " "))
    return "value" if not label or any(map(str.isdigit, label)) else label


def _unique(names: Iterable[str]) -> Iterable[str]:
    """The names, with an apostrophe behind one that came before: no digits, which would be numbers of nobody."""
    seen: Counter[str] = Counter()
    for name in names:
        yield name + "\u2032" * seen[name]
        seen[name] += 1


def value_of(text: str) -> Value | None:
    """The told text as a number and the format that shows it; None for what is not one plain number."""
    found = TOLD.fullmatch(text.replace("\u00a0", " ").strip())
    if found is None:
        return None
    whole, part, sign, than = found["whole"], found["part"] or "", found["sign"] or "", found["than"] or ""
    digits = whole.replace(",", "")
    number = float(f"{digits}.{part or 0}")
    too_long = len((digits + part).strip("0")) > MOST_DIGITS or (len(digits) > 1 and digits[0] == "0")
    if too_long or (sign and number == 0):
        return None
    form = ("#,##0" if "," in whole else "0") + (f".{'0' * len(part)}" if part else "")
    form = f'"{than}"{form}' if than else form
    form = f"+{form};-{form};{form}" if sign == "+" else form
    return Value(-number if sign and sign != "+" else number, form)
