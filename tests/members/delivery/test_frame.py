"""What is filled in for each is the mail that Django would have written for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from members.delivery.channels.smtp import Smtp
from members.delivery.claimed import Claimed, What
from members.delivery.compose import LEAVE, PLACE, Written
from members.delivery.frame import Frame, Frames, frame
from members.models import Cell

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LINKS = f"https://hub.example.org/a/{PLACE}/ or {LEAVE}"
BRIEF = Written("[TLP:GREEN] Patch", f"Patch.\n{LINKS}\n", f"<p>Patch.</p>\n<p>{LINKS}</p>\n")
FOREIGN = Written("Ärger · 問題", f"Größe — 大\n{LINKS}\n", f"<p>Größe — 大</p>\n<p>{LINKS}</p>")
LONG = Written("Patch", f"{LINKS}\n", f"<p>{'word ' * 300}{LINKS}</p>")  # no server takes such a line: it is coded
NEARLY = Written("Patch", f"{LINKS}\n", f"<p>{'word ' * 150}{LINKS}</p>")


def message(to: str = "alice@example.org", leave: str = "", token: str = "a-token_of-hers", **more: Any) -> Claimed:
    what = What("released", 2, Cell.BODY)
    key = f"code/{to}/0"
    return Claimed(1, "mail", to, what, NOON, NOON, key=key, token=token, leave=leave, **more)


def read(raw: bytes) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Its headers, but for what is another each time, and its parts."""
    mail = message_from_bytes(raw, policy=policy.default)
    told = {name: str(value) for name, value in mail.items() if name not in ("Date", "Content-Type")}
    return told, [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]


def by_django(written: Written, claimed: Claimed) -> bytes:
    message: Any = Smtp()._message(claimed, written).message()
    return bytes(message.as_bytes(linesep="\r\n"))


@pytest.mark.parametrize("leave", ["", "/stop/of-hers/"])
@pytest.mark.parametrize("written", [BRIEF, FOREIGN], ids=["ascii", "not ascii"])
def test_what_is_filled_in_reads_as_what_django_writes(written: Written, leave: str) -> None:
    frames = Frames()
    for claimed in (message(leave=leave), message("o'hara+warp@sub.example.org", leave=leave, token="another")):
        found = frames.of(written, leaves=bool(leave))
        assert found is not None
        raw = found.filled(claimed)
        assert read(raw) == read(by_django(written, claimed))
        date = parsedate_to_datetime(message_from_bytes(raw)["Date"]).replace(tzinfo=UTC)
        assert abs(date - datetime.now(UTC)) < timedelta(minutes=5), "when it is sent"
        assert b"\n" not in raw.replace(b"\r\n", b"")


def test_what_can_not_be_filled_in_is_written_for_each() -> None:
    assert isinstance(frame(BRIEF, leaves=True), Frame)
    assert frame(LONG, leaves=True) is None
    assert frame(NEARLY, leaves=True) is None, "with its links a line might be longer than a server takes"


@pytest.mark.parametrize(
    "more", [{"certificate": b"a key"}, {"to": "alice@exämple.org"}, {"to": '"a.b"@example.org'}],
    ids=["encrypted", "not ascii", "quoted"],
)  # fmt: skip
def test_whose_mail_is_another_is_written_for_them(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    smtp = Smtp()
    monkeypatch.setattr(smtp._composer, "written", lambda what: BRIEF)
    assert smtp._written(message())[1] is not None
    assert smtp._written(message(**more))[1] is None
