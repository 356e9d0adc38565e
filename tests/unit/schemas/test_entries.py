"""Every entry of STANDARD says what it is, in which unit and range, which way is better, and on what authority."""

from __future__ import annotations

import dataclasses
import math
from statistics import NormalDist

import pytest

from schemas import codes, columns, outcomes, treatments
from schemas.literature import CITED, CONVENTION, GENERAL
from schemas.standard import STANDARD
from schemas.vocabulary import DOMAINS, KINDS, Column, Outcome, Threshold

OUTCOMES = list(STANDARD.outcomes.values())
MEASURES_BY_KIND = {
    "continuous": {"difference", "odds_ratio", "win_probability"},
    "positive": {"ratio"},
    "count": {"rate_ratio", "difference"},
    "percent": {"difference"},
    "ordinal": {"odds_ratio", "win_probability"},
}


def sourced(text: str) -> bool:
    """A source names a citation, a convention, general knowledge, or says that it follows from the definition."""
    return any(known in text for known in (*CITED.values(), CONVENTION, GENERAL, "by definition"))


def test_ids_are_those_of_the_contract():
    assert tuple(STANDARD.treatments) == ("microdermabrasion", "chemical_peel", "dermal_roller")
    assert set(STANDARD.parameters()) == {
        "mda_passes",
        "mda_vacuum_kpa",
        "peel_agent",
        "peel_percent",
        "peel_ph",
        "peel_layers",
        "peel_minutes",
        "peel_depth",
        "roller_needle_mm",
        "roller_passes",
        "roller_device",
    }
    assert set(STANDARD.outcomes) == {
        "texture_grade",
        "roughness_ra_um",
        "scar_grade",
        "scar_score",
        "pore_count",
        "inflammatory_lesions",
        "noninflammatory_lesions",
        "total_lesions",
        "acne_iga",
        "absorbed_percent",
        "flux_ug_cm2_h",
        "tewl_g_m2_h",
        "hydration_au",
        "melanin_index",
        "erythema_index",
        "elasticity_r2",
        "satisfaction_vas",
        "dlqi",
        "gais",
        "visia_percentile",
    }
    sessions = (
        "patient_id treatment session_date visit session_id clinic_id provider_id rater_id device_id session_no "
        "planned_sessions side body_site timing study_day exposure_days product recommended_treatment indication "
        "skin_type concerns fitzpatrick birth_year age sex instructions_given instructions_followed sun_exposure_14d "
        "product_stop_days adjunct hours_since_session intercurrent_event intercurrent_date"
    )
    assert {c.id for c in STANDARD.columns_of("sessions")} == set(sessions.split())
    assert [c.id for c in STANDARD.columns_of("patients")] == [
        "clinic_id", "patient_id", "skin_type", "fitzpatrick", "birth_year", "sex",
    ]  # fmt: skip
    assert {c.id for c in STANDARD.columns_of("consultations")} == {
        "clinic_id",
        "patient_id",
        "consultation_date",
        "skin_type",
        "concerns",
        "recommended_treatment",
        "contraindications",
        "instructions_given",
        "instructions_followed",
    }
    assert {c.id for c in STANDARD.columns_of("adverse_events")} == {
        "clinic_id",
        "patient_id",
        "session_date",
        "event",
        "onset_date",
        "resolved_date",
        "severity",
        "serious",
    }


def test_default_primary_trio():
    assert outcomes.DEFAULT_PRIMARY == ("texture_grade", "inflammatory_lesions", "absorbed_percent")


@pytest.mark.parametrize("entry", treatments.TREATMENTS, ids=lambda t: t.id)
def test_treatment_is_complete(entry):
    assert all((entry.label, entry.short_label, entry.definition, entry.cautions, entry.expected_days))
    assert sourced(entry.source)
    assert 0 < entry.course_days[0] < entry.course_days[1]
    assert set(entry.expected_reactions) <= set(STANDARD.codes["event"].codes)
    assert entry.parameters


@pytest.mark.parametrize("entry", [p for _, p in STANDARD.parameters().values()], ids=lambda p: p.id)
def test_parameter_is_complete(entry):
    assert entry.label
    assert entry.definition
    assert sourced(entry.source)
    if entry.codes:
        assert entry.codes == tuple(STANDARD.codes[entry.id].codes)
    else:
        assert entry.unit
        assert entry.low < entry.high
        soft = [x for x in (entry.soft_low, entry.soft_high) if x is not None]
        assert all(entry.low <= x <= entry.high for x in soft)


@pytest.mark.parametrize("entry", OUTCOMES, ids=lambda o: o.id)
def test_outcome_is_complete(entry: Outcome):
    assert all((entry.label, entry.short_label, entry.definition, entry.unit, entry.axis_text))
    assert entry.kind in KINDS
    assert entry.domain in DOMAINS
    assert entry.direction in ("lower", "higher")
    assert sourced(entry.range_source)
    assert entry.low is not None
    assert entry.high is not None or entry.kind in ("count", "positive")
    assert entry.high is None or entry.low < entry.high
    if entry.kind in ("count", "ordinal"):
        assert entry.step == 1
    if entry.kind == "ordinal":
        assert sorted(entry.levels) == list(range(int(entry.low), int(entry.high) + 1))
        assert all(entry.levels.values())


