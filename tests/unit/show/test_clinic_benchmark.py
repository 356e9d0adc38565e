"""The clinic benchmark as people see it: funnels, never a ranking, honest where nothing can be set side by side."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from care_tables_by_hand import CLINICS, clinic_benchmark, whole
from reading import text_of
from run_by_hand import run
from tables_by_hand import frame, other_tables

from analytics.domain.block import Block, Figure, Table
from analytics.domain.run import Run
from analytics.show.sections import section
from analytics.show.sections.page_one import page_words


def made(places: list[dict[str, Any]] | None = None, overall: list[dict[str, Any]] | None = None) -> Run:
    """A run with these lines of the benchmark; as by hand where none are given."""
    usual = clinic_benchmark()
    tables = {
        "benchmark": frame("benchmark", usual["benchmark"] if places is None else places),
        "benchmark_overall": frame("benchmark_overall", usual["benchmark_overall"] if overall is None else overall),
    }
    columns = other_tables()
    return run(tables={**columns, **{k: v if len(v) else columns[k].iloc[:0] for k, v in tables.items()}})


def page(value: Run) -> str:
    return page_words(section(value, "clinic_benchmark_page_one")).replace("\u00a0", " ")


def figures(blocks: tuple[Block, ...]) -> dict[str, Figure]:
    return {block.name: block for block in blocks if isinstance(block, Figure)}


def test_the_clinic_that_stands_apart_is_named_and_the_direction_is_in_the_figures() -> None:
    words = page(made())
    assert words.splitlines()[1].startswith("Clinic north 2 stands apart from what is usual for its patients: texture")
    assert "north 2 (64 % where 48 % would be usual)" in words
    assert "never ranked" in words
    assert "Chance alone would put about 0.6 of them outside the inner limits; 6 were." in words  # 12 looks, 1 in 20
    assert "differ by more than chance as a whole: clinics for texture and clinics for product absorption" in words


def test_small_ones_are_counted_and_not_shown() -> None:
    assert "With fewer than 5 patients: 2 clinics and 2 providers." in page(made())
    table = next(b for b in section(made(), "benchmark_clinics") if isinstance(b, Table))
    assert "2 clinics with fewer than 5 patients are not shown." in text_of([table])


def test_outside_a_place_may_be_missing_because_few_of_its_patients_responded() -> None:
    outside = replace(made(), facts={**made().facts, "rounded_to": 5})
    why = ", or fewer than 5 who responded or who did not"
    assert f"With fewer than 5 patients{why},: 2 clinics and 2 providers." not in page(outside)
    assert f"With fewer than 5 patients{why}: 2 clinics and 2 providers." in page(outside)
    table = next(b for b in section(outside, "benchmark_clinics") if isinstance(b, Table))
    assert f"2 clinics with fewer than 5 patients{why} are not shown." in text_of([table])


@pytest.mark.parametrize("name", ["benchmark_clinics", "benchmark_providers"])
def test_tables_stand_by_name_whatever_the_result(name: str) -> None:
    for table in (b for b in section(made(), name) if isinstance(b, Table) and b.name.startswith("benchmark-")):
        names = [text_of([Table((), (), ((row[0],),))]) for row in table.rows]
        assert names == sorted(names)


def test_only_those_outside_are_named_in_the_figure() -> None:
    drawn = figures(section(made(), "benchmark_clinics"))["funnel-clinic-texture_grade"]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn.svg)
    assert "north 2" in texts
    assert "centre" not in texts
    assert {"overall", "inner limits", "outer limits", "patients →"} <= set(texts)
    assert "north 2 63" in text_of([drawn]).replace("\u00a0", " ")
    assert drawn.data is not None
    assert len(drawn.data.rows) == len(CLINICS)


def test_a_name_cannot_break_the_figure() -> None:
    drawn = figures(section(made(), "benchmark_clinics"))["funnel-clinic-texture_grade"]
    assert "<b>" not in drawn.svg
    assert 'south "&lt;b&gt;"' in drawn.svg


def test_nothing_stands_out() -> None:
    usual = clinic_benchmark()
    places = [{**row, "outside": 0} for row in usual["benchmark"]]
    quiet = {"outside_inner": 0, "outside_outer": 0, "p_value": 0.6, "spread": 0.0}
    words = page(made(places, [{**row, **quiet} for row in usual["benchmark_overall"]]))
    assert words.splitlines()[1] == "No clinic stands apart: where they differ, chance alone explains it."
    assert "none were" in words
    assert "so few cannot show that they are alike" in words


def test_one_clinic() -> None:
    words = page(made([], [whole("texture_grade", "share", "clinic", 1, [], hidden=0)]))
    assert words.splitlines()[1].startswith("There is a single clinic to show: nothing to set beside it.")
    assert "Write down clinic and provider" in words


def test_no_clinic_column() -> None:
    value = made([], [])
    assert page(value).splitlines()[1] == (
        "No clinic can be set beside another: no main outcome was read at the last visit, or the data do not say who "
        "was treated where."
    )
    clinics_only = made(None, [row for row in clinic_benchmark()["benchmark_overall"] if row["level"] == "clinic"])
    assert "the data do not say who was treated by whom" in text_of(section(clinics_only, "benchmark_providers"))


def test_all_clinics_too_small() -> None:
    lines = [whole("texture_grade", "share", level, 0, [], hidden=7) for level in ("clinic", "provider")]
    words = page(made([], lines))
    assert "No clinic has enough patients to be shown: 7 clinics with fewer than 5 patients are not shown." in words


def test_a_provider_in_each_clinic_is_not_told_from_it() -> None:
    lines = [{**row, "most_in_clinic": 1} for row in clinic_benchmark()["benchmark_overall"]]
    assert "clinic and provider cannot be told apart" in text_of(section(made(None, lines), "benchmark_providers"))


def test_a_copy_without_the_tables_says_so() -> None:
    whole_run = run()
    tables = {k: v for k, v in whole_run.tables.items() if not k.startswith("benchmark")}
    value = replace(whole_run, tables=tables)
    assert "This copy of the report does not hold it." in page(value)
    for name in ("benchmark_clinics", "benchmark_providers", "benchmark_spread"):
        assert "does not hold it" in text_of(section(value, name))


def test_sixty_clinics_are_counted_and_the_labels_do_not_overlap() -> None:
    line = clinic_benchmark()["benchmark"][1]
    places = [
        {**line, "clinic": f"clinic {i:02} with a long name", "n": 10 + 2 * i, "outside": 1 + i % 2,
         "adjusted": 40.0 + i % 7 * 9}
        for i in range(60)
    ]  # fmt: skip
    value = made(places, [whole("texture_grade", "share", "clinic", 60, [1] * 60)])
    assert "Several clinics stand apart" in page(value)
    drawn = figures(section(value, "benchmark_clinics"))["funnel-clinic-texture_grade"]
    assert "60 lie outside the inner limits" in text_of([drawn])
    spots = [
        (float(y), text) for y, text in re.findall(r'<text[^>]*y="([\d.]+)"[^>]*>(clinic [^<]*)</text>', drawn.svg)
    ]
    assert 0 < len(spots) < 40


def test_the_figure_has_the_same_bytes_again() -> None:
    first, again = (figures(section(made(), "benchmark_providers")) for _ in range(2))
    assert {k: v.svg for k, v in first.items()} == {k: v.svg for k, v in again.items()}


def test_nothing_varies_is_not_drawn() -> None:
    usual = clinic_benchmark()
    lines = [{**row, "sigma": 0.0, "spread": float("nan")} for row in usual["benchmark_overall"]]
    blocks = section(made(None, lines), "benchmark_clinics")
    assert not figures(blocks)
    assert "All patients had the same result" in text_of(blocks)


def test_a_table_of_a_run_can_be_rebuilt_from_its_numbers() -> None:
    value = made()
    back = pd.DataFrame(value.tables["benchmark"])
    assert back["n"].dtype.kind == "i"
    assert not value.results["id"].duplicated().any()


def test_a_copy_without_the_test_claims_nothing_of_all_together() -> None:
    lines = [{**row, "p_value": float("nan"), "q": float("nan")} for row in clinic_benchmark()["benchmark_overall"]]
    words = page(made(None, lines))
    assert "Taken together" not in words
    assert "more than chance" not in words
    assert "may still be chance" not in words


def test_few_clinics_do_not_tell_their_spread_as_known() -> None:
    assert "So few cannot tell how far they differ in general." in page(made())
    many = [{**row, "places": 12} for row in clinic_benchmark()["benchmark_overall"]]
    assert "(the data fit anything from none to 15 percentage points), all together more than chance." in page(
        made(None, many)
    )
