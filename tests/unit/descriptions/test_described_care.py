"""Safety, consultation, data quality and eligibility counts, checked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from described_cohorts import ARMS, MDA, PEEL, day, events_of, hand_cohort, sessions_of, sifted_of

from analytics.descriptions import consultation, quality, reactions, safety
from analytics.domain.dataset import QUARANTINE_COLUMNS, SourceFile
from analytics.domain.plan import Plan
from schemas.standard import STANDARD

LATER = 40


def safety_of(events: list, sessions: list | None = None, **changes: object) -> pd.DataFrame:
    sifted = sifted_of(adverse_events=events_of(events), **changes)
    if sessions is not None:
        sifted = sifted_of(adverse_events=events_of(events), sessions=sessions_of(sessions), **changes)
    return safety.safety(hand_cohort(sifted=sifted)).set_index(["treatment", "group", "event", "class"])


def test_no_table_of_events_is_not_no_events() -> None:
    frame = safety.safety(hand_cohort())
    assert tuple(frame.columns) == safety.COLUMNS
    assert frame.empty


def test_zero_prints_its_upper_limit() -> None:
    sessions = [(f"p{k:02}", 1, MDA, "") for k in range(16)]
    found = safety_of([], sessions).loc[(MDA, "all", "any", "adverse")]
    assert found[["sessions", "patients", "sessions_with", "patients_with", "serious"]].tolist() == [16, 16, 0, 0, 0]
    # Clopper-Pearson upper limit of 0 of 16: 1 - 0.025 ** (1 / 16)
    assert (found["patient_low"], found["patient_high"]) == (0, pytest.approx(100 * (1 - 0.025 ** (1 / 16))))


def test_sessions_and_patients_are_counted_apart() -> None:
    events = [
        ("a", 1, "erythema", 1, 3, 1, False),
        ("a", 15, "erythema", 15, 17, 1, False),
        ("b", 1, "erythema", 1, 2, 1, False),
    ]
    found = safety_of(events).loc[(MDA, "all", "erythema", "expected")]
    assert found[["sessions", "patients", "sessions_with", "patients_with"]].tolist() == [3, 2, 3, 2]
    assert (found["per_session_percent"], found["patient_percent"]) == (100, 100)
    peel = safety_of(events).loc[(PEEL, "all", "erythema", "expected")]
    assert peel[["sessions", "sessions_with"]].tolist() == [1, 0]
    assert peel["patient_high"] == pytest.approx(97.5)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (("a", 1, "erythema", 1, 8, 1, False), "expected"),
        (("a", 1, "erythema", 1, 9, 1, False), "adverse"),
        (("a", 1, "erythema", 9, 9, 1, False), "adverse"),
        (("a", 1, "erythema", 1, None, 1, False), "adverse"),
        (("a", 1, "erythema", 1, 3, 3, False), "adverse"),
        (("a", 1, "erythema", 1, 3, 1, True), "adverse"),
        (("a", 1, "hyperpigmentation", 1, 3, 1, False), "adverse"),
        (("a", 1, "pinpoint_bleeding", 1, 2, 1, False), "adverse"),
    ],
    ids=[
        "gone on day 7",
        "lasting",
        "late",
        "still there",
        "severe",
        "serious",
        "never expected",
        "of another treatment",
    ],
)
def test_reactions_that_belong_to_the_treatment_are_told_from_adverse_events(event: tuple, kind: str) -> None:
    closed = ("b", 1, "dryness", 1, 2, 1, False)  # somebody whose end is written down: blanks then mean still there
    frame = safety_of([event, closed]).xs((MDA, "all", event[2]), level=[0, 1, 2])
    assert list(frame.index) == [kind]
    assert frame["sessions_with"].tolist() == [1]


def test_a_clinic_that_never_writes_ends_down_is_believed() -> None:
    found = safety_of([("a", 1, "erythema", 1, None, 1, False)])
    assert found.loc[(MDA, "all", "erythema", "expected"), "sessions_with"] == 1


def test_an_event_without_its_session_follows_the_last_one() -> None:
    found = safety_of([("a", None, "crusting", 16, 30, 2, True)])
    assert found.loc[(MDA, "all", "crusting", "adverse"), ["sessions_with", "serious"]].tolist() == [1, 1]
    days = reactions.treated_days(hand_cohort())
    lost = sifted_of(adverse_events=events_of([("a", None, "crusting", 16, 30, 2, True)]))
    assert reactions.classified(hand_cohort(sifted=lost), days)["day"].tolist() == [day(15)]


def test_an_event_of_nobody_is_counted_apart() -> None:
    found = safety_of([("zed", 1, "crusting", 1, 3, 1, False)])
    row = found.loc[("unattributed", "all", "crusting", "adverse")]
    assert (row["sessions"], row["sessions_with"]) == (0, 1)
    assert pd.isna(row["per_session_percent"])
    assert (found.loc[[MDA, PEEL], "sessions_with"] == 0).all()


def test_two_sides_of_one_treatment_are_one_session_and_two_treatments_two() -> None:
    sessions = [("s", 1, MDA, "left"), ("s", 1, MDA, "right"), ("t", 1, MDA, "left"), ("t", 1, PEEL, "right")]
    found = safety_of([("t", 1, "herpes", 3, 20, 1, False)], sessions)
    assert found.loc[(MDA, "all", "herpes", "adverse"), ["sessions", "sessions_with"]].tolist() == [2, 1]
    assert found.loc[(PEEL, "all", "herpes", "adverse"), ["sessions", "sessions_with"]].tolist() == [1, 1]


def test_on_two_sides_a_reaction_goes_to_the_treatment_it_belongs_to() -> None:
    sessions = [("t", 1, MDA, "left"), ("t", 1, "dermal_roller", "right")]
    found = safety_of([("t", 1, "pinpoint_bleeding", 1, 2, 1, False)], sessions)
    assert found.loc[("dermal_roller", "all", "any", "expected"), "sessions_with"] == 1
    assert found.loc[(MDA, "all", "any", "any"), "sessions_with"] == 0


def test_skin_type_groups_have_their_own_denominators() -> None:
    patients = pd.DataFrame({"patient": ["a", "b", "d"], "fitzpatrick": [2.0, 6.0, 5.0]})
    found = safety_of([("b", 1, "hyperpigmentation", 9, 40, 1, False)], patients=patients)
    dark = found.loc[(MDA, "fitzpatrick=4-6", "hyperpigmentation", "adverse")]
    light = found.loc[(MDA, "fitzpatrick=1-3", "hyperpigmentation", "adverse")]
    assert (dark["patients"], dark["patients_with"], light["patients"], light["patients_with"]) == (1, 1, 1, 0)
    assert light["sessions"] == 2
    assert (PEEL, "fitzpatrick=1-3", "any", "any") not in found.index


def test_what_was_seen_after_the_cutoff_is_not_counted() -> None:
    plan = Plan(arms=ARMS, primary=("texture_grade",), data={"cutoff": "2024-01-10"})
    sifted = sifted_of(adverse_events=events_of([("a", 15, "crusting", 16, 30, 2, True)]))
    frame = safety.safety(hand_cohort(sifted=sifted, plan=plan)).set_index(["treatment", "group", "event", "class"])
    assert frame.loc[(MDA, "all", "any", "any"), ["sessions", "sessions_with"]].tolist() == [2, 0]
    assert not [key for key in frame.index if key[0] == "unattributed"], "not unattributed: it is not in this report"


def test_consultation_counts_recommended_against_given() -> None:
    frame = consultation.consultation(hand_cohort())
    assert tuple(frame.columns) == consultation.COLUMNS
    cells = {(t, r, c): (n, total) for t, r, c, n, total in frame.itertuples(index=False)}
    assert cells["recommended", PEEL, MDA] == (1, 3)
    assert cells["recommended", PEEL, PEEL] == (2, 3)
    assert cells["recommended", MDA, PEEL] == (1, 2), "the split-face patient counts under both treatments"
    assert cells["recommended", "unknown", MDA] == (1, 1)
    assert cells["concordance", MDA, "as_recommended"] == (2, 4)
    assert cells["concordance", MDA, "otherwise"] == (1, 4)
    assert cells["concordance", MDA, "unknown"] == (1, 4)
    assert cells["instructions_given", MDA, "no"] == (1, 4)
    assert cells["instructions_followed", MDA, "no"] == (1, 3), "of those who were given any"
    assert cells["instructions_followed", PEEL, "yes"] == (2, 2)


def test_consultation_is_empty_where_nothing_is_recorded() -> None:
    cohort = hand_cohort()
    names = ["recommended_treatment", "instructions_given", "instructions_followed"]
    bare = type(cohort)(**{**vars(cohort), "members": cohort.members.drop(columns=names)})
    assert consultation.consultation(bare).empty


def quarantine_of(rows: list[tuple[str, str, int, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["table", "file", "row", "column", "rule", "severity"])
    return frame.assign(value="", must="", fix="")[list(QUARANTINE_COLUMNS)]


def test_quality_counts_rows_not_cells() -> None:
    faults = quarantine_of(
        [
            ("sessions", "b.csv", 3, "Texture", "range", "error"),
            ("sessions", "b.csv", 3, "Spots", "range", "error"),
            ("sessions", "b.csv", 4, "Spots", "range", "error"),
            ("sessions", "b.csv", 4, "Spots", "soft_range", "warning"),
            ("adverse_events", "a.csv", 2, "Grade", "range", "error"),
        ]
    )
    found = quality.quality(sifted_of(quarantine=faults))
    assert found.values.tolist() == [
        ["sessions", "b.csv", "range", "error", 2],
        ["sessions", "b.csv", "soft_range", "warning", 1],
        ["adverse_events", "a.csv", "range", "error", 1],
    ]
    assert quality.quality(sifted_of()).empty


def test_files_received_is_accepted_and_set_aside() -> None:
    sessions = sessions_of([("a", 1, MDA, ""), ("a", 2, MDA, "")])
    doubled = pd.concat([sessions, sessions.assign(_record=1)])
    sifted = sifted_of(
        sessions=doubled,
        patients=pd.DataFrame({"patient": ["a"], "_file": ["sessions.csv"], "_row": [2], "_record": [0]}),
        files=(SourceFile("sessions.csv", "0" * 64, 5, ("sessions", "patients")), SourceFile("empty.csv", "1" * 64, 2)),
    )
    assert quality.files(sifted).values.tolist() == [["sessions.csv", 5, 3, 2], ["empty.csv", 2, 0, 2]]


def test_repairs_are_sorted() -> None:
    found = quality.repairs(sifted_of(repairs={("space", "side"): 2, ("case", "treatment"): 5}))
    assert found.values.tolist() == [["case", "treatment", 5], ["space", "side", 2]]


def test_eligibility_counts_sessions_and_patients_gravest_first() -> None:
    assessed = pd.DataFrame(
        {
            "file": "s.csv", "row": [2, 3, 3, 4, 9], "patient_id": ["a", "a", "a", "b", "c"],
            "treatment": [PEEL, PEEL, PEEL, PEEL, MDA],
            "condition": ["herpes_history", "herpes_history", "pregnancy", "herpes_history", "herpes_history"],
            "level": ["note", "note", "block", "note", "note"], "policy": "p",
            "patient": ["a", "a", "a", "b", "c"], "session_date": [day(1), day(15), day(15), day(1), None],
        }
    )  # fmt: skip
    found = quality.eligibility_counts(assessed)
    assert found.values.tolist() == [
        [PEEL, "pregnancy", "block", 1, 1],
        [PEEL, "herpes_history", "note", 3, 2],
        [MDA, "herpes_history", "note", 1, 1],
    ]
    assert tuple(quality.eligibility_counts(None).columns) == quality.ELIGIBILITY_COLUMNS


def test_every_expected_reaction_of_a_treatment_is_known_to_the_vocabulary() -> None:
    codes = set(STANDARD.codes["event"].codes)
    assert all(set(t.expected_reactions) <= codes for t in STANDARD.treatments.values())
