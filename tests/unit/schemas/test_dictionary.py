"""The dictionary and the glossary: every entry is told, in words, and the file in docs is the one the code writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.dictionary import PARTS, lines, rows
from schemas.glossary import GLOSSARY, glossary, markdown
from schemas.rules import NAMED
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Treatment

ROOT = Path(__file__).resolve().parents[3]


def test_every_entry_has_a_row():
    assert [r["treatment"] for r in rows("treatments")] == list(STANDARD.treatments)
    assert [r["outcome"] for r in rows("outcomes")] == list(STANDARD.outcomes)
    assert {r["column"] for r in rows("columns")} == {*STANDARD.columns, *STANDARD.parameters(), "outcome", "value"}
    assert [r["rule"] for r in rows("rules")] == list(NAMED)


@pytest.mark.parametrize("part", PARTS)
def test_rows_of_a_part_have_the_same_keys_and_only_text(part):
    found = rows(part)
    assert len({tuple(row) for row in found}) == 1
    assert all(isinstance(value, str) for row in found for value in row.values())


def test_needed_facts_are_never_blank():
    for row in rows("outcomes"):
        for key in ("label", "what it is", "kind", "unit", "better", "range", "baseline", "source of range"):
            assert row[key], (row["outcome"], key)
    for row in rows("columns"):
        assert all((row["label"], row["tables"], row["type"], row["what it is"])), row["column"]
    for row in rows("rules"):
        assert row["the value"].startswith("must")
        assert all((row["consequence"], row["what to do"])), row["rule"]


def test_lines_are_readable():
    text = list(lines("outcomes"))
    assert text[0] == "OUTCOMES"
    assert "    range: from 0 to 9" in text
    assert "    better: lower is better" in text
    assert not [line for line in text if re.search(r"\bNone\b|<|nan", line)]
    assert {"TREATMENTS", "OUTCOMES", "COLUMNS", "RULES"} <= set(lines())


def test_arms_and_outcomes_of_a_mapping_are_told_too():
    glow = Outcome("glow", "Glow", "texture", "percent", "%", "higher", None, None)
    more = STANDARD.with_outcome(glow).with_treatment(Treatment("laser", "Laser", "Laser", "Light."))
    assert rows("outcomes", more)[-1]["range"] == "from 0 to 100 %"
    assert rows("treatments", more)[-1]["treatment"] == "laser"
    assert "Glow" in "\n".join(lines("outcomes", more))


def test_unknown_part():
    with pytest.raises(KeyError):
        rows("people")


def test_glossary_file_is_up_to_date():
    assert (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8") == markdown()


def test_glossary_has_every_treatment_and_outcome_and_words_without_digits():
    told = glossary()
    assert set(told["Treatments"]) == {t.label for t in STANDARD.treatments.values()}
    assert set(told["Outcomes"]) == {o.label for o in STANDARD.outcomes.values()}
    for words in GLOSSARY.values():
        for word, meaning in words.items():
            assert not re.search(r"\d", word + meaning), word
            assert meaning.endswith("."), word


def test_no_word_is_explained_twice():
    words = [word.casefold() for group in glossary().values() for word in group]
    assert len(words) == len(set(words))
