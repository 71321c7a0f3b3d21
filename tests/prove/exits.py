"""Every way out of the hub that a visitor can ask: for each route, with which arguments, queries and bodies.

A new route is one line in ROUTES here, or one in EXCUSED with the reason in words; tests/test_exits.py fails on
one that is in neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from advisories.kinds import PAGES
from advisories.models import Entry, Story
from advisories.views.embargo import ACTS
from members.models import (
    Address,
    Attempt,
    Booking,
    Certificate,
    Contact,
    Delivery,
    Frequency,
    Inject,
    Item,
    Kind,
    Lesson,
    Named,
    Question,
    Session,
    Shift,
    Subscription,
)
from members.reach.own import code_of
from members.response.link import token
from members.telling.stop import token as stop_token
from members.telling.ticks import address_handle, tick_handle
from tests.prove.draw import HIDDEN
from tests.prove.taught import calendar_token
from tests.prove.worlds import Drawn

Args = tuple[str, ...]
Body = dict[str, Any]
NONE, UNKNOWN = ("",), "WM-22222"  # no query; a reference that nothing has


@dataclass(frozen=True)
class Ask:
    """One request."""

    route: str
    path: str
    method: str = "GET"
    body: Body = field(default_factory=dict)
    channel: str = "page"

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {sorted(self.body)}" if self.body else "")


# Arguments that exist in a world, and one that does not


def once(world: Drawn) -> Iterable[Args]:
    yield ()


def refs(world: Drawn) -> Iterable[Args]:
    """Every reference there is, of whatever kind: a page of advisories must not open by another's."""
    yield from ((row.reference,) for row in world.rows.values())
    yield (UNKNOWN,)


def talk_refs(world: Drawn) -> Iterable[Args]:
    """Every question, and of what is none each third: there are no questions in most worlds."""
    rows = enumerate(world.rows.values())
    yield from ((row.reference,) for place, row in rows if row.kind == Kind.DISCUSSION or place % 3 == 0)
    yield (UNKNOWN,)


def some_refs(world: Drawn) -> Iterable[Args]:
    """Of the worst kinds, and of each third: for acts, of which there are many."""
    for place, (name, row) in enumerate(world.rows.items()):
        words = world.items[name]
        if words["embargo"] or words["anonymous"] or words["reporters"] or place % 3 == 0:
            yield (row.reference,)
    yield (UNKNOWN,)


def guarded_refs(world: Drawn) -> Iterable[Args]:
    embargoed = [row for name, row in world.rows.items() if world.items[name]["embargo"]]
    yield from ((row.reference,) for row in embargoed[:4])
    yield from ((row.reference,) for name, row in world.rows.items() if world.items[name]["place"] in (0, 7))
    yield (UNKNOWN,)


def child_refs(world: Drawn) -> Iterable[Args]:
    """Every child beneath what it belongs to; and one beneath another, and beneath nothing."""
    children = [row for row in world.rows.values() if row.parent is not None]
    yield from ((row.parent.reference, row.reference) for row in children if row.parent)
    others = [row.reference for row in world.rows.values() if row.parent is None][:1]
    yield from ((other, row.reference) for other in [*others, UNKNOWN] for row in children[-1:])
    yield from world.sealed_files
    yield (UNKNOWN, UNKNOWN)


def played_refs(world: Drawn) -> Iterable[Args]:
    """Every exercise, and of what is none each fifth: there are no exercises in most worlds."""
    rows = enumerate(world.rows.values())
    yield from ((row.reference,) for place, row in rows if row.kind == Kind.EXERCISE or place % 5 == 0)
    yield (UNKNOWN,)


def inject_refs(world: Drawn) -> Iterable[Args]:
    """Every inject in its exercise; and one in what it is not of."""
    found = list(Inject.objects.order_by("pk").values_list("exercise__item__reference", "code"))
    yield from found
    yield from ((row.reference, code) for row in list(world.rows.values())[:1] for _ref, code in found[:1])
    yield (UNKNOWN, UNKNOWN)


def destined(world: Drawn) -> Iterable[Args]:
    yield from ((code,) for code in world.destinations)
    yield (UNKNOWN,)


def stories(world: Drawn) -> Iterable[Args]:
    yield from ((entry.story.code,) for entry in Entry.rows.select_related("story").order_by("item_id"))
    yield (UNKNOWN,)


