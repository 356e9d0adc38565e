"""The explorer without a browser: what can be chosen, the line of code that makes the view again, and the log."""

from __future__ import annotations

from typing import Any

import pytest

import analytics as oc
from analytics.deliver import looked
from analytics.domain.errors import UsageError
from analytics.explorer.choices import CONTROLS


@pytest.fixture(scope="module")
def cohort() -> Any:
    return oc.cohort(oc.validate(oc.example(patients=60)))


@pytest.fixture
def explorer(cohort: Any) -> Any:
    return oc.explore(cohort)


def test_it_starts_at_the_first_primary_outcome(explorer: Any, cohort: Any) -> None:
    assert explorer.choice.outcome == cohort.plan.primary[0].outcome
    assert explorer.choice.visit == f"{cohort.plan.visits.last:g}"
    assert tuple(explorer.controls.options) == CONTROLS
    for name, listed in explorer.controls.options.items():
        assert explorer.controls.chosen[name] in [value for value, _ in listed]


@pytest.mark.parametrize(
    "moves",
    [
        {"outcome": "inflammatory_lesions"}, {"visit": 8}, {"subgroup": "sex"}, {"clinic": "north"},
        {"outcome": "acne_iga", "method": "cumulative_logit"},
        {"outcome": "texture_grade", "visit": 4, "subgroup": "clinic_id", "method": "cumulative_logit"},
    ],
)  # fmt: skip
def test_the_line_of_code_makes_the_same_findings(explorer: Any, cohort: Any, moves: dict[str, Any]) -> None:
    explorer.choose(**moves)
    again = eval(explorer.view.code, {"oc": oc, "cohort": cohort})
    assert again.to_frame().equals(explorer.findings.to_frame())
    names = {"subgroup": "by", "clinic": "clinics"}
    assert not [name for name, value in moves.items() if f"{names.get(name, name)}={value!r}" not in explorer.view.code]
    assert explorer.view.code.replace("'", "&#x27;") in explorer.view.html


def test_every_method_offered_can_be_asked(explorer: Any) -> None:
    for outcome in ("texture_grade", "inflammatory_lesions", "absorbed_percent", "acne_iga"):
        explorer.choose(outcome=outcome, method="")
        for method, _ in explorer.controls.options["method"]:
            explorer.choose(method=method)
            assert "What to do" not in explorer.view.text, (outcome, method)


def test_a_method_that_no_longer_fits_becomes_the_usual_one(explorer: Any) -> None:
    explorer.choose(outcome="acne_iga", method="cumulative_logit")
    explorer.controls.chosen = {**explorer.controls.chosen, "outcome": "absorbed_percent"}
    assert explorer.choice.method == ""
    assert explorer.controls.chosen["method"] == ""


def test_nonsense_from_the_page_changes_nothing_and_from_code_is_refused(explorer: Any) -> None:
    before = explorer.choice
    explorer.controls.chosen = {**explorer.controls.chosen, "outcome": "nonsense", "visit": "99", "more": "x"}
    assert explorer.choice == before
    assert dict(explorer.controls.chosen) == before.told()
    with pytest.raises(UsageError, match="no option of visit"):
        explorer.choose(visit=99)
    with pytest.raises(UsageError, match="no control of the explorer"):
        explorer.choose(week=8)


def test_views_enter_the_log(explorer: Any) -> None:
    looked.forget()
    explorer.choose(outcome="melanin_index")
    assert {look.outcome for look in oc.log()} == {"melanin_index"}
    assert "averages" in {look.method for look in oc.log()}


def test_the_view_needs_no_style_and_the_controls_no_network(explorer: Any) -> None:
    page = explorer.view.html
    assert "<style" not in page
    assert "style=" not in page
    assert "<script" not in page
    for text in (type(explorer.controls)._esm, type(explorer.controls)._css):
        assert not [word for word in ("http", "import ", "@import", "url(") if word in str(text)]


def test_an_interrupted_view_leaves_controls_that_work(explorer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("analytics.explorer.beside.view", stopped)
        with pytest.raises(KeyboardInterrupt):
            explorer.choose(outcome="acne_iga")
    assert explorer.controls.busy is False
    explorer.choose(outcome="inflammatory_lesions")
    assert "inflammatory_lesions" in explorer.view.code


def test_the_controls_read_the_same_in_every_kernel(cohort: Any) -> None:
    told = [oc.explore(cohort).controls._repr_mimebundle_()[0]["text/plain"] for _ in range(2)]
    assert told[0] == told[1]
    assert "0x" not in told[0]
    assert "explorer" in told[0]
