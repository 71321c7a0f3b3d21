"""What is added to a report: indicators as they are pasted, and files that are looked at before they are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from advisories import evidence, files, reporting
from advisories.models import Attachment, Indicator
from advisories.reporting import Told
from members.models import AuditRow, Item, Office, Origin, Person
from members.place import misplaced
from members.policy import Answer, may
from members.refused import Refused
from tests.advisories.reported import WORDS, begun, filed
from tests.advisories.safefiles.files import CANARY, EICAR, PE, gradient, png_text, saved, zipped
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "by name"])
LIST = """seen on the proxy:
hxxps://evil[.]example[.]net/a
203.0.113.9 and again 203.0.113.9

nothing here
"""


def reading(world: World, item: Item) -> set[str]:
    assert misplaced([item]) == []
    return {name for name, viewer in world.viewers().items() if may(viewer, item, NOON) == Answer.BODY}


def kept() -> list[Path]:
    storage: Any = default_storage
    here = Path(storage.location)
    return list(here.iterdir()) if here.exists() else []


# Indicators


@BOTH
def test_what_is_pasted_is_kept_once_each_and_what_was_not_understood_is_named_by_its_line(
    world: World, anonymous: bool
) -> None:
    item, bob = begun(world, anonymous=anonymous), world.people["bob"]
    came = evidence.paste(bob, item, NOON, LIST)
    assert (came.understood, came.fresh) == (2, 2)
    assert came.missed == {1: "seen on the proxy:", 5: "nothing here"}
    again = evidence.paste(bob, item, NOON, "203.0.113.9\nfalse.exe\n203[.]0[.]113[.]9")
    assert (again.understood, again.fresh, again.missed) == (2, 1, {})
    values = [(one.kind, one.value, one.position) for one in Indicator.objects.filter(item=item)]
    assert values == [("url", "https://evil.example.net/a", 0), ("ipv4", "203.0.113.9", 1), ("file", "false.exe", 2)]


def test_what_is_filed_takes_more_of_them_and_gives_none_back(world: World) -> None:
    item, bob = filed(world), world.people["bob"]
    assert evidence.paste(bob, item, NOON, "203.0.113.9").fresh == 1
    with pytest.raises(Refused, match="stays as it is"):
        evidence.take_out(bob, item, NOON, [("ipv4", "203.0.113.9")])
    assert Indicator.objects.filter(item=item).count() == 1


def test_those_ticked_are_taken_out_of_what_is_not_filed(world: World) -> None:
    item, other, bob = begun(world), begun(world, anonymous=False), world.people["bob"]
    for one in (item, other):
        evidence.paste(bob, one, NOON, LIST)
    assert evidence.take_out(bob, item, NOON, [("ipv4", "203.0.113.9"), ("ipv4", "192.0.2.1")]) == 1
    assert Indicator.objects.filter(item=item).count() == 1 and Indicator.objects.filter(item=other).count() == 2


TOUCHES: dict[str, Callable[[Person, Item], object]] = {
    "indicator": lambda who, item: evidence.paste(who, item, NOON, "203.0.113.9"),
    "file": lambda who, item: evidence.attach(who, item, NOON, "a.txt", SimpleUploadedFile("a.txt", b"seen at six")),
    "told": lambda who, item: reporting.tell(who, item, NOON, {"ico": Told(NOON)}),
    "severity": lambda who, item: reporting.save(who, item, NOON, severity=4),
    "kind": lambda who, item: reporting.save(who, item, NOON, rsit="malicious-code"),
    "label": lambda who, item: reporting.save(who, item, NOON, label="RED"),
    "audience": lambda who, item: reporting.save(who, item, NOON, audience=[("warp", item.warp_id)]),
    "embargo": lambda who, item: reporting.save(who, item, NOON, embargo_until=NOON),
    "nation": lambda who, item: reporting.save(who, item, NOON, nation="wales"),
}


@pytest.mark.usefixtures("folder")
@BOTH
@pytest.mark.parametrize("touch", TOUCHES)
def test_whoever_begins_another_is_not_given_one_that_holds_anything(world: World, anonymous: bool, touch: str) -> None:
    first = begun(world, anonymous=anonymous)
    assert begun(world, anonymous=anonymous) == first
    TOUCHES[touch](world.people["bob"], first)
    assert begun(world, anonymous=anonymous) != first


@pytest.mark.usefixtures("folder")
@BOTH
def test_nobody_else_adds_a_file_not_who_keeps_it_either_and_it_is_not_looked_at(world: World, anonymous: bool) -> None:
    item = filed(world, anonymous=anonymous)
    for stranger in ("carol", "cuth", "dora", "root"):
        with pytest.raises(Refused, match="no such report of yours"):
            evidence.attach(world.people[stranger], item, NOON, "a.zip", SimpleUploadedFile("a.zip", PE))
    assert not Attachment.rows.exists() and kept() == []


@pytest.mark.usefixtures("folder")
def test_a_file_of_one_by_name_is_told_as_the_report_is_whatever_office_its_author_holds(world: World) -> None:
    bob, item = world.people["bob"], filed(world, anonymous=False)
    Office.objects.create(person=bob, warp=world.warps["wm"], role=Office.Role.COORDINATOR, since=NOON)
    file = evidence.attach(bob, item, NOON, "a.txt", SimpleUploadedFile("a.txt", b"seen at six"))
    assert (file.item.affiliation, file.item.office) == (item.affiliation, None)


@pytest.mark.usefixtures("folder")
def test_a_sealed_file_is_read_under_the_same_name_as_its_report_whenever_it_was_added(world: World) -> None:
    item, bob = begun(world, **WORDS), world.people["bob"]
    evidence.attach(bob, item, NOON, "a.txt", SimpleUploadedFile("a.txt", b"seen at six"))
    reporting.file(bob, item, NOON)
    evidence.attach(bob, item, NOON, "b.txt", SimpleUploadedFile("b.txt", b"seen at seven"))
    label = Origin.objects.get(item=item).label
    assert label and {one.label for one in Origin.objects.filter(item__parent=item)} == {label}


def test_nobody_else_adds_any(world: World) -> None:
    item = filed(world)
    for stranger in ("carol", "cuth", "dora", "root"):
        with pytest.raises(Refused, match="no such report of yours"):
            evidence.paste(world.people[stranger], item, NOON, LIST)
        with pytest.raises(Refused, match="no such report of yours"):
            evidence.take_out(world.people[stranger], item, NOON, [])


def test_a_list_of_a_hundred_thousand_lines_is_refused_in_words_and_nothing_of_it_is_kept(world: World) -> None:
    item, bob = begun(world), world.people["bob"]
    text = "\n".join(f"host{number}.example.net" for number in range(100_000))
    with pytest.raises(Refused, match=r"Paste it in parts|Add them as a file"):
        evidence.paste(bob, item, NOON, text)
    assert not Indicator.objects.exists()


def test_one_longer_than_an_index_takes_is_not_understood(world: World) -> None:
    item, line = begun(world), "https://example.net/" + "é" * 1500  # 3020 bytes
    came = evidence.paste(world.people["bob"], item, NOON, f"203.0.113.9\n{line}")
    assert came.fresh == 1 and came.missed == {2: line}


# Files


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(world: World, item: Item, name: str = "notes.txt", content: bytes = b"seen at six\n") -> Attachment:
    return evidence.attach(world.people["bob"], item, NOON, name, upload(name, content))


@pytest.mark.usefixtures("folder")
@BOTH
def test_a_file_is_read_by_whoever_reads_the_report_then_and_now(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, title="T", body="B")
    file = add(world, item).item
    assert reading(world, Item.rows.get(pk=file.pk)) == {"bob"}
    reporting.file(world.people["bob"], item, NOON)
    keeper = "cuth" if anonymous else "carol"
    assert reading(world, Item.rows.get(pk=file.pk)) == reading(world, Item.rows.get(pk=item.pk)) == {"bob", keeper}


@pytest.mark.usefixtures("folder")
def test_one_of_an_anonymous_report_is_made_again_under_a_name_that_says_nothing(world: World) -> None:
    item = begun(world)
    picture = saved(gradient(), "PNG", pnginfo=png_text())
    file = add(world, item, "Bob's screen.png", picture)
    assert (
        file.name == "file-1.png"
        and CANARY.encode() in picture
        and CANARY.encode() not in files.read(file.stored).read()
    )
    assert add(world, item, "c:\\users\\bob\\notes.txt").name == "file-2.txt"
    assert (file.item.author_id, file.item.affiliation_id, file.item.office_id) == (None, None, None)
    assert {file.added_at, file.item.created_at, file.item.submitted_at} == {NOON.replace(hour=0)}
    pseudonym = Origin.objects.get(item=item).pseudonym
    rows = AuditRow.objects.filter(verb="attach")
    assert {(row.actor, row.reference, row.at) for row in rows} == {
        (pseudonym, item.reference, NOON.replace(hour=0))
    }  # fmt: skip


@pytest.mark.usefixtures("folder")
@BOTH
def test_sent_twice_by_a_nervous_thumb_it_is_there_once(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous)
    assert add(world, item) == add(world, item)
    assert Attachment.rows.filter(item__parent=item).count() == len(kept()) == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("minutes.txt", PE, "a Windows program"),
        ("report.docx", zipped("word/document.xml"), "an Office document"),
        ("logs.zip", zipped(), "a ZIP archive"),
        ("x.txt", EICAR, "EICAR"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_what_an_anonymous_report_can_t_take_is_refused_in_words(
    world: World, name: str, content: bytes, words: str
) -> None:
    item = begun(world)
    with pytest.raises(Refused, match=words):
        add(world, item, name, content)
    assert not Attachment.rows.exists() and not kept()


@pytest.mark.usefixtures("folder")
def test_a_report_by_name_takes_what_it_is_given_as_it_came_but_for_what_scanners_stop(world: World) -> None:
    item = begun(world, anonymous=False)
    file = add(world, item, "../../etc/minutes.txt", PE)
    assert file.name == "minutes.txt" and files.read(file.stored).read().startswith(PE)
    with pytest.raises(Refused, match="EICAR"):
        add(world, item, "x.txt", EICAR)


@pytest.mark.usefixtures("folder")
@BOTH
def test_two_gigabytes_are_refused_before_they_are_read(world: World, anonymous: bool) -> None:
    huge = upload("big.txt", b"x")
    huge.size = 2 * 1024**3  # as its sender says
    with pytest.raises(Refused, match="2048 MB"):
        evidence.attach(world.people["bob"], begun(world, anonymous=anonymous), NOON, "big.txt", huge)
    assert not kept()


@pytest.mark.usefixtures("folder")
@BOTH
def test_a_file_is_gone_from_what_is_not_filed_and_stays_in_what_is(
    world: World, anonymous: bool, django_capture_on_commit_callbacks: Any
) -> None:
    item, bob = begun(world, anonymous=anonymous, title="T", body="B"), world.people["bob"]
    first, second = add(world, item), add(world, item, content=b"other\n")
    for stranger in ("carol", "cuth", "dora"):
        with pytest.raises(Refused):
            evidence.drop(world.people[stranger], item, NOON, first.item.reference)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.drop(bob, item, NOON, first.item.reference)
    assert [one.pk for one in Attachment.rows.all()] == [second.pk] and len(kept()) == 1
    reporting.file(bob, item, NOON)
    with pytest.raises(Refused, match="stays as it is"):
        evidence.drop(bob, item, NOON, second.item.reference)


@pytest.mark.usefixtures("folder")
@BOTH
def test_it_takes_twenty_files(world: World, anonymous: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_FILES", 2)
    item = begun(world, anonymous=anonymous)
    for number in range(2):
        add(world, item, content=b"%d\n" % number)
    with pytest.raises(Refused, match="2 files"):
        add(world, item, content=b"one more\n")
    assert len(kept()) == 2
