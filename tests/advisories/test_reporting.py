"""A report is begun, saved as it is typed, and filed once: bob of solihull tells wm, by name or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from advisories import reporting
from advisories.incidents import derive_incident
from advisories.models import Notified, Report
from advisories.reporting import Incomplete, Told
from advisories.whosees import sentences, wished_buckets
from members import permits, policy, reports, tlp
from members.holders import holders
from members.models import AuditRow, Grant, Item, Kind, Membership, Office, Origin, Standing
from members.place import misplaced
from members.policy import Answer, may
from members.refused import Refused
from tests.advisories.reported import WORDS, begun, filed
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
BOTH = pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "by name"])


def reading(world: World, item: Item) -> set[str]:
    fresh = Item.rows.get(pk=item.pk)
    assert misplaced([fresh]) == []
    return {name for name, viewer in world.viewers().items() if may(viewer, fresh, NOON) == Answer.BODY}


@BOTH
def test_what_is_typed_is_kept_bit_by_bit_and_read_by_its_author_alone(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, title="Payroll\n is   locked")
    reporting.save(world.people["bob"], item, LATER, body="Since six.", severity=3)
    report = Report.rows.get(item=item)
    assert (report.title, report.body, report.severity) == ("Payroll is locked", "Since six.", 3)
    assert reading(world, item) == {"bob"}


@BOTH
def test_nobody_else_writes_files_or_ticks_it(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    for stranger in ("dora", "carol", "cuth", "root", "alice"):
        for act in (
            lambda who: reporting.save(who, item, NOON, title="Mine"),
            lambda who: reporting.file(who, item, NOON),
            lambda who: reporting.tell(who, item, NOON, {"ico": Told(NOON)}),
        ):
            with pytest.raises(Refused, match="no such report of yours"):
                act(world.people[stranger])
    assert Report.rows.get(item=item).title == WORDS["title"] and not Notified.objects.exists()


@BOTH
def test_begun_twice_by_a_nervous_thumb_it_is_begun_once(world: World, anonymous: bool) -> None:
    first = begun(world, anonymous=anonymous)
    assert begun(world, anonymous=anonymous) == first
    assert begun(world, anonymous=not anonymous) != first
    reporting.save(world.people["bob"], first, NOON, title="Something")
    assert begun(world, anonymous=anonymous) != first
    assert begun(world, "wendy", anonymous=anonymous) not in (first, begun(world, anonymous=anonymous))


@BOTH
def test_filed_twice_by_a_nervous_thumb_it_is_filed_once(world: World, anonymous: bool) -> None:
    item = filed(world, anonymous=anonymous)
    reporting.file(world.people["bob"], item, LATER)
    assert AuditRow.objects.filter(verb="file_report").count() == 1
    assert reading(world, item) == {"bob", "cuth" if anonymous else "carol"}


@BOTH
def test_once_it_is_filed_its_words_stay_as_they_are(world: World, anonymous: bool) -> None:
    item = filed(world, anonymous=anonymous)
    with pytest.raises(Refused, match="stays as it is"):
        reporting.save(world.people["bob"], item, LATER, title="Another")
    assert Report.rows.get(item=item).title == WORDS["title"]


def test_what_is_missing_is_said_of_each_field_and_nothing_is_filed(world: World) -> None:
    item = begun(world)
    wrong: dict[str, Any] = {
        "started_at": NOON, "aware_at": NOON - timedelta(days=1), "embargo_until": NOON - timedelta(days=1)
    }  # fmt: skip
    reporting.save(world.people["bob"], item, NOON, **wrong)
    with pytest.raises(Incomplete) as refused:
        reporting.file(world.people["bob"], item, NOON)
    assert refused.value.fields.keys() == {"title", "body", "started_at", "embargo_until", "embargo_reason"}
    assert Item.rows.get(pk=item.pk).submitted_at is None


def test_it_is_kept_back_no_longer_than_what_is_derived_from_it_can_be(world: World) -> None:
    item = begun(world, **WORDS, embargo_until=NOON + timedelta(days=91), embargo_reason="The bank asks for it")
    with pytest.raises(Incomplete) as refused:
        reporting.file(world.people["bob"], item, NOON)
    assert "90 days" in refused.value.fields["embargo_until"] and len(refused.value.fields) == 1


def test_who_became_aware_tomorrow_corrects_it(world: World) -> None:
    item = begun(world, **WORDS, aware_at=NOON + timedelta(days=1))
    with pytest.raises(Incomplete) as refused:
        reporting.file(world.people["bob"], item, NOON)
    assert refused.value.fields.keys() == {"aware_at"}


@BOTH
def test_where_nobody_would_read_it_that_is_said_before_it_is_written_and_before_it_is_filed(
    world: World, anonymous: bool
) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    Office.objects.filter(warp=world.warps["wm"]).update(until=NOON)
    with pytest.raises(Refused, match="nobody would read it"):
        begun(world, anonymous=anonymous)
    with pytest.raises(Refused, match="nobody would read it now"):
        reporting.file(world.people["bob"], item, NOON)
    assert "nobody would read it" in " ".join(said(world, item))


@pytest.mark.parametrize("who", ["paul", "nina", "lee", "vic"])
def test_who_is_of_no_active_member_begins_nothing(world: World, who: str) -> None:
    with pytest.raises(Refused, match="active member"):
        begun(world, who)
    assert not Report.rows.exists()


def test_it_may_be_for_ones_own_warps_and_groups_and_no_others(world: World) -> None:
    item, bob = begun(world), world.people["bob"]
    mine = permits.grantables(bob, NOON)
    assert mine is not None
    own = [(kind, pk) for kind, pks in mine.items() for pk in sorted(pks)]
    assert reporting.save(bob, item, NOON, audience=own).audience == [list(one) for one in own]
    kent, alice = world.warps["kent"].pk, world.people["alice"].pk
    for other in (("warp", kent), ("organisation", world.organisations["brum"].pk), ("person", alice), ("moon", 1)):
        with pytest.raises(Refused):
            reporting.save(bob, item, NOON, audience=[other])
    assert Report.rows.get(item=item).audience == [list(one) for one in own]


@pytest.mark.parametrize("field", ["rsit", "label", "nation", "severity"])
def test_what_nobody_offers_is_not_taken(world: World, field: str) -> None:
    item = begun(world)
    wrong: dict[str, Any] = {field: 7 if field == "severity" else "nonsense"}
    with pytest.raises(Refused, match="offered"):
        reporting.save(world.people["bob"], item, NOON, **wrong)


# The checklist


@BOTH
def test_whom_they_told_is_noted_changed_and_taken_back(world: World, anonymous: bool) -> None:
    item, bob = filed(world, anonymous=anonymous), world.people["bob"]
    reporting.tell(bob, item, NOON, {"ico": Told(NOON, "IC-1"), "ncsc": Told()})
    reporting.tell(bob, item, NOON, {"ico": Told(NOON, "IC-1")})  # again: nothing new
    assert list(Notified.objects.values_list("body", "done_at", "reference")) == [("ico", NOON, "IC-1")]
    reporting.tell(bob, item, LATER, {"ico": Told(LATER, "IC-2"), "report-fraud": Told(None, "RF")})
    assert [one.reference for one in Notified.objects.all()] == ["IC-2", "RF"]
    reporting.tell(bob, item, LATER, {"ico": Told()})
    assert [one.body for one in Notified.objects.all()] == ["report-fraud"]
    assert AuditRow.objects.filter(verb="note_told", reference=item.reference).count() == 3


def test_nobody_is_on_the_checklist_who_is_not(world: World) -> None:
    with pytest.raises(Refused, match="nobody called"):
        reporting.tell(world.people["bob"], begun(world), NOON, {"x' OR 1": Told(NOON)})


# Anonymous


def test_nothing_that_an_anonymous_reporter_does_names_them_or_says_when(world: World) -> None:
    item, bob = filed(world), world.people["bob"]
    reporting.tell(bob, item, LATER, {"ico": Told(NOON, "IC-1")})
    origin, midnight = Origin.objects.get(item=item), NOON.replace(hour=0)
    rows = AuditRow.objects.filter(reference=item.reference)
    assert {(row.actor, row.at) for row in rows} == {(origin.pseudonym, midnight)}
    assert {row.verb for row in rows} == {"begin_report", "file_report", "note_told"}
    item.refresh_from_db()
    assert {item.created_at, item.submitted_at, Report.rows.get(item=item).saved_at} == {midnight}
    assert not Session.objects.exists() and (not hasattr(cache, "_table") or not cached())


def cached() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM warp_cache")
        return cursor.fetchall()


# Who sees what, in words


def said(world: World, item: Item, who: str = "bob") -> list[str]:
    item.refresh_from_db()
    return sentences(world.people[who], item, Report.rows.get(item=item), NOON)


@BOTH
def test_the_words_promise_whom_the_rule_then_lets_read_it(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    before = said(world, item)
    promised = set(reports.keepers(world.people["bob"], item, NOON))
    reporting.file(world.people["bob"], item, NOON)
    read = set(policy.audience(Item.rows.get(pk=item.pk), NOON)) - {world.people["bob"]}
    assert promised == read == {world.people["cuth" if anonymous else "carol"]}
    assert "you alone" in before[0] and "(1 person)" in before[1]
    assert ("custodians of wm" in before[1]) == anonymous
    assert ("your name and your organisation" in before[2]) != anonymous
    assert said(world, item) == before[1:]


def test_an_anonymous_one_is_told_under_what_name_it_is_read(world: World) -> None:
    item = begun(world)
    assert f"“{reports.label_for(world.warps['wm'], NOON)}”" in said(world, item)[1 + 1]


def test_once_it_is_filed_the_name_is_told_that_it_is_read_under_whatever_became_of_the_warp(world: World) -> None:
    item = filed(world)
    label = Origin.objects.get(item=item).label
    Membership.objects.all().update(until=NOON)
    assert reports.label_for(world.warps["wm"], NOON) != label and f"“{label}”" in said(world, item)[1]


@pytest.mark.parametrize("label", [tlp.GREEN, tlp.AMBER, tlp.STRICT])
def test_whom_it_is_wished_for_is_counted_by_the_rule(world: World, label: str) -> None:
    """As many as the rule would let read an advisory that is released so."""
    item, wm = begun(world), world.warps["wm"]
    reporting.save(world.people["bob"], item, NOON, label=label, audience=[("warp", wm.pk)])
    shared = world.item({"id": "a", "kind": "advisory", "author": None, "label": None, "own_warp": "uk"})
    standing = Standing(item=shared, version=1, label=label, since=NOON)
    would = policy.audience(shared, NOON, standing, [Grant(standing=standing, warp=wm, since=NOON)])
    report = Report.rows.get(item=item)
    handlers = {world.people["ursula"]}
    assert set(holders(wished_buckets(report, NOON), NOON)) - handlers == set(would) - handlers
    assert any("wm: today that is" in one for one in said(world, item))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"label": tlp.CLEAR}, "anyone could read it"),
        ({"label": tlp.RED}, "one by one"),
        ({"label": tlp.STRICT}, "not said yet"),
        ({"label": tlp.GREEN}, "all members of this hub"),
        ({"embargo_until": NOON + timedelta(days=1)}, "kept back until 2 November 2026, 12:00 GMT"),
    ],
)
def test_each_wish_has_its_sentence(world: World, words: dict[str, Any], told: str) -> None:
    assert any(told in one for one in said(world, begun(world, **words)))


def test_what_is_derived_takes_what_was_wished_and_the_report_stays_as_it_is(world: World) -> None:
    item = filed(world, anonymous=False, label=tlp.AMBER, audience=[("warp", world.warps["wm"].pk)])
    incident = derive_incident(world.people["carol"], item, NOON)
    assert incident.item.kind == Kind.INCIDENT and incident.item.marking == tlp.AMBER
    assert Report.rows.get(item=item).title == WORDS["title"]
