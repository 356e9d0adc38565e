"""S3 against moto's server: manifest last and once, lost answers, refusals, no setting from outside."""

from __future__ import annotations

import boto3
import pytest
from delivery_case import Ledger, other, parcel, whole
from delivery_servers import Between, Hook, between, hook_site
from moto.server import ThreadedMotoServer

from analytics.schedule.destinations import destinations
from analytics.schedule.destinations.models import S3To
from analytics.schedule.destinations.parcel import Refused, TryLater

SECRET = "wJalrPlantedSecret/7391+zzzz"


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def bucket(moto, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{moto}", region_name="us-east-1")
    client.create_bucket(Bucket="reports")
    yield client
    for item in client.list_objects_v2(Bucket="reports").get("Contents", []):
        client.delete_object(Bucket="reports", Key=item["Key"])
    client.delete_bucket(Bucket="reports")


@pytest.fixture
def sent(tmp_path):
    return parcel(tmp_path / "run")


def made(port: int, **options):
    told = {"bucket": "reports", "prefix": "derma/", "region": "us-east-1", "endpoint": f"http://127.0.0.1:{port}"}
    return destinations([S3To(**{**told, **options})], base=None, mail=None)[0]


def kept(client) -> dict[str, bytes]:
    keys = [item["Key"] for item in client.list_objects_v2(Bucket="reports").get("Contents", [])]
    return {key: client.get_object(Bucket="reports", Key=key)["Body"].read() for key in keys}


def test_it_arrives_whole_manifest_last_and_once(moto, bucket, sent):
    wire = Between(moto)
    with between(wire) as port:
        place, ledger = made(port), Ledger()
        place.send(sent, committing=ledger.committing)
        puts = [path for method, path in wire.seen if method == "PUT"]
        place.send(sent, committing=ledger.committing)
    assert place.label == "s3:reports"
    assert kept(bucket) == {f"derma/{sent.name}/{name}": content for name, content in whole(sent).items()}
    assert puts[-1].endswith("/receipt.json")
    assert (ledger.calls, made(moto).look(sent)) == (["committing"], "sent")
    assert len([path for method, path in wire.seen if method == "PUT"]) == len(puts)


def test_before_the_manifest_it_is_a_repeat(moto, bucket, sent):
    with pytest.raises(KeyboardInterrupt):
        made(moto).send(sent, committing=_interrupt)
    assert f"derma/{sent.name}/receipt.json" not in kept(bucket)
    assert made(moto).look(sent) == "repeat"
    made(moto).send(sent, committing=Ledger().committing)
    assert made(moto).look(sent) == "sent"


def _interrupt():
    raise KeyboardInterrupt


def test_a_manifest_whose_answer_was_lost_is_found(moto, bucket, sent):
    wire = Between(moto, lambda m, p: "after" if m == "PUT" and p.endswith("receipt.json") else "")
    with between(wire) as port:
        with pytest.raises(TryLater):
            made(port).send(sent, committing=Ledger().committing)
        assert made(port).look(sent) == "sent"
        again = Ledger()
        made(port).send(sent, committing=again.committing)
    assert again.calls == []


def test_a_manifest_that_comes_in_between_is_not_overwritten(moto, bucket, sent, tmp_path):
    """The condition, not only the look before: another one is put right before ours."""

    def meanwhile():
        bucket.put_object(Bucket="reports", Key=f"derma/{sent.name}/receipt.json", Body=b"another")

    with pytest.raises(Refused, match="is not this report"):
        made(moto).send(sent, committing=meanwhile)
    assert kept(bucket)[f"derma/{sent.name}/receipt.json"] == b"another"


def test_our_own_manifest_that_came_in_between_is_sent(moto, bucket, sent):
    def meanwhile():
        body = (sent.folder / "receipt.json").read_bytes()
        bucket.put_object(Bucket="reports", Key=f"derma/{sent.name}/receipt.json", Body=body)

    made(moto).send(sent, committing=meanwhile)
    assert made(moto).look(sent) == "sent"
    assert kept(bucket)[f"derma/{sent.name}/receipt.json"] == (sent.folder / "receipt.json").read_bytes()


def test_another_report_under_the_name_is_left_alone(moto, bucket, sent, tmp_path):
    made(moto).send(other(sent, tmp_path / "other"), committing=Ledger().committing)
    before = kept(bucket)
    with pytest.raises(Refused, match="is not this report"):
        made(moto).send(sent, committing=Ledger().committing)
    assert kept(bucket) == before


@pytest.mark.long
def test_a_cut_at_every_request_heals(moto, bucket, sent):
    """Each request lost before or after the server had it; then again without a fault."""
    for fault in ("before", "after"):
        for number in range(1, 8):
            for key in kept(bucket):
                bucket.delete_object(Bucket="reports", Key=key)
            left = [number]
            wire = Between(moto, lambda m, p, left=left, fault=fault: fault if _counted(left) else "")
            with between(wire) as port:
                try:
                    made(port).send(sent, committing=Ledger().committing)
                except TryLater:
                    made(moto).send(sent, committing=Ledger().committing)
            assert kept(bucket) == {f"derma/{sent.name}/{name}": content for name, content in whole(sent).items()}


def _counted(left: list[int]) -> bool:
    left[0] -= 1
    return left[0] == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, TryLater), (503, TryLater), (429, TryLater), (403, Refused), (400, Refused), (501, Refused)],
)
def test_what_the_server_says_decides(bucket, sent, status, error):
    with (
        hook_site(Hook([(status, {})] * 9)) as port,
        pytest.raises(error, match=str(status) if status != 501 else "condition"),
    ):
        made(port).send(sent, committing=Ledger().committing)


