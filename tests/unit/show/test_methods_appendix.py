"""The methods appendix: every method has its text, what went otherwise is told where it happened, sources are cited."""

from __future__ import annotations

import math
import re
from typing import get_args

import pytest
from reading import runs_of, text_of
from run_by_hand import PAIRS, failed, pair, run, standard_findings

from analytics.domain.block import Number, Table, Text
from analytics.domain.finding import METHOD_WORDS as NAMES
from analytics.domain.plan import MULTIPLICITY
from analytics.methods import METHODS
from analytics.reports.software import PACKAGES
from analytics.show.literature import LITERATURE
from analytics.show.method_texts import DEPARTURES, METHOD_TEXTS, PROCEDURES, PURPOSES
from analytics.show.sections import section

NUMBER_WORDS = re.compile(r"\b(one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|half|third|quarter)\b")
SENTENCE = re.compile(r"[.;:](?=\s|$)")


def told(**changes: object) -> str:
    return text_of(section(run(**changes), "methods_appendix")).replace("\u00a0", " ")  # type: ignore[arg-type]


def table(name: str, *rows: dict, **changes: object) -> Table:
    blocks = section(run(list(rows) or None, **changes), "methods_appendix")  # type: ignore[arg-type]
    return next(block for block in blocks if isinstance(block, Table) and block.name == name)


def lines(found: Table) -> dict[str, tuple[str, ...]]:
    return {text_of_cell(row[0]): tuple(text_of_cell(cell) for cell in row[1:]) for row in found.rows}


def text_of_cell(cell: tuple) -> str:
    return "".join(part.text for part in cell).replace("\u00a0", " ")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_the_registry_has_its_entry(method: str) -> None:
    entry = METHOD_TEXTS[method]
    assert method in NAMES
    assert len(SENTENCE.findall(entry.what)) >= 2
    for part in (entry.what, entry.errors, entry.start, entry.missing):
        assert part.endswith(".")
    assert re.search("freedom|normal distribution", entry.errors)
    assert entry.sources


def test_no_entry_is_left_over() -> None:
    assert set(METHOD_TEXTS) == set(METHODS)
    assert set(PROCEDURES) == set(get_args(MULTIPLICITY))
    assert set(PURPOSES) == set(PACKAGES)
    used = {key for entry in METHOD_TEXTS.values() for key in entry.sources}
    used |= {key for entry in PROCEDURES.values() for key in entry.sources} | {"von_elm", "benchimol", "hopewell"}
    assert used == set(LITERATURE)


@pytest.mark.parametrize("key", LITERATURE)
def test_a_paper_has_authors_a_year_a_title_and_a_doi_of_the_right_form(key: str) -> None:
    paper = LITERATURE[key]
    assert 1900 < paper.year < 2030
    assert re.fullmatch(r"10\.\d{4,5}/\S+", paper.doi) or key in ("bell_mccaffrey", "holm")
    assert re.match(r"(von )?\S+ [A-Z]+", paper.authors)
    assert not paper.title.endswith(".")
    assert [each.doi for each in LITERATURE.values() if each.doi].count(paper.doi) <= 1


def test_only_the_methods_that_were_used_are_told_with_their_outcomes() -> None:
    found = told()
    assert (
        "Used here: analysis of covariance, negative binomial model, fractional logistic model and proportional"
        in found
    )
    assert "Analysis of covariance. Answers for texture grade, roughness Ra and melanin index." in found
    assert "Repeated measures model" not in found
    assert "Mallinckrodt" not in found
    assert "Breslow NE (1984)" in found
    only = text_of(section(run([pair("texture_grade", PAIRS[0], -0.9, 0.2)]), "methods_appendix"))
    assert "Breslow" not in only


def test_a_method_that_stands_beside_an_answer_is_told_so() -> None:
    beside = pair("texture_grade", PAIRS[0], 1.2, 0.2, analysis="sensitivity", measure="odds_ratio")
    found = text_of(section(run([*standard_findings(), beside]), "methods_appendix"))
    assert "Answers for acne severity (IGA); beside the answer for texture grade." in found


def test_a_method_of_another_version_is_named_without_a_text() -> None:
    found = text_of(section(run([pair("texture_grade", PAIRS[0], -0.9, 0.2, method="some_new")]), "methods_appendix"))
    assert "Some new." in found


