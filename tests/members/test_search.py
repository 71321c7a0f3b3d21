"""Search finds what may be read and nothing else, newest first, whatever is typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext

from members import indexing, search
from members.buckets import Bucket
from members.indexing import refile
from members.models import Item, Kind, Placement, Standing, shelf
from members.place import place
from members.policy import NOBODY, Viewer, visible_to
from members.search import Search
from members.words import Row
from tests.conftest import NOON
from tests.members.world import World
from tests.prove import draw
from tests.prove.worlds import drawn

pytestmark = pytest.mark.django_db
SHELF = shelf(Kind.ADVISORY)


def made(world: World, title: str, text: str = "", label: str = "CLEAR", day: int = 1) -> Item:
    item = world.item({"id": title, "label": label, "standing_from": f"2026-10-{day:02}T00:00Z"})
    search.index(item, title, text)
    return item


def found(asked: str, viewer: Viewer = NOBODY, at: datetime = NOON) -> list[int]:
    return Search(viewer, at, SHELF, asked).page(size=100).ids


def test_every_word_is_needed_and_the_last_may_be_begun(world: World) -> None:
    item = made(world, "Patch the mail gateway", "Widgetron before 4.2 is hit")
    assert found("patch widget") == [item.pk]
    assert found("PATCH Widgetron 4.2") == [item.pk]
    assert found("pat widgetron") == [], "only the last word may be begun"
    assert found("patch router") == []


def test_hits_in_reference_and_title_come_before_those_in_the_text_and_newer_before_older(world: World) -> None:
    text_old = made(world, "a", "the gateway", day=1)
    title_old = made(world, "gateway b", day=2)
    text_new = made(world, "c", "the gateway", day=3)
    title_new = made(world, "d gateway", day=4)
    assert found("gateway") == [title_new.pk, title_old.pk, text_new.pk, text_old.pk]


def test_a_phrase_in_the_title_is_a_phrase(world: World) -> None:
    apart = made(world, "Mail and its gateway", day=2)
    phrase = made(world, "The mail gateway", day=1)
    assert found("mail gateway") == [phrase.pk, apart.pk]


def test_no_phrase_runs_from_the_reference_into_the_title(world: World) -> None:
    item = made(world, "gateway", day=1)
    Item.rows.filter(pk=item.pk).update(reference="XX-AAAAA")
    item.refresh_from_db()
    search.index(item, "gateway", "")
    newer = made(world, "other", "aaaaa gateway", day=2)
    assert found("aaaaa gateway") == [newer.pk, item.pk]


def test_an_item_is_found_by_its_reference_and_by_a_cve(world: World) -> None:
    item = made(world, "x", "CVE-2099-12345 in Widgetron")
    made(world, "y", "CVE-2099-5, and 12345 others", day=2)
    assert found(item.reference) == [item.pk]
    assert found("cve-2099-12345")[-1] == item.pk


def test_accents_and_case_make_no_difference(world: World) -> None:
    item = made(world, "Résumé de l’été", "Straße Ŵyneb")
    for asked in ("resume", "ÉTÉ", "strasse", "wyneb"):
        assert found(asked) == [item.pk], asked


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", "*", '"', "''", "a'b", "NOT", "OR patch", "patch NEAR gateway", "title:patch", "item : i1", "^patch",
        "patch)", "(patch", "patch & !gateway", "patch:*", "\\", "\x00", "%s", "{title}:x", "-patch", "a" * 5000,
        "word " * 500, "🐙", "'; DROP TABLE members_item; --", "<->", "\ud7ff", "_", "٣ ४",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_the_search(world: World, asked: str) -> None:
    made(world, "Patch the gateway")
    found(asked)


def test_the_operators_of_a_query_language_are_words(world: World) -> None:
    item = made(world, "Do not patch or wait near the title")
    assert found("NOT patch") == found("patch OR") == found("title:patch") == [item.pk]
    assert found("item") == found(f"i{item.pk}") == [], "how the index keeps it is nobody's to search"


def test_who_may_not_read_finds_nothing_and_it_changes_no_order(world: World) -> None:
    alice, mia = Viewer(world.people["alice"].pk), Viewer(world.people["mia"].pk)
    seen = [made(world, "gateway", label="GREEN", day=day).pk for day in (1, 2)]
    hidden = world.item({"id": "h", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    search.index(hidden, "gateway gateway gateway", "gateway")
    assert hidden.pk in found("gateway", alice)
    assert found("gateway", mia) == seen[::-1]
    assert found("gateway") == []


TITLES = ("gateway", "mail gateway", "gateway of the mail", "router", "Gateways", "the mail")
TEXTS = ("", "gateway", "a mail", "mail and router", "gated community", "gateway mail")
ASKED = ("gateway", "gate", "mail gateway", "mail ga", "mail", "router gateway", "nothing", "ga")


def plainly(asked: str, title: str, text: str) -> tuple[bool, bool]:
    """Whether an item of these texts has every word of `asked`, and whether as one phrase in its title."""
    *whole, last = asked.split()
    inside = title.casefold().split()
    every = set(inside) | set(text.split())
    phrases = [inside[n : n + len(whole) + 1] for n in range(len(inside) - len(whole))]
    return (
        all(word in every for word in whole) and any(word.startswith(last) for word in every),
        any(phrase[:-1] == whole and phrase[-1].startswith(last) for phrase in phrases),
    )


@pytest.mark.parametrize("seed", range(6))
def test_search_finds_exactly_what_the_rule_shows_and_has_the_words(seed: int) -> None:
    r, world = Random(seed), drawn(seed, 20)
    texts: dict[int, tuple[str, str]] = {}
    for item in world.rows.values():
        texts[item.pk] = title, text = r.choice(TITLES), r.choice(TEXTS)
        search.index(item, title, text)
    assert search.misfiled(world.rows.values()) == []
    for at in r.sample(draw.MOMENTS, 2):
        for viewer in world.viewers().values():
            for kind in (Kind.ADVISORY, Kind.REPORT, Kind.COMMENT):
                rows = visible_to(viewer, at).filter(kind=kind).order_by("-pos").values_list("pk", flat=True)
                for asked in r.sample(ASKED, 3):
                    fits = {pk: plainly(asked, *texts[pk]) for pk in rows}
                    want = sorted((pk for pk in rows if fits[pk][0]), key=lambda pk: not fits[pk][1])
                    compare(Search(viewer, at, shelf(kind), asked), want, size=r.choice((1, 2, 3)))


def compare(asked: Search, want: list[int], size: int) -> None:
    """Leafing through shows them all, each once, in order; and the count is theirs."""
    ids, before = [], None
    while True:
        got = asked.page(before, size)
        ids += got.ids
        if got.older is None:
            break
        before = got.older
    assert ids == want, asked.text
    assert asked.capped_count(cap=2) == min(len(want), 3)


def test_what_is_indexed_again_is_found_by_its_new_words_alone(world: World) -> None:
    item = made(world, "First words")
    search.index(item, "Second words", "")
    assert found("second") == [item.pk]
    assert found("first") == []


def test_a_search_follows_an_item_to_where_it_is_placed(world: World) -> None:
    alice, mia = (Viewer(world.people[name].pk) for name in ("alice", "mia"))
    item = made(world, "gateway", label="AMBER")
    other = made(world, "gateway", label="GREEN", day=2)
    assert found("gateway", alice) == found("gateway", mia) == [other.pk], "it is granted to nobody yet"
    standing = item.standings.get()
    world.grant(standing, {"organisation": "brum"})
    place(item)
    assert found("gateway", alice) == [other.pk, item.pk]
    assert found("gateway", mia) == [other.pk]
    item.standings.update(since=NOON - timedelta(days=1))
    place(item)
    assert found("gateway", alice) == [item.pk, other.pk], "it stands where its latest standing began"
    item.standings.update(label="CLEAR")
    place(item)
    assert found("gateway") == [item.pk]
    assert search.misfiled([item, other]) == []


def test_a_child_is_found_by_whom_its_parent_is_given_to(world: World) -> None:
    comment = world.item({"id": "c", "kind": "comment", "inherits": True, "label": None, "parent": {"label": "AMBER"}})
    search.index(comment, "", "gateway")
    parent = comment.parent
    assert parent is not None
    alice = Viewer(world.people["alice"].pk)
    assert Search(alice, NOON, comment.shelf, "gateway").page().ids == []
    world.grant(parent.standings.get(), {"organisation": "brum"})
    place(parent)
    assert Search(alice, NOON, comment.shelf, "gateway").page().ids == [comment.pk]


def test_the_index_decides_nothing(world: World) -> None:
    """What says that it lies with somebody is not shown to them, unless the rule says so."""
    item = made(world, "gateway", label="AMBER")
    Placement.objects.filter(item=item).update(bucket=Bucket.EVERYONE.of())
    refile([item])
    assert found("gateway") == [item.pk]
    Placement.objects.filter(item=item).delete()
    assert found("gateway") == []


def test_what_is_not_found_or_filed_elsewhere_is_known(world: World) -> None:
    item = made(world, "gateway")
    assert not search.astray(Kind.ADVISORY).exists()
    unindexed = world.item({"id": "unindexed", "label": "CLEAR"})
    assert list(search.astray(Kind.ADVISORY)) == [unindexed]
    assert search.misfiled([item, unindexed]) == []
    Placement.objects.filter(item=item).update(bucket=Bucket.COMMUNITY.of())
    assert search.misfiled([item, unindexed]) == [item], "a verb that rewrote placements without `refile`"
    place(item)
    assert search.misfiled([item]) == []
    Item.rows.filter(pk=item.pk).update(pos=F("pos") + (1 << 40))
    item.refresh_from_db()
    assert search.misfiled([item]) == [item], "a verb that moved it in the order"


def test_an_item_without_a_text_is_placed_as_well(world: World) -> None:
    item = world.item({"id": "unindexed", "label": "CLEAR"})
    place(item)
    search.index(item, "gateway", "")
    assert found("gateway") == [item.pk]


def asked_with(viewer: Viewer, asked: str) -> tuple[list[int], int, list[str]]:
    """What a search finds and counts, and the statements that it takes, their numbers and words aside."""
    mine = Search(Viewer(viewer.person), NOON, SHELF, asked)
    with CaptureQueriesContext(connection) as queries:
        ids, count = mine.page().ids, mine.capped_count()
    return ids, count, [query["sql"].split("members_search")[0][:40] for query in queries]


@pytest.mark.parametrize("name", ["mia", "olive", None])
def test_a_word_of_hidden_items_alone_is_like_a_word_of_none(world: World, name: str | None) -> None:
    viewer = Viewer(world.people[name].pk) if name else NOBODY
    made(world, "Patch the router", day=9)
    for day in range(1, 9):
        hidden = world.item({"id": "h", "label": "AMBER", "grants": [{"organisation": "brum"}]})
        search.index(hidden, f"gateway {day}", "gateway mail")
    assert len(found("gateway", Viewer(world.people["alice"].pk))) == 8
    for asked in ("gateway", "gate", "mail", "patch gateway", "gateway patch"):
        assert asked_with(viewer, asked) == asked_with(viewer, "absent" if " " not in asked else "patch absent"), asked


def test_a_great_many_hidden_hits_change_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does where PostgreSQL ends its walk."""
    monkeypatch.setattr(search, "WALK", 2)
    mia = Viewer(world.people["mia"].pk)
    old = [made(world, "gateway" if day % 2 else "router", "gateway", label="GREEN", day=day).pk for day in range(1, 6)]
    want = [old[4], old[2], old[0], old[3], old[1]]
    before = asked_with(mia, "gateway")
    hidden = [world.item({"id": "h", "label": "AMBER", "grants": [{"organisation": "brum"}]}) for _ in range(120)]
    indexing.add([Row.of(item, [Bucket.ORGANISATION.of(item.pk)], "gateway", "gateway") for item in hidden])
    assert asked_with(mia, "gateway") == before
    compare(Search(mia, NOON, SHELF, "gateway"), want, size=2)
    compare(Search(Viewer(world.people["mia"].pk), NOON, SHELF, "gatewa"), want, size=4)


