"""How a mail reads where it is shown as text: lines that fit, addresses whole, and what a header may be."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from typing import Any

import pytest

from members import kinds
from members.delivery.compose import WIDTH, wrapped
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.kinds import Content, KindOf, Section
from members.models import Cell, Item, Kind
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.delivery.test_send import plain
from tests.members.world import World

pytestmark = pytest.mark.django_db
LINK = "https://vendor.example.org/" + "very-long-path-" * 12
STEP = "Where you can't within the hour, switch the preview of attachments off and tell whoever reads them why it is so"


def test_a_line_is_folded_a_step_below_its_words_and_an_address_never() -> None:
    notice = "The vendor's notice, which is long and says it all over again:"
    lines = wrapped(f"- {STEP}\n{LINK}\n{notice} {LINK}\n\n-- \nShort\n").split("\n")
    assert lines[0] == "- Where you can't within the hour, switch the preview of attachments off and"
    assert lines[1:3] == ["  tell whoever reads them why it is so", LINK]
    assert lines[3:5] == [notice, LINK]
    assert lines[5:] == ["", "-- ", "Short", ""], "the line that parts the signature keeps its blank"


def test_what_a_source_wrote_without_a_break_goes_out_in_lines_that_fit(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(item: Item, version: int, cell: Cell) -> Content:
        return Content("Title", (Section("What to do", (STEP * 20, LINK * 12), steps=True),))

    ours: Any = KindOf(render, lambda item: f"/advisories/{item.reference}/", lambda item, version: "")
    monkeypatch.setattr(kinds, "_KINDS", {Kind.ADVISORY: ours})
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    plan(noon)
    assert sweep(noon).sent
    message = post.taken[0]
    assert all(len(line) <= WIDTH for line in plain(message).splitlines() if LINK not in line)
    assert f"- {LINK * 12}" in plain(message), "and is whole where it is shown"
    assert all(len(line) <= 998 for line in message.as_bytes().splitlines()), "RFC 5322, 2.1.1"
    assert '<meta name="color-scheme" content="light dark">' in str(message.get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_nothing_else_is_changed_by_folding() -> None:
    assert wrapped("a\n\n  b\n") == "a\n\n  b\n"


def test_a_long_paragraph_goes_out_as_it_is_written_and_is_not_coded(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (STEP + ". ") * 20

    def render(item: Item, version: int, cell: Cell) -> Content:
        return Content("Title", (Section("What is known", (said,)),))

    ours: Any = KindOf(render, lambda item: f"/advisories/{item.reference}/", lambda item, version: "")
    monkeypatch.setattr(kinds, "_KINDS", {Kind.ADVISORY: ours})
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    assert sweep(noon).sent
    page = post.taken[0].get_body(("html",))
    assert page is not None and page["Content-Transfer-Encoding"] in ("7bit", "8bit")
    assert said.strip() in unescape(" ".join(str(page.get_content()).split()))
