"""The mail that somebody must look: once per date, problem and recipient, and again only when it did not go out."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery_servers import Post, post_office
from export_rooms import HEAD, WEEKLY, Room

TEXT = HEAD.format(budget=0) + "mail: {host: 127.0.0.1, port: PORT, tls: none, from: r@example.org}\n" + WEEKLY
ANALYSTS = "    on_problem: {mail: [a@example.org, b@example.org]}\n    gates: {max_age_days: 10}\n"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def room(tmp_path: Path, post: Post) -> Iterator[Room]:
    with post_office(post) as port:
        room = Room(tmp_path, TEXT.replace("PORT", str(port)) + ANALYSTS)
        room.call("2026-03-05T12:00")
        room.maker.measures = {"last": "2026-01-01"}
        yield room


def read(post: Post) -> list[tuple[str, str, str]]:
    found = []
    for envelope in post.mails:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        found.append((envelope.rcpt_tos[0], message["subject"], message.get_content()))
    return found


def test_each_analyst_is_told_once_what_and_what_to_do(room: Room, post: Post) -> None:
    for _ in range(3):
        assert room.call("2026-03-09T05:10").exit_code == 16
    told = read(post)
    assert [to for to, _, _ in told] == ["a@example.org", "b@example.org"]
    assert told[0][1] == "weekly 2026-03-09: somebody must look"
    assert "67 days before the date" in told[0][2]
    assert "outcomes exports release weekly 2026-03-09" in told[0][2]


def test_another_problem_of_the_date_is_told_too(room: Room, post: Post) -> None:
    room.call("2026-03-09T05:10")
    slot = room.slots()[0]
    from dataclasses import replace

    from analytics.schedule.slots import Leg

    room.place().ledger.write(replace(slot.with_leg("folder:archive", Leg("perhaps")), status="open"))
    room.call("2026-03-09T05:20")
    assert len(post.mails) == 4
    assert "resolve" in read(post)[2][2]


def test_a_mail_that_fails_stops_nothing_and_is_tried_again(room: Room, post: Post) -> None:
    post.answers["rcpt"] = "451 later"
    assert room.call("2026-03-09T05:10").exit_code == 16
    assert post.mails == []
    del post.answers["rcpt"]
    room.call("2026-03-09T05:20")
    assert len(post.mails) == 2


def test_a_clock_that_must_be_looked_at_is_told_once(room: Room, post: Post) -> None:
    for day in (1, 2, 3):
        assert room.call(f"2026-06-0{day}T05:10").exit_code == 16
    assert len(post.mails) == 2
    assert "is the clock right?" in read(post)[0][2]
    room.maker.measures = {"last": "2026-06-01"}
    room.call("2026-03-08T05:10")
    assert room.call("2026-09-01T05:10").exit_code == 16
    assert len(post.mails) == 4, "it counted in between, so this is another time"


def test_what_is_kept_is_not_told(room: Room, post: Post) -> None:
    room.maker.measures = {"last": "2026-03-08"}
    (room.folder / "archive").write_text("a file")
    assert room.call("2026-03-09T05:10").exit_code == 14
    assert post.mails == []