def test_a_bucket_that_is_not_there_needs_a_person(moto, bucket, sent):
    with pytest.raises(Refused, match="NoSuchBucket"):
        made(moto, bucket="other-bucket").send(sent, committing=Ledger().committing)


def test_nobody_there_is_tried_later(bucket, sent):
    with pytest.raises(TryLater):
        made(1).send(sent, committing=Ledger().committing)


def test_an_answer_that_is_none_of_s3(bucket, sent):
    with hook_site(Hook()) as port, pytest.raises((TryLater, Refused)):
        made(port).send(sent, committing=Ledger().committing)


def test_keys_that_are_not_set_need_a_person(moto, bucket, sent, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Refused, match="secret_key_env"):
        made(moto).send(sent, committing=Ledger().committing)


def test_what_lies_around_for_other_programs_is_not_used(moto, bucket, sent, tmp_path, monkeypatch):
    """Neither a profile, nor files of the user, nor an endpoint from the environment."""
    (tmp_path / "config").write_text("[profile x]\nendpoint_url = http://127.0.0.1:1\n[default]\nregion = nowhere\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    made(moto).send(sent, committing=Ledger().committing)
    assert made(moto).look(sent) == "sent"


def test_an_endpoint_of_the_environment_does_not_take_the_reports(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example.org")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://elsewhere.example.org")
    client = made(1, endpoint=None, region="eu-south-1")._client()
    assert client.meta.endpoint_url == "https://s3.eu-south-1.amazonaws.com"


def test_the_client_does_not_repeat_of_its_own(bucket, sent):
    """Pauses are those of the budget."""
    hook = Hook([(500, {})] * 9)
    with hook_site(hook) as port, pytest.raises(TryLater):
        made(port).send(sent, committing=Ledger().committing)
    assert len(hook.requests) == 1


def test_plain_http_to_a_name_that_leads_away_from_this_machine(bucket, sent, monkeypatch):
    import socket

    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 80))]
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lambda *a, **k: answer)
        with pytest.raises(Refused, match="without encryption"):
            made(1, endpoint="http://localhost:1").send(sent, committing=Ledger().committing)