def slugs(world: Drawn) -> Iterable[Args]:
    yield from ((slug,) for slug in world.sources)
    yield ("nowhere",)


def known(world: Drawn) -> Iterable[Args]:
    yield from (("kev",), ("nowhere",))


def desks(world: Drawn) -> Iterable[Args]:
    yield from ((warp.slug,) for warp in world.warps.values())
    yield ("nowhere",)


def addresses(world: Drawn) -> Iterable[Args]:
    yield from ((code_of(address),) for address in Address.objects.order_by("pk")[:12])
    yield ("nothing",)


def offers(world: Drawn) -> Iterable[Args]:
    yield from ((named.code,) for named in Named.objects.order_by("pk"))
    yield (UNKNOWN,)


def links(world: Drawn) -> Iterable[Args]:
    """Of messages that went out; and one that never did.

    None about the item that only one of two twins has: such a link is made with the hub's key, for who gets it, and
    whoever is to know nothing of the item holds none. Here it would be guessed, and of course be known.
    """
    sent = Delivery.objects.filter(announcement__item__isnull=False).order_by("pk")
    if HIDDEN in world.rows:
        sent = sent.exclude(announcement__item=world.rows[HIDDEN])
    yield from ((token(*one),) for one in sent.values_list("announcement__code", "address")[:4])
    yield ("nothing",)


def own_lines(world: Drawn) -> Iterable[Args]:
    """Of the lists of three people; and one that nobody has."""
    lines = Subscription.objects.filter(address__person__isnull=False).order_by("pk")[:6]
    yield from ((tick_handle(line),) for line in lines)
    yield ("nothing",)


def own_addresses(world: Drawn) -> Iterable[Args]:
    addresses = Address.objects.filter(person__isnull=False).order_by("pk")[:3]
    yield from ((address_handle(one),) for one in addresses)
    yield ("nothing",)


def houses(world: Drawn) -> Iterable[Args]:
    yield from ((house.slug,) for house in world.organisations.values())
    yield ("nowhere",)


def stops(world: Drawn) -> Iterable[Args]:
    addresses = Address.objects.filter(person__isnull=False).order_by("pk")[:2]
    yield from ((stop_token(one.pk, [Frequency.DAILY]),) for one in addresses)
    yield ("nothing",)


def subscriptions(world: Drawn) -> Iterable[Args]:
    """Of who reads their own mailbox alone: nobody in a drawn world has subscribed."""
    yield ("nothing",)


def rungs(world: Drawn) -> Iterable[Args]:
    found = Contact.objects.order_by("pk").values_list("organisation__slug", "code")
    yield from found
    yield from ((slug, UNKNOWN) for slug, _code in found[:1])
    yield ("nowhere", UNKNOWN)


def shifts(world: Drawn) -> Iterable[Args]:
    yield from Shift.objects.order_by("pk").values_list("warp__slug", "code")
    yield ("nowhere", UNKNOWN)


def lessons_given(world: Drawn) -> Iterable[Args]:
    """Every session beneath its course; one beneath another item, and beneath nothing."""
    found = list(Session.objects.order_by("pk").values_list("course__item__reference", "code"))
    yield from found
    yield from ((row.reference, code) for row in list(world.rows.values())[:1] for _ref, code in found[:1])
    yield (UNKNOWN, UNKNOWN)


def booked(world: Drawn) -> Iterable[Args]:
    """Every booking beneath its session; one beneath another item, and beneath nothing."""
    found = list(
        Booking.objects.order_by("pk").values_list("session__course__item__reference", "session__code", "code")
    )
    yield from found
    yield from ((UNKNOWN, code, place) for _ref, code, place in found[:1])
    yield (UNKNOWN, UNKNOWN, UNKNOWN)


def taught_refs(world: Drawn) -> Iterable[Args]:
    """Every course, and of what is none each fourth."""
    rows = enumerate(world.rows.values())
    yield from ((row.reference,) for place, row in rows if row.kind == Kind.TRAINING or place % 4 == 0)
    yield (UNKNOWN,)


def certified(world: Drawn) -> Iterable[Args]:
    yield from ((number,) for number in Certificate.objects.order_by("pk").values_list("number", flat=True))
    yield (UNKNOWN,)


