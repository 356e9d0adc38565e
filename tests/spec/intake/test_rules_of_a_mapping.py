"""``rules:`` of a mapping: switched off, made stricter, added; what it cannot do; and that it is told everywhere."""

from __future__ import annotations

import json

import pytest
from clinic_files import ClinicFiles, column, faults

from analytics.cli.pages import validation_page
from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import load_mapping
from analytics.intake.loss import Loss, Losses
from analytics.intake.sift import sift
from analytics.reports.vocabulary_file import dump_vocabulary, load_vocabulary
from analytics.sources.read import read
from schemas.changes import RuleChanges
from schemas.own_rules import told_changes
from schemas.rules import NAMED
from schemas.standard import STANDARD

DATA = """
patient_id,treatment,session_date,texture_grade,inflammatory_lesions,rater_id,birth_year
a,chemical_peel,2026-01-01,3,250,r1,1990
a,chemical_peel,2026-01-03,4.5,30,,1990
b,dermal_roller,2026-01-01,12,3,r1,2030
b,dermal_roller,2026-01-12,2,40,r1,1980
"""
PLAIN = [(4, "texture_grade", "range"), (4, "birth_year", "order")]


def listed(clinic: ClinicFiles, rules: str) -> list[tuple[int, str, str]]:
    sifted = clinic.sift(DATA, f"rules: {rules}\n")
    return [(int(r), c, rule) for r, c, rule in sifted.quarantine[["row", "column", "rule"]].to_numpy()]


def test_without_changes(clinic: ClinicFiles) -> None:
    assert listed(clinic, "{}") == [
        (2, "inflammatory_lesions", "soft_range"), (3, "session_date", "short_interval"), *PLAIN,
    ]  # fmt: skip
    assert clinic.sift(DATA, "rules: {}\n").vocabulary.rules == ()


@pytest.mark.parametrize("off", ["off", "OFF", '"off"', "false", "no"])
def test_a_warning_is_switched_off(clinic: ClinicFiles, off: str) -> None:
    assert listed(clinic, f"{{short_interval: {off}}}") == [(2, "inflammatory_lesions", "soft_range"), *PLAIN]


def test_a_mapping_from_python_says_it_too(clinic: ClinicFiles) -> None:
    for off in ("off", False):
        found = clinic.sift(DATA, {"rules": {"short_interval": off}})
        assert "short_interval" not in set(found.quarantine["rule"])
    assert load_mapping({"rules": {"sum": False}}).canonical() == load_mapping("rules: {sum: off}").canonical()
    assert (
        load_mapping({"rules": {"range": {"dlqi": [0, 9]}}}).canonical()
        == load_mapping("rules: {range: {dlqi: ['0', 9]}}").canonical()
    )


def test_on_changes_nothing(clinic: ClinicFiles) -> None:
    assert listed(clinic, "{short_interval: on, width: on, sum: true}") == listed(clinic, "{}")


def test_an_error_that_may_be_switched_off_lets_the_row_in(clinic: ClinicFiles) -> None:
    found = clinic.sift(DATA, "rules: {order: off, range: {texture_grade: [0, 9]}}\n")
    assert faults(found) == [(4, "texture_grade", "range")]
    row = DATA.replace("12,3,r1,2030", "1,3,r1,2030")
    assert clinic.sift(row, "rules: {order: off}\n").rows["accepted"] == 4
    assert clinic.sift(row).rows["accepted"] == 3


@pytest.mark.parametrize("rule", sorted(r.id for r in NAMED.values() if r.stage == "warnings") + ["sum", "soft_range"])
def test_every_warning_can_be_switched_off(rule: str) -> None:
    assert load_mapping(f"rules: {{{rule}: off}}").vocabulary(STANDARD).rules == (
        ("the mapping", RuleChanges(off=(rule,))),
    )


