"""Mappings: the manual's example, every check, the words a mapping adds, and two mappings side by side."""

from __future__ import annotations

from textwrap import dedent

import pytest

from analytics.domain.errors import PlanRefused
from analytics.domain.layout import lay_out
from analytics.domain.mapping import Mapping, load_mapping
from analytics.domain.mapping_words import joint_vocabulary
from schemas.standard import STANDARD

EXAMPLE = """
shape: wide                     # or long (then outcome: and value: are columns)
sheet: Visits                   # Excel
header_row: 1                   # 3 for files with a title above
decimal: ","                    # default "."; then a dot is a fault. separator:, encoding: if the header does not tell
missing: ["n/a", "-"]           # besides empty; also per column: {from: Melanin, missing: ["999"]}
replicates: mean                # equal keys with other values: mean, or conflict (default: set aside)
columns:
  patient_id: Client ID
  session_date: {from: Date, format: "%d/%m/%Y"}
  treatment: {from: Service, values: {dermal_roller: ["derma roller", "MN*"], chemical_peel: ["GA*", peel]}}
  roller_needle_mm: {from: Needle, unit: um}
  satisfaction_vas: {from: Happy, scale: [0, 10]}       # rescaled to ours; reverse: true turns it round
  inflammatory_lesions:                                 # one column per visit, side, site or arm: a list
    - {from: Spots W0, visit: 0}                        # may carry visit, study_day, side, body_site, treatment,
    - {from: Spots W12, visit: 12}                      # and its own unit / values / scale; covariates too
constants: {clinic_id: north}
covariates: {stage: {from: Stage, kind: ordinal}, centre: {from: Centre, kind: category}}
treatments: {test: {label: Test cream}, placebo: {label: Vehicle}}
outcomes: {global_change: {label: Global change, domain: texture, kind: ordinal, range: [1, 5], step: 1,
                           direction: lower, baseline: none}}
tables: {adverse_events: {file: ae.csv, columns: {event: What}}}
"""


def problems(text: str) -> str:
    with pytest.raises(PlanRefused) as error:
        load_mapping(dedent(text)).vocabulary(STANDARD)
    assert error.value.exit_code == 12
    assert len(str(error.value)) < 3000
    return str(error.value)


def test_the_mapping_of_the_manual_loads_whole() -> None:
    mapping = load_mapping(EXAMPLE)
    words = mapping.vocabulary(STANDARD)
    assert (mapping.decimal, mapping.missing, mapping.replicates) == (",", ("n/a", "-"), "mean")
    assert mapping.columns["treatment"][0].values["dermal_roller"] == ("derma roller", "MN*")
    assert [entry.visit for entry in mapping.columns["inflammatory_lesions"]] == [0, 12]
    assert words.treatments["placebo"].label == "Vehicle"
    assert words.outcomes["global_change"].high == 5
    assert words.outcomes["global_change"].baseline == "none"
    assert words.columns["stage"].type == "text"
    assert "test" not in STANDARD.treatments  # nothing global is changed
    assert list(words.treatments)[:3] == list(STANDARD.treatments)


def test_the_canonical_form_reads_back_as_the_same_mapping() -> None:
    mapping = load_mapping(EXAMPLE)
    again = load_mapping(mapping.canonical())
    assert again.model_dump() == mapping.model_dump()
    assert again.canonical() == mapping.canonical()


def test_comments_and_layout_do_not_change_the_canonical_form() -> None:
    plain = "columns: {patient_id: A, treatment: B}\n"
    assert (
        load_mapping(plain).canonical()
        == load_mapping("# c\ncolumns:\n  patient_id: {from: A}\n  treatment: [B]\n").canonical()
    )


