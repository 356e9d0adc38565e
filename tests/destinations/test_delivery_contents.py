"""Only what the manifest names leaves, as it was sealed; no name leads out of its folder."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from delivery_case import parcel, whole

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.contents import contents
from analytics.schedule.destinations.models import FolderTo, MailServer, MailTo, S3To, SftpTo, WebhookTo
from analytics.schedule.destinations.parcel import Refused


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


def resealed(sent, entries):
    """The parcel with a manifest of these entries."""
    manifest = json.dumps({"files": entries}).encode()
    (sent.folder / "receipt.json").write_bytes(manifest)
    names = tuple(str(entry.get("name")) for entry in entries if isinstance(entry, dict))
    return dataclasses.replace(
        sent, manifest_sha256=hashlib.sha256(manifest).hexdigest(), files=(*names, "receipt.json")
    )


def test_the_manifest_comes_last(sent):
    assert contents(sent) == whole(sent)
    assert list(contents(sent))[-1] == "receipt.json"


def test_a_changed_file_does_not_leave(sent):
    (sent.folder / "findings.csv").write_bytes(b"changed")
    with pytest.raises(Refused, match=r"findings\.csv .* not as it was sealed"):
        contents(sent)


def test_another_manifest_does_not_leave(sent):
    (sent.folder / "receipt.json").write_bytes(b"{}")
    with pytest.raises(Refused, match="not the one that was sealed"):
        contents(sent)


@pytest.mark.parametrize("change", [lambda files: (*files, "stray.csv"), lambda files: files[1:]])
def test_a_file_beside_the_manifest_or_a_missing_one_is_refused(sent, change):
    with pytest.raises(Refused, match="are not those"):
        contents(dataclasses.replace(sent, files=change(sent.files)))


def test_a_link_is_not_followed_even_with_the_right_bytes(sent, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "forest-acne_iga.svg").write_bytes(
        (sent.folder / "figures/forest-acne_iga.svg").read_bytes()
    )
    (sent.folder / "figures" / "forest-acne_iga.svg").unlink()
    (sent.folder / "figures").rmdir()
    (sent.folder / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="by a link"):
        contents(sent)


@pytest.mark.parametrize(
    "name", ["../stray.csv", "/etc/passwd", "a/../../b", "a\\b", "a//b", "./a", "a\nb", "", "receipt.json", "a/\x00"]
)
def test_a_name_in_the_manifest_that_leads_out_is_refused(sent, name):
    (sent.folder.parent / "stray.csv").write_bytes(b"x")
    with pytest.raises(Refused, match="outside its folder"):
        contents(resealed(sent, [{"name": name, "sha256": hashlib.sha256(b"x").hexdigest()}]))


@pytest.mark.parametrize("entries", [[1], [{}], "text", None])
def test_a_manifest_that_lists_nothing_of_use_is_refused(sent, entries):
    manifest = json.dumps({"files": entries}).encode()
    (sent.folder / "receipt.json").write_bytes(manifest)
    with pytest.raises(Refused, match="does not list"):
        contents(dataclasses.replace(sent, manifest_sha256=hashlib.sha256(manifest).hexdigest()))


@pytest.mark.parametrize("name", ["..", "../up", "a/b", "A", ".hidden", "", "a\n", "a b", "x" * 999])
def test_a_folder_name_that_is_not_safe_is_refused_by_every_destination(sent, tmp_path, name):
    server = MailServer(**{"host": "localhost", "tls": "none", "from": "a@example.org"})
    settings = [
        FolderTo(path=Path("archive")),
        SftpTo(host="localhost", user="u", key=Path("k")),
        S3To(bucket="reports", endpoint="http://localhost:1"),
        MailTo(recipients=("a@example.org",)),
        WebhookTo(url_env="HOOK"),
    ]
    for place in destinations(settings, base=tmp_path, mail=server):
        with pytest.raises(Refused, match="name of the folder"):
            place.send(dataclasses.replace(sent, name=name), committing=lambda: None)
    assert not (tmp_path / "archive").exists()


def test_the_key_is_that_of_export_date_and_manifest(sent):
    same = dataclasses.replace(sent, due=sent.due.astimezone(dt.UTC), title="another")
    changed = [
        dataclasses.replace(sent, export="other"),
        dataclasses.replace(sent, due=sent.due + dt.timedelta(days=1)),
        dataclasses.replace(sent, manifest_sha256="0" * 64),
    ]
    assert same.key == sent.key
    assert len({sent.key, *(one.key for one in changed)}) == 4