def test_stricter_limits(clinic: ClinicFiles) -> None:
    assert listed(clinic, "{range: {texture_grade: [0, 4]}, short_interval: off, soft_range: off}") == [
        (3, "texture_grade", "range"), *PLAIN,
    ]  # fmt: skip
    found = clinic.sift(DATA, "rules: {range: {texture_grade: [null, 4]}}\n").quarantine
    assert found.loc[found["row"] == 3, "must"].tolist()[-1] == "must be at most 4 (the mapping's own limits)"
    assert (found["rule"] == "range").sum() == 2  # what is outside our range is said once


def test_other_usual_limits_stand_in_place_of_ours(clinic: ClinicFiles) -> None:
    assert listed(clinic, "{soft_range: {inflammatory_lesions: [0, 35]}, short_interval: off}") == [
        (2, "inflammatory_lesions", "soft_range"), *PLAIN, (5, "inflammatory_lesions", "soft_range"),
    ]  # fmt: skip
    assert listed(clinic, "{soft_range: {inflammatory_lesions: [0, 300]}, short_interval: off}") == PLAIN


def test_required_columns_and_limits_of_a_covariate(clinic: ClinicFiles) -> None:
    assert listed(clinic, "{required: [rater_id], short_interval: off, soft_range: off}") == [
        (3, "rater_id", "missing"), *PLAIN,
    ]  # fmt: skip
    own = """
        columns: {patient_id: patient_id, treatment: treatment, session_date: session_date}
        covariates: {room_heat: {from: inflammatory_lesions, kind: continuous}}
        rules: {range: {room_heat: [10, 40]}, short_interval: off}
    """
    assert faults(clinic.sift(DATA, own)) == [
        (2, "inflammatory_lesions", "range"), (4, "inflammatory_lesions", "range"),
    ]  # fmt: skip


def test_limits_are_in_our_unit_and_said_in_the_files(clinic: ClinicFiles) -> None:
    mapping = """
        columns:
          patient_id: P
          session_date: D
          treatment: T
          roller_needle_mm: {from: Needle, unit: um}
        rules: {range: {roller_needle_mm: [0.5, 1.5]}}
    """
    told = clinic.sift("P,D,T,Needle\na,2026-01-01,dermal_roller,2000\nb,2026-01-01,dermal_roller,1000\n", mapping)
    assert told.quarantine["must"].tolist() == [
        "must be from 0.5 to 1.5 mm (the mapping's own limits); 2000 um is 2 mm"
    ]


REFUSED = {
    "{short_intervall: off}": "there is no rule 'short_intervall'; did you mean 'short_interval'?",
    "{range: {texture_grade: [0, 12]}}": "a range can only be made stricter than ours (from 0 to 9); for another scale",
    "{range: {roughness_ra_um: [-1, 5]}}": "a range can only be made stricter than ours (above 0 to",
    "{range: {texture_grade: [4, 0]}}": "limits go from the lowest to the highest value",
    "{range: {texture_grade: [null, null]}}": "give at least one limit",
    "{range: {texture_grade: [a, 2]}}": "write the lowest and the highest value",
    "{range: {texture_grade: [0, nan]}}": "write the lowest and the highest value",
    "{range: {texture_grade: 4}}": "write the lowest and the highest value",
    "{range: {side: [0, 1]}}": "there is no column of numbers 'side'",
    "{range: {textur: [0, 1]}}": "there is no column 'textur'; did you mean 'texture_grade'",
    "{range: off}": "range cannot be switched off",
    "{range: 4}": "write off or on, or limits by column like {texture_grade: [0, 4]}",
    "{short_interval: 5}": "write off or on",
    "{short_interval: {texture_grade: [0, 4]}}": "write off or on",
    "{required: rater_id}": "write a list of columns",
    "{required: [raterid]}": "there is no column 'raterid'; did you mean 'rater_id'",
    "[short_interval]": "rules",
}


