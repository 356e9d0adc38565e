"""Cluster sandwiches against the same formulas without anything clever, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.inference.sandwich import LOST_TOLERANCE, exchangeable_moments, generalised, sandwich, whiten

POWERS = {"CR0": 0.0, "CR2": -0.5, "CR3": -1.0}


def problem(seed: int, *, sizes=(1, 1, 1, 2, 2, 3, 1, 4, 2, 1, 1, 2), p: int = 3):
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    design = np.column_stack([np.ones(len(clusters)), rng.normal(size=(len(clusters), p - 1))])
    return design, rng.normal(size=len(clusters)), clusters


def power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    value, vector = np.linalg.eigh(matrix)
    kept = value > 1e-8
    return vector[:, kept] * value[kept] ** exponent @ vector[:, kept].T


def plain(design, residual, clusters, kind, contrast):
    """(variance, df) of a contrast from the N x N hat matrix (df_brute of the reference scripts)."""
    bread = np.linalg.inv(design.T @ design)
    rest = np.eye(len(design)) - design @ bread @ design.T
    variance, columns = 0.0, []
    for code in np.unique(clusters):
        w = np.flatnonzero(clusters == code)
        middle = np.eye(len(w)) if kind == "CR0" else power(rest[np.ix_(w, w)], POWERS[kind])
        a = contrast @ bread @ design[w].T @ middle
        variance += (a @ residual[w]) ** 2
        columns.append(rest[:, w] @ a)
    omega = np.array(columns) @ np.array(columns).T
    return variance, np.trace(omega) ** 2 / np.sum(omega**2)


@pytest.mark.parametrize("kind", sorted(POWERS))
@pytest.mark.parametrize("seed", range(3))
def test_least_squares_against_the_whole_hat_matrix(kind, seed):
    design, y, clusters = problem(seed)
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    made = sandwich(design, residual, clusters, kind=kind)
    for contrast in (*np.eye(3), np.array([1.0, -2.0, 0.5])):
        variance, df = plain(design, residual, clusters, kind, contrast)
        assert contrast @ made.covariance @ contrast == pytest.approx(variance, rel=1e-10)
        assert made.df(contrast)[0] == pytest.approx(df, rel=1e-10)


@pytest.mark.parametrize("kind", sorted(POWERS))
@pytest.mark.parametrize("alpha", [0.0, 0.4, -0.15])
def test_working_weights_against_matrices_of_every_cluster(kind, alpha):
    design, y, clusters = problem(7)
    rng = np.random.default_rng(1)
    derivative, variance = rng.uniform(0.5, 2, len(y)), rng.uniform(0.5, 2, len(y))
    roots = np.zeros((len(y), len(y)))
    for code in np.unique(clusters):
        w = np.flatnonzero(clusters == code)
        correlation = (1 - alpha) * np.eye(len(w)) + alpha
        root = np.sqrt(variance[w])
        roots[np.ix_(w, w)] = np.linalg.inv(np.linalg.cholesky(correlation * np.outer(root, root)))
    made = generalised(design, y, clusters, derivative=derivative, variance=variance, alpha=alpha, kind=kind)
    rows = roots @ (derivative[:, None] * design)
    for contrast in np.eye(3):
        v, df = plain(rows, roots @ y, clusters, kind, contrast)
        assert contrast @ made.covariance @ contrast == pytest.approx(v, rel=1e-10)
        assert made.df(contrast)[0] == pytest.approx(df, rel=1e-10)


def test_one_row_per_cluster_and_ordinary_weights_are_the_least_squares_ones():
    design, y, _ = problem(2)
    one = np.ones(len(y))
    rows, residual = whiten(design, y, np.arange(len(y)), derivative=one, variance=one, alpha=0.3)
    np.testing.assert_allclose(rows, design, rtol=1e-14)
    np.testing.assert_allclose(residual, y, rtol=1e-14)


def test_a_difference_of_two_means_is_the_sum_of_their_variances():
    y = np.array([1.0, 2, 4, 7, 3, 9, 5])
    second = np.array([0, 0, 0, 0, 1, 1, 1.0])
    design = np.column_stack([np.ones(7), second])
    made = sandwich(design, y - design @ np.linalg.lstsq(design, y, rcond=None)[0], np.arange(7))
    assert made.covariance[1, 1] == pytest.approx(y[:4].var(ddof=1) / 4 + y[4:].var(ddof=1) / 3, rel=1e-12)


def test_a_patient_alone_in_an_arm_loses_the_contrast_and_no_other():
    design = np.zeros((9, 3))
    design[:, 0], design[4:8, 1], design[8, 2] = 1, 1, 1
    y = np.array([1.0, 2, 4, 7, 3, 9, 5, 4, 8])
    made = sandwich(design, y - design @ np.linalg.lstsq(design, y, rcond=None)[0], np.arange(9))
    lost = made.lost(np.array([[0, 1, 0], [0, 0, 1], [0, -1, 1]]))
    assert lost[0] < 1e-12
    assert (lost[1:] > LOST_TOLERANCE).all()
    assert made.df([0, 1, 0])[0] == pytest.approx(6, rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-6, 6), st.sampled_from(sorted(POWERS)))
def test_order_names_and_units_do_not_matter(seed, exponent, kind):
    design, y, clusters = problem(seed)
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    made = sandwich(design, residual, clusters, kind=kind)
    shuffled = np.random.default_rng(seed).permutation(len(y))
    names = np.array([f"patient {97 - code}" for code in clusters])
    again = sandwich(design[shuffled], residual[shuffled], names[shuffled], kind=kind)
    np.testing.assert_allclose(again.covariance, made.covariance, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(again.df(np.eye(3)), made.df(np.eye(3)), rtol=1e-9)
    scale = np.array([1.0, 10.0**exponent, 1.0])
    other = sandwich(design / scale, residual, clusters, kind=kind)
    np.testing.assert_allclose(other.df(np.eye(3)), made.df(np.eye(3)), rtol=1e-8)
    np.testing.assert_allclose(np.diag(other.covariance) / scale**2, np.diag(made.covariance), rtol=1e-8)


def test_many_clusters_are_decomposed_in_chunks_with_the_same_result():
    design, y, clusters = problem(3, sizes=(1,) * 700 + (2,) * 300)
    made = sandwich(design, y, clusters)
    variance, df = plain(design, y, clusters, "CR2", np.array([0, 1.0, 0]))
    assert made.covariance[1, 1] == pytest.approx(variance, rel=1e-9)
    assert made.df([0, 1, 0])[0] == pytest.approx(df, rel=1e-9)


def test_moments_of_the_exchangeable_correlation():
    clusters = np.array(["b", "b", "a", "a", "c"])
    residual = np.array([1.0, 2.0, -1.0, 0.5, 3.0])
    phi, alpha = exchangeable_moments(residual, clusters, 1)
    assert phi == pytest.approx(15.25 / 4)
    assert alpha == pytest.approx((2.0 - 0.5) / (phi * (2 - 1)))
    assert exchangeable_moments(residual, clusters, 2)[1] == 0.0