def certified_refs(world: Drawn) -> Iterable[Args]:
    yield from Certificate.objects.order_by("pk").values_list("course__item__reference", "number")
    yield (UNKNOWN, UNKNOWN)


def lessons(world: Drawn) -> Iterable[Args]:
    """Every lesson beneath its course; one beneath another item, and beneath nothing."""
    found = list(Lesson.objects.order_by("pk").values_list("course__item__reference", "code"))
    yield from found
    yield from ((row.reference, code) for row in list(world.rows.values())[:1] for _ref, code in found[:1])
    yield (UNKNOWN, UNKNOWN)


def quizzes(world: Drawn) -> Iterable[Args]:
    """Every attempt, and one that there is not."""
    yield from Attempt.objects.order_by("pk").values_list("lesson__course__item__reference", "lesson__code", "code")
    yield from ((*args, UNKNOWN) for args in lessons(world))


def bank(world: Drawn) -> Iterable[Args]:
    yield from Question.objects.order_by("pk").values_list("lesson__course__item__reference", "lesson__code", "code")
    yield from ((*args, UNKNOWN) for args in lessons(world))


def named_refs(world: Drawn) -> Iterable[Args]:
    named = Named.objects.select_related("embargo").order_by("pk")[:4]
    references = {row.pk: row.reference for row in world.rows.values()}
    yield from ((references[one.embargo.item_id], one.code) for one in named)
    yield (UNKNOWN, UNKNOWN)


def each(refs_of: Callable[[Drawn], Iterable[Args]], *names: str) -> Callable[[Drawn], Iterable[Args]]:
    return lambda world: [(*args, name) for args in refs_of(world) for name in names]


# Query strings


def searches(world: Drawn) -> Iterable[str]:
    """As it stands, by words of texts of every kind, by every filter, and by cursors that lie on every kind of item."""
    yield ""
    words = [
        one.token for one in world.mint.made.values() if one.field in ("title", "what_is_known", "comment", "body")
    ]
    yield from (urlencode({"q": word}) for word in ("jl", *(word[:5] for word in words[::5])))  # the page repeats it
    yield from (urlencode(query) for query in (
        {"label": "RED"}, {"label": "GREEN", "tier": "2"}, {"tier": "4"}, {"category": "phishing"},
        {"since": "2026-06-01"}, {"q": "jl", "label": "AMBER"},
    ))  # fmt: skip
    for row in list(world.rows.values())[::4]:
        yield from (urlencode({name: row.reference}) for name in ("before", "after"))
        yield urlencode({"q": "jl", "before": row.reference})


def plans(world: Drawn) -> Iterable[str]:
    """What is planned, by words of courses, by every filter, and from sessions of every course."""
    yield from ("", "before=now", "mine=on", "level=foundation", "warp=wm", "q=jl")
    words = [one.token for one in world.mint.made.values() if one.field in ("title", "aims")]
    yield from (urlencode({"q": word[:5]}) for word in words[::5])  # the page repeats it
    for code in Session.objects.order_by("pk").values_list("code", flat=True):
        yield from (urlencode({name: code}) for name in ("before", "after"))


def versions(_world: Drawn) -> Iterable[str]:
    return ("", "version=1", "version=2")


def desk(_world: Drawn) -> Iterable[str]:
    return ("", "q=jl", "dismissed=1", f"done={UNKNOWN}")


def periods(_world: Drawn) -> Iterable[str]:
    return ("", "period=2026-02", "period=2026-Q2", "period=2026-13")


def feeds(world: Drawn) -> Iterable[str]:
    return ("", "token=WRONG")


# Bodies of acts

EDIT = {"title": "A new title", "what_to_do": "x", "exploited": "unknown", "tier": "2", "category": "vulnerability",
        "label": "AMBER", "people": "", "references": ""}  # fmt: skip
FLASH = {"warp": "wm", "title": "A Flash", "what_is_known": "x", "what_to_do": "x", "label": "AMBER"}
SAID = {"comment-body": "x", "comment-readers": "readers", "comment-capacity": ""}
REPORT = {"title": "", "indicators": "203.0.113.9\nnothing", "started_at": "never", "act": "file"}
NEIGHBOUR = {"name": "x", "kind": "mail", "strictest": "GREEN", "mail": "x@example.org"}
LINE = {"frequency": "2", "lowest": "1", "category": "", "warp": ""}
ACTION = {"text": "x", "owner": "x", "due_on": "2027-01-01"}
HOURS = {"digest_hour": "8", "digest_weekday": "0", "quiet_from": "", "quiet_until": "", "time_zone": "Europe/London"}
EMBARGO = {"ends_at_0": "2027-01-01", "ends_at_1": "12:00", "ends_at": "2027-01-01 12:00", "reason": "x", "terms": "x",
           "why": "x", "evidence": "x", "people": "nobody@example.org", "named": "", "handlers": ""}  # fmt: skip