def test_a_mapping_may_be_a_dict() -> None:
    mapping = load_mapping({"columns": {"patient_id": "A", "acne_iga": {"from": 7, "values": {1: ["x", 2.5, True]}}}})
    assert mapping.columns["acne_iga"][0].source == "7"
    assert mapping.columns["acne_iga"][0].values == {"1": ("x", "2.5", "true")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colums: {}\n", "there is no key 'colums'; did you mean 'columns'"),
        (
            "columns:\n  session_date: {form: A}\n",
            "line 2, columns.session_date.form: there is no key 'form'; did you mean 'format' or 'from'?",
        ),
        (
            "columns:\n  dlqi:\n    - {from: A, vist: 0}\n",
            "line 3, columns.dlqi.1.vist: there is no key 'vist'; did you mean 'visit'?",
        ),
        (
            "columns:\n  patient: A\n",
            "line 2, columns.patient: there is no column 'patient' in sessions; did you mean 'patient_id'",
        ),
        ("tables: {patients: {columns: {onset_date: A}}}\n", "there is no column 'onset_date' in patients"),
        ("tables: {patient: {}}\n", "must be 'patients', 'consultations' or 'adverse_events'"),
        ("constants: {clinic: north}\n", "did you mean 'clinic_id'?"),
        ("columns: {clinic_id: A}\nconstants: {clinic_id: b}\n", "clinic_id stands under columns too"),
        ("decimal: ';'\n", "decimal: must be '.' or ','"),
        ("separator: '::'\n", "separator must be one character"),
        ("encoding: klingon\n", "the encoding 'klingon' is not known"),
        ("header_row: 0\n", "greater than or equal to 1"),
        ("shape: longer\n", "must be 'wide' or 'long'"),
        ("replicates: median\n", "must be 'conflict' or 'mean'"),
        ("patient_ids: global\n", "must be 'clinic' or 'chain'"),
        ("missing: [null]\n", "put it in quotes"),
        (
            "columns: {treatment: {from: A, values: {chemical_peel: [x, GA], dermal_roller: ['ga ']}}}\n",
            "the text 'ga ' stands under chemical_peel and under dermal_roller",
        ),
        (
            "columns: {treatment: {from: A, values: {chemical_peel: [Dermal_Roller]}}}\n",
            "stands under dermal_roller and under chemical_peel",
        ),
        (
            "columns: {treatment: {from: A, values: {chemical_pel: [x]}}}\n",
            "'chemical_pel' is no value of treatment; did you mean 'chemical_peel'?",
        ),
        ("columns: {skin_type: {from: A, values: {dri: [x]}}}\n", "'dri' is no value of skin_type"),
        ("columns: {fitzpatrick: {from: A, values: {dark: [x]}}}\n", "fitzpatrick is a number"),
        ("columns: {session_date: {from: A, format: '%d/%q/%Y'}}\n", "%q is not known"),
        ("columns: {session_date: {from: A, format: '?'}}\n", "not settled"),
        ("columns: {session_date: {from: A, values: {x: [y]}}}\n", "give its format"),
        ("columns: {product: {from: A, format: '%d/%m/%Y'}}\n", "product is not a date"),
        ("columns: {roller_needle_mm: {from: A, unit: kPa}}\n", "'kPa' cannot be turned into mm; possible are mm, µm"),
        ("columns: {product: {from: A, unit: mm}}\n", "product has no unit"),
        ("columns: {inflammatory_lesions: {from: A, scale: [0, 10]}}\n", "no range from lowest to highest"),
        ("columns: {product: {from: A, reverse: true}}\n", "no range"),
        ("columns: {dlqi: {from: A, scale: [10, 0]}}\n", "reverse: true turns it round"),
        ("columns: {dlqi: {from: A, reverse: yes}}\n", "must be true or false"),
        ("columns: {treatment: {row_number: true}}\n", "row_number serves patient_id only"),
        ("columns: {patient_id: {row_number: true, from: A}}\n", "name the column of the file with from:"),
        ("columns: {patient_id: {format: x}}\n", "name the column of the file with from:"),
        ("columns: {dlqi: [{from: A, visit: 0}, {from: B, visit: 0}]}\n", "a second column for the same place"),
        ("columns: {dlqi: [A, B]}\n", "a second column for the same place"),
        ("columns: {treatment: [A, {from: B, visit: 4}]}\n", "every column of a list must say its visit"),
        ("columns: {dlqi: [{from: A, side: lft}]}\n", "'lft' is no side; did you mean 'left'?"),
        ("columns: {dlqi: [{from: A, treatment: peel}]}\n", "'peel' is no treatment"),
        ("columns: {dlqi: [{from: A, visit: -1}]}\n", "a visit is 0 (baseline) or above"),
        ("columns: {side: S, dlqi: [{from: A, side: left}]}\n", "side is a column (or constant) of its own too"),
        ("columns: {dlqi: [{from: A, visit: 0}, {from: B, study_day: 3}]}\n", "cannot stand in one mapping"),
        ("shape: long\ncolumns: {outcome: A}\n", "value is not mapped"),
        ("columns: {value: A}\n", "write shape: long"),
        (
            "shape: long\ncolumns: {outcome: A, value: B, dlqi: C}\n",
            "in a long file an outcome is a text of the outcome column",
        ),
        ("shape: long\ncolumns: {outcome: A, value: {from: B, unit: mm}}\n", "hang on the outcome under outcomes:"),
        ("columns: {dlqi: A}\noutcomes: {dlqi: {scale: [0, 10]}}\n", "put it under columns"),
        ("tables: {patients: {file: ../x.csv}}\n", "leaves the folder"),
        ("tables: {patients: {file: /etc/passwd}}\n", "leaves the folder"),
        ("tables: {patients: {columns: {sex: [{from: A, side: left}]}}}\n", "for the sessions table only"),
        ("covariates: {stage: {from: S}}\n", "'kind' is missing"),
        ("covariates: {stage: {from: S, kind: ordnal}}\n", "did you mean 'ordinal'?"),
        ("covariates: {age: {from: S, kind: continuous}}\n", "'age' is a name of ours already"),
        ("covariates: {severity: {from: S, kind: ordinal}}\n", "a column of adverse_events"),
        ("covariates: {baseline: {from: S, kind: continuous}}\n", "'baseline' is a word that the analysis uses itself"),
        (
            "covariates: {a: [{from: S, kind: ordinal, visit: 0}, {from: T, kind: category, visit: 1}]}\n",
            "the same kind",
        ),
        ("covariates: {'a b': {from: S, kind: category}}\n", "cannot be an id"),
        ("treatments: {chemical_peel: {label: X}}\n", "'chemical_peel' is a name of ours already"),
        ("treatments: {x: {}}\n", "'label' is missing"),
        (
            "treatments: {x: {label: X}}\ncovariates: {x: {from: A, kind: category}}\n",
            "'x' stands under treatments too",
        ),
        ("outcomes: {acne_igga: {label: X}}\n", "needs domain, kind, direction"),
        ("outcomes: {acne_igga: {}}\n", "did you mean 'acne_iga'?"),
        ("outcomes: {acne_iga: {label: X}}\n", "acne_iga is an outcome of ours: label cannot be changed here"),
        ("outcomes: {x: {label: X, domain: skin, kind: count, direction: lower}}\n", "the domain must be one of"),
        ("outcomes: {x: {label: X, domain: texture, kind: grade, direction: lower}}\n", "found 'grade'"),
        (
            "outcomes: {x: {label: X, domain: texture, kind: ordinal, direction: lower}}\n",
            "an ordinal outcome needs its range",
        ),
        (
            "outcomes: {x: {label: X, domain: texture, kind: ordinal, direction: lower, range: [5, 1]}}\n",
            "lowest to the highest",
        ),
        (
            "outcomes: {x: {label: X, domain: texture, kind: count, direction: lower,\n"
            "  meaningful_difference: {rate_ration: 2}}}\n",
            "did you mean 'rate_ratio'",
        ),
    ],
)
def test_what_is_wrong_is_said_with_place_and_nearest_name(text: str, says: str) -> None:
    assert says in problems(text)


