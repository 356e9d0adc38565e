"""Values at the prompt: units, denominators and what was left out, nobody's id, and no style or script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import analytics as oc
from analytics.domain.display.digits import p_told, short, told
from analytics.domain.display.page import Grid, Page
from analytics.domain.patients import OWN_IDS, numbered

ROWS = [
    ("zoe.adams", "2026-01-05", "peel", "6", "0711 999"),
    ("zoe.adams", "2026-03-30", "", "4", ""),
    ("bob.brown", "2026-01-06", "roller", "5", "call later"),
    ("bob.brown", "2026-03-31", "", "16", ""),
    ("ann.clark", "2026-01-07", "roller", "7", ""),
    ("", "2026-01-08", "roller", "7", ""),
]
NAMES = ("zoe", "adams", "bob.", "brown", "ann.", "clark", "0711", "call later")
MAPPING = {
    "columns": {
        "patient_id": "Client",
        "session_date": "Date",
        "treatment": {"from": "Service", "values": {"chemical_peel": ["peel"], "dermal_roller": ["roller"]}},
        "texture_grade": "Texture",
    }
}
KINDS = ("data", "sifted", "plan", "cohort", "findings", "groups", "run", "power", "log", "fit")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """A file whose ids are people's names, read and sifted."""
    path = tmp_path_factory.mktemp("named") / "visits.csv"
    pd.DataFrame(ROWS, columns=["Client", "Date", "Service", "Texture", "Remark"]).to_csv(path, index=False)
    data = oc.read(path, mapping=MAPPING)
    return data, oc.validate(data)


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    data = oc.example(patients=60)
    sifted = oc.validate(data)
    cohort = oc.cohort(sifted)
    readings = oc.readings(cohort, outcome="texture_grade")
    return {
        "data": data, "sifted": sifted, "plan": oc.plan(sifted), "cohort": cohort,
        "findings": oc.compare(cohort, outcome="texture_grade"),
        "groups": oc.compare(cohort, outcome="texture_grade", by="sex"), "run": oc.analyse(sifted),
        "power": oc.power(cohort, outcome="texture_grade"), "log": oc.log(),
        "fit": oc.fit_mmrm("change ~ arm * week + baseline", readings, subject="patient", visit="week"),
    }  # fmt: skip


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_need_no_style_and_no_script(values: dict[str, Any], kind: str) -> None:
    page = Elements(values[kind]._repr_html_())
    assert not {"style", "script", "svg", "link", "iframe"} & set(page.names)
    assert not {"style", "onclick", "bgcolor", "color"} & set(page.attributes)
    assert "table" in page.names


@pytest.mark.parametrize("kind", KINDS)
def test_reprs_read_like_a_page_and_tell_no_address(values: dict[str, Any], kind: str) -> None:
    text = repr(values[kind])
    assert not re.search(r"0x[0-9a-f]{6}|\bdtype|\bNaN\b|array\(|object at", text)
    assert len(text.splitlines()) > 3


def test_no_real_id_of_the_example_is_shown(values: dict[str, Any]) -> None:
    own = {str(name) for name in values["sifted"].sessions["patient_id"]}
    for kind in KINDS:
        words = set(re.findall(r"[\w.-]+", re.sub(r"\d{4}-\d\d-\d\d", "", repr(values[kind]))))
        letters = {name for name in own if not name.isdigit()}
        assert not letters & words, kind


def test_names_of_people_are_neither_in_displays_nor_in_what_was_set_aside(named: tuple[Any, Any]) -> None:
    data, sifted = named
    cohort = oc.cohort(sifted)
    for value in (data, sifted, cohort):
        for shown in (repr(value), value._repr_html_()):
            assert not [name for name in NAMES if name in shown]
    assert "row 5 (patient 2)" in repr(sifted)
    assert "Texture: '16'" in repr(sifted)


def test_received_is_accepted_and_set_aside_with_the_rule(named: tuple[Any, Any]) -> None:
    text = repr(named[1])
    assert "6 lines received = 4 accepted + 2 set aside" in text
    assert "value outside what is possible" in text