def upload() -> Body:
    file = SimpleUploadedFile("x.txt", b"x")
    return {"attachment-file": file, "attachment-readers": "readers", "attachment-capacity": ""}


@dataclass(frozen=True)
class Walk:
    """How one route is asked: its arguments, the queries of each GET, and the body of each POST (None: it has none)."""

    args: Callable[[Drawn], Iterable[Args]] = once
    queries: Callable[[Drawn], Iterable[str]] | None = lambda world: NONE
    body: Body | Callable[[], Body] | None = None
    posts: Callable[[Drawn], Iterable[Args]] | None = None  # where acts are asked for fewer
    channel: str = "page"

    def asks(self, route: str, world: Drawn) -> Iterator[Ask]:
        for args in self.args(world) if self.queries else ():
            path = reverse(route, args=args)
            for query in self.queries(world) if self.queries else ():
                yield Ask(route, f"{path}?{query}" if query else path, channel=self.channel)
        for args in (self.posts or self.args)(world) if self.body is not None else ():
            body: Body = self.body() if callable(self.body) else (self.body or {})
            yield Ask(route, reverse(route, args=args), "POST", body, self.channel)


A = "advisories:"
ROUTES: dict[str, Walk] = {
    "home": Walk(),
    "glossary": Walk(),
    "answer": Walk(links, body={}),
    "told": Walk(),
    "told-times": Walk(body=HOURS),
    "told-add": Walk(own_addresses, body=LINE),
    "told-change": Walk(own_lines, body={**LINE, "look": "1"}),
    "told-remove": Walk(queries=None, body={}, posts=own_lines),
    "kit": Walk(houses, body={"name": "Widgetron", "known_as": ""}),
    "kit-remove": Walk(queries=None, body={"name": "Widgetron"}, posts=houses),
    "stop": Walk(stops, body={}),
    "subscribe": Walk(body={"email": "nobody@example.org", "frequency": "2"}),
    "subscription-confirm": Walk(subscriptions, body={}),
    "subscription-leave": Walk(subscriptions, body={}),
    "messages": Walk(),
    "feed-tokens": Walk(body={"name": "x"}),
    "feed-token-end": Walk(lambda world: [(UNKNOWN,)], queries=None, body={}),
    "reach": Walk(),
    "reach-phone": Walk(body={"number": "07700 900999"}),
    "reach-key": Walk(body={"key": "x"}),
    "reach-new": Walk(houses, body={"channel": "slack", "name": "x", "url": "https://x.example.org/", "lowest": "3"}),
    "reach-one": Walk(addresses, body={"act": "off"}),
    "contacts": Walk(),
    "contacts-of": Walk(houses, body={"role": "primary", "name": "x", "telephone": "123"}),
    "contact": Walk(rungs, body={"role": "night", "name": "x", "telephone": "123"}),
    "duty": Walk(),
    "duty-of": Walk(desks, body={"telephone": "123", "flash_minutes": "30", "usual_label": "GREEN"}),
    "duty-off": Walk(queries=None, body={}, posts=shifts),
    "training:list": Walk(queries=plans),
    "training:calendar": Walk(queries=lambda world: ("", "month=2027-06", "month=2027-07")),
    "training:new": Walk(body={"title": ""}),
    "training:course": Walk(taught_refs),
    "training:edit": Walk(taught_refs, body={"title": ""}),
    "training:publish": Walk(taught_refs, body={"label": "RED"}),
    "training:withdraw": Walk(taught_refs, body={}),
    "training:schedule": Walk(taught_refs, body={"starts_at": "never"}),
    "training:session": Walk(lessons_given),
    "training:session-change": Walk(lessons_given, body={"starts_at": "never"}),
    "training:session-cancel": Walk(lessons_given, body={"reason": ""}),
    "training:book": Walk(queries=None, body={}, posts=lessons_given),
    "training:book-other": Walk(
        queries=None, body={"email": "nobody@example.org", "who": "nobody"}, posts=lessons_given
    ),
    "training:unbook": Walk(queries=None, body={}, posts=booked),
    "training:in": Walk(queries=lambda world: ("", "code=ABCDEF"), body={"code": "ABCDEF"}),
    "training:mine": Walk(),
    "training:mine-csv": Walk(),
    "training:certificate": Walk(certified),
    "training:check": Walk(body={"number": UNKNOWN, "name": "x"}),
    "training:check-one": Walk(certified),
    "training:of-index": Walk(),
    "training:of": Walk(houses),
    "training:of-csv": Walk(houses),
    "training:gaps-index": Walk(),
    "training:gaps": Walk(desks),
    "training:gaps-csv": Walk(desks),
    "training:certificates": Walk(some_refs, body={"number": UNKNOWN}),
    "training:revoke": Walk(certified_refs, body={"reason": "x"}),
    "training:attendance": Walk(lessons_given, body={"act": "walk-in", "email": "x"}),
    "training:attendance-code": Walk(lessons_given),
    "training:feedback": Walk(lessons_given, body={"useful": "9"}),
    "training:feedback-results": Walk(lessons_given),
    "training:lessons": Walk(refs),
    "training:lessons-edit": Walk(some_refs),
    "training:lessons-claim": Walk(queries=None, body={}, posts=some_refs),
    "training:lesson-new": Walk(some_refs, body={"title": "x"}),
    "training:lesson": Walk(lessons),
    "training:lesson-read": Walk(queries=None, body={}, posts=lessons),
    "training:lesson-edit": Walk(lessons, body={"title": ""}),
    "training:lesson-move": Walk(queries=None, body={"to": "up"}, posts=lessons),
    "training:lesson-remove": Walk(lessons, body={}),
    "training:quiz": Walk(lessons),
    "training:quiz-begin": Walk(queries=None, body={}, posts=lessons),
    "training:quiz-result": Walk(quizzes),
    "training:quiz-hand-in": Walk(queries=None, body={"q-": "0"}, posts=quizzes),
    "training:bank": Walk(lessons),
    "training:question-new": Walk(lessons, body={"text": "x"}),
    "training:question-edit": Walk(bank, body={"text": "x"}),
    "training:question-retire": Walk(queries=None, body={}, posts=bank),
    "calendar-feed": Walk(lambda world: [(UNKNOWN,)], channel="atom"),
    "training-calendar-feed": Walk(body={"name": "x"}),
    "training-calendar-feed-end": Walk(lambda world: [(UNKNOWN,)], queries=None, body={}),
    "feed-advisories": Walk(queries=feeds, channel="atom"),
    A + "list": Walk(queries=searches),
    A + "detail": Walk(refs, versions),
    "incidents:list": Walk(queries=searches),
    "incidents:detail": Walk(refs, versions),
    "incidents:derive": Walk(queries=None, body={}, posts=some_refs),
    "incidents:state": Walk(queries=None, body={"state": "contained"}, posts=some_refs),
    "incidents:note": Walk(queries=None, body={"on": "2026-01-01", "words": "x"}, posts=some_refs),
    "incidents:strike": Walk(queries=None, body={"on": "2026-01-01", "words": "x"}, posts=some_refs),
    "incidents:take": Walk(queries=None, body={}, posts=some_refs),
    "incidents:close": Walk(refs, body={"lessons": "x"}, posts=some_refs),
    "incidents:indicators": Walk(refs, body={"typed": "x.example.org"}, posts=some_refs),
    "incidents:become": Walk(queries=None, body={}, posts=some_refs),
    "incidents:sanitise": Walk(refs, body={"seen": "x"}, posts=some_refs),
    "incidents:hand-on": Walk(refs, body={"seen": "x"}, posts=some_refs),
    "incidents:second": Walk(refs, body={"seen": "x", "no": "1", "words": "x"}, posts=some_refs),
    "incidents:seconds": Walk(refs, body={"others": "nobody@example.org"}, posts=some_refs),
    "incidents:consent": Walk(refs, body={"seen": "x", "no": "1", "words": "x"}, posts=some_refs),
    "incidents:words": Walk(refs, body={"body": "x"}, posts=some_refs),
    **{f"incidents:{name}": Walk(refs, channel="machine") for name in ("stix", "misp", "csv")},
    "incidents:new": Walk(body={"where": "x/wm", "how": "anonymous"}),
    "incidents:write": Walk(queries=None, body={**REPORT}, posts=some_refs),
    "questions:list": Walk(queries=searches),
    "questions:new": Walk(body={"title": "x", "where": "x/wm", "readers": "hub", "anonymous": "on"}),
    "questions:detail": Walk(talk_refs),
    "questions:accept": Walk(queries=None, body={}, posts=child_refs),
    "questions:hide": Walk(refs, body={"reason": "x"}, posts=some_refs),
    "questions:follow": Walk(queries=None, body={"how": "follows"}, posts=some_refs),
    "exercises:list": Walk(),
    "exercises:new": Walk(body={"warp": "wm", "source": "empty", "title": ""}),
    "exercises:detail": Walk(played_refs),
    "exercises:scenario": Walk(played_refs),
    "exercises:edit": Walk(played_refs, body={"title": "x", "pace": "1"}),
    "exercises:teams": Walk(queries=None, body={"act": "add", "name": "x"}, posts=played_refs),
    "exercises:people": Walk(played_refs, body={"act": "observer", "observer-addresses": "nobody@example.org"}),
    "exercises:inject-new": Walk(played_refs, body={"title": "x"}),
    "exercises:inject": Walk(inject_refs),
    "exercises:inject-edit": Walk(inject_refs, body={"act": "remove"}),
    "exercises:file": Walk(inject_refs),
    "exercises:reply": Walk(queries=None, body={"act": "acknowledge"}, posts=inject_refs),
    "exercises:inject-act": Walk(queries=None, body={"act": "send"}, posts=inject_refs),
    "exercises:board": Walk(played_refs),
    "exercises:act": Walk(queries=None, body={"act": "start"}, posts=played_refs),
    "exercises:end": Walk(played_refs, body={}),
    "exercises:note": Walk(queries=None, body={"words": "x"}, posts=played_refs),
    "exercises:report": Walk(played_refs),
    "exercises:report-csv": Walk(played_refs),
    "exercises:actions": Walk(queries=None, body=ACTION, posts=played_refs),
    "exercises:action": Walk(queries=None, body={"act": "done"}, posts=inject_refs),
    A + "respond": Walk(queries=None, body={"act": "confirm", "answer-words": "x"}, posts=some_refs),
    A + "why": Walk(refs, lambda world: ("", "who=x-1%40example.org")),
    A + "responses": Walk(refs),
    A + "rung": Walk(queries=None, body={"organisation": "nowhere"}, posts=some_refs),
    A + "responses-csv": Walk(some_refs),
    A + "relay": Walk(
        refs,
        lambda world: ("", *(f"to={code}" for code in world.destinations)),
        posts=some_refs,
        body={"to": "DESTuk", "seen": "x"},
    ),
    A + "destinations": Walk(),
    A + "destination-new": Walk(
        desks, body={"name": "x", "kind": "mail", "strictest": "GREEN", "mail": "x@example.org"}
    ),
    A + "destination-act": Walk(queries=None, body={"code": "x"}, posts=each(destined, "confirm", "off")),
    "relay-receipt": Walk(lambda world: [(UNKNOWN,)], body={}),
    A + "sight": Walk(queries=None, body={"sight": ""}, posts=some_refs),
    A + "comment": Walk(queries=None, body=SAID, posts=some_refs),
    A + "attach": Walk(queries=None, body=upload, posts=some_refs),
    A + "attachment": Walk(child_refs),
    A + "remove": Walk(child_refs, body={"reason": "x"}),
    A + "embargo": Walk(refs),
    A + "embargo-act": Walk(
        each(guarded_refs, *ACTS), body=EMBARGO, posts=each(guarded_refs, "propose", "name", "leak")
    ),
    A + "embargo-decide": Walk(queries=None, body={}, posts=each(guarded_refs, "approve", "grant", "nothing")),
    A + "embargo-remove": Walk(queries=None, body={}, posts=named_refs),
    A + "embargo-leave": Walk(guarded_refs, body={}),
    "offer": Walk(offers, body={"terms": "1"}),
    A + "desk": Walk(queries=desk),
    A + "overview": Walk(),
    A + "activity": Walk(queries=periods),
    A + "activity-csv": Walk(queries=periods),
    A + "story": Walk(stories),
    A + "dismiss": Walk(queries=None, body={}, posts=stories),
    A + "restore": Walk(queries=None, body={}, posts=stories),
    A + "join": Walk(queries=None, body={"other": "NOWHERE22"}, posts=stories),
    A + "split": Walk(queries=None, body={}, posts=stories),
    A + "draft-new": Walk(queries=None, body={"warp": "wm"}, posts=once),
    A + "draft-edit": Walk(refs, body=EDIT, posts=some_refs),
    A + "release": Walk(refs, body={"seen": "", "confirm_title": "x"}, posts=some_refs),
    A + "withdraw": Walk(refs, body={"reason": "x"}, posts=some_refs),
    A + "flash": Walk(body=FLASH),
    A + "flash-release": Walk(refs, body={"seen": ""}, posts=some_refs),
    A + "flash-change": Walk(refs, body=FLASH, posts=some_refs),
    A + "ranking": Walk(desks, body={"likely_from": "0", "watchwords": "Widgetron"}, posts=desks),
    A + "sources": Walk(),
    A + "source": Walk(slugs),
    A + "source-settings": Walk(slugs, body={"name": "x", "every": "60"}, posts=slugs),
    A + "source-off": Walk(queries=None, body={}, posts=slugs),
    A + "known-sources": Walk(),
    A + "known-on": Walk(queries=None, body={}, posts=known),
    "demo-sign-in": Walk(queries=None, body={"person": "x"}),
    "demo-confirm": Walk(),
    "dev-mail": Walk(),
    "account_login": Walk(body={"login": "nobody@example.org", "password": "x"}),
    "account_inactive": Walk(),
    "account_signup": Walk(),
    "account_reauthenticate": Walk(),
    "account_email": Walk(),
    "account_email_verification_sent": Walk(),
    "account_change_password": Walk(),
    "account_set_password": Walk(),
    "account_reset_password": Walk(),
    "account_reset_password_done": Walk(),
    "account_reset_password_from_key_done": Walk(),
    "account_confirm_login_code": Walk(),
    "account_logout": Walk(),
    "mfa_index": Walk(),
    "mfa_authenticate": Walk(),
    "mfa_reauthenticate": Walk(),
    "mfa_activate_totp": Walk(),
    "mfa_deactivate_totp": Walk(),
    "mfa_view_recovery_codes": Walk(),
    "mfa_generate_recovery_codes": Walk(),
    "mfa_download_recovery_codes": Walk(),
}
EXCUSED: dict[str, str] = {
    "healthz": "alive or not alive; with the operator's token it counts processes and rows, and reads no item",
    "dev-mail-one": "one of the mails that the outbox is walked for, and only on a demonstration, on this machine",
    "dev-mail-html": "the same",
    "account_confirm_email": "its argument is a signed address; the hub asks nobody to confirm one",
    "account_reset_password_from_key": "its argument is a token of the person's own; it shows a form for a password",
}
# What is not asked for but comes: the outbox, and what wakes the worker (tests/prove/walk.py, mails and queued).
TOLD = {"accepted", "awaits", "call_list", "digest", "digest_rows", "invited", "invited_cancelled", "invited_moved",
        "invited_placed", "invited_reminded", "invited_waiting", "layout", "notice", "played", "released", "replied",
        "revised", "unanswered", "unconfirmed", "why", "withdrawn"}  # fmt: skip