@pytest.mark.parametrize("procedure", [name for name in PROCEDURES if name not in ("none", "dunnett")])
def test_the_procedure_of_the_family_is_the_plans(procedure: str) -> None:
    found = told(multiplicity=procedure)
    assert PROCEDURES[procedure].what.rstrip(".") in found
    assert "outcomes are not adjusted for each other" in found
    assert all(LITERATURE[key].title in found for key in PROCEDURES[procedure].sources)


def test_without_a_procedure_and_across_outcomes() -> None:
    assert "Pairs are not looked at together" in told(multiplicity="none")
    assert "error is shared between the main outcomes (Bonferroni)" in told(across="bonferroni")
    assert "The answers allow for nothing" in told(primary_estimator="unadjusted")
    assert "No reading is filled in" in told()
    assert "filled in only after the events" in told(intercurrent={"stop": "composite"})


def test_what_went_otherwise_is_told_with_outcome_and_visit() -> None:
    us = "us did not converge: a reason; covariance toeph used instead of us"
    rows = [
        pair("texture_grade", PAIRS[0], -0.9, 0.2, method="mmrm", notes=us, visit=v, analysis=a)
        for v, a in ((8.0, "secondary"), (12.0, "primary"))
    ]
    rows.append(pair("texture_grade", PAIRS[0], -0.9, 0.2, visit=4.0, analysis="secondary"))
    rows.append(failed("acne_iga", PAIRS[1], status="did_not_converge", notes="", analysis="secondary"))
    rows.append(pair("acne_iga", PAIRS[0], 1.2, 0.2, measure="odds_ratio", analysis="sensitivity", visit=4.0,
                     notes="skin_type: dry and normal taken together (no event in dry)"))  # fmt: skip
    found = lines(table("departures", *rows))
    assert found == {
        "A covariance between visits simpler than unstructured": ("Texture grade (week 8 and week 12)", "–"),
        "The calculation did not settle on an answer": ("Acne severity (IGA) (week 12)", "–"),
        "Rare levels of a covariate taken together with their neighbours": ("–", "Acne severity (IGA) (week 4)"),
    }


def test_a_failure_without_a_known_reason_is_not_passed_over() -> None:
    found = lines(table("departures", failed("texture_grade", PAIRS[0], notes="measured at other hours")))
    assert found == {"No comparison, for a reason that stands in findings.csv": ("Texture grade (week 12)", "–")}
    hidden = lines(table("departures", failed("texture_grade", PAIRS[0], status="suppressed", notes="")))
    assert list(hidden) == ["Not shown: too few patients"]


def test_nothing_went_otherwise() -> None:
    rows = [pair("texture_grade", PAIRS[0], -0.9, 0.2, notes="unstructured covariance"),
            pair("texture_grade", PAIRS[1], -0.9, 0.2, notes=math.nan)]  # fmt: skip
    found = text_of(section(run(rows), "methods_appendix"))
    assert "Nothing went otherwise than usual" in found


def test_versions_come_from_the_receipt() -> None:
    found = table("packages", facts={"packages": {"numpy": "9.8.7"}})
    assert lines(found)["numpy"] == ("9.8.7", "linear algebra of every model")
    version = next(part for row in found.rows for part in row[1] if part.text == "9.8.7")
    assert isinstance(version, Number)
    assert (version.kind, version.ref) == ("D", "facts.packages.numpy")
    assert "Python" in lines(found)


def test_nothing_compared_and_nothing_known() -> None:
    found = text_of(section(run([], facts={"software": {}}), "methods_appendix"))
    assert "No method was used: nothing was compared." in found
    assert "does not say which software" in found


def test_every_number_names_its_source_and_no_word_hides_one() -> None:
    notes = "; ".join(mark for departure in DEPARTURES for mark in departure.marks)
    rows = [pair("texture_grade", PAIRS[0], -0.9, 0.2, method=method, notes=notes) for method in METHODS]
    for name in ("methods_appendix", "checklist"):
        for part in runs_of(section(run(rows), name)):
            if isinstance(part, Number):
                assert part.ref, part
                assert part.kind in "LPD"
            elif isinstance(part, Text):
                assert not NUMBER_WORDS.search(part.text), part