def test_a_word_that_very_many_begin_with_is_still_begun(world: World) -> None:
    items = [made(world, f"vuln{n:03} mail", f"text{n:03}", day=1 + n % 28) for n in range(140)]
    assert len(found("vuln")) == len(found("text")) == 100, "a page"
    assert sorted(found("mail vuln")[:1]) and Search(NOBODY, NOON, SHELF, "vuln").capped_count() == 101
    assert found("vuln07 mail") == [] and len(found("vuln07")) == 10
    assert found("mail text139") == [items[139].pk]


def test_who_opens_very_many_buckets_searches_too(world: World) -> None:
    item = made(world, "gateway", label="GREEN")
    keys = frozenset(range(16, 16 * 700, 16)) | Viewer(world.people["alice"].pk).keys(NOON)
    assert found("gateway", Viewer(1, {NOON: keys})) == [item.pk]


def test_another_kind_is_another_list_whoever_asks(world: World) -> None:
    report = world.item({"id": "r", "kind": "report", "label": "GREEN"})
    search.index(report, "gateway", "")
    item = made(world, "gateway", label="GREEN")
    alice = Viewer(world.people["alice"].pk)
    every = Bucket.COMMUNITY.of(), *(Bucket.ORGANISATION.of(n) for n in range(900_000, 900_300))
    Placement.objects.bulk_create(
        Placement(bucket=b, shelf=SHELF, pos=item.pos, item=item, level=1, since=0, until=1) for b in every
    )  # lists of hers, too many to be looked through
    keys = frozenset(every) | alice.keys(NOON)
    assert found("gateway", Viewer(alice.person, {NOON: keys})) == [item.pk]
    assert Search(alice, NOON, report.shelf, "gateway").page().ids == [report.pk]


def test_filters_narrow_what_is_found_and_counted(world: World) -> None:
    items = [made(world, "gateway", label=label, day=1) for label in ("CLEAR", "GREEN")]
    clear = Exists(Standing.objects.filter(item=OuterRef("pk"), label="CLEAR"))
    mine = Search(Viewer(world.people["alice"].pk), NOON, SHELF, "gateway", clear)
    assert mine.page().ids == [items[0].pk]
    assert mine.capped_count() == 1


def test_rule_and_words_are_one_statement_for_each_group_of_hits(world: World) -> None:
    made(world, "gateway", label="GREEN")
    with CaptureQueriesContext(connection) as queries:
        assert found("gateway", Viewer(world.people["alice"].pk))
    assert len(queries) == 5, "the keys and the lists of the viewer, the words begun so, hits in titles, hits in texts"