@pytest.mark.parametrize("rules", REFUSED)
def test_what_is_refused(rules: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        load_mapping(f"decimal: '.'\nrules: {rules}\n").vocabulary(STANDARD)
    assert REFUSED[rules].split(" to")[0] in str(refused.value)
    assert "line 2" in str(refused.value)
    assert refused.value.exit_code == 12


@pytest.mark.parametrize(
    "rule",
    ["width", "missing", "type", "date", "treatment", "conflict", "duplicate_row", "code", "unit", "step", "range"],
)
def test_what_protects_the_meaning_of_the_data_stays_on(rule: str) -> None:
    with pytest.raises(PlanRefused, match=rf"{rule} cannot be switched off: \w+"):
        load_mapping(f"rules: {{{rule}: off}}\n").vocabulary(STANDARD)


def test_a_column_that_is_not_one_of_the_file_cannot_be_required(clinic: ClinicFiles) -> None:
    listed_by_visit = """
        columns: {patient_id: A, treatment: B, dlqi: [{from: C, visit: 0}, {from: D, visit: 4}]}
        rules: {required: [dlqi]}
    """
    with pytest.raises(PlanRefused, match="dlqi cannot be required"):
        clinic.read("A,B,C,D\n", listed_by_visit)
    with pytest.raises(PlanRefused, match="requires side"):
        clinic.read(DATA, "rules: {required: [side]}\n")


def test_each_mapping_changes_the_rules_for_its_own_file_only(clinic: ClinicFiles) -> None:
    one, two = (
        clinic.write("one.csv", DATA),
        clinic.write("two.csv", DATA.replace("\na,", "\nc,").replace("\nb,", "\nd,")),
    )
    strict = "constants: {clinic_id: north}\nrules: {short_interval: off, range: {texture_grade: [0, 4]}}\n"
    sifted = sift(read([one, two], [strict, "constants: {clinic_id: south}\n"]))
    found = sifted.quarantine[["file", "row", "rule"]].to_numpy().tolist()
    assert [f[1:] for f in found if f[0] == "one.csv"] == [
        [2, "soft_range"], [3, "range"], [4, "range"], [4, "order"],
    ]  # fmt: skip
    assert [f[1:] for f in found if f[0] == "two.csv"] == [
        [2, "soft_range"], [3, "short_interval"], [4, "range"], [4, "order"],
    ]  # fmt: skip
    assert told_changes(sifted.vocabulary) == (
        "the rule short_interval is switched off (north)",
        "texture_grade must be from 0 to 4 (else from 0 to 9) (north)",
    )  # fmt: skip


def test_two_datasets_do_not_mix(clinic: ClinicFiles) -> None:
    loose, plain = clinic.read(DATA, "rules: {short_interval: off}\n"), clinic.read(DATA)
    assert "short_interval" in set(sift(plain).quarantine["rule"])
    assert "short_interval" not in set(sift(loose).quarantine["rule"])
    assert "short_interval" in set(sift(plain).quarantine["rule"])
    assert STANDARD.rules == ()
    assert loose.fingerprint != plain.fingerprint


def test_changes_are_told_when_a_file_is_checked_and_kept_with_a_run(clinic: ClinicFiles) -> None:
    rules = (
        "{short_interval: off, range: {texture_grade: [0, 4]}, soft_range: {dlqi: [null, 20]}, required: [rater_id]}"
    )
    sifted = clinic.sift(DATA, f"rules: {rules}\n")
    page = " ".join(" ".join(validation_page(sifted, Losses(Loss(1)))).split())
    for line in ("the rule short_interval is switched off", "texture_grade must be from 0 to 4 (else from 0 to 9)",
                 "dlqi must usually be at most 20 points", "rater_id must not be empty"):  # fmt: skip
        assert line in page
    sealed = dump_vocabulary(sifted.vocabulary)
    assert load_vocabulary(sealed).rules == sifted.vocabulary.rules
    assert "rules" not in json.loads(dump_vocabulary(STANDARD))
    assert "short_interval" in sifted.mapping_text
    assert column(sifted.sessions, "_row") == [2, 5]
