"""Rules that a mapping changed are told in the data-quality section of every report, and only there where they are."""

from __future__ import annotations

from reading import runs_of, text_of
from run_by_hand import run

from analytics.domain.block import Number, Text
from analytics.show.sections import section
from schemas.changes import RuleChanges
from schemas.standard import STANDARD

CHANGES = RuleChanges(off=("short_interval",), ranges=(("texture_grade", 0.0, 4.0),), required=("rater_id",))


def test_every_change_is_told_with_its_figures_from_the_vocabulary() -> None:
    blocks = section(run(vocabulary=STANDARD.with_rules("north", CHANGES)), "quality")
    told = text_of(blocks)
    assert (
        "Rules changed by the mapping: the rule short_interval is switched off (north); "
        "texture_grade must be from 0 to 4 (else from 0 to 9) (north); rater_id must not be empty (north)."
    ) in told
    figures = [r for r in runs_of(blocks) if isinstance(r, Number) and r.ref == "vocabulary.rules"]
    assert [f.text for f in figures][:3] == ["0", "4", "0"]
    assert not [r for r in runs_of(blocks) if isinstance(r, Text) and any(map(str.isdigit, r.text))]


def test_nothing_is_said_where_nothing_was_changed() -> None:
    assert "Rules changed" not in text_of(section(run(), "quality"))
