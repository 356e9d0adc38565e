"""Two mappings that define one id differently, read and sifted in turns: nothing of one is seen in the other."""

from __future__ import annotations

from clinic_files import ClinicFiles, column, faults

from analytics.intake.sift import sift
from schemas.standard import STANDARD

NORTH = """
columns: {patient_id: Id, visit: V, treatment: {from: T, values: {cream: [A]}}, glow: G}
treatments: {cream: {label: Northern cream}}
outcomes: {glow: {label: Glow, domain: texture, kind: ordinal, range: [1, 5], direction: higher}}
covariates: {stage: {from: S, kind: ordinal}}
"""
SOUTH = """
columns: {patient_id: Id, visit: V, treatment: {from: T, values: {cream: [B]}}, glow: {from: G, scale: [0, 1]}}
treatments: {cream: {label: Southern cream}}
outcomes: {glow: {label: Shine, domain: reported, kind: percent, direction: lower}}
covariates: {stage: {from: S, kind: continuous}}
"""
TEXT = "Id,V,T,G,S\n1,0,A,2,3\n2,0,B,0.5,4\n3,0,cream,1,5\n"


def test_two_definitions_of_one_id_do_not_mix(clinic: ClinicFiles) -> None:
    before = (tuple(STANDARD.treatments), tuple(STANDARD.outcomes), tuple(STANDARD.columns))
    north = clinic.read(TEXT, NORTH)
    south = clinic.read(TEXT, SOUTH)
    south_sifted, north_sifted = sift(south), sift(north)
    again = sift(south)

    assert north.vocabulary.outcomes["glow"].label == "Glow"
    assert north_sifted.vocabulary.treatments["cream"].label == "Northern cream"
    assert south_sifted.vocabulary.outcomes["glow"].direction == "lower"

    assert column(north_sifted.sessions, "patient", "treatment", "glow", "stage") == [
        ("1", "cream", 2, "3"),
        ("3", "cream", 1, "5"),
    ]
    assert faults(north_sifted) == [(3, "T", "treatment"), (3, "G", "range")]
    assert column(south_sifted.sessions, "patient", "treatment", "glow", "stage") == [
        ("2", "cream", 50, 4),
        ("3", "cream", 100, 5),
    ]
    assert faults(south_sifted) == [(2, "T", "treatment"), (2, "G", "range")]

    assert again.sessions.equals(south_sifted.sessions)
    assert (tuple(STANDARD.treatments), tuple(STANDARD.outcomes), tuple(STANDARD.columns)) == before
    assert "glow" not in STANDARD.outcomes
    assert north.fingerprint != south.fingerprint
