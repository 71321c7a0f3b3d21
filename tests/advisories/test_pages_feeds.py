"""The addresses by which a feed reader gets somebody's advisories, and how the feed is asked for again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import feedparser
import pytest
from django.urls import reverse

from members import clock, credentials
from members.models import Credential, Tier
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
PATH, PAGE = "/feeds/advisories.atom", "/account/feeds/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def make(world: World, who: str, name: str = "My reader") -> tuple[Any, str]:
    """The page that shows the new address, and the path of that address."""
    answer = visitor(world.people[who], confirmed=True).post(PAGE, {"name": name})
    found = re.search(r"https?://[^/]+(/feeds/advisories\.atom\?token=\w+)", answer.content.decode())
    return answer, found[1] if found else ""


def titles(path: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(visitor().get(path).content).entries]


def test_an_address_is_made_shown_once_read_by_a_reader_and_ended(world: World) -> None:
    pages.advisory(world, {"id": "g", "label": "GREEN"}, title="Boilers")
    answer, path = make(world, "alice")
    assert titles(path) == ["[TLP:GREEN] Boilers"] and titles(PATH) == []
    assert answer["Cache-Control"] == "no-store, private"
    shown = visitor(world.people["alice"], confirmed=True).get(PAGE).content.decode()
    assert "My reader" in shown and path.split("token=")[1] not in shown
    (end,) = re.findall(r'action="(/account/feeds/[^"]+/end/)"', shown)
    assert visitor(world.people["bob"]).post(end).status_code == 404 and titles(path)
    assert visitor(world.people["alice"]).post(end).status_code == 302
    assert (
        titles(path) == []
        and "My reader" not in visitor(world.people["alice"], confirmed=True).get(PAGE).content.decode()
    )


def test_whoever_has_not_just_confirmed_and_whoever_is_not_signed_in_makes_none(world: World) -> None:
    for client in (visitor(), visitor(world.people["alice"])):
        assert client.get(PAGE).status_code == client.post(PAGE, {"name": "x"}).status_code == 302
    assert not Credential.objects.exists()
    assert "Fill in" in visitor(world.people["alice"], confirmed=True).post(PAGE, {"name": ""}).content.decode()
    for _ in range(credentials.MOST):
        assert make(world, "alice")[1]
    assert "End one that nobody uses" in make(world, "alice")[0].content.decode()


def test_asked_again_it_answers_that_nothing_has_changed(world: World) -> None:
    pages.advisory(world, {"id": "c", "label": "CLEAR"}, title="Boilers")
    first = visitor().get(PATH)
    again = visitor().get(PATH, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"] and again["Cache-Control"] == first["Cache-Control"] == "no-store, private"
    assert again["Referrer-Policy"] == first["Referrer-Policy"] == "no-referrer" and "Last-Modified" not in first
    pages.advisory(world, {"id": "d", "label": "CLEAR"}, title="Pumps")
    changed = visitor().get(PATH, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_it_is_narrowed_as_the_list_is(world: World) -> None:
    for name, tier, category in (("A", Tier.URGENT, "phishing"), ("B", Tier.ADVISORY, "phishing"), ("C", 3, "outage")):
        pages.advisory(world, {"id": name, "label": "CLEAR"}, title=name, tier=tier, category=category)
    assert sorted(titles(PATH)) == ["[TLP:CLEAR] A", "[TLP:CLEAR] B", "[TLP:CLEAR] C"]
    assert sorted(titles(f"{PATH}?tier=3")) == ["[TLP:CLEAR] A", "[TLP:CLEAR] C"]
    assert titles(f"{PATH}?tier=3&category=phishing") == ["[TLP:CLEAR] A"]
    assert len(titles(f"{PATH}?tier=nonsense&label=RED")) == 3


def test_the_list_says_where_the_feed_is(world: World) -> None:
    page = visitor().get(reverse("advisories:list")).content.decode()
    assert f'<link rel="alternate" type="application/atom+xml" title="Advisories" href="{PATH}">' in page
    assert PAGE in visitor(world.people["alice"]).get(reverse("advisories:list")).content.decode()


def test_it_is_atom_as_the_standard_has_it(world: World) -> None:
    """RFC 4287, section 4: what must be there, once; ids and times that are such."""
    import xml.etree.ElementTree as ET

    for n, label in enumerate(("CLEAR", "CLEAR")):
        pages.advisory(world, {"id": f"x{n}", "label": label}, title=f"<b>&amp; Boilers \x0b {n}")
    root = ET.fromstring(visitor().get(PATH).content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert root.tag == f"{atom}feed"
    for one in (root, *root.iter(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{atom}{name}")) == 1, name
        datetime.fromisoformat(one.findtext(f"{atom}updated", ""))
        assert one.findtext(f"{atom}id", "").startswith("http")
    entries = list(root.iter(f"{atom}entry"))
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries) == 2
    assert all(entry.find(f"{atom}author/{atom}name") is not None for entry in entries)
    assert [one.get("rel") for one in root.findall(f"{atom}link")] == ["alternate", "self"]
    summary = entries[0].find(f"{atom}summary")
    assert summary is not None and summary.get("type") == "html"