def test_kinds_bring_their_usual_limits() -> None:
    words = load_mapping(
        "outcomes:\n"
        "  a: {label: A, domain: texture, kind: count, direction: lower}\n"
        "  b: {label: B, domain: texture, kind: binary, direction: higher}\n"
        "  c: {label: C, domain: texture, kind: percent, direction: higher}\n"
        "  d: {label: D, domain: texture, kind: continuous, direction: none, unit: mm,\n"
        "      meaningful_difference: {difference: 2}}\n"
    ).vocabulary(STANDARD)
    assert [(words.outcomes[o].low, words.outcomes[o].high, words.outcomes[o].step) for o in "abcd"] == [
        (0, None, 1),
        (0, 1, 1),
        (0, 100, None),
        (None, None, None),
    ]
    assert words.outcomes["d"].meaningful_difference["difference"].value == 2


def own(label: str, low: int = 1) -> Mapping:
    return load_mapping(
        f"outcomes:\n  glow: {{label: {label}, domain: texture, kind: ordinal, range: [{low}, 5], direction: higher}}\n"
        "treatments: {cream: {label: Cream}}\n"
    )


def test_two_mappings_with_one_definition_share_it() -> None:
    words = joint_vocabulary([own("Glow"), own("Glow")], STANDARD)
    assert words.outcomes["glow"].label == "Glow"


