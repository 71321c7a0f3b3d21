"""Files that go out with what derives from an anonymous report are made again, and are agreed to with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from advisories import children, files, publish
from advisories.models import Attachment, Review
from advisories.sharing import review
from members.models import AuditRow, Item, Origin
from members.refused import Refused
from tests.advisories.incidents import agreed, handed
from tests.advisories.sharing.test_places import written
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
PLAIN = "A share was locked."


@pytest.fixture(autouse=True)
def here(folder: Path) -> Path:
    return folder


def attach(world: World, item: Item, name: str, content: bytes, by: str = "cuth") -> Attachment:
    return children.attach(world.people[by], item, NOON, name, ContentFile(content, name=name))


def test_a_text_is_made_again_under_a_name_that_says_nothing(world: World) -> None:
    item = written(world, what_is_known=PLAIN)
    kept = attach(world, item, "solihull notes.txt", b"seen at six\r\n")
    assert kept.name == "file-1.txt"
    with files.read(kept.stored) as stored:
        assert b"seen at six" in stored.read()


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"%PDF-1.7\n..."), ("a.zip", b"PK\x03\x04....")])
def test_other_kinds_are_refused_with_words_and_of_a_named_report_kept(world: World, name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="anonymous report"):
        attach(world, written(world), name, content)
    assert not Attachment.rows.exists()
    assert attach(world, written(world, anonymous=False), name, content, "carol").name == name


def test_whoever_reported_reads_the_files_that_they_agree_to_under_their_pseudonym(world: World) -> None:
    item, bob = written(world, what_is_known=PLAIN), visitor(world.people["bob"], confirmed=True)
    kept = attach(world, item, "a.txt", b"seen at six")
    handed(world, item, by="cuth")
    path = reverse("advisories:attachment", args=[item.reference, kept.item.reference])
    assert path in bob.get(reverse("incidents:consent", args=[item.reference])).content.decode()
    assert b"seen at six" in bob.get(path).getvalue()
    assert AuditRow.objects.get(verb="download").actor == Origin.objects.get(item__derivatives__item=item).pseudonym
    for name in ("alice", "kate", "root", "dora"):
        assert visitor(world.people[name], confirmed=True).get(path).status_code == 404, name


def test_a_file_that_is_added_after_they_agreed_is_asked_about_again(world: World) -> None:
    item, carol = written(world, what_is_known=PLAIN), world.people["carol"]
    agreed(world, item, by="cuth", second=carol)
    attach(world, item, "more.txt", b"and more", "carol")
    with pytest.raises(Refused, match="Hand it on first"):
        publish.release(carol, item, NOON)
    handed(world, item, by="carol")
    with pytest.raises(Refused, match="has not agreed"):
        publish.release(carol, item, NOON)
    assert review.standing(item) is not None


def test_nor_is_a_file_released_that_was_added_by_a_way_on_which_nobody_is_asked_again(world: World) -> None:
    item, carol = written(world, what_is_known=PLAIN), world.people["carol"]
    agreed(world, item, by="cuth", second=carol)
    attach(world, item, "more.txt", b"and more", "carol")
    Review.objects.filter(item=item).update(lapsed_at=None)
    with pytest.raises(Refused, match="Hand it on first"):
        publish.release(carol, item, NOON)
    Attachment.rows.filter(item__parent=item).delete()
    publish.release(carol, item, NOON)
