"""The folder broker: whole messages, in order, each taken once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from warp.broker import FolderTransport


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
