"""Figures of a repeated-measures model: clean, on the sheet, nothing over anything, and saying what the model says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from models_by_hand import fitted, long, models, sums

import analytics as oc
from analytics.domain.errors import UsageError
from analytics.show.figures import Picture, to_svg
from analytics.show.figures.canvas import SMALL, WIDTH, width
from analytics.show.figures.model import VIEWS, model_view
from analytics.show.numbers import MINUS, apply

SVG = "{http://www.w3.org/2000/svg}"
MODELS = (
    "plain", "one_visit", "two_arms", "five_arms", "twelve_visits", "text_visits", "groups", "no_arm", "empty_cell",
    "outlier", "large", "six_patients",
)  # fmt: skip


@cache
def all_models() -> dict[str, Any]:
    return models()


@cache
def svg_of(model: str, view: str) -> str:
    picture = model_view(all_models()[model], view)
    return to_svg(picture, picture.name)


def texts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}text"))


def shown(svg: str) -> list[str]:
    return [element.text or "" for element in texts(svg)]


def boxes(svg: str) -> Iterator[tuple[str, float, float, float, float]]:
    """(text, left, right, top, bottom) of every text, in the widest usual font."""
    for element in texts(svg):
        size, x, y = (float(element.attrib[name]) for name in ("font-size", "x", "y"))
        room = width(element.text or "", size)
        left = x - {"start": 0.0, "middle": room / 2, "end": room}[element.attrib.get("text-anchor", "start")]
        yield element.text or "", left, left + room, y - 0.75 * size, y


def test_every_model_is_looked_at() -> None:
    assert tuple(all_models()) == MODELS
    assert all(fit.status == "estimated" for fit in all_models().values())


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", MODELS)
def test_texts_stay_on_the_sheet_readable_and_apart(model: str, view: str) -> None:
    svg = svg_of(model, view)
    height = float(ElementTree.fromstring(svg).attrib["viewBox"].split()[3])
    found = list(boxes(svg))
    assert found
    for text, left, right, top, bottom in found:
        assert left >= -1, text
        assert right <= WIDTH + 1, text
        assert 0 <= top < bottom <= height, text
    assert min(float(element.attrib["font-size"]) for element in texts(svg)) >= SMALL
    for one, two in combinations(found, 2):
        beside = one[2] <= two[1] or two[2] <= one[1]
        above = one[4] <= two[3] or two[4] <= one[3]
        assert beside or above, f"{one[0]!r} lies over {two[0]!r}"


@pytest.mark.parametrize("view", VIEWS)
def test_the_svg_is_clean_and_its_bytes_are_fixed(view: str) -> None:
    svg = svg_of("plain", view)
    for word in ("<style", "style=", "<script", "<metadata", "matplotlib"):
        assert word not in svg
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == model_view(all_models()["plain"], view).alt
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"model-{view}-") for one in ids)
    again = model_view(fitted(), view)
    assert to_svg(again, again.name) == svg


def test_means_say_the_model_s_means_and_the_patients_seen() -> None:
    fit = all_models()["plain"]
    table = fit.adjusted_means("arm", by="week")
    last = table[(table["week"] == 12) & (table["arm"] == "chemical_peel")].iloc[0]
    told = re.search(r"Chemical peel at week 12 (\S+) \((\S+) to (\S+?)\)", model_view(fit).alt)
    assert told is not None
    numbers = [float(one.replace(MINUS, "-")) for one in told.groups()]
    np.testing.assert_allclose(numbers, last[["estimate", "conf_low", "conf_high"]].to_numpy(float), atol=0.006)
    seen = long().groupby(["arm", "week"], observed=True).size()
    for count in seen:
        assert str(count) in shown(svg_of("plain", "means"))
    assert {"week 4", "week 8", "week 12", "Dermal roller"} <= set(shown(svg_of("plain", "means")))


def test_an_arm_that_nobody_saw_at_a_visit_has_no_mean_there() -> None:
    whole = sum(line.get_marker() == "s" for line in model_view(all_models()["plain"]).sheet.lines)
    empty = sum(line.get_marker() == "s" for line in model_view(all_models()["empty_cell"]).sheet.lines)
    assert empty == whole - 1
    assert "0" in shown(svg_of("empty_cell", "means"))


def test_residuals_count_what_lies_beyond_two() -> None:
    fit = all_models()["outlier"]
    data = fit.residuals("normalized")
    rows = fit.uncertainty.rows
    for place, week in enumerate((4, 8, 12)):
        own = data[rows.index[rows.visit == place]]
        said = f"{int((own.abs() > 2).sum())} of {len(own)}"
        assert said in shown(svg_of("outlier", "residuals"))
        assert f"week {week} {said}" in model_view(fit, "residuals").alt


def test_every_residual_is_drawn_where_there_are_not_too_many() -> None:
    def dots(fit: Any) -> int:
        lines = model_view(fit, "residuals").sheet.lines
        return sum(len(line.get_xdata()) for line in lines if line.get_marker() == "o")

    assert dots(all_models()["plain"]) == all_models()["plain"].n_values
    many = fitted(long(patients=700))
    assert dots(many) == 3 * 300 < many.n_values


def test_covariance_shows_correlations_below_and_deviations_on_the_diagonal() -> None:
    matrix = all_models()["plain"].visit_covariance.to_numpy()
    deviation = np.sqrt(np.diag(matrix))
    told = shown(svg_of("plain", "covariance"))
    assert told.count("SD") == 3
    for value in deviation:
        assert apply("decimals:2", [value]) in told
    for row, column in ((1, 0), (2, 0), (2, 1)):
        assert apply("decimals:2", [matrix[row, column] / deviation[row] / deviation[column]]) in told
    groups = shown(svg_of("groups", "covariance"))
    assert any(text.startswith("Chemical peel: ") for text in groups)
    assert groups.count("SD") == 6


def test_numbers_in_cells_are_legible_on_their_tint() -> None:
    from analytics.show.figures.model.covariance import _legible, _tint

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for correlation in np.linspace(-1, 1, 41):
        tint = _tint(float(correlation))
        bright, dark = sorted((luminance(tint), luminance(_legible(tint))), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.0, correlation


def test_influence_names_the_three_largest() -> None:
    fit = all_models()["outlier"]
    largest = fit.influence().nlargest(3, "distance")
    assert largest["patient"].iloc[0] == "patient 7"
    told = shown(svg_of("outlier", "influence"))
    for name, change in zip(largest["patient"], largest["change"]):
        assert any(text.startswith(f"{name}: {apply('signed:2', [change])} SE in ") for text in told)
    assert model_view(fit, "influence").alt.index("patient 7") > 0
    assert "without 1 patient, who alone carries a coefficient" in shown(svg_of("six_patients", "influence"))


def test_of_many_patients_only_the_largest_are_drawn() -> None:
    fit = fitted(long(patients=260))
    told = shown(to_svg(model_view(fit, "influence"), "i"))
    assert f"the largest 200 of {fit.n_patients} patients" in told


def test_sums_have_means_and_covariance_but_no_patients() -> None:
    fit = sums()
    assert isinstance(model_view(fit), Picture)
    assert "patients seen:" not in shown(to_svg(model_view(fit), "m"))
    assert isinstance(model_view(fit, "covariance"), Picture)
    for view in ("residuals", "influence"):
        with pytest.raises(UsageError, match="moments hold none"):
            model_view(fit, view)


def test_plot_refuses_what_cannot_be_meant() -> None:
    fit = all_models()["plain"]
    assert oc.plot(fit).name == "model-means"
    with pytest.raises(UsageError, match="no view 'qq'") as refused:
        oc.plot(fit, view="qq")
    assert all(view in str(refused.value.fix) for view in VIEWS)
    with pytest.raises(UsageError, match="one outcome only"):
        oc.plot(fit, outcome="texture_grade")
    with pytest.raises(UsageError, match="no estimates"):
        oc.plot(fitted(long().assign(change=1.0)))