def test_two_mappings_that_define_an_id_differently_are_refused_together() -> None:
    with pytest.raises(PlanRefused, match="define 'glow' differently"):
        joint_vocabulary([own("Glow"), own("Glow", low=0)], STANDARD)
    with pytest.raises(PlanRefused, match="define 'cream' differently"):
        joint_vocabulary([own("Glow"), load_mapping("covariates: {cream: {from: A, kind: category}}\n")], STANDARD)


HEADERS = ("Client", "Date", "Service", "S0", "S12", "L", "R", "Stage")


def records(text: str) -> list[tuple[dict, list[str]]]:
    mapping = load_mapping(dedent(text))
    layout = lay_out("sessions", HEADERS, mapping.vocabulary(STANDARD), mapping, mapping)
    return [(dict(r.qualifiers), sorted(c.column for c in r.cells)) for r in layout.records]


def test_a_list_makes_one_record_per_place_and_shared_columns_stand_in_each() -> None:
    found = records(
        "columns: {patient_id: Client, treatment: Service, dlqi: [{from: S12, visit: 12}, {from: S0, visit: 0}]}\n"
    )
    assert found == [
        ({"visit": 0.0}, ["dlqi", "patient_id", "treatment"]),
        ({"visit": 12.0}, ["dlqi", "patient_id", "treatment"]),
    ]


def test_a_place_is_told_in_our_codes() -> None:
    found = records(
        "columns: {patient_id: Client, session_date: Date, dlqi: [{from: L, side: Lt}, {from: R, side: RIGHT}]}\n"
    )
    assert [q for q, _ in found] == [{"side": "left"}, {"side": "right"}]


def test_a_single_reading_beside_a_list_by_side_is_a_record_of_its_own() -> None:
    found = records("columns: {patient_id: Client, session_date: Date, gais: Stage, dlqi: [{from: L, side: left}]}\n")
    assert [(q, "gais" in c) for q, c in found] == [({"side": "left"}, False), ({}, True)]


def test_a_reading_without_a_visit_beside_lists_by_visit_is_refused() -> None:
    with pytest.raises(PlanRefused, match="no visit for gais"):
        records("columns: {patient_id: Client, gais: Stage, dlqi: [{from: S0, visit: 0}]}\n")


def style(text: str) -> str:
    mapping = load_mapping(dedent(text))
    return lay_out("sessions", HEADERS, mapping.vocabulary(STANDARD), mapping, mapping).style


def test_what_kind_of_time_a_file_goes_by() -> None:
    assert style("columns: {session_date: Date, visit: S0}\n") == "dated"
    assert style("columns: {visit: S0}\n") == "trial"
    assert style("columns: {study_day: S0, visit: S12}\n") == "study_day"
    assert style("columns: {dlqi: [{from: S0, visit: 0}]}\n") == "trial"
    assert style("columns: {session_date: Date, dlqi: [{from: S0, visit: 0}]}\n") == "trial"
    assert style("columns: {session_date: [{from: Date, visit: 0}], dlqi: [{from: S0, visit: 0}]}\n") == "dated"


def test_a_mapping_that_names_no_columns_adds_words_only() -> None:
    mapping = load_mapping("treatments: {cream: {label: Cream}}\n")
    layout = lay_out(
        "sessions", ("patient_id", "treatment", "visit", "Room"), mapping.vocabulary(STANDARD), mapping, mapping
    )
    assert layout.headers == ("patient_id", "treatment", "visit")
