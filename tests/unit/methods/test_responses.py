"""What a marginal model asks of a Sample: whole pairs, linked arms, levels that are not at the edge of the scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from marginal_samples import MARGINAL, draw, estimand, outcome, with_rows

from analytics.domain.cohort import Sample
from analytics.methods import METHODS, responses
from analytics.methods.responses import Edges, prepare

LOW = Edges(low=0.0, at_low="nothing was counted")


def split_face(pairs: list[tuple[str, str]], *, seed: int = 1, sides: tuple[str, str] = ("left", "right")) -> Sample:
    """One patient per pair: the first arm on the first side."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(f"p{i:02d}", arm, side) for i, pair in enumerate(pairs) for arm, side in zip(pair, sides)],
        columns=["patient", "arm", "side"],
    )
    rows = rows.assign(unit=rows["patient"] + "." + rows["side"], value=rng.poisson(8, len(rows)).astype(float))
    rows = rows.assign(baseline=rng.poisson(12, len(rows)).astype(float), age=40.0).assign(change=0.0)
    arms = tuple(sorted({arm for pair in pairs for arm in pair}))
    return Sample(rows, outcome("negative_binomial"), arms, {"age": "number"}, paired=True)


def test_split_face_patients_need_both_sides_and_no_patient_covariates() -> None:
    sample = split_face([("a", "b"), ("b", "a")] * 8)
    alone = with_rows(sample, sample.rows.iloc[:-1])
    prepared = prepare(alone)
    assert prepared.n == {"a": 15, "b": 15}
    assert "1 patient without a reading on both sides left out" in prepared.notes
    assert "compared within patients, where age cancel" in prepared.notes
    assert prepared.sample.covariates == {}


def test_an_arm_always_on_one_side_is_said() -> None:
    notes = prepare(split_face([("a", "b")] * 8)).notes
    assert "a was always on the left side: arm and side cannot be told apart" in notes
    fit = METHODS["negative_binomial"](split_face([("a", "b")] * 8), estimand("negative_binomial", "none"))
    assert fit.status == "estimated"
    assert any("side = right left out: it cannot be told apart from the arms" in note for note in fit.notes)


def test_arms_that_no_patient_joins_are_not_compared() -> None:
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")] * 6
    fit = METHODS["negative_binomial"](split_face(pairs), estimand("negative_binomial", "none"))
    (rate, _) = fit.blocks([("b", "a"), ("c", "a"), ("d", "c"), ("a", "d")])
    assert rate.estimable.tolist() == [True, False, True, False]
    assert rate.notes[1] == "no patients link these two arms"
    chained = prepare(split_face([*pairs, ("b", "c")]))
    assert chained.reasons == {}


def test_levels_at_the_edge_are_pooled_with_a_neighbour() -> None:
    sample = draw("negative_binomial")
    rows = sample.rows.assign(skin=["a", "b", "c"] * 26)
    zero = rows["skin"].isin(["a", "b"])
    prepared = prepare(with_rows(sample, rows.assign(value=rows["value"].mask(zero, 0.0))), edges=LOW)
    assert prepared.notes == (
        "skin: a and b taken together (nothing was counted in a)",
        "skin: a or b and c taken together (nothing was counted in a or b)",
    )
    assert set(prepared.sample.rows["skin"]) == {"a or b or c"}
    assert prepared.reasons == {}


def test_edges_speak_of_one_end_only_where_there_is_one() -> None:
    assert LOW.word(np.zeros(3)) == "nothing was counted"
    assert LOW.word(np.array([0.0, 1.0])) == ""
    assert LOW.word(np.array([])) == ""
    assert Edges(high=1.0).word(np.ones(2)) == "only the highest value"
    assert Edges().word(np.zeros(2)) == ""


def test_one_grade_for_everybody_is_said_once_and_not_as_an_edge():
    rows = pd.DataFrame({"arm": ["a", "a", "b", "b"], "value": 2.0})
    reasons = responses._at_the_edge(rows, {"a": 2, "b": 2}, Edges(2.0, 2.0))
    assert set(reasons.values()) == {"not estimable: every reading was the same"}
    assert responses._at_the_edge(rows, {"a": 2, "b": 2}, Edges()) == {}


@pytest.mark.parametrize("method", MARGINAL)
def test_warnings_become_notes(method: str, recwarn: pytest.WarningsRecorder, monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    from analytics.methods import cumulative_logit, standardise

    def warning(*args: object, **kinds: object) -> object:
        warnings.warn("something to know", RuntimeWarning, stacklevel=2)
        return build(*args, **kinds)

    module = cumulative_logit if method == "cumulative_logit" else standardise
    build = module.build
    monkeypatch.setattr(module, "build", warning)
    fit = METHODS[method](draw(method), estimand(method))
    assert fit.status == "estimated"
    assert "warning: something to know" in fit.notes
    assert len(recwarn) == 0


@pytest.mark.parametrize("method", MARGINAL)
def test_a_singular_model_is_an_answer(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics.methods import cumulative_logit, standardise

    module = cumulative_logit if method == "cumulative_logit" else standardise
    build = module.build

    def doubled(*args: object, **kinds: object) -> object:
        design = build(*args, **kinds)
        copies = np.column_stack([design.matrix, design.matrix[:, 1]])
        return replace(design, matrix=copies, columns=(*design.columns, "again"))

    monkeypatch.setattr(module, "build", doubled)
    fit = METHODS[method](draw(method), estimand(method))
    assert fit.status in ("not_estimable", "did_not_converge")
    assert fit.notes