def test_a_patient_has_one_number_everywhere(values: dict[str, Any], named: tuple[Any, Any]) -> None:
    assert list(named[1].patient_numbers) == [1, 2, 3]
    assert [key.rsplit("|", 1)[-1] for key in named[1].patient_numbers.index] == ["zoe.adams", "bob.brown", "ann.clark"]
    numbers, cohort = values["sifted"].patient_numbers, values["cohort"]
    assert list(numbers) == list(range(1, len(numbers) + 1))
    readings = oc.readings(cohort, outcome="texture_grade")
    own = cohort.table[(cohort.table["outcome"] == "texture_grade") & (cohort.table["visit"] == 12)]
    by_number = {f"patient {numbers[key]}": value for key, value in zip(own["patient"], own["value"])}
    late = readings[readings["week"] == 12]
    assert len(late)
    assert all(by_number[who] == value for who, value in zip(late["patient"], late["value"]))


@pytest.mark.parametrize("kind", ["data", "sifted", "cohort"])
def test_to_frame_gives_the_own_ids_and_says_so(values: dict[str, Any], kind: str) -> None:
    frame = values[kind].to_frame()
    assert OWN_IDS in frame.attrs["notes"]
    assert set(values["cohort"].members["patient_id"]) <= set(frame["patient_id"])
    assert "to_frame()" in repr(values[kind])


def test_to_frame_is_a_copy(values: dict[str, Any]) -> None:
    for kind in ("sifted", "cohort", "findings", "run"):
        frame = values[kind].to_frame()
        frame[frame.columns[-1]] = None
        assert values[kind].to_frame()[frame.columns[-1]].notna().any(), kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("plan", "fit")])
def test_values_stream_as_arrow(values: dict[str, Any], kind: str) -> None:
    table = pa.table(values[kind])
    assert table.num_rows == len(values[kind].to_frame())
    assert table.column_names == list(values[kind].to_frame().columns)


def test_units_and_denominators_are_told(values: dict[str, Any]) -> None:
    assert "difference (grade)" in repr(values["findings"])
    assert re.search(r"\d+ v \d+", repr(values["findings"]))
    assert "left out: no baseline" in repr(values["findings"])
    assert f"Patients with a reading, of {values['cohort'].members['patient'].nunique()}" in repr(values["cohort"])
    assert "cannot be tested: no comparison is estimated at two of them" in repr(values["groups"])
    by_clinic = oc.compare(values["cohort"], outcome="texture_grade", by="clinic_id")
    assert "Does the difference depend on the level?" in repr(by_clinic)
    assert "Does the difference depend on clinic?" in repr(oc.table(by_clinic))
    assert "lines received" in repr(values["run"])


def test_text_of_others_cannot_break_the_page() -> None:
    page = Page("<script>x</script>", ["a\x07b"], [Grid("<b>", ("&",), [["<img src=x>"]])])
    assert "<script>" not in page.html()
    assert "<img" not in page.html()
    assert "\x07" not in page.text() + page.html()


@pytest.mark.parametrize(
    ("made", "said"),
    [(told(-0.125, 2), "−0.13"), (told(1234.5, 0), "1,235"), (told(-0.0001, 2), "0.00"), (short(0.5), "0.5"),
     (short(1250.0), "1,250"), (told(float("nan"), 1), "–"), (p_told(0.0004), "p < 0.001"),
     (p_told(0.0301), "p = 0.030"), (p_told(0.2), "p = 0.20")],
)  # fmt: skip
def test_numbers_are_rounded_half_away_from_zero(made: str, said: str) -> None:
    assert made == said


def test_labels_stay_and_ids_become_numbers() -> None:
    assert numbered(["patient 3", "patient 9"]) == ["patient 3", "patient 9"]
    assert numbered(["zoe", "ann"]) == ["patient 1", "patient 2"]


@pytest.mark.parametrize("kind", KINDS)
def test_print_reads_as_the_prompt_shows_it(values: dict[str, Any], kind: str) -> None:
    assert str(values[kind]) == repr(values[kind])
