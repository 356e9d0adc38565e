"""YAML as text: what a scalar becomes, which line it stood on, and what is refused before it can grow."""

from __future__ import annotations

import pytest

from analytics.domain.errors import PlanRefused
from analytics.domain.yaml_text import parse


def value_of(text: str) -> object:
    return parse(text, what="The file")[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 010", "010"),
        ("a: 1.50", "1.50"),
        ("a: yes", "yes"),
        ("a: off", "off"),
        ("a: No", "No"),
        ("a: True", "True"),
        ("a: true", True),
        ("a: false", False),
        ("a: null", None),
        ("a: ~", None),
        ("a:", None),
        ('a: ""', ""),
        ('a: "true"', "true"),
        ("a: 2026-01-02", "2026-01-02"),
        ("a: 1_000", "1_000"),
        ("a: 0x10", "0x10"),
        ("a: NULL", "NULL"),
        ("a: |\n  b\n", "b\n"),
        ("a: [1, [x]]", ["1", ["x"]]),
        ("a: {b: c}", {"b": "c"}),
    ],
)
def test_scalars_stay_text_but_true_false_and_null(text: str, value: object) -> None:
    assert value_of(text) == {"a": value}


def test_an_empty_document_is_an_empty_mapping() -> None:
    assert value_of("") == {}
    assert value_of("# only a comment\n") == {}


def test_every_place_knows_its_line() -> None:
    lines = parse("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n", what="The file")[1]
    assert lines["a",] == 1
    assert lines["b", 0] == 3
    assert lines["b", 1, "d"] == 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: *x\n", "anchors"),
        ("a: !!python/object:os.system x\n", "tag"),
        ("a: !x 1\n", "tag"),
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands twice"),
        ("a: {b: 1, b: 2}\n", "stands twice"),
        ("[" * 60 + "]" * 60, "20 deep"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("a: [1\n", "not YAML"),
        ("a: 1\n\tb: 2\n", "not YAML"),
        ("? [a]\n: 1\n", "a key must be a simple text"),
        ("a: \x07\n", "cannot be read as text"),
        ("a: " + "x" * 1_000_001, "longer than"),
    ],
)
def test_what_is_no_plain_document_is_refused_with_one_sentence(text: str, says: str) -> None:
    with pytest.raises(PlanRefused, match="The file") as refused:
        value_of(text)
    assert says in str(refused.value)
    assert refused.value.exit_code == 12
    assert len(str(refused.value)) < 400


def test_a_billion_laughs_does_not_grow() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi")
    )
    with pytest.raises(PlanRefused, match="anchors"):
        value_of(bomb)
