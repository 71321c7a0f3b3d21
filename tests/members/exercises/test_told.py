"""What goes out of an exercise by the hub's real channels: to whom, in which words, and when not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from members import clock
from members.delivery import marked
from members.delivery.channels.slack import payload
from members.delivery.channels.teams import envelope
from members.delivery.channels.webhook import body_of
from members.delivery.claimed import What
from members.delivery.compose import write
from members.delivery.message import message
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.exercises import enrolling, preparing, replying, running, ticking
from members.models import (
    Announcement,
    Cell,
    Delivery,
    DigestLine,
    Escalation,
    Item,
    Realm,
    Reply,
    Response,
    Tier,
)
from tests.members.delivery.conftest import PostOffice, house_channel, owe, phone
from tests.members.exercises.game import Game, game
from tests.members.world import World
from tests.pages import advisory

pytestmark = pytest.mark.django_db
SHOUT = "EXERCISE EXERCISE EXERCISE"
PLAYERS = {"alice", "bob", "alan", "wendy", "dora"}


@pytest.fixture
def made(world: World, noon: datetime, post: PostOffice) -> Game:
    """Invited, and all told of it."""
    found = game(world, noon)
    sweep(noon)
    return found


def play(made: Game, minutes: float) -> int:
    """A tick and a sweep, as the task has them."""
    sent = ticking.tick(made.after(minutes))
    sweep(made.after(minutes))
    return sent


def text(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def came(post: PostOffice, word: str) -> set[str]:
    """To whom mails with `word` in them went."""
    return {
        to.split("@")[0] for to, mail in zip(post.recipients, post.taken, strict=True)
        if word in str(mail["Subject"]) or word in text(mail)
    }  # fmt: skip


def test_whoever_takes_part_is_invited_with_the_briefing_and_nobody_else(made: Game, post: PostOffice) -> None:
    assert set(post.names()) == PLAYERS and len(post.taken) == len(PLAYERS)
    mail = post.taken[0]
    assert mail["Subject"] == f"{SHOUT} [TLP:GREEN] You take part: A small one"
    assert "You are yourselves." in text(mail) and f"https://hub.example.org{made.path('detail')}" in text(mail)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "You take part in an exercise."),
        ("started", "The exercise has begun."),
        ("paused", "The exercise is paused."),
    ],
)
def test_whoever_is_added_later_is_told_what_was_told_last_and_nobody_else_again(
    made: Game, post: PostOffice, word: str, said: str
) -> None:
    carol, it = made.world.people["carol"], made.exercise.teams.get(slug="it")
    if word:
        made.start()
    if word == "paused":
        running.pause(carol, made.exercise, made.after(1))
    sweep(made.after(2))
    post.taken.clear()
    post.recipients.clear()
    enrolling.players(carol, made.exercise, made.after(3), ["fay@example.org"], it, None)
    sweep(made.after(3))
    assert came(post, said) == {"fay"} == set(post.names()) and len(post.taken) == 1
    enrolling.players(carol, made.exercise, made.after(4), ["fay@example.org"], it, None)  # a nervous thumb
    sweep(made.after(4))
    assert len(post.taken) == 1


def test_before_anybody_was_invited_whoever_is_added_hears_of_nothing(
    world: World, noon: datetime, post: PostOffice
) -> None:
    game(world, noon, invited=False)
    sweep(noon)
    assert not post.taken and not Announcement.objects.exists()


def test_what_is_due_goes_to_the_players_of_its_teams_and_to_observers(made: Game, post: PostOffice) -> None:
    made.start()
    assert (play(made, 0), play(made, 14.9), play(made, 15), play(made, 15)) == (1, 0, 1, 0)
    assert came(post, "The lamps go out.") == PLAYERS
    assert came(post, "It smells of smoke.") == {"alice", "bob", "dora"}
    assert len([one for one in post.taken if "smoke" in text(one)]) == 3


def test_every_mail_begins_and_ends_with_the_words_before_its_label(made: Game, post: PostOffice) -> None:
    made.start()
    play(made, 16)
    running.pause(made.world.people["carol"], made.exercise, made.after(17))
    play(made, 17)
    running.resume(made.world.people["carol"], made.exercise, made.after(18))
    play(made, 18)
    made.end(made.after(19))
    play(made, 19)
    told = {re.sub(r".*\] ", "", str(one["Subject"])) for one in post.taken}
    assert told == {
        "You take part: A small one", "It has begun: A small one", "It begins", "The server room",
        "Paused: A small one", "It goes on: A small one", "It is over: A small one",
    }  # fmt: skip
    for mail in post.taken:
        assert str(mail["Subject"]).startswith(f"{SHOUT} [TLP:GREEN] ")
        assert text(mail).startswith(f"{SHOUT}\r\n") and text(mail).rstrip().endswith(SHOUT)
        shown = re.sub(r"<[^>]*>", " ", text(mail, "html").split("<body")[1].split(">", 1)[1])
        assert " ".join(shown.split()).startswith(SHOUT) and " ".join(shown.split()).endswith(SHOUT)


@pytest.mark.parametrize("label", preparing.LABELS)
@pytest.mark.parametrize("cell", [Cell.AWAITS, Cell.NOTICE, Cell.TITLE, Cell.BODY])
@pytest.mark.parametrize("event", ["released", "revised", "withdrawn", "played"])
def test_no_template_and_no_message_can_forget_them(made: Game, label: str, cell: Cell, event: str) -> None:
    what = What(event, Tier.FLASH, cell, made.exercise.item, 1, label, words="paused", asks=True)
    written, said = write(what), message(what)
    assert written.subject.startswith(SHOUT) and written.text.startswith(SHOUT)
    assert written.text.rstrip().endswith(SHOUT) and written.html.count(SHOUT) >= 2
    assert said.lines()[0].startswith(SHOUT)
    for sent in (str(payload(said)["text"]), envelope(said)["attachments"][0]["content"]["body"][0]["text"]):
        assert sent.startswith(SHOUT)
    assert b'"type": "exercise"' in body_of(said, made.at) and SHOUT.encode() in body_of(said, made.at)


def test_a_mail_that_could_not_be_marked_is_not_made(made: Game) -> None:
    with pytest.raises(ValueError, match="no body to mark"):
        marked.html(What("played", 1, Cell.BODY, made.exercise.item), "<p>nothing of layout.html</p>")


def test_what_is_real_says_none_of_it(world: World, noon: datetime, post: PostOffice) -> None:
    owe(advisory(world, {"id": "r", "label": "GREEN"}).item, noon)
    sweep(noon)
    assert post.taken and not any(SHOUT in one.as_string() for one in post.taken)


def test_a_stricter_label_says_less_by_mail(world: World, noon: datetime, post: PostOffice) -> None:
    made = game(world, noon, invited=False)
    preparing.edit(world.people["carol"], made.exercise, noon, label="AMBER+STRICT")
    made.start()
    play(made, 0)
    assert post.taken and not any("lamps" in one.as_string() or "A small one" in one.as_string() for one in post.taken)
    assert any("The exercise has begun." in text(one) for one in post.taken)


def test_nobodys_ticks_quiet_hours_or_other_channels_are_asked(made: Game, post: PostOffice) -> None:
    people = made.world.people
    people["alice"].addresses.get().subscriptions.all().delete()
    type(people["bob"]).objects.filter(pk=people["bob"].pk).update(quiet_from=0, quiet_until=23)
    house_channel(made.world, "webhook", "https://hook.example.org/x", "brum", private=True)
    phone(made.world, "alice", private=True)
    made.start()
    play(made, 0)
    assert came(post, "The lamps go out.") == PLAYERS
    assert not Delivery.objects.exclude(address__channel="mail").exists()
    assert not DigestLine.objects.exists() and not Response.objects.exists() and not Escalation.objects.exists()


def test_the_channel_of_an_inject_decides_how_it_comes(made: Game, post: PostOffice) -> None:
    carol, world = made.world.people["carol"], made.world
    chat = house_channel(world, "slack", "https://slack.example.org/x", "brum", private=True)
    type(chat).objects.filter(pk=chat.pk).update(organisation=None, person=world.people["alice"])
    house_channel(world, "webhook", "https://hook.example.org/x", "brum", private=True)
    loud = preparing.add_inject(
        carol, made.exercise, made.at, teams=[made.exercise.teams.get(slug="it")], offset=600, title="Loud",
        text="Ring.", channel="message",
    )  # fmt: skip
    made.start()
    ticking.tick(made.after(30))
    plan(made.after(30))
    loud.refresh_from_db()
    ways = Delivery.objects.filter(announcement__item=loud.item).values_list(
        "address__channel", "address__person__name"
    )
    assert set(ways) == {("mail", "Alice"), ("mail", "Bob"), ("mail", "Dora"), ("slack", "Alice")}
    # The third of the small scenario is for its page alone.
    assert made.inject(3).state == "sent" and not Announcement.objects.filter(item=made.inject(3).item).exists()
    second = Delivery.objects.filter(announcement__item=made.inject(2).item)
    assert set(second.values_list("address__channel", flat=True)) == {"mail"}


def test_injects_go_in_their_order_whatever_their_tier_and_after_all_that_is_real(
    made: Game, post: PostOffice, noon: datetime
) -> None:
    carol, it = made.world.people["carol"], made.exercise.teams.get(slug="it")
    for offset, tier in ((120, Tier.INFORMATION), (180, Tier.FLASH), (180, Tier.ADVISORY)):
        preparing.add_inject(
            carol, made.exercise, noon, teams=[it], offset=offset, title=f"At {offset}", text="x", tier=tier
        )
    made.start()
    play(made, 0)
    post.taken.clear()
    ticking.tick(made.after(5))
    owe(advisory(made.world, {"id": "r", "label": "GREEN"}).item, made.after(5), tier=Tier.INFORMATION, categories=[])
    owe(advisory(made.world, {"id": "u", "label": "GREEN"}).item, made.after(5), tier=Tier.URGENT)
    sweep(made.after(5))
    subjects = [str(one["Subject"]) for one in post.taken]
    real = [one for one in subjects if SHOUT not in one]
    assert real and subjects[: len(real)] == real
    mine = [str(one["Subject"]).split("] ")[1] for one in post.taken if "bob@" in str(one["To"])][-3:]
    assert mine == ["At 120", "At 180", "At 180"]


def test_while_it_is_paused_nothing_of_it_goes_out_and_afterwards_all_does(made: Game, post: PostOffice) -> None:
    carol = made.world.people["carol"]
    made.start()
    ticking.tick(made.after(0))  # sent, and not out yet
    running.pause(carol, made.exercise, made.after(0.1))
    sweep(made.after(0.1))
    assert came(post, "The lamps go out.") == set() and came(post, "The exercise is paused") == PLAYERS | {"carol"}
    assert play(made, 60) == 0 and came(post, "The lamps go out.") == set()
    running.resume(carol, made.exercise, made.after(61))
    play(made, 61)
    assert came(post, "The lamps go out.") == PLAYERS
    assert play(made, 61 + 14) == 0 and play(made, 61 + 15) == 1


def test_once_it_ended_what_was_due_is_cancelled_in_words(made: Game, post: PostOffice) -> None:
    made.start()
    ticking.tick(made.after(0))
    plan(made.after(0))
    made.end(made.after(1))
    assert play(made, 1) == 0 and play(made, 100) == 0
    assert came(post, "The lamps go out.") == set()
    assert came(post, "Whatever reaches you now without these words is real.") == PLAYERS
    lost = Delivery.objects.filter(announcement__event="released")
    assert {(one.state, one.outcome) for one in lost} == {("cancelled", "The exercise ended before this was sent.")}


def test_what_it_was_planned_after_the_end_is_told_to_nobody(made: Game, post: PostOffice) -> None:
    made.start()
    ticking.tick(made.after(0))
    made.end(made.after(1))
    sweep(made.after(1))
    assert came(post, "The lamps go out.") == set()


def test_who_left_between_planning_and_sending_gets_nothing(made: Game, post: PostOffice) -> None:
    carol = made.world.people["carol"]
    made.start()
    ticking.tick(made.after(0))
    plan(made.after(0))
    enrolling.leave(carol, made.exercise.participants.get(person=made.world.people["bob"]), made.after(0.1))
    made.world.people["wendy"].affiliations.update(until=made.after(0.1))
    sweep(made.after(0.2))
    assert came(post, "The lamps go out.") == PLAYERS - {"bob", "wendy"}


def test_who_takes_part_no_more_hears_of_no_pause_and_finds_it_in_no_list(
    made: Game, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ended it: be it a date, which no verb looked at, or a change in the moment in which they were named."""
    made.start()
    made.world.people["wendy"].affiliations.update(until=made.after(1))
    running.pause(made.world.people["carol"], made.exercise, made.after(2))
    sweep(made.after(2))
    assert came(post, "The exercise is paused.") == (PLAYERS | {"carol"}) - {"wendy"}
    monkeypatch.setattr(clock, "ask", lambda: made.after(2))
    assert made.ref not in made.page("wendy", "/exercises/")
    assert made.ref in made.page("alice", "/exercises/") and made.ref in made.page("carol", "/exercises/")


