"""The folder broker: whole messages, in order, each taken once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import redis

from warp.broker import FolderTransport, RedisChannel, RedisTransport


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    folders = dict.fromkeys(("data_folder_in", "data_folder_out"), str(tmp_path))
    options = {**folders, "control_folder": str(tmp_path / "control")}
    with Connection("filesystem://localhost/", transport=FolderTransport, transport_options=options) as connection:
        yield connection.default_channel


def test_messages_come_out_once_and_in_order(channel: Any, tmp_path: Path) -> None:
    for number in range(20):
        channel._put("work", {"number": number})
    channel._put("other", {"number": 99})
    assert [channel._get("work")["number"] for _ in range(20)] == list(range(20))
    with pytest.raises(Empty):
        channel._get("work")
    assert [path.name.split(".")[1] for path in tmp_path.iterdir() if path.is_file()] == ["other"]


def test_a_message_half_written_is_not_there_yet(channel: Any, tmp_path: Path) -> None:
    (tmp_path / "00000000000000000001_x.work.msg.draft").write_text('{"numb')
    with pytest.raises(Empty):
        channel._get("work")


def test_a_message_that_another_worker_took_is_passed_over(
    channel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel._put("work", {"number": 1})
    channel._put("work", {"number": 2})
    first, rename = sorted(tmp_path.glob("*.msg"))[0], Path.rename

    def race(path: Path, target: Path) -> Path:
        if path == first and path.exists():
            path.unlink()
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", race)
    assert channel._get("work") == {"number": 2}


# No JSON, no message, and one that lacks what a message has.
UNREADABLE = [b"\x80\x04", b"[1, 2", b"null", b"{}", b'{"properties": {}}', b"[" * 200_000]


@pytest.mark.parametrize("payload", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_message_that_can_not_be_read_is_dropped_and_the_next_one_comes(
    channel: Any, tmp_path: Path, payload: bytes
) -> None:
    taken: list[Any] = []
    channel.basic_consume("work", True, taken.append, "tag")
    (tmp_path / "0_x.work.msg").write_bytes(payload)
    with pytest.raises(Empty):
        channel.drain_events()
    whole = channel.prepare_message("wake up", properties={"delivery_tag": "1", "delivery_info": {}})
    channel._put("work", whole)
    channel.drain_events()
    assert [message.body for message in taken] == [b"wake up"]
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("error", [ValueError, TypeError, KeyError, RecursionError])
def test_from_redis_as_well(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def poisoned(self: Any, **options: Any) -> bool:
        raise error("what kombu says of such bytes")

    monkeypatch.setattr(redis.Channel, "_brpop_read", poisoned)
    with pytest.raises(Empty):
        RedisChannel._brpop_read(RedisChannel.__new__(RedisChannel))
    assert RedisTransport.Channel is RedisChannel


def test_a_redis_that_is_gone_is_no_unreadable_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Any, **options: Any) -> bool:
        raise ConnectionError("gone")

    monkeypatch.setattr(redis.Channel, "_brpop_read", gone)
    with pytest.raises(ConnectionError):
        RedisChannel._brpop_read(RedisChannel.__new__(RedisChannel))
