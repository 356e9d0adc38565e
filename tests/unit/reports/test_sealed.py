"""A sealed run opens as what it was, in the same bytes every time, and says what is missing or changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import report_by_hand

from analytics.domain.errors import DataRefused
from analytics.domain.run import Run, tidy
from analytics.reports.sealed import open_sealed, seal
from analytics.reports.vocabulary_file import dump_vocabulary, load_vocabulary
from schemas.standard import STANDARD
from schemas.vocabulary import Vocabulary


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def entries(vocabulary: Vocabulary) -> list:
    return [list(getattr(vocabulary, name).values()) for name in ("treatments", "outcomes", "columns", "codes")]


def test_it_opens_as_it_was(tmp_path: Path, run: Run) -> None:
    back = open_sealed(written(tmp_path / "run", seal(run)))
    assert back.plan == run.plan
    assert back.facts == run.facts
    assert back.mapping_text == run.mapping_text
    assert entries(back.vocabulary) == entries(run.vocabulary)
    assert list(back.vocabulary.outcomes["grade"].levels) == [1.0, 5.0]
    for name, frame in run.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], tidy(frame))
    pd.testing.assert_frame_equal(back.listings["quarantine"], tidy(run.listings["quarantine"]))
    assert seal(back) == seal(run)


def test_the_folder_of_the_report_is_understood_too(tmp_path: Path, run: Run) -> None:
    written(tmp_path / "report" / "run", seal(run))
    assert open_sealed(tmp_path / "report").run_id == run.run_id


def test_the_standard_vocabulary_survives() -> None:
    assert entries(load_vocabulary(dump_vocabulary(STANDARD))) == entries(STANDARD)


def test_same_run_same_bytes_and_no_noise(run: Run) -> None:
    again = report_by_hand.run()
    again = Run(
        dict(reversed(again.tables.items())),
        again.plan,
        again.vocabulary,
        again.facts,
        again.mapping_text,
        again.listings,
    )
    assert seal(again) == seal(run)
    meta = pq.ParquetFile(__import__("io").BytesIO(seal(run)["results.parquet"])).metadata
    assert meta.metadata is None, "notes of pandas or Arrow hang on versions that tell nothing"
    assert meta.num_row_groups == 1


def test_the_hash_of_the_plan_file_is_the_hash_of_the_plan(run: Run) -> None:
    assert hashlib.sha256(seal(run)["plan.json"]).hexdigest() == run.plan.sha256 == run.facts["plan_sha256"]


def test_the_readable_plan_is_the_same_plan(tmp_path: Path, run: Run) -> None:
    from analytics.domain.documents import load_document
    from analytics.domain.plan import Plan

    path = tmp_path / "plan.yml"
    path.write_bytes(seal(run)["plan.yml"])
    assert load_document(path, Plan, what="the plan").sha256 == run.plan.sha256


def test_no_number_has_more_than_six_digits(run: Run) -> None:
    for name, content in seal(run).items():
        if name.endswith(".parquet"):
            frame = pq.read_table(__import__("io").BytesIO(content)).to_pandas()
            for column in frame.select_dtypes("float64"):
                assert all(float(f"{v:.6g}") == v for v in frame[column].dropna() if abs(v) != float("inf"))


def test_a_run_without_mapping_has_no_mapping_file(tmp_path: Path, run: Run) -> None:
    bare = Run(run.tables, run.plan, run.vocabulary, run.facts)
    assert "mapping.yml" not in seal(bare)
    assert open_sealed(written(tmp_path / "run", seal(bare))).mapping_text == ""


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(DataRefused, match="not a sealed run") as found:
            open_sealed(folder)
        assert found.value.exit_code == 11


@pytest.mark.parametrize(
    "name", ["results.parquet", "plan.json", "plan.yml", "mapping.yml", "vocabulary.json", "facts.json"]
)
def test_a_missing_file_is_named(tmp_path: Path, run: Run, name: str) -> None:
    folder = written(tmp_path / "run", seal(run))
    (folder / name).unlink()
    with pytest.raises(DataRefused, match=name):
        open_sealed(folder)


@pytest.mark.parametrize("name", ["results.parquet", "plan.json", "mapping.yml", "list-quarantine.parquet"])
def test_a_changed_byte_is_found(tmp_path: Path, run: Run, name: str) -> None:
    files = seal(run)
    middle = len(files[name]) // 2
    files[name] = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]
    with pytest.raises(DataRefused, match=f"{name} is not as sealed"):
        open_sealed(written(tmp_path / "run", files))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"sealed": []}'])
def test_damaged_facts(tmp_path: Path, run: Run, content: bytes) -> None:
    with pytest.raises(DataRefused):
        open_sealed(written(tmp_path / "run", {**seal(run), "facts.json": content}))


def test_a_run_of_another_version_is_refused_in_words(tmp_path: Path, run: Run) -> None:
    files = seal(run)
    files["vocabulary.json"] = b'{"treatments": [{"colour": "red"}]}'
    facts = json.loads(files["facts.json"])
    facts["sealed"]["vocabulary.json"] = hashlib.sha256(files["vocabulary.json"]).hexdigest()
    files["facts.json"] = json.dumps(facts).encode()
    with pytest.raises(DataRefused, match="another version"):
        open_sealed(written(tmp_path / "run", files))
