"""Questions to the WARP: who may read, answer, accept and hide; what is said without a name; who hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from advisories import children, following, questions, talked
from advisories.models import Comment, Discussion, Follow, Mention
from members import clock, permits, policy, stand
from members.audit import day_of
from members.delivery import plan
from members.delivery.send import sweep
from members.models import (
    Affiliation,
    Announcement,
    AuditRow,
    Cell,
    Delivery,
    DigestLine,
    Frequency,
    Item,
    Membership,
    Organisation,
    Origin,
    Person,
    Subscription,
    Tier,
    Tightening,
)
from members.place import misplaced
from members.policy import Answer, Viewer
from members.refused import Refused
from tests import pages
from tests.members.delivery.conftest import PostOffice, post
from tests.members.world import World

__all__ = ["post"]  # a fixture
Event = Announcement.Event
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def ask(world: World, at: datetime, who: str = "alice", title: str = "Who knows boilers?", **more: object) -> Item:
    fields = {"label": "GREEN", **more}
    person = world.people[who]
    warp = questions.asks_at(person, at)[0][1]
    return questions.ask(person, warp, at, title, "Ours leak.", **fields).item  # type: ignore[arg-type]


def reads(world: World, name: str, item: Item, at: datetime) -> bool:
    return policy.may(Viewer(world.people[name].pk), item, at) == Answer.BODY


def follow(world: World, name: str, item: Item, at: datetime, how: str = following.FOLLOWS) -> None:
    following.follow(world.people[name], item, at, how)


def tick(world: World, name: str, frequency: Frequency) -> None:
    """All that they ticked."""
    address = world.people[name].addresses.get()
    address.subscriptions.all().delete()
    Subscription.objects.create(address=address, lowest=Tier.INFORMATION, frequency=frequency)


def told(event: Event) -> set[str]:
    """The people who are told of the last such announcement, at once or in their digest."""
    last = Announcement.objects.filter(event=event).latest("pk")
    rows: list[Delivery | DigestLine] = [*Delivery.objects.filter(announcement=last)]
    rows += DigestLine.objects.filter(announcement=last)
    return {row.address.person.name.lower() for row in rows if row.address.person}


def test_a_question_is_read_by_whom_its_label_reaches_and_by_its_handlers(world: World, noon: datetime) -> None:
    for_all = ask(world, noon)
    warp = for_all.warp
    narrow = ask(world, noon, title="Among us", label="AMBER+STRICT", targets=[("warp", warp.pk)])
    kept = ask(world, noon, title="For you", label="AMBER+STRICT")
    for name, expected in (
        ("alice", (True, True, True)), ("carol", (True, warp.slug == "wm", warp.slug == "wm")),
        ("mia", (True, False, False)), ("olive", (False, False, False)),
    ):  # fmt: skip
        assert tuple(reads(world, name, one, noon) for one in (for_all, narrow, kept)) == expected, name
    assert misplaced([for_all, narrow, kept]) == []


def test_a_question_is_refused_where_it_would_be_wider_than_its_asker_may_make_it(world: World, noon: datetime) -> None:
    alice, kent = world.people["alice"], world.warps["kent"]
    warp = questions.asks_at(alice, noon)[0][1]
    for case in ({"label": "CLEAR"}, {"label": "RED", "targets": [("person", alice.pk)]}, {"label": "AMBER"},
                 {"label": "AMBER", "targets": [("warp", kent.pk)]}):  # fmt: skip
        with pytest.raises(Refused):
            questions.ask(alice, warp, noon, "Title", "", **case)
    for who, where in ((alice, kent), (world.people["olive"], warp), (world.people["root"], warp)):
        with pytest.raises(Refused):
            questions.ask(who, where, noon, "Title", "", label="GREEN")
    assert not Discussion.rows.exists()


def test_asked_twice_it_is_asked_once_with_a_name_and_without(world: World, noon: datetime) -> None:
    assert ask(world, noon) == ask(world, noon + timedelta(seconds=2))
    assert ask(world, noon, anonymous=True) == ask(world, noon + 3 * MINUTE, anonymous=True)
    assert Discussion.rows.count() == Announcement.objects.filter(event=Event.RELEASED).count() == 2


def test_what_is_said_without_a_name_is_named_in_no_row_but_the_sealed_one(world: World, noon: datetime) -> None:
    alice = world.people["alice"]
    question = ask(world, noon, anonymous=True)
    children.comment(world.people["bob"], question, noon + MINUTE, "Which make?")
    mine = children.comment(alice, question, noon + 2 * MINUTE, "The old one.", anonymous=True)
    children.comment(alice, question, noon + 3 * MINUTE, "Under my own name.")
    first, second = (Origin.objects.get(item=one) for one in (question, mine.item))
    assert first.label == second.label and first.label.startswith("A member of ")
    assert first.pseudonym != second.pseudonym and "lice" not in first.label
    for item in (question, mine.item):
        assert (item.author, item.affiliation, item.office) == (None, None, None)
        rows = AuditRow.objects.filter(reference=item.reference)
        assert [(row.actor, row.at) for row in rows] == [(Origin.objects.get(item=item).pseudonym, day_of(noon))]
    assert not Follow.objects.exists() and not question.standings.get().grants.exists()
    assert question.created_at == Discussion.rows.get().written_at == mine.written_at == day_of(noon)
    said = Comment.rows.order_by("item__pos").values_list("body", flat=True)
    assert list(said) == ["Which make?", "The old one.", "Under my own name."]
    assert misplaced(list(Item.rows.all())) == []


def test_the_same_person_has_another_pseudonym_in_another_thread_and_another_person_here(
    world: World, noon: datetime
) -> None:
    one, two = (ask(world, noon, title=title, anonymous=True) for title in ("One", "Two"))
    other = children.comment(world.people["bob"], one, noon, "Me too", anonymous=True)
    labels = [Origin.objects.get(item=item).label for item in (one, two, other.item)]
    assert len(set(labels)) == 3


def test_their_right_to_what_they_said_without_a_name_ends_with_their_affiliation(world: World, noon: datetime) -> None:
    alice = world.people["alice"]
    warp = questions.asks_at(alice, noon)[0][1]
    question = ask(world, noon, anonymous=True, label="AMBER+STRICT", targets=[("warp", warp.pk)])
    assert reads(world, "alice", question, noon) and questions.may_tend(alice, question, noon)
    Affiliation.objects.filter(person=alice).update(until=noon)
    assert not reads(world, "alice", question, noon + MINUTE)
    assert not questions.may_tend(alice, question, noon + MINUTE)


def test_nobody_holds_an_office_without_a_name_and_nobody_mentions_anybody(world: World, noon: datetime) -> None:
    question = ask(world, noon)
    with pytest.raises(Refused, match="for no office"):
        children.comment(world.people["carol"], question, noon, "x", anonymous=True)
    with pytest.raises(Refused, match="under your name"):
        children.comment(world.people["bob"], question, noon, "x", anonymous=True, mention=["alice@example.org"])
    with pytest.raises(Refused, match="report an incident"):
        ask(world, noon, title="For you", label="AMBER+STRICT", anonymous=True)
    assert not Comment.rows.exists()


def test_who_asked_and_the_handlers_accept_an_answer_and_nobody_else(world: World, noon: datetime) -> None:
    for anonymous in (False, True):
        question = ask(world, noon, title=f"Asked {anonymous}", anonymous=anonymous)
        handler = next(one for one in Person.objects.all() if permits.can(one, "moderate", question, noon))
        answer, another = (children.comment(world.people["bob"], question, noon, body).item for body in ("Mend", "Buy"))
        for name in ("bob", "mia", "root"):
            with pytest.raises(Refused):
                questions.accept(world.people[name], question, answer, noon)
        questions.accept(world.people["alice"], question, answer, noon)
        questions.accept(world.people["alice"], question, answer, noon)
        row = AuditRow.objects.get(verb="accept", reference=answer.reference)
        pseudonym = Origin.objects.get(item=question).pseudonym if anonymous else world.people["alice"].alias.code
        assert row.actor == pseudonym
        questions.accept(handler, question, another, noon)
        assert Discussion.rows.get(item=question).accepted == another


def test_only_what_everyone_reads_who_reads_the_question_is_accepted(world: World, noon: datetime) -> None:
    alice, bob = world.people["alice"], world.people["bob"]
    question, other = ask(world, noon), ask(world, noon, title="Another")
    narrow = children.comment(bob, question, noon, "For you", label="AMBER+STRICT").item
    elsewhere = children.comment(bob, other, noon, "There").item
    removed = children.comment(bob, question, noon, "Wrong").item
    children.remove(bob, removed, noon, "It is wrong")
    for answer in (narrow, elsewhere, removed, question):
        with pytest.raises(Refused):
            questions.accept(alice, question, answer, noon + MINUTE)
    assert Discussion.rows.get(item=question).accepted is None


def test_a_handler_hides_a_question_with_all_beneath_it_and_says_why(world: World, noon: datetime) -> None:
    question = ask(world, noon)
    answer = children.comment(world.people["bob"], question, noon, "Mend it").item
    handler = next(one for one in Person.objects.all() if permits.can(one, "moderate", question, noon))
    with pytest.raises(Refused):
        questions.hide(world.people["bob"], question, noon, "x")
    with pytest.raises(Refused, match="Say why"):
        questions.hide(handler, question, noon, " ")
    questions.hide(handler, question, noon + MINUTE, "It names somebody")
    later = noon + 2 * MINUTE
    assert policy.may(Viewer(world.people["mia"].pk), question, later) == Answer.WITHDRAWN
    assert not reads(world, "mia", answer, later) and reads(world, "alice", question, later)
    assert AuditRow.objects.filter(verb="hide", reference=question.reference).count() == 1


def test_whoever_follows_hears_of_a_reply_as_they_ticked_and_nobody_else(world: World, noon: datetime) -> None:
    question = ask(world, noon)
    for name in ("mia", "bob", "kate"):
        follow(world, name, question, noon)
    follow(world, "kate", question, noon, following.MUTED)
    tick(world, "mia", Frequency.AT_ONCE)
    children.comment(world.people["bob"], question, noon, "Mend it")
    plan.plan(noon)
    assert told(Event.REPLIED) == {"alice", "mia"}  # not who wrote it, nor who muted it
    last = Announcement.objects.get(event=Event.REPLIED)
    mia = set(Delivery.objects.filter(announcement=last).values_list("address__person__name", flat=True))
    assert mia == {"Mia"}


def test_a_reply_for_handlers_alone_is_told_to_no_follower_who_does_not_read_it(world: World, noon: datetime) -> None:
    question = ask(world, noon)
    follow(world, "mia", question, noon)
    children.comment(world.people["bob"], question, noon, "For you", label="AMBER+STRICT")
    plan.plan(noon)
    assert told(Event.REPLIED) == set()


def test_who_wrote_without_a_name_is_told_like_the_others_who_follow(world: World, noon: datetime) -> None:
    question = ask(world, noon, who="bob")
    for name in ("alice", "mia"):
        follow(world, name, question, noon)
    children.comment(world.people["alice"], question, noon, "Mend it", anonymous=True)
    plan.plan(noon)
    assert told(Event.REPLIED) == {"alice", "mia", "bob"}


def test_of_red_no_digest_says_anything_and_of_what_is_embargoed_nobody_is_told(world: World, noon: datetime) -> None:
    red = pages.advisory(world, {"id": "r", "label": "RED", "grants": [{"person": "alice"}, {"person": "bob"}],
                                 "handlers": ["carol"]}).item  # fmt: skip
    kept = pages.advisory(world, {"id": "e", "label": None, "embargo": {
        "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
        "named": {"bob": "accepted", "alice": "accepted"}}}).item  # fmt: skip
    for item in (red, kept):
        follow(world, "alice", item, noon)
        children.comment(world.people["bob"], item, noon, "Seen")
    plan.plan(noon)
    assert not DigestLine.objects.exists()
    assert {one.announcement.item.parent for one in Delivery.objects.all() if one.announcement.item} == {red}


def test_whoever_mutes_it_hears_nothing_of_what_waits_for_their_digest(world: World, noon: datetime) -> None:
    question = ask(world, noon)
    for name in ("mia", "kate"):
        follow(world, name, question, noon)
        tick(world, name, Frequency.DAILY)
    children.comment(world.people["bob"], question, noon, "Mend it")
    plan.plan(noon)
    assert {"mia", "kate"} <= told(Event.REPLIED)
    follow(world, "mia", question, noon, following.MUTED)
    assert "mia" not in told(Event.REPLIED) and "kate" in told(Event.REPLIED)


def test_nobody_follows_what_they_cannot_read(world: World, noon: datetime) -> None:
    hidden = pages.advisory(world, {"id": "b", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}).item
    with pytest.raises(Refused):
        follow(world, "mia", hidden, noon)
    follow(world, "alice", hidden, noon)
    assert Follow.objects.count() == 1


def test_colleagues_and_those_who_spoke_are_mentioned_and_others_refused_in_the_words_of_nobody(
    world: World, noon: datetime
) -> None:
    hidden = pages.advisory(world, {"id": "b", "label": "AMBER+STRICT", "grants": [
        {"organisation": "brum"}, {"organisation": "maidstone"}, {"person": "kate"}]}).item  # fmt: skip
    alice, refused = world.people["alice"], set()
    for name in ("mia", "kate", "wendy", "nobody.at.all"):  # two read it, one does not, one is not there
        address = world.people[name].email if name in world.people else f"{name}@example.org"
        with pytest.raises(Refused) as error:
            children.comment(alice, hidden, noon, "Look", mention=[address])
        refused.add(str(error.value).replace(address, "…"))
    assert len(refused) == 1 and not Comment.rows.exists()
    children.comment(world.people["mia"], hidden, noon, "I spoke")
    children.comment(alice, hidden, noon, "Look", mention=[world.people["mia"].email.upper()])
    assert Mention.objects.get().person == world.people["mia"]
    plan.plan(noon)
    assert told(Event.REPLIED) == {"mia"}


def test_a_question_is_found_by_its_words_and_by_those_of_its_answers_where_they_are_read(
    world: World, noon: datetime
) -> None:
    question = ask(world, noon, title="Zebrafish in the pump?")
    children.comment(world.people["bob"], question, noon, "Use a heron")
    children.comment(world.people["bob"], question, noon, "Call the ostrich", label="AMBER+STRICT")
    for name, word, found in (("mia", "zebrafish", 1), ("mia", "heron", 1), ("mia", "ostrich", 0),
                              ("bob", "ostrich", 1), ("olive", "zebrafish", 0)):  # fmt: skip
        page = pages.visitor(world.people[name]).get("/questions/", {"q": word}).content.decode()
        assert page.count("hub-row__title") == found, (name, word)


def test_the_same_words_put_to_another_warp_or_to_others_are_another_question(world: World, noon: datetime) -> None:
    alice, birmingham = world.people["alice"], world.warps["birmingham"]
    Affiliation.objects.create(person=alice, organisation=world.organisations["maidstone"], since=noon - MINUTE)
    kent = world.warps["kent"]
    for anonymous in (False, True):
        here, there = ([("warp", one.pk)] if anonymous else [] for one in (birmingham, kent))
        label = "AMBER+STRICT" if anonymous else "GREEN"
        asked = [
            questions.ask(alice, warp, noon, "Who?", "", label=label, anonymous=anonymous, targets=targets).item
            for warp, targets in ((birmingham, here), (kent, there), (birmingham, here))
        ]
        assert asked[0] == asked[2] != asked[1]
    narrow, wide = (
        questions.ask(alice, birmingham, noon, "Who?", "", label="AMBER+STRICT", targets=targets).item
        for targets in ([], [("warp", birmingham.pk)])
    )
    assert [reads(world, "alan", one, noon) for one in (narrow, wide)] == [False, True]


def kinds_of_label(*items: Item) -> list[str]:
    return [Origin.objects.get(item=item).label.rpartition(" (")[0] for item in items]


def grown(world: World, at: datetime, warp: str, many: int) -> None:
    for number in range(many):
        house = Organisation.objects.create(name=f"{warp} {number}", slug=f"{warp}-{number}")
        Membership.objects.create(organisation=house, warp=world.warps[warp], state="active", since=at - MINUTE)


def test_without_a_name_they_are_one_of_five_organisations_that_could_be_meant(world: World, noon: datetime) -> None:
    """Of birmingham brum alone is a member, and of kent two are."""
    question = ask(world, noon, who="carol", title="Who knows?")  # to wm: brum, solihull, dudley, walsall
    children.comment(world.people["bob"], question, noon, "Named")
    inside, outside = (
        children.comment(world.people[name], question, noon, "x" + name, anonymous=True).item for name in ("bob", "mia")
    )
    assert kinds_of_label(inside, outside) == ["A member of uk"] * 2
    grown(world, noon, "wm", 1)  # five there, and two who would stand out as being of no part of it
    question = ask(world, noon, who="carol", title="Who knows now?")
    inside, outside, within = (
        children.comment(world.people[name], question, noon, "y" + name, anonymous=True).item
        for name in ("bob", "mia", "alice")
    )
    assert kinds_of_label(inside, outside, within) == ["A member of uk"] * 3
    grown(world, noon, "kent", 3)
    question = ask(world, noon, who="carol", title="Who knows by now?")
    inside, outside, within = (
        children.comment(world.people[name], question, noon, "z" + name, anonymous=True).item
        for name in ("bob", "mia", "alice")
    )
    assert kinds_of_label(inside, outside, within) == ["A member of wm", "A member of this hub", "A member of wm"]


def test_a_warp_of_fewer_than_five_is_asked_without_a_name_through_the_one_above(world: World, noon: datetime) -> None:
    """To birmingham brum alone can put a question: its address would say who it was."""
    assert ask(world, noon).warp == world.warps["birmingham"]
    grown(world, noon, "wm", 1)
    question = ask(world, noon, anonymous=True)
    assert question.warp == world.warps["wm"] and question.reference.startswith("WM-")
    assert kinds_of_label(question) == ["A member of uk"]
    again = ask(world, noon + MINUTE, anonymous=True)
    assert again == question
    grown(world, noon, "birmingham", 4)
    assert ask(world, noon, title="Now?", anonymous=True).warp == world.warps["birmingham"]


@pytest.mark.parametrize(("label", "told_of"), [("CLEAR", False), ("GREEN", True), ("AMBER", True)])
def test_what_was_said_for_more_than_may_read_what_it_is_about_does_not_tell_its_title(
    world: World, noon: datetime, label: str, told_of: bool
) -> None:
    """A text message carries the title of what is CLEAR, and none of what is GREEN, which it was narrowed to."""
    item = pages.advisory(world, {"id": "a", "label": "GREEN"}, title="Boilers leak").item
    said = children.comment(world.people["mia"], item, noon, "First").item
    stand.release(said, 1, label, [], noon, by=None)
    assert ("Boilers" in talked.reply(said, 1, Cell.TITLE).title) == told_of


def test_what_a_warp_tells_no_title_of_by_mail_has_none_in_the_mail_of_a_reply(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item = pages.advisory(world, {"id": "a", "label": "CLEAR"}, title="Boilers leak").item
    follow(world, "bob", item, noon)
    tick(world, "bob", Frequency.AT_ONCE)
    for body, cell, told_of in (("First", Cell.BODY, True), ("Second", Cell.NOTICE, False)):
        Tightening.objects.update_or_create(warp=item.warp, row="CLEAR", channel="mail", defaults={"cell": cell})
        children.comment(world.people["mia"], item, noon, body)
        sweep(noon)
        whole = post.taken[-1].as_string()
        assert body in whole and ("Boilers" in whole) == told_of


@pytest.mark.parametrize("few", [True, False])
def test_without_a_name_nobody_answers_what_fewer_than_five_organisations_read(
    world: World, noon: datetime, few: bool
) -> None:
    """finance is brum and maidstone: whoever is of the one would know that it was the other."""
    mia, group = world.people["mia"], [("group", world.groups["finance"].pk)]
    item = ask(world, noon, label="AMBER+STRICT", targets=group) if few else ask(world, noon)
    if few:
        with pytest.raises(Refused, match="Fewer than five"):
            children.comment(mia, item, noon, "We were", anonymous=True)
    said = children.comment(mia, item, noon, "We were", anonymous=not few)
    assert said.item.author == (mia if few else None)
