"""Yes / no: standardised risks, and an arm without an event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from marginal_samples import ARMS, PAIRS, draw, fit, outcome, with_rows
from scipy import stats

from analytics.domain.cohort import Sample
from analytics.inference.intervals import interval

METHOD = "standardised_risk"


def events(**counts: tuple[int, int]) -> Sample:
    """arm = (events, patients)."""
    rows = [(arm, float(i < x)) for arm, (x, n) in counts.items() for i in range(n)]
    table = pd.DataFrame(rows, columns=["arm", "value"])
    names = [f"p{i:03d}" for i in range(len(table))]
    table = table.assign(patient=names, unit=names, side="", baseline=np.nan, change=np.nan)
    return Sample(table, outcome(METHOD), tuple(counts))


def test_without_covariates_it_is_welch_on_proportions() -> None:
    """Mancl-DeRouen: each arm's p (1 - p) / n times (n / (n - 1))^2; df by Satterthwaite over the arms."""
    difference, ratio = fit(METHOD, events(a=(4, 12), b=(11, 20)), "none").blocks([("b", "a")])
    parts = [(11 / 20, 20), (4 / 12, 12)]
    variance = [p * (1 - p) * n / (n - 1) ** 2 for p, n in parts]
    weight = [v * (1 - 1 / n) for v, (_, n) in zip(variance, parts)]
    df = sum(weight) ** 2 / sum(w**2 / (n - 1) for w, (_, n) in zip(weight, parts))
    assert difference.estimate[0] == pytest.approx(11 / 20 - 4 / 12, rel=1e-10)
    assert difference.std_error[0] == pytest.approx(np.sqrt(sum(variance)), rel=1e-9)
    assert difference.df[0] == pytest.approx(df, rel=1e-9)
    assert np.exp(ratio.estimate[0]) == pytest.approx((11 / 20) / (4 / 12), rel=1e-10)
    assert ratio.std_error[0] == pytest.approx(np.sqrt(sum(v / p**2 for v, (p, _) in zip(variance, parts))), rel=1e-9)


def test_measures_and_means() -> None:
    done = fit(METHOD, draw(METHOD))
    assert [(b.measure, b.scale) for b in done.blocks(PAIRS)] == [
        ("risk_difference", "additive"),
        ("risk_ratio", "ratio"),
    ]
    for mean in done.arm_means():
        assert 0 < mean.conf_low < mean.estimate < mean.conf_high < 1
        assert mean.scale == "probability"


def test_events_and_non_events_mirror_each_other() -> None:
    sample = draw(METHOD)
    turned = with_rows(sample, sample.rows.assign(value=1 - sample.rows["value"]))
    one, other = fit(METHOD, sample).blocks(PAIRS)[0], fit(METHOD, turned).blocks(PAIRS)[0]
    np.testing.assert_allclose(one.estimate, -other.estimate, rtol=1e-8)
    np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-8)


def test_no_event_without_covariates_keeps_a_difference_with_an_honest_error() -> None:
    done = fit(METHOD, events(a=(0, 12), b=(5, 20)), "none")
    difference, ratio = done.blocks([("b", "a")])
    assert difference.estimate[0] == pytest.approx(0.25)
    added = (0 + 1) / (12 + 2)
    here, there = added * (1 - added) / 14, 0.25 * 0.75 * 20 / 19**2
    assert difference.std_error[0] == pytest.approx(np.sqrt(here + there), rel=1e-12)
    weight = there * 19 / 20
    assert difference.df[0] == pytest.approx((here + weight) ** 2 / (weight**2 / 19), rel=1e-12)
    assert not ratio.estimable.any()
    assert ratio.notes[0] == "not estimable: no event in a"
    assert any("Agresti-Caffo" in note for note in done.notes)
    none, some = done.arm_means()
    z2 = stats.norm.ppf(0.975) ** 2
    assert (none.estimate, none.conf_low) == (0.0, 0.0)
    assert none.conf_high == pytest.approx(z2 / (12 + z2), rel=1e-12)  # Wilson
    assert some.conf_low < 0.25 < some.conf_high


def test_only_events_mirror_no_event() -> None:
    low = fit(METHOD, events(a=(0, 12), b=(5, 20)), "none")
    high = fit(METHOD, events(a=(12, 12), b=(15, 20)), "none")
    one, other = low.blocks([("b", "a")])[0], high.blocks([("b", "a")])[0]
    np.testing.assert_allclose(one.estimate, -other.estimate)
    np.testing.assert_allclose(one.std_error, other.std_error)
    assert high.arm_means()[0].conf_low == pytest.approx(1 - low.arm_means()[0].conf_high)
    assert high.arm_means()[0].conf_high == 1.0


