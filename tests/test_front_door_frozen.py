"""The front door is frozen: names and signatures as they lie in front_door.txt; who changes one tells it in CHANGELOG.

After a change that is meant: ``python tests/test_front_door_frozen.py`` writes the file anew and prints its mark, which
belongs at the end of the CHANGELOG line that tells of the change.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import griffe
import pytest

ROOT = Path(__file__).resolve().parents[1]
FROZEN = Path(__file__).with_name("front_door.txt")
CHANGELOG = ROOT / "CHANGELOG.md"
VALUES = (
    "analytics.domain.dataset.Dataset", "analytics.domain.dataset.Sifted", "analytics.domain.plan.Plan",
    "analytics.domain.cohort.Cohort", "analytics.domain.finding.Findings", "analytics.domain.run.Run",
    "analytics.domain.power.Power", "analytics.domain.looks.Log", "analytics.repeated.value.RepeatedFit",
)  # fmt: skip
MOST_POSITIONAL = 2


@cache
def package() -> Any:
    return griffe.load("analytics", search_paths=[str(ROOT)])


def verbs() -> Iterator[tuple[str, Any]]:
    door = package()
    for name in sorted(str(one) for one in door.exports):
        member = door.members[name]
        yield name, member.final_target if member.is_alias else member


def signature(called: Any) -> str:
    parts: list[str] = []
    for one in called.parameters:
        kind = str(one.kind)
        if kind == "keyword-only" and "*" not in parts:
            parts.append("*")
        star = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        typed = f": {one.annotation}" if one.annotation is not None else ""
        parts.append(f"{star}{one.name}{typed}{f' = {one.default}' if one.default is not None else ''}")
    return f"({', '.join(parts)}) -> {called.returns}"


def lines() -> Iterator[str]:
    for name, member in verbs():
        yield f"{name} is a value" if member.is_class else f"{name}{signature(member)}"
    for path in VALUES:
        value = package()[path.removeprefix("analytics.")]
        for name, member in sorted(value.members.items()):
            if not name.startswith("_") and not member.is_alias:
                yield f"{value.name}.{name}{signature(member) if member.is_function else f': {member.annotation}'}"


def text() -> str:
    return "\n".join(lines()) + "\n"


def mark() -> str:
    """What a line of the CHANGELOG ends with: eight digits over the frozen text."""
    return hashlib.sha256(text().encode()).hexdigest()[:8]


def test_names_and_signatures_are_as_frozen() -> None:
    assert text() == FROZEN.read_text(), "write the change into CHANGELOG.md, then run this file"


def test_the_changelog_tells_of_the_last_change_and_of_every_name() -> None:
    told = CHANGELOG.read_text()
    assert f"(front door {mark()})" in told
    for name, _ in verbs():
        assert f"`{name}" in told or f"oc.{name}" in told, f"{name} is not in CHANGELOG.md"


def test_more_than_two_arguments_are_named() -> None:
    for name, member in verbs():
        if not member.is_class:
            free = [one.name for one in member.parameters if str(one.kind) == "positional or keyword"]
            assert len(free) <= MOST_POSITIONAL, (name, free)


def test_every_verb_is_typed_and_says_what_it_does() -> None:
    for name, member in verbs():
        assert member.docstring is not None, name
        if not member.is_class:
            assert member.returns is not None, name
            assert all(one.annotation is not None for one in member.parameters), name
    assert all((ROOT / room / "py.typed").exists() for room in ("analytics", "schemas"))


def test_tab_completion_shows_the_verbs_and_no_more() -> None:
    import analytics

    assert dir(analytics) == sorted([*analytics.__all__, "__version__"])


def test_importing_takes_less_than_three_tenths_of_a_second() -> None:
    code = "import time; t = time.perf_counter(); import analytics; print(time.perf_counter() - t)"
    took = [float(_said(code)) for _ in range(3)]
    assert min(took) < 0.3, took


def _said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


SAME = """
import hashlib, {first}
import analytics as oc
cohort = oc.cohort(oc.validate(oc.example(patients=60)))
found = [oc.compare(cohort, outcome=name).to_frame() for name in ("texture_grade", "inflammatory_lesions")]
means = oc.power(cohort, outcome="texture_grade").to_frame()
bits = "".join(frame.to_csv(float_format="%.17g") for frame in (*found, means))
picture = oc.plot(oc.compare(cohort, outcome="texture_grade"))._repr_mimebundle_()["text/html"]
print(hashlib.sha256((bits + picture).encode()).hexdigest())
"""


@pytest.mark.long
def test_the_same_bits_whatever_was_imported_first() -> None:
    firsts = ("analytics", "numpy", "pandas", "scipy.linalg", "matplotlib.pyplot")
    assert len({_said(SAME.format(first=first)) for first in firsts}) == 1


if __name__ == "__main__":
    FROZEN.write_text(text())
    print(f"(front door {mark()})")
