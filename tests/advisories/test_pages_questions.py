"""The pages of questions: asked, listed, answered, accepted, hidden; and following from any page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import children, questions
from advisories.models import Comment, Discussion, Follow
from members import clock, kinds
from members.delivery import plan
from members.models import AuditRow, Delivery, DigestLine, Item, Membership, Person
from tests import pages
from tests.members.world import World
from tests.pages import visitor


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def where(world: World, name: str, at: datetime) -> str:
    capacity, warp = questions.asks_at(world.people[name], at)[0]
    return f"{capacity.organisation.name}/{warp.slug}"  # type: ignore[union-attr]


def ask(world: World, at: datetime, title: str = "Who knows boilers?", **fields: Any) -> Item:
    client = visitor(world.people["alice"])
    said = {"title": title, "body": "Ours leak.", "where": where(world, "alice", at), "readers": "hub", **fields}
    answer = client.post("/questions/new/", said)
    assert answer.status_code == 302, answer.content.decode()
    return Discussion.rows.get(title=title).item


def page(world: World, name: str, path: str) -> str:
    answer = visitor(world.people[name]).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_asked_answered_and_accepted_the_answer_stands_first(world: World, noon: datetime) -> None:
    item = ask(world, noon)
    path = reverse("questions:detail", args=[item.reference])
    for name, body in (("bob", "Buy another"), ("mia", "Mend it")):
        fields = {"comment-body": body, "comment-readers": "readers"}
        assert visitor(world.people[name]).post(reverse("advisories:comment", args=[item.reference]), fields)
    answer = Comment.rows.get(body="Mend it").item
    accept = reverse("questions:accept", args=[item.reference, answer.reference])
    for name, offered in (("alice", True), ("bob", False)):
        assert (accept in page(world, name, path)) == offered
        assert visitor(world.people[name]).post(accept).status_code == (302 if offered else 404)
    shown = page(world, "bob", path)
    assert shown.index("Accepted answer") < shown.index("Mend it") < shown.index("Buy another")
    assert "Answered" in page(world, "bob", "/questions/?state=answered")
    assert "boilers" not in page(world, "bob", "/questions/?state=open")


def test_without_a_name_the_page_says_a_pseudonym_and_the_day(world: World, noon: datetime) -> None:
    item = ask(world, noon, anonymous="on")
    path = reverse("questions:detail", args=[item.reference])
    for name in ("bob", "carol", "mia"):
        shown = page(world, name, path)
        assert "A member of " in shown and "Alice" not in shown and "brum" not in shown.lower()
        assert "1 November 2026" in shown and "12:00" not in shown
    assert reverse("questions:hide", args=[item.reference]) in page(world, "alice", path)


def test_what_cannot_be_read_is_the_404_of_nothing_on_every_page(world: World, noon: datetime) -> None:
    hidden = ask(world, noon, readers="handlers").reference
    client = visitor(world.people["mia"])
    client.get("/questions/WM-77777/")  # their name in the audit is made at the first
    for name, method in (("detail", "get"), ("hide", "get"), ("hide", "post"), ("follow", "post")):
        seen = set()
        for ref in (hidden, "WM-22222"):
            with CaptureQueriesContext(connection) as queries:
                answer = getattr(client, method)(reverse(f"questions:{name}", args=[ref]))
            seen.add((answer.status_code, answer.content, len(queries)))
        assert len(seen) == 1 and next(iter(seen))[0] == 404, name
    assert "boilers" not in page(world, "mia", "/questions/")
    assert "boilers" in page(world, "alice", "/questions/")


def test_who_is_a_member_of_nothing_asks_nothing(world: World, noon: datetime) -> None:
    assert "<form method" not in page(world, "olive", "/questions/new/").split("<main")[1]
    assert visitor().get("/questions/new/").status_code == 302
    for missing in ("readers", "where", "title"):
        fields = {"title": "x", "where": where(world, "alice", noon), "readers": "hub", missing: ""}
        answer = visitor(world.people["alice"]).post("/questions/new/", fields)
        assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    assert not Discussion.rows.exists()


def test_anything_that_is_read_is_followed_and_muted_from_its_page(world: World) -> None:
    item = pages.advisory(world, {"id": "g", "label": "GREEN"}).item
    detail, follow = (reverse(name, args=[item.reference]) for name in ("advisories:detail", "questions:follow"))
    mia = visitor(world.people["mia"])
    rows = AuditRow.objects.count()
    for how, said in (("follows", "You follow this"), ("muted", "You muted this"), ("neither", "You are not told")):
        assert mia.post(follow, {"how": how})["Location"] == f"{detail}#talk"
        assert said in mia.get(detail).content.decode()
    assert not Follow.objects.exists() and AuditRow.objects.count() == rows
    assert follow not in visitor().get(detail).content.decode()
    assert mia.get(follow).status_code == 405


def test_no_page_asks_more_for_many_than_for_one(world: World, noon: datetime) -> None:
    item = ask(world, noon)
    clients = [visitor(world.people[name]) for name in ("mia", "carol")]
    paths = ["/questions/", "/questions/?q=boilers", "/questions/?state=open",
             reverse("questions:detail", args=[item.reference])]  # fmt: skip

    def grow(count: int) -> None:
        for n in range(count):
            ask(world, noon, f"More boilers {count}-{n}")
            children.comment(world.people["bob"], item, noon, f"Boilers {count}-{n}", anonymous=bool(n % 2))

    grow(2)
    few = [[asked(client, path) for path in paths] for client in clients for _ in range(2)]
    grow(8)
    assert [[asked(client, path) for path in paths] for client in clients] == few[1::2]


def test_the_accepted_answer_stands_there_after_a_hundred_others(world: World, noon: datetime) -> None:
    item = ask(world, noon)
    answer = children.comment(world.people["bob"], item, noon, "Mend it").item
    questions.accept(world.people["alice"], item, answer, noon)
    for number in range(101):
        children.comment(world.people["mia"], item, noon, f"Number {number}.")
    shown = page(world, "alice", reverse("questions:detail", args=[item.reference]))
    assert "The latest 100 are shown" in shown
    assert "Mend it" in shown and "Where it was said" not in shown
    children.remove(world.people["bob"], answer, noon, "Wrong")
    assert "Accepted answer" not in page(world, "carol", reverse("questions:detail", args=[item.reference]))


def test_what_is_for_the_handlers_alone_says_so_under_the_same_label_too(world: World, noon: datetime) -> None:
    item = ask(world, noon, readers="strict")
    path = reverse("questions:detail", args=[item.reference])
    for body, readers in (("For all of us", "readers"), ("Between us", "handlers")):
        fields = {"comment-body": body, "comment-readers": readers}
        visitor(world.people["alan"]).post(reverse("advisories:comment", args=[item.reference]), fields)
    shown = page(world, "brian", path)
    first, second = shown.index("For all of us"), shown.index("Between us")
    start = shown.index('<ol class="hub-children">')
    label, accept = "TLP:AMBER+STRICT", "Accept this answer"
    assert label not in shown[start:first] and accept in shown[first:second]
    assert label in shown[first:second] and accept not in shown[second:]
    assert "For all of us" in (read := page(world, "alice", path)) and "Between us" not in read


def test_a_question_to_a_sharing_group_is_offered_to_its_members_and_read_by_them_alone(
    world: World, noon: datetime
) -> None:
    form = visitor(world.people["alice"]).get(reverse("questions:new")).content.decode()
    assert "Members of the sharing group finance" in form
    other = visitor(world.people["bob"]).get(reverse("questions:new")).content.decode()
    assert "What belongs to it" in other and "finance" not in other, "solihull is none of it"
    item = ask(world, noon, readers="group/finance")
    assert item.marking == "AMBER+STRICT"
    for name, status in (("alice", 200), ("mia", 200), ("brian", 200), ("bob", 404), ("carol", 404)):
        assert visitor(world.people[name]).get(kinds.page(item)).status_code == status, name


def test_without_a_name_a_group_is_not_asked(world: World, noon: datetime) -> None:
    said = {"title": "x", "where": where(world, "alice", noon), "readers": "group/finance", "anonymous": "on"}
    answer = visitor(world.people["alice"]).post(reverse("questions:new"), said)
    assert "few could have asked" in answer.content.decode() and not Discussion.rows.exists()


def test_whoever_mentions_somebody_reads_the_same_whether_those_may_read_it_or_not(
    world: World, noon: datetime
) -> None:
    item = ask(world, noon)
    for name in ("mia", "wendy", "fay"):
        children.comment(world.people[name], item, noon, f"I am {name}")
    Membership.objects.filter(organisation=world.organisations["maidstone"]).update(until=noon)  # mia's
    Person.objects.filter(pk=world.people["fay"].pk).update(active_until=noon)
    said = set()
    for name in ("wendy", "mia", "fay"):
        fields = {"comment-body": f"Look, {name}", "comment-readers": "readers",
                  "comment-mention": world.people[name].email}  # fmt: skip
        path = reverse("advisories:comment", args=[item.reference])
        answer = visitor(world.people["alice"]).post(path, fields, follow=True)
        said.add(" ".join(str(one) for one in answer.context["messages"]))
    assert said == {"Your comment is there. Whom it mentions is told of it, if they can read it and have not muted it."}
    plan.plan(noon)
    replied = {"announcement__event": "replied"}
    rows = (Delivery.objects.filter(**replied), DigestLine.objects.filter(**replied))
    names = {name for some in rows for name in some.values_list("address__person__name", flat=True)}
    assert names == {"Alice", "Wendy"}


def test_a_filter_lists_no_question_that_whoever_asks_does_not_read(world: World, noon: datetime) -> None:
    ask(world, noon, "Among us", readers="warp")
    for query in ("state=open", "label=AMBER", "since=2026-01-01", "q=among", ""):
        path = f"{reverse('questions:list')}?{query}"
        assert ("Among us" in page(world, "alan", path), "Among us" in page(world, "mia", path)) == (True, False), query