def test_an_edge_arm_leaves_the_other_pairs_as_they_were() -> None:
    three = fit(METHOD, events(a=(4, 12), b=(11, 20), c=(0, 15)), "none")
    two = fit(METHOD, events(a=(4, 12), b=(11, 20)), "none")
    for block, other in zip(three.blocks([("b", "a"), ("c", "a")]), two.blocks([("b", "a")])):
        assert block.estimate[0] == pytest.approx(other.estimate[0], rel=1e-9)
        assert block.std_error[0] == pytest.approx(other.std_error[0], rel=1e-9)
        assert block.df[0] == pytest.approx(other.df[0], rel=1e-9)


def test_no_event_anywhere() -> None:
    difference, ratio = fit(METHOD, events(a=(0, 20), b=(0, 20)), "none").blocks([("b", "a")])
    assert difference.estimate[0] == 0
    assert difference.std_error[0] == pytest.approx(np.sqrt(2 * (1 / 22) * (21 / 22) / 22), rel=1e-12)
    assert np.isinf(difference.df[0])
    assert not ratio.estimable.any()


def test_no_event_with_covariates_is_not_estimable() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(value=sample.rows["value"].where(sample.rows["arm"] != "dermal_roller", 0.0))
    for block in fit(METHOD, with_rows(sample, rows)).blocks(PAIRS):
        assert block.estimable.tolist() == [True, False, False]
        assert block.notes[1] == "not estimable: no event in dermal_roller"
    two = replace(sample, rows=rows[rows["arm"] != "chemical_peel"], arms=(ARMS[0], ARMS[2]))
    assert fit(METHOD, two).status == "not_estimable"


def test_no_event_in_repeated_rows_is_not_estimable() -> None:
    sample = events(a=(0, 12), b=(5, 20))
    twice = pd.concat([sample.rows, sample.rows.assign(unit=sample.rows["unit"] + ".b")])
    done = fit(METHOD, with_rows(sample, twice), "none")
    assert done.status == "not_estimable"


def test_a_covariate_that_separates_is_named() -> None:
    sample = draw(METHOD)
    done = fit(
        METHOD, with_rows(sample, sample.rows.assign(age=50.0 + 20 * sample.rows["value"] + sample.rows.index / 100))
    )
    assert done.status == "not_estimable"
    assert any("age separates the responses" in note for note in done.notes)


def test_a_level_without_events_is_pooled_and_named() -> None:
    sample = draw(METHOD)
    few = sample.rows.index % 11 == 0
    rows = sample.rows.assign(
        skin=sample.rows["skin"].mask(few, "sensitive"), value=sample.rows["value"].mask(few, 0.0)
    )
    done = fit(METHOD, with_rows(sample, rows))
    assert "skin: oily and sensitive taken together (no event in sensitive)" in done.notes
    assert all(block.estimable.all() for block in done.blocks(PAIRS))


def test_other_values_than_yes_and_no_are_refused() -> None:
    sample = draw(METHOD)
    done = fit(METHOD, with_rows(sample, sample.rows.assign(value=sample.rows["value"] + 1)))
    assert done.status == "not_estimable"


@pytest.mark.parametrize(("n", "floor"), [((10, 10), 0.945), ((12, 20), 0.925)])
def test_exact_coverage_without_covariates(n: tuple[int, int], floor: float) -> None:
    """Every 2 x 2 table of these sizes through the method, weighed by its probability."""
    low, high = np.empty((n[0] + 1, n[1] + 1)), np.empty((n[0] + 1, n[1] + 1))
    for x in range(n[0] + 1):
        for y in range(n[1] + 1):
            block = fit(METHOD, events(a=(x, n[0]), b=(y, n[1])), "none").blocks([("b", "a")])[0]
            limits = interval(block.estimate, block.std_error, block.df)
            low[x, y], high[x, y] = float(limits[0][0]), float(limits[1][0])
    for p in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
        for q in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
            weight = np.outer(stats.binom.pmf(range(n[0] + 1), n[0], p), stats.binom.pmf(range(n[1] + 1), n[1], q))
            covered = float(np.sum(weight * ((low <= q - p) & (q - p <= high))))
            assert covered >= floor
            if p == q:
                assert covered >= 0.944
