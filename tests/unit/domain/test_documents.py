"""Loading a model from YAML: one message with line, place and nearest key; and canonical writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.domain.documents import dump, keys_at, load_document, refusal
from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import Mapping
from analytics.domain.plan import Plan
from analytics.domain.yaml_text import parse


def refused(text: str, model: type = Plan) -> str:
    with pytest.raises(PlanRefused) as error:
        load_document(text, model, what="the plan")
    return str(error.value)


def test_an_unknown_key_suggests_the_nearest_and_names_its_line() -> None:
    message = refused("title: x\nvisits:\n  weeks: [4]\n  windov_days: 3\n")
    assert "line 4, visits.windov_days: there is no key 'windov_days'; did you mean 'window_days'?" in message


def test_all_problems_come_in_one_message_in_the_order_of_the_file() -> None:
    message = refused("seed: x\nconfidence_level: 2\narm: [a, b]\nprimary: [{outcome: a, marign: 1}]\n")
    places = [line.split(":")[0].strip() for line in message.splitlines()[1:5]]
    assert places == ["line 1, seed", "line 2, confidence_level", "line 3, arm", "line 4, primary.1.marign"]
    assert "4 things to mend" in message


def test_many_problems_are_cut() -> None:
    message = refused("".join(f"key_{i}: 1\n" for i in range(40)))
    assert "and 32 more" in message
    assert len(message) < 3000


def test_a_yes_is_no_boolean() -> None:
    assert "must be true or false" in refused("randomised: yes\n")
    assert load_document("randomised: true\n", Plan, what="the plan").randomised is True


@pytest.mark.parametrize(
    "text", ["visits: {weeks: [nan]}\n", "confidence_level: inf\n", "primary: [{outcome: a, margin: nan}]\n"]
)
def test_not_a_number_is_no_number(text: str) -> None:
    assert "cannot be used" in refused(text)


def test_what_the_model_itself_refuses_is_said_without_pydantic() -> None:
    message = refused("arms: [a]\n")
    assert "a plan compares at least two arms" in message
    assert "Value error" not in message


def test_a_list_is_no_plan() -> None:
    assert "key: value" in refused("- a\n- b\n")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match=r"The plan none\.yml cannot be read"):
        load_document(tmp_path / "none.yml", Plan, what="the plan")


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_bytes("title: ü\n".encode("cp1252"))
    with pytest.raises(PlanRefused, match="UTF-8"):
        load_document(tmp_path / "p.yml", Plan, what="the plan")


def test_a_message_never_shows_a_folder(tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_text("titel: x\n")
    with pytest.raises(PlanRefused) as error:
        load_document(tmp_path / "p.yml", Plan, what="the plan")
    assert str(tmp_path) not in str(error.value)
    assert "The plan p.yml, " not in str(error.value)
    assert "The plan p.yml cannot be used" in str(error.value)


def test_keys_are_found_through_lists_dicts_and_aliases() -> None:
    assert "from" in keys_at(Plan, ("data",))
    assert "margin" in keys_at(Plan, ("primary", 0))
    assert {"from", "visit", "scale"} <= set(keys_at(Mapping, ("columns", "x", 0)))
    assert "range" in keys_at(Mapping, ("outcomes", "x"))
    assert "file" in keys_at(Mapping, ("tables", "patients"))


def test_a_problem_without_a_line_still_has_its_place() -> None:
    assert "columns.x: wrong" in str(refusal("The mapping", [(("columns", "x"), "wrong")], {}))


def test_dump_reads_back_as_the_same_texts() -> None:
    value = {"b": ["yes", "010", "n/a", "true", "null", "", "2026-01-01", "a: b", "#x", " x "], "a": {"c": "ü*"}}
    assert parse(dump(value), what="x")[0] == value
    assert dump(value) == dump(value)
    assert dump(value).startswith("b:")  # the order given is kept
