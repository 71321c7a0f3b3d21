"""`breakglass`: root asks, cuth approves; what is printed is the same whether there is such an item."""

from __future__ import annotations

import pytest

from members import clock
from members.policy import Answer, Viewer, may
from tests.advisories.commands import run
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def test_one_asks_and_another_approves(world: World) -> None:
    item = world.item({"id": "red", "label": "RED", "grants": [{"person": "alice"}]})
    said = []
    for reference in ("WM-NONE9", item.reference):
        asked = run("breakglass", "ask", reference, "--as", "root@example.org", "--reason", "It burns.")
        number = asked.out.split("number ")[1].split(".")[0]
        alone = run("breakglass", "approve", number, "--as", "root@example.org")
        assert alone.status == 1 and "second person" in alone.error
        approved = run("breakglass", "approve", number, "--as", "cuth@example.org")
        said.append((asked.out.replace(number, "N"), approved.out))
    assert said[0] == said[1]
    assert may(Viewer(world.people["root"].pk), item, NOON) == Answer.BODY


def test_wrong_use_says_what_to_do(world: World) -> None:
    nothing = run("breakglass", "approve", "99", "--as", "cuth@example.org")
    assert nothing.status == 2 and "Nobody asked for number 99" in nothing.error
    stranger = run("breakglass", "ask", "WM-NONE9", "--as", "alice@example.org", "--reason", "It burns.")
    assert stranger.status == 1 and "hold an office" in stranger.error