def test_what_was_told_of_it_and_is_overtaken_is_not_told(made: Game, post: PostOffice) -> None:
    carol = made.world.people["carol"]
    made.start()
    running.pause(carol, made.exercise, made.after(0.1))
    running.resume(carol, made.exercise, made.after(0.2))
    sweep(made.after(0.3))
    assert came(post, "The exercise is paused") == set() and came(post, "The exercise goes on") == PLAYERS


def test_a_flash_of_an_exercise_goes_no_other_ways_and_asks_no_organisation(made: Game, post: PostOffice) -> None:
    carol, it = made.world.people["carol"], made.exercise.teams.get(slug="it")
    phone(made.world, "alice", private=True)
    post.on_rcpt["alice@example.org"] = "550 no such user"
    preparing.add_inject(carol, made.exercise, made.at, teams=[it], offset=0, title="F", text="x", tier=Tier.FLASH)
    made.start()
    play(made, 0)
    for minutes in (3, 6, 60):
        play(made, minutes)
    assert not Delivery.objects.exclude(address__channel="mail").exists()
    assert not Response.objects.exists() and not Escalation.objects.exists()


def test_an_announcement_of_another_realm_than_its_item_is_never_planned(
    world: World, noon: datetime, post: PostOffice
) -> None:
    made = game(world, noon, invited=False)
    owe(advisory(world, {"id": "r", "label": "CLEAR"}).item, noon, realm=Realm.EXERCISE)
    owe(Item.rows.realm(Realm.EXERCISE).get(pk=made.exercise.pk), noon, realm=Realm.REAL)
    sweep(noon)
    assert not Delivery.objects.exists() and post.taken == []