@pytest.mark.parametrize("entry", OUTCOMES, ids=lambda o: o.id)
def test_thresholds_are_sourced_and_labelled_or_their_absence_is_noted(entry: Outcome):
    found = [*entry.meaningful_difference.values(), *([entry.responder_change] if entry.responder_change else [])]
    for threshold in (*found, *([entry.responder] if entry.responder else [])):
        assert sourced(threshold.source), threshold
        assert threshold.standing == ("published" if CONVENTION not in threshold.source else "convention")
    assert set(entry.meaningful_difference) <= MEASURES_BY_KIND[entry.kind]
    noted = " ".join(entry.notes)
    assert ("difference between treatments that matters was found" in noted) == (not entry.meaningful_difference)
    if entry.responder is None:
        assert entry.responder_change is None
        assert "change that matters to a patient was found" in noted
    else:
        assert entry.responder.sentence


def test_only_what_was_published_is_called_published():
    published = {o.id for o in OUTCOMES if o.responder_change and o.responder_change.standing == "published"}
    assert published == {"dlqi"}
    rules = {o.id for o in OUTCOMES if o.responder and o.responder.standing == "published"}
    assert rules == {"dlqi", "acne_iga"}
    assert not [o.id for o in OUTCOMES for t in o.meaningful_difference.values() if t.standing == "published"]


def test_responder_rules_are_those_of_the_statistics_page():
    rules = {
        o.id: (o.responder.rule, o.responder.amount, o.responder.level, o.responder.floor)
        for o in OUTCOMES
        if o.responder
    }
    assert rules["acne_iga"] == ("level_and_fall", 2, 1, None)
    assert rules["texture_grade"] == ("fall", 1, None, None)
    assert rules["dlqi"] == ("fall", 4, None, 4)
    for lesions in ("inflammatory_lesions", "noninflammatory_lesions", "total_lesions"):
        assert rules[lesions] == ("percent_fall", 50, None, 5)


def test_odds_ratio_and_win_probability_thresholds_are_the_same_size():
    # Chinn 2000: standardised difference = ln(odds ratio) x sqrt(3) / pi; win probability = Phi(d / sqrt 2)
    sizes = outcomes.OUTCOMES[0].meaningful_difference
    d = math.log(sizes["odds_ratio"].value) * math.sqrt(3) / math.pi
    assert sizes["win_probability"].value == pytest.approx(NormalDist().cdf(d / math.sqrt(2)), abs=0.005)


def test_washout_is_kept_for_barrier_and_tone_with_its_source():
    for entry in OUTCOMES:
        expected = {"barrier": 168, "tone": 336}.get(entry.domain, 0)
        assert entry.washout_hours == expected
        assert sourced(entry.washout_source) == bool(expected)


def test_kinds_baselines_and_what_is_never_averaged():
    assert {o.id for o in OUTCOMES if o.baseline == "none"} == {"gais", "absorbed_percent", "flux_ug_cm2_h"}
    assert {o.id for o in OUTCOMES if o.baseline_when_measured} == {"absorbed_percent", "flux_ug_cm2_h"}
    assert {o.id for o in OUTCOMES if not o.averaged} == {"visia_percentile"}
    assert {o.id for o in OUTCOMES if o.kind == "positive"} == {"roughness_ra_um", "flux_ug_cm2_h", "tewl_g_m2_h"}
    assert STANDARD.outcomes["total_lesions"].derived_from == ("inflammatory_lesions", "noninflammatory_lesions")
    barrier = [o for o in OUTCOMES if o.domain == "barrier"]
    assert all("never called absorption" in " ".join(o.notes) for o in barrier)


@pytest.mark.parametrize("entry", columns.COLUMNS, ids=lambda c: c.id)
def test_column_is_complete(entry: Column):
    assert entry.label
    assert entry.definition
    assert set(entry.tables) <= set(columns.TABLE_NAMES)
    assert entry.type in ("text", "number", "integer", "date", "datetime", "code", "codes", "boolean")
    assert entry.role in ("key", "covariate", "consultation", "session", "event", "parameter")
    if entry.type in ("number", "integer"):
        assert entry.unit
        assert entry.low < entry.high
        assert sourced(entry.source)
    if entry.type in ("code", "codes", "boolean"):
        assert entry.codes == "treatment" or entry.codes in STANDARD.codes
    if entry.type == "integer":
        assert entry.step == 1


@pytest.mark.parametrize("entry", codes.CODES, ids=lambda c: c.id)
def test_code_list_is_complete_and_no_spelling_means_two_things(entry):
    from schemas.spelling import fold

    assert entry.definition
    assert entry.codes
    assert all(entry.codes.values())
    assert set(entry.synonyms) <= set(entry.codes)
    meaning: dict[str, str] = {}
    for code in entry.codes:
        for text in (code, *entry.synonyms.get(code, ())):
            assert meaning.setdefault(fold(text), code) == code, f"{text} means two codes"


def test_every_citation_is_used():
    import pathlib

    here = pathlib.Path(columns.__file__).parent
    text = "".join(path.read_text() for path in here.glob("*.py") if path.name != "literature.py")
    assert [key for key in CITED if f'"{key}"' not in text and f"'{key}'" not in text] == []


def test_entries_are_frozen_and_a_new_vocabulary_leaves_standard_alone():
    with pytest.raises(dataclasses.FrozenInstanceError):
        STANDARD.outcomes["dlqi"].low = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        STANDARD.outcomes["new"] = STANDARD.outcomes["dlqi"]  # type: ignore[index]
    more = STANDARD.with_outcome(Outcome("glow", "Glow", "texture", "continuous", "points", "higher", 0, 10))
    assert "glow" in more.outcomes
    assert "glow" not in STANDARD.outcomes


def test_thresholds_default_to_convention():
    assert Threshold(1.0, "somebody").standing == "convention"