UNTOLD = {
    "relay": "goes to a destination of relays, and to no viewer: tests/prove/test_relays.py asks for one of every item",
    "relay_code": "says six digits to an address that was typed in as a destination's, and nothing of any item",
    "confirm": "asks whoever reads a mailbox whether they want public mail, and says nothing of any item",
    "broken_glass": "tells custodians that glass was broken, and nothing of any item",
    "key_ends": "says to whom it belongs that a public key expires, and nothing of any item",
    "returned": "says to a lead that an address gets no mail, and nothing of any item",
    "code": "says six digits to whoever asked for them, and nothing of any item",
    "contact_code": "says six digits to an address that was typed in as a contact's, and nothing of any item",
    "operator": "says how many items lie wrongly and where the audit ends, to who operates the hub, and no reference",
    "leaked": "goes to an embargo's own source, and quotes nothing but the reference that is the source's",
}
TASKS = {"members.tasks.sweep"}
IDLE_TASKS = {
    "members.tasks.heartbeat": "writes the time",
    "members.tasks.report_daily": "mails that, and nothing else",
    "members.tasks.seal": "seals audit rows, which it takes from the database by itself",
    "advisories.tasks.read_bounces": "writes down what mail servers say of what was sent, and sends nothing of an item",
    "advisories.tasks.relay_due": "sends to no viewer: tests/prove/test_relays.py asks for a relay of every item",
    "advisories.tasks.count_sightings": "writes down how many organisations see an item, and sends nothing",
    "advisories.tasks.collect_due": "brings in what sources say; what becomes of it is walked on the desk",
}
COMMANDS = {
    "prepare": "migrates, and makes files that are there already",
    "demo": "makes up a world for a demonstration",
    "setup": "asks whoever installs the hub for the first names",
    "sources": "shows and changes addresses of sources: the operator's own",
    "collect": "brings in what sources say",
    "import": "the same, from a file",
    "release": "a verb, by the name of a coordinator whom `can` is asked about",
    "withdraw": "the same",
    "who": "answers the operator who may read an item, by the rule, and records that it was asked",
    "send": "the sweeper's pass, which is walked",
    "digest": "the same",
    "breakglass": "asks for it, and says the same whether there is such an item",
    "bounces": "counts what came back; shows the operator addresses, and no item",
    "audit": "says whether the chain holds, and prints no row; of items that lie wrongly, the reference",
    "backup": "all that there is, in a file for the operator alone, which docs/operators.md says how to keep",
    "restore": "the same, back; it prints numbers, and references to the operator",
    "held": "says of what is held tier, event, reference and how many, to the operator; it sends by the sweeper's pass",
}  # each is run by the operator, at the machine
ERRORS = [
    Ask("404", "/nowhere/"),
    Ask("405", "/advisories/", "POST"),
    Ask("403", "/account/login/", "POST", {"login": "x", "csrf": True}),
    Ask("400", "/", "HOST"),
    Ask("500", "/glossary/", "CRASH"),
    Ask("head", "/advisories/", "HEAD"),
    Ask("options", "/advisories/", "OPTIONS"),
]


