"""The eligibility policy applied to sessions: what was known on the day, and nothing said later."""

from __future__ import annotations

from analytics.intake.eligibility import COLUMNS, assess
from schemas.eligibility import POLICY_VERSION
from schemas.results import result_schema
from tests.unit.intake.build import sifted


def found(*args, **tables) -> set[tuple[str, int, str, str]]:
    rows = assess(sifted(*args, **tables))
    return set(zip(rows["patient_id"], rows["row"], rows["condition"], rows["level"]))


def test_the_last_consultation_up_to_the_session_speaks():
    assert found(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 5
        ann     | 2024-03-01 | peel      | 5
        ann     | 2024-04-01 |           | 5
        bob     | 2024-01-01 | roller    | 5
        """,
        consultations="""
        patient | consultation_date | contraindications
        ann     | 2023-12-01        | active_infection
        ann     | 2024-01-01        | keloid_history;anticoagulant
        bob     | 2024-01-02        | active_infection
        """,
    ) == {
        ("ann", 2, "keloid_history", "warn"), ("ann", 2, "anticoagulant", "note"),
        ("ann", 3, "keloid_history", "warn"), ("ann", 3, "anticoagulant", "note"),
    }  # fmt: skip


def test_depth_agent_sun_and_skin_are_looked_at():
    assert found(
        """
        patient | date       | treatment | peel_agent     | peel_percent | sun_exposure_14d | fitzpatrick | stop_days
        ann     | 2024-01-01 | peel      | glycolic_acid  | 70           | sunburn          |             |
        bob     | 2024-01-01 | peel      | salicylic_acid | 20           |                  | 2           | 2
        cat     | 2024-01-01 | mda       |                |              | yes              |             | 3
        """,
        consultations="""
        patient | consultation_date | contraindications
        ann     | 2023-12-01        | isotretinoin_6m
        bob     | 2023-12-01        | pregnancy
        """,
        patients="""
        patient | fitzpatrick
        ann     | 5
        """,
    ) == {
        ("ann", 2, "isotretinoin_6m", "block"), ("ann", 2, "sun_exposure_14d", "block"),
        ("ann", 2, "fitzpatrick_4_6", "warn"), ("bob", 3, "pregnancy", "block"),
        ("bob", 3, "product_stop_days", "warn"), ("cat", 4, "sun_exposure_14d", "warn"),
    }  # fmt: skip


def test_skin_type_is_the_last_written_before():
    assert found("""
        patient | date       | treatment | fitzpatrick
        ann     | 2024-01-01 | peel      | 2
        ann     | 2024-02-01 | peel      | 4
        ann     | 2024-03-01 | peel      |
    """) == {("ann", 3, "fitzpatrick_4_6", "warn"), ("ann", 4, "fitzpatrick_4_6", "warn")}


def test_the_table_is_what_is_delivered():
    rows = assess(
        sifted("""
        patient | date       | treatment | fitzpatrick
        ann     | 2024-01-01 | peel      | 5
        bob     | 2024-01-01 | mda       | 5
    """)
    )
    assert tuple(rows.columns) == COLUMNS
    assert set(rows["policy"]) == {POLICY_VERSION}
    result_schema("eligibility").validate(rows[list(COLUMNS[:7])])


def test_nothing_given_nothing_said():
    rows = assess(
        sifted("""
        patient | date       | treatment | texture
        ann     | 2024-01-01 |           | 5
    """)
    )
    assert rows.empty
    assert tuple(rows.columns) == COLUMNS


def test_files_with_visit_numbers():
    assert found(
        """
        patient | visit | treatment | texture
        ann     | 0     | peel      | 5
        """,
        consultations="""
        patient | consultation_date | contraindications
        ann     | 2023-12-01        | keloid_history
        """,
    ) == {("ann", 2, "keloid_history", "warn")}
