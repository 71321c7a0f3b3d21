"""Beneath an advisory, on its page: who said what, who may say something, and what a sent form can and can't do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import children
from advisories.models import Attachment, Comment
from advisories.views import talk
from members import clock
from members.models import Delivery, Item
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.usefixtures("folder")
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"warp": "wm"}]}
BRUM = {"id": "brum", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}
HIDDEN: dict[str, Any] = {
    "another house's": BRUM,
    "red": RED,
    "withdrawn": {**AMBER, "withdrawn_at": "2026-10-20T00:00Z"},
    "draft": {"id": "d", "label": None},
    "embargoed": {"id": "e", "label": None, "embargo": {"state": "active", "ends_at": "2026-12-01T12:00Z",
                  "handlers": ["carol"], "named": {"bob": "unanswered"}}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def comment(client: Client, ref: str, body: str = "Seen here too", readers: str = "readers", **more: Any) -> Any:
    fields = {"comment-body": body, "comment-readers": readers, **more}
    return client.post(reverse("advisories:comment", args=[ref]), fields)


def attach(client: Client, ref: str, readers: str = "readers") -> Any:
    fields = {"attachment-readers": readers, "attachment-file": SimpleUploadedFile("log.txt", readers.encode())}
    return client.post(reverse("advisories:attach", args=[ref]), fields)


def shown(ref: str, person: Any = None, *, confirmed: bool = False) -> str:
    answer = visitor(person, confirmed=confirmed).get(reverse("advisories:detail", args=[ref]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_is_said_stands_beneath_with_name_house_and_time_oldest_first(world: World, noon: datetime) -> None:
    item = pages.advisory(world, AMBER).item
    said = children.comment(world.people["bob"], item, noon - timedelta(hours=2), "We had it\non Friday.")
    answer = comment(visitor(world.people["alice"]), item.reference, "<b>So</b> had we")
    reply = Comment.rows.exclude(pk=said.pk).get()
    assert answer["Location"] == f"/advisories/{item.reference}/#{reply.item.reference}"
    page = shown(item.reference, world.people["wendy"])
    assert page.index("We had it<br>on Friday.") < page.index("&lt;b&gt;So&lt;/b&gt; had we")
    for word in ("Bob</bdi>", "solihull", "Alice</bdi>", "brum", "1 November 2026, 10:00", "1 November 2026, 12:00"):
        assert word in page, word
    assert not Delivery.objects.exists()  # nobody is told by mail


def test_a_label_of_its_own_stands_before_the_text_and_the_parents_is_not_repeated(
    world: World, noon: datetime
) -> None:
    item = pages.advisory(world, AMBER).item
    for name in ("alice", "bob"):
        children.attach(world.people[name], item, noon, f"{name}.txt", ContentFile(b"x"))
    ref = item.reference
    comment(visitor(world.people["bob"]), ref, "Like the rest")
    assert shown(ref, world.people["carol"]).count("TLP:AMBER") == 3  # on the page, and in print above and below
    comment(visitor(world.people["bob"]), ref, "For Carol", readers="handlers")
    page = shown(ref, world.people["carol"])
    assert page.index("TLP:AMBER+STRICT") < page.index("For Carol")
    assert "For Carol" not in shown(ref, world.people["alice"])


def test_on_clear_a_comment_is_for_members_and_its_file_for_whom_it_is_said_to_be(world: World) -> None:
    ref = pages.advisory(world, {"id": "c", "label": "CLEAR"}).item.reference
    alice = visitor(world.people["alice"])
    comment(alice, ref, "Among us")
    attach(alice, ref, readers="members")
    page = shown(ref, world.people["mia"])
    assert "Among us" in page and "log.txt" in page and page.count("TLP:GREEN</strong>") == 2
    for stranger in (None, world.people["olive"]):
        page = shown(ref, stranger)
        assert "Among us" not in page and "log.txt" not in page and "comment-body" not in page
    attach(alice, ref)
    assert "log.txt" in shown(ref)


@pytest.mark.parametrize("case", HIDDEN.values(), ids=HIDDEN)
def test_writing_beneath_what_one_cannot_read_is_the_404_of_nothing_to_the_byte(
    world: World, case: dict[str, Any]
) -> None:
    hidden = pages.advisory(world, case).item.reference
    for name in ("mia", "bob" if case is not HIDDEN["withdrawn"] else "kate", "nobody"):
        client = visitor(world.people.get(name))
        comment(client, "WM-77777")  # their name in the audit is made at the first
        seen = set()
        for ref in (hidden, "WM-22222", "nonsense"):
            for sends in (comment, attach):
                with CaptureQueriesContext(connection) as asked:
                    answer = sends(client, ref)
                seen.add((answer.status_code, answer.content, len(asked)))
        assert len(seen) == 1 and next(iter(seen))[0] == 404, name
    assert not Item.rows.exclude(parent=None).exists()


def test_nobody_writes_signed_out_not_even_beneath_what_is_clear(world: World) -> None:
    ref = pages.advisory(world, {"id": "c", "label": "CLEAR"}).item.reference
    assert comment(visitor(), ref).status_code == attach(visitor(), ref).status_code == 404
    for name in ("olive", "lee", "root"):
        answer = comment(visitor(world.people[name]), ref)
        assert answer.status_code == 200 and "only people of active members" in answer.content.decode()
    assert not Comment.rows.exists()


def test_what_is_left_out_goes_to_nobody_and_what_is_added_widens_nothing(world: World, noon: datetime) -> None:
    item = pages.advisory(world, BRUM).item
    client = visitor(world.people["alice"])
    for missing in ({"comment-body": "No readers"}, {"comment-body": "x", "comment-readers": ""},
                    {"comment-body": "x", "comment-readers": "everyone"},
                    {"comment-body": "x", "comment-readers": "members"}):  # fmt: skip
        answer = client.post(reverse("advisories:comment", args=[item.reference]), missing)
        assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    assert not Comment.rows.exists()
    mia, kent = world.people["mia"], world.warps["kent"]
    extra = {
        "label": "CLEAR", "comment-label": "CLEAR", "targets": f"warp,{kent.pk}", "comment-targets": str(kent.pk),
        "warp": str(kent.pk), "author": str(mia.pk), "comment-author": str(mia.pk), "parent": "1", "kind": "2",
        "comment-capacity": "maidstone", "realm": "1", "at": "2020-01-01", "anonymous": "1", "item": "1", "pk": "1",
        "reference": "WM-22222", "submitted_at": "", "marking": "CLEAR",
    }  # fmt: skip
    comment(client, item.reference, **extra)
    made = Comment.rows.get().item
    assert (made.author, made.parent, made.kind, made.realm) == (world.people["alice"], item, 5, 0)
    assert made.affiliation and made.affiliation.organisation.name == "brum"
    assert not made.standings.exists() and made.created_at == noon and made.reference != "WM-22222"
    assert "Seen here too" not in shown(
        pages.advisory(world, {"id": "c", "label": "CLEAR"}).item.reference, world.people["mia"]
    )


def test_a_child_under_another_advisorys_address_is_nothing_to_remove(world: World, noon: datetime) -> None:
    mine, other = (pages.advisory(world, case).item for case in (AMBER, {"id": "g", "label": "GREEN"}))
    alice, said = world.people["alice"], {}
    for item in (mine, other):
        said[item] = children.comment(alice, item, noon, "Mine").item
    client = visitor(alice)
    for parent, child in ((mine, said[other]), (other, said[mine]), (mine, mine), (said[mine], said[mine])):
        path = reverse("advisories:remove", args=[parent.reference, child.reference])
        assert client.get(path).status_code == client.post(path, {"reason": "x"}).status_code == 404
    assert not Comment.rows.exclude(removed_because="").exists()


def test_who_wrote_it_and_its_handlers_are_offered_to_remove_it_and_say_why(world: World, noon: datetime) -> None:
    item = pages.advisory(world, AMBER).item
    said = children.comment(world.people["alice"], item, noon - timedelta(hours=1), "Names somebody").item
    path = reverse("advisories:remove", args=[item.reference, said.reference])
    for name, offered in (("alice", True), ("carol", True), ("bob", False), ("alan", False)):
        person = world.people[name]
        assert (path in shown(item.reference, person)) == offered, name
        assert visitor(person).get(path).status_code == (200 if offered else 404), name
        assert visitor(person).post(path, {"reason": ""}).status_code == (200 if offered else 404), name
    assert visitor(world.people["carol"]).post(path, {"reason": "It names somebody"}).status_code == 302
    for name, meets in (("alice", True), ("carol", True), ("bob", False), ("alan", False)):
        page = shown(item.reference, world.people[name])
        assert ("Names somebody" in page) == ("It names somebody" in page) == ("Removed" in page) == meets, name
        assert path not in page


def test_what_was_typed_is_kept_where_it_has_to_be_said_again(world: World) -> None:
    ref = pages.advisory(world, AMBER, title="Patch the boilers").item.reference
    client = visitor(world.people["alice"])
    long = "x" * 10_001
    page = comment(client, ref, long, readers="handlers").content.decode()
    assert "Patch the boilers" in page and long in page and "There is a problem" in page
    assert page.count("checked") == 2  # here, and in the box for a file
    page = client.post(reverse("advisories:attach", args=[ref]), {"attachment-readers": "handlers"}).content.decode()
    assert "Choose a file." in page


def test_red_asks_who_it_is_before_it_takes_anything_and_loses_no_word(world: World) -> None:
    ref = pages.advisory(world, RED, title="For Alice").item.reference
    alice = world.people["alice"]
    asked = comment(visitor(alice), ref, "What I typed")
    page = asked.content.decode()
    assert asked.status_code == 200 and "Confirm that it is you" in page and "What I typed" in page
    assert "For Alice" not in page and not Comment.rows.exists()
    asked = attach(visitor(alice), ref)
    assert asked.status_code == 302
    assert asked["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fadvisories%2F{ref}%2F"
    assert not Attachment.rows.exists()
    sure = visitor(alice, confirmed=True)
    assert comment(sure, ref, "What I typed").status_code == attach(sure, ref).status_code == 302
    assert "What I typed" in shown(ref, world.people["carol"], confirmed=True)
    said = Comment.rows.get().item.reference
    path = reverse("advisories:remove", args=[ref, said])
    assert visitor(alice).get(path).status_code == 302 and visitor(alice).post(path).status_code == 302


def test_who_has_several_houses_says_for_which(world: World, noon: datetime) -> None:
    ref = pages.advisory(world, {"id": "g", "label": "GREEN"}).item.reference
    pat = world.people["pat"]
    assert "comment-capacity" not in shown(ref, pat)  # one house, and an office that has ended
    carol = world.people["carol"]
    carol.affiliations.create(organisation=world.organisations["solihull"])
    page = shown(ref, carol)
    assert "Coordinator of wm" in page and '<option value="solihull">Solihull</option>' in page
    comment(visitor(carol), ref, "As a member", **{"comment-capacity": "solihull"})
    made = Comment.rows.get().item
    assert made.affiliation and made.affiliation.organisation.name == "solihull" and made.office is None


def test_a_hundred_are_shown_and_no_page_asks_more_for_many_than_for_one(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = pages.advisory(world, AMBER).item
    clients = [visitor(world.people[name], confirmed=True) for name in ("alice", "carol")]

    def grow(count: int) -> None:
        for n in range(count):
            name = ["alice", "bob", "carol"][n % 3]
            narrow: dict[str, Any] = {"label": "AMBER+STRICT"} if n % 2 else {}
            at = noon - timedelta(minutes=2 * (n + count))
            children.comment(world.people[name], item, at, f"Comment {count}-{n}", **narrow)
            children.attach(world.people[name], item, at, f"{count}-{n}.txt", ContentFile(b"x"), **narrow)

    def asked() -> list[int]:
        found = []
        for client in clients:
            client.get(f"/advisories/{item.reference}/")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/advisories/{item.reference}/").status_code == 200
            found.append(len(queries))
        return found

    grow(2)
    few = asked()
    grow(20)
    assert asked() == few
    monkeypatch.setattr(talk, "SHOWN", 10)
    page = shown(item.reference, world.people["carol"])
    assert page.count("Comment 2-") == 2 and page.count("Comment 20-") == 8 and page.count("latest 100") == 2


def test_children_stand_in_no_list_and_no_search(world: World, noon: datetime) -> None:
    item = pages.advisory(world, AMBER, title="Boilers").item
    children.comment(world.people["alice"], item, noon, "Zebrafish")
    children.attach(world.people["alice"], item, noon, "zebrafish.txt", ContentFile(b"zebrafish"))
    for name in ("alice", "carol"):
        client = visitor(world.people[name], confirmed=True)
        refs = Item.rows.filter(parent=item).values_list("reference", flat=True)
        for path in ("/", "/advisories/", "/advisories/?q=zebrafish", "/advisories/?q=" + refs[0], "/desk/"):
            page = client.get(path).content.decode().replace(f'value="{refs[0]}"', "").replace('value="zebrafish"', "")
            assert "zebrafish" not in page.lower() and not any(ref in page for ref in refs), path
        for ref in refs:
            assert client.get(reverse("advisories:detail", args=[ref])).status_code == 404
