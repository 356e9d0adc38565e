"""The consultation review as people see it: counts with denominators, associations in words, blanks never a no."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reading import text_of
from run_by_hand import run
from tables_by_hand import frame, other_tables

from analytics.domain.block import Table
from analytics.domain.run import Run
from analytics.show.sections import section
from analytics.show.sections.page_one import page_words


def page(value: Run) -> str:
    return page_words(section(value, "consultation_review_page_one")).replace("\u00a0", " ")


def changed(table: str, rows: list[dict]) -> Run:
    tables = other_tables()
    return run(tables={**tables, table: frame(table, rows) if rows else tables[table].iloc[:0]})


def agreement(count: int, total: int, unknown: int) -> Run:
    row = {"by": "all", "level": "all", "count": count, "total": total, "unknown": unknown, "percent": 50.0,
           "conf_low": 20.0, "conf_high": 80.0}  # fmt: skip
    return changed("agreement", [row])


def test_headline_counts_those_who_got_it() -> None:
    assert page(run()).splitlines()[1] == "310 of 384 patients with a known recommendation got that treatment."
    assert "Not known for 56 patients: a blank is not a no." in page(run())
    assert (
        page(agreement(9, 12, 0))
        .splitlines()[1]
        .endswith("9 of 12 patients got the treatment that was recommended to them.")
    )
    assert "Every patient got the treatment that was recommended: all 12." in page(agreement(12, 12, 0))
    assert "None of 12 patients" in page(agreement(0, 12, 0))


def test_nothing_known_is_not_nobody() -> None:
    for value in (agreement(0, 0, 30), changed("agreement", [])):
        words = page(value)
        assert "no recommendation was written down" in words
        assert "Write down the recommendation" in words
        assert "0 of 0" not in words


def test_differences_are_associations_and_too_few_are_described() -> None:
    words = page(run())
    assert "These are associations." in words
    assert "texture 188 of 392 (48 %) and 40 of 84 (48 %) responded" in words
    assert "texture from −2.4 to +5.9 points" in words
    assert "product absorption: too few patients" in words
    assert "3 adjusted differences, none of them planned; the range of 2 stays clear of no difference" in words


def test_outcomes_table_tells_both_groups_and_the_blanks() -> None:
    blocks = section(run(), "outcomes_by_concordance")
    table = next(b for b in blocks if isinstance(b, Table))
    assert [len(row) for row in table.rows] == [5, 5]
    text = text_of(blocks)
    assert "exploratory" in text
    assert "Not known is a blank, never a no." in text


def test_cross_tables_have_a_line_for_what_was_not_recorded() -> None:
    blocks = section(run(), "advised_and_given")
    names = [b.name for b in blocks if isinstance(b, Table)]
    assert names == ["mix-fitzpatrick-recommended", "mix-fitzpatrick-delivered", "mix-concerns-recommended",
                     "mix-concerns-delivered"]  # fmt: skip
    text = text_of(blocks)
    assert "Not recorded" in text
    assert "Skin type and treatment recommended: not recorded." in text
    assert "30 (38\u00a0%)" in text


@pytest.mark.parametrize("name", ["advised_and_given", "who_got_it", "outcomes_by_concordance"])
def test_a_copy_without_the_tables_says_so(name: str) -> None:
    gone = ("mix", "agreement", "care_outcomes", "care_difference")
    value = replace(run(), tables={k: v for k, v in run().tables.items() if k not in gone})
    assert "does not hold it" in text_of(section(value, name))
    assert "Look at the clinic's own copy" in page(value)