def asks(world: Drawn) -> list[Ask]:
    """Every request of a walk."""
    found = [ask for route, walk in ROUTES.items() for ask in walk.asks(route, world)]
    heads = [
        Ask("head", reverse(page, args=args), "HEAD")
        for args in list(refs(world))[::3]
        for page in dict.fromkeys(PAGES.values())
    ]
    return [*found, *heads, *ERRORS]


def machine_asks(token: str, use: str) -> list[Ask]:
    """What a machine asks with its token, and without; and a person's calendar with the other that they have."""
    path = reverse("feed-advisories")
    paths = [path, f"{path}?token={token}"] if use == "atom" else [path]
    booked = Ask("calendar-feed", reverse("calendar-feed", args=[calendar_token(token)]), channel="atom")
    return [*(Ask("feed-advisories", one, channel="atom") for one in paths), booked]


def details(world: Drawn, item: Item) -> list[str]:
    """The pages on which the text of `item` must stand for whoever may read it; none where it has no page yet."""
    if item.kind in PAGES:
        return [reverse(PAGES[Kind(item.kind)], args=[item.reference])]
    if item.kind == Kind.ENTRY:
        return [reverse(A + "story", args=[Story.objects.get(entries__item=item).code])]
    if item.kind == Kind.TRAINING:
        there = [reverse("training:course", args=[item.reference])]
        codes = Session.objects.filter(course=item.pk).exclude(place="").values_list("code", flat=True)
        return there + [reverse("training:session", args=[item.reference, code]) for code in codes]
    if item.parent is None or item.parent.kind not in PAGES:
        return []
    above = reverse(PAGES[Kind(item.parent.kind)], args=[item.parent.reference])
    if item.kind == Kind.COMMENT and item.parent.kind == Kind.REPORT:
        return []  # nothing is said beneath one
    if item.kind == Kind.COMMENT:
        return [above]
    if item.kind == Kind.ATTACHMENT:
        return [above, reverse(A + "attachment", args=[item.parent.reference, item.reference])]  # fmt: skip
    return []