def test_an_inject_that_asks_is_acknowledged_by_the_link_of_its_mail(made: Game, post: PostOffice) -> None:
    made.start()
    play(made, 0)
    mails = {str(one["To"]).split("@")[0]: text(one) for one in post.taken if "The lamps go out." in text(one)}
    links = {who: re.findall(r"https://hub\.example\.org(/a/\S+)", said) for who, said in mails.items()}
    assert links["dora"] == [] and all(len(links[who]) == 1 for who in PLAYERS - {"dora"})
    browser, path = Client(SERVER_NAME="localhost"), links["bob"][0]
    at = made.after(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "ask", lambda: at)
        page = browser.get(path).content.decode()
        assert page.count(SHOUT) >= 3 and "solihull" in page and "lamps" not in page
        assert not Reply.objects.exists()  # scanners open every link
        assert "Confirmed" in browser.post(path).content.decode()
        assert "Confirmed" in browser.post(path).content.decode()
        reply = Reply.objects.get()
        assert (reply.organisation.slug, reply.person.name, reply.means, reply.clock) == (
            "solihull",
            "Bob",
            "link",
            180,
        )
        # Of an exercise that is over, and to whom it is not any more, it opens nothing.
        enrolling.leave(
            made.world.people["carol"], made.exercise.participants.get(person=made.world.people["wendy"]), at
        )
        assert browser.get(links["wendy"][0]).status_code == 404
        assert browser.post(links["wendy"][0]).status_code == 404
        made.end(at + timedelta(seconds=1))
        at += timedelta(seconds=1)
        assert browser.post(links["alice"][0]).status_code == 404
    assert Reply.objects.count() == 1 and not Response.objects.exists()


def test_who_has_acknowledged_is_asked_no_more(made: Game, post: PostOffice) -> None:
    made.start()
    ticking.tick(made.after(0))
    replying.acknowledge(made.world.people["bob"], made.inject(1), made.after(0.1))
    sweep(made.after(0.2))
    asked = {str(one["To"]).split("@")[0] for one in post.taken if "/a/" in text(one)}
    assert asked == {"alice", "alan", "wendy"}
