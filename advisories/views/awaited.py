"""What derives from a report and waits for whoever looks: their word, their look, or what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Consent, Review, Version, Word
from advisories.sharing.consent import with_last
from advisories.sharing.review import reported_by
from members import kinds, policy, reports
from members.middleware import HubRequest
from members.models import Handler, Item, Person, Standing
from members.views.asking import person_of

MOST = 5


class Awaited(NamedTuple):
    """One sentence, what to do, and where. It says nothing of the item: not even its reference, but in the address."""

    text: Promise
    action: Promise
    url: str


YOUR_WORD = (_("Something is to be shared of what you reported. It waits for your word."), _("Read it"))
YOUR_LOOK = (_("Something that comes from a report waits for a second person to look at it."), _("Look at it"))
ANSWERED = (_("What you handed on was answered."), _("See how it stands"))

ASKED = (_("You were asked about what you reported."), _("Answer"))
TOLD = (_("Whoever reported something said more about it."), _("Read it"))
LATELY = timedelta(days=7)


def awaits(request: HubRequest) -> list[Awaited]:
    """Five statements, for whoever is signed in."""
    person = person_of(request)
    if person is None:
        return []
    found = ((YOUR_WORD, "consent", _for_word(request, person)), (YOUR_LOOK, "second", for_look(request, person)),
             (ANSWERED, "hand-on", _answered(request, person)))  # fmt: skip
    waits = [
        Awaited(*said, reverse(f"incidents:{page}", args=[one.item.reference]))
        for said, page, reviews in found
        for one in reviews[:MOST]
    ]
    asked = ((ASKED, _asked(request, person)), (TOLD, _told(request, person)))
    return [*waits, *(Awaited(*said, reverse("incidents:words", args=[one.report.reference]))
                      for said, words in asked for one in words[:MOST])]  # fmt: skip


def _standing(request: HubRequest, condition: Q) -> QuerySet[Review]:
    """Those that have not lapsed, of what whoever looks reads and is not released yet."""
    open_now = Version.objects.filter(advisory=OuterRef("item"), number=OuterRef("version"), released_at=None)
    mine = policy.readable(request.viewer, request.at, "item_id")
    found = Review.objects.filter(condition, mine, Exists(open_now), lapsed_at=None, item__realm=0)
    return found.select_related("item").order_by("asked_at", "pk")


def _for_word(request: HubRequest, person: Person) -> QuerySet[Review]:
    """Where they have said nothing yet, or agreed last to a later end than the one that there is now."""
    own = Q(person=person) | Q(pseudonym=OuterRef("item__derived_from__report__origin__pseudonym"))
    said = Consent.objects.filter(own, item=OuterRef("item"), fingerprint=OuterRef("fingerprint")).order_by("-pk")
    theirs = _standing(request, reported_by(person, "item__derived_from__"))
    found = with_last(theirs, said, request.at)
    return found.filter(Q(said=False) | Q(no=None, later__gt=F("now")))


def for_look(request: HubRequest, person: Person) -> QuerySet[Review]:
    """What a second person is to look at, and they may be that one."""
    named = Handler.seconds.at(request.at).filter(item=OuterRef("item"), item__standings=None, person=person)
    handles = Q(policy.handled(request.viewer, request.at, "item_id")) | Q(Exists(named))
    theirs = Item.rows.filter(reported_by(person, "derived_from__")).values("pk")
    wrote = Version.objects.filter(advisory=OuterRef("item"), number=OuterRef("version"), written_by=person)
    found = _standing(request, handles & Q(decided_at=None)).exclude(asked_by=person).exclude(item__in=theirs)
    return found.exclude(Exists(wrote))


def _answered(request: HubRequest, person: Person) -> QuerySet[Review]:
    said = Consent.objects.filter(item=OuterRef("item"), fingerprint=OuterRef("fingerprint"))
    return _standing(request, Q(asked_by=person) & (Q(decided_at__isnull=False) | Q(Exists(said))))


def _last(request: HubRequest, condition: Q) -> QuerySet[Word]:
    """The last word about each report that whoever looks reads, where it is such a one."""
    later = Word.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk")).order_by()
    mine = policy.readable(request.viewer, request.at, "report_id")
    found = Word.objects.filter(~Exists(later), condition, mine, report__realm=0)
    return found.select_related("report").order_by("-pk")


def _asked(request: HubRequest, person: Person) -> QuerySet[Word]:
    return _last(request, reports.mine(person, "report") & Q(from_keeper=True))


def _told(request: HubRequest, person: Person) -> QuerySet[Word]:
    """Of what they keep. Who reads an anonymous report that is not theirs is its custodian."""
    keeps = Q(policy.handled(request.viewer, request.at, "report_id")) | Q(report__anonymous=True)
    theirs = Item.rows.filter(reports.mine(person)).order_by().values("pk")
    said = _last(request, keeps & Q(from_keeper=False, at__gt=request.at - LATELY))
    return said.exclude(report__in=theirs)


def shared_of(request: HubRequest, report: Item, *, theirs: bool) -> list[tuple[str, str]]:
    """What was derived from a report, as far as whoever asks reads it: its reference, and where it is read. Whoever
    reported it is told of what was handed on to them, or is shared, and of nothing that is being written."""
    found = policy.visible_to(request.viewer, request.at, report.realm).filter(derived_from__report=report)
    if not theirs:
        return [(one.reference, kinds.page(one)) for one in found.order_by("-pos")]
    stands = Standing.objects.at(request.at).filter(state=Standing.State.RELEASED)
    done = Exists(stands.filter(item=OuterRef("item"), version=OuterRef("version")))
    handed = Exists(Review.objects.filter(~done, item=OuterRef("pk"), lapsed_at=None))
    shared = Exists(stands.filter(item=OuterRef("pk")))
    found = found.annotate(handed=handed).filter(Q(handed=True) | shared).order_by("-pos")
    return [
        (one.reference, reverse("incidents:consent", args=[one.reference]) if one.handed else kinds.page(one))
        for one in found
    ]
