"""Release, revise and withdraw: a version, a standing, what is owed and an audit row, in one transaction.

The sentence that a coordinator confirms comes from the same proposed standing that releasing then saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisories import alert, made
from advisories.fingerprint import fingerprint as fingerprint  # what was looked at, told again by the doors
from advisories.fingerprint import text_of as text_of
from advisories.models import Advisory, Entry, Version
from advisories.sharing import gate
from members import clock, permits, search, stand, tasks, tlp
from members.audit import record
from members.delivery import plan
from members.delivery.right import hearers
from members.items import locked
from members.models import (
    Announcement,
    Embargo,
    Grant,
    Item,
    Membership,
    Organisation,
    Person,
    Standing,
    Tier,
)
from members.refused import Refused

CHANGED = gettext_lazy("It has been changed since you looked. Look again at what it says and who gets it.")


class Changed(Refused):
    """What was to be released is not what the person looked at any more."""


@dataclass(frozen=True)
class Preview:
    """What releasing the newest version at this moment would do. `refusal`: why it can't be released so, else ""."""

    version: Version
    at: datetime  # when it would begin
    ahead: bool  # that this is later than now: at the end of its embargo
    people: QuerySet[Person]
    readers: int
    organisations: int
    told: plan.Told
    refusal: str = ""

    def sentence(self) -> str:
        """Who will be able to read it and who is told when, in words."""
        return f"{self._readers()} {self._told()}"

    def _readers(self) -> str:
        if self.version.label == tlp.CLEAR:
            return _("Everyone will be able to read this, signed in or not.")
        people = ngettext("%(n)d person", "%(n)d people", self.readers) % {"n": self.readers}
        organisations = ngettext("%(n)d organisation", "%(n)d organisations", self.organisations)
        said = _("%(people)s in %(organisations)s will be able to read this.")
        return said % {"people": people, "organisations": organisations % {"n": self.organisations}}

    def _told(self) -> str:
        now = ngettext("%(n)d will be told now by mail", "%(n)d will be told now by mail", self.told.now)
        then = ngettext("%(n)d will be told then by mail", "%(n)d will be told then by mail", self.told.now)
        digest = ngettext("%(n)d in the next digest", "%(n)d in the next digest", self.told.digest)
        return f"{(then if self.ahead else now) % {'n': self.told.now}}, {digest % {'n': self.told.digest}}."


def preview(advisory: Advisory, at: datetime) -> Preview:
    """What releasing the newest version of `advisory` at `at` would do, by the same rule that reading goes by.

    Under an embargo that binds: what approving it in advance would do at the end.
    """
    version = newest(advisory)
    item = advisory.item
    asked, at = at, begins(item, at)
    standing, grants = proposed(item, version, at)
    people = hearers(item, Announcement.Event.RELEASED, at, standing, grants)
    told = plan.preview(item, standing, grants, version.tier, [version.category], at)
    houses = Organisation.objects.filter(
        memberships__in=Membership.objects.at(at).filter(state=Membership.State.ACTIVE),
        affiliations__person__in=people.order_by().values("pk"),
        affiliations__since__lte=at,
        affiliations__until__gt=at,
    ).distinct()
    refusal = hindrance(version, floor(version, asked)) or gate.passed(item, version, asked, at).refusal
    refusal = refusal or _unasked(version, wider=_wider(item, version, asked))
    return Preview(version, at, at > asked, people, people.count(), houses.count(), told, refusal)


def proposed(item: Item, version: Version, at: datetime) -> tuple[Standing, list[Grant]]:
    """The standing that releasing `version` at `at` would write, with its grants, none of them saved."""
    return stand.proposed(item, version.number, version.label, _targets(version), at)


@transaction.atomic
def release(person: Person, item: Item, at: datetime, *, confirm_title: str = "", seen: str | None = None) -> Standing:
    """Release the newest version of `item` as drafted, or as a revision of what stands. Raises Refused.

    `seen`: the fingerprint of what the person looked at, where they looked before; Changed where it is another now.
    """
    item = locked(item.pk)
    version = newest(Advisory(item=item))
    verb = "revise" if _stands(item, at) else "release"
    _allowed(person, verb, item, at)
    _nothing_since(item, at)
    if version.released_at is not None:
        raise Refused(_("This version is released already. Edit it to begin the next one."))
    if seen is not None and seen != fingerprint(version):
        raise Changed(CHANGED)
    since = begins(item, at)
    ahead = since > at
    of_source = floor(version, at)
    wider = _wider(item, version, at)
    another = _needs_another(person, version) if ahead or wider or _lowered(version, of_source) else ""
    passed, unasked = gate.passed(item, version, at, since), _unasked(version, wider=wider)
    if said := hindrance(version, of_source) or passed.refusal or unasked or another or _embargoed(item, at):
        raise Refused(said)
    _grantable(person, version, at)
    if version.tier == Tier.FLASH and confirm_title.strip() != version.title.strip():
        raise Refused(_("A Flash wakes people: type its title exactly as it stands to release it."))
    standing = stand.release(item, version.number, version.label, _targets(version), at, by=person, since=since)
    version.released_at = since
    version.save(update_fields=["released_at"])
    indexed(item, version)
    event = Announcement.Event.REVISED if verb == "revise" else Announcement.Event.RELEASED
    alert.announce(version, event, at, since)
    when = {"since": since.isoformat()} if ahead else {}
    traits = _traits(version, of_source) | ({"second": passed.second.value} if passed.second else {})
    record("release_ahead" if ahead else verb, at, by=person, reference=item.reference, **traits, **when)
    tasks.nudge()
    return standing


@transaction.atomic
def withdraw(person: Person, item: Item, at: datetime, reason: str) -> Standing:
    """Withdraw what stands. Readers are told the reference and the word; the reason is for handlers. Raises Refused."""
    item = locked(item.pk)
    _allowed(person, "withdraw", item, at)
    _nothing_since(item, at)
    if not reason.strip():
        raise Refused(_("Say why it is withdrawn: whoever asks later will want to know."))
    if not _stands(item, at):
        raise Refused(_("%(ref)s is not released, so there is nothing to withdraw.") % {"ref": item.reference})
    standing = stand.withdraw(item, at)
    version = Version.objects.select_related("advisory__item").get(advisory=item.pk, number=standing.version)
    version.withdrawn_because = reason.strip()
    version.save(update_fields=["withdrawn_because"])
    alert.announce(version, Announcement.Event.WITHDRAWN, at)
    record("withdraw", at, by=person, reference=item.reference, version=version.number, label=standing.label)
    tasks.nudge()
    return standing


def _nothing_since(item: Item, at: datetime) -> None:
    """Raise Changed where another's act came between the moment of this one and its turn: it would be undone unseen."""
    if Standing.objects.filter(item=item, since__gt=at, since__lte=clock.ask(), until__gt=F("since")).exists():
        raise Changed(CHANGED)


def _stands(item: Item, at: datetime) -> bool:
    return Standing.objects.at(at).filter(item=item, state=Standing.State.RELEASED).exists()


def newest(advisory: Advisory) -> Version:
    version = advisory.versions.select_related("advisory__item").order_by("-number").first()
    if version is None:
        raise Refused(_("%(ref)s has no text yet. Write one first.") % {"ref": advisory.item.reference})
    return version


def indexed(item: Item, version: Version) -> None:
    """Have `item` found by the words of `version`."""
    search.index(item, version.title, text_of(version))


def hindrance(version: Version, of_source: str) -> str:
    """Why `version`, of whose source `floor` says `of_source`, can't be released as it is drafted, whoever asks; ""
    where it can."""
    kinds = {kind for kind, _pk in version.audience}
    if not version.title.strip():
        return _("It has no title yet. Give it one.")
    if version.label == tlp.CLEAR and kinds:
        return _("TLP:CLEAR is for everyone and takes no audience: take it away, or choose a stricter label.")
    if version.label == tlp.RED and kinds - {"person"}:
        return _("TLP:RED is for named people alone: take away every WARP, group and organisation.")
    if version.label not in (tlp.CLEAR, tlp.GREEN) and not kinds:
        if version.label == tlp.RED:
            return _("Nobody could read it: name at least one person.")
        return _("Nobody could read it: name at least one organisation, group, WARP or person.")
    if _lowered(version, of_source) and not version.permission.strip():
        said = _("It was drafted from what is %(floor)s. To release it as %(label)s, write down who of the source"
                 " allowed that, when and how.")  # fmt: skip
        return said % {"floor": tlp.display(of_source), "label": tlp.display(version.label)}
    return ""


def floor(version: Version, at: datetime) -> str:
    """The strictest label of what it was drafted or made from; CLEAR where that is nothing."""
    entries = Entry.rows.filter(drafts__advisory=version.advisory_id)
    imported = entries.values_list("item__marking", flat=True)
    return tlp.strictest([tlp.CLEAR, *imported, *made.labels(version.advisory_id, at)])


def _lowered(version: Version, of_source: str) -> bool:
    return tlp.STRICTNESS[version.label] < tlp.STRICTNESS[of_source]


def _wider(item: Item, version: Version, at: datetime) -> bool:
    """Whether it was made from an incident that comes from a report, and is for somebody whom that is not for."""
    if not (known := made.agreed_for(version.advisory_id, at)):
        return False
    people = hearers(item, Announcement.Event.RELEASED, at, *proposed(item, version, at))
    return any(people.exclude(pk__in=theirs.order_by().values("pk")).exists() for theirs in known)


def _unasked(version: Version, *, wider: bool) -> str:
    """Whoever reported agreed for whom the incident is: for others it takes their leave, as a lower label does."""
    if not wider or version.permission.strip():
        return ""
    return _("It was made from what comes from a report, and is for more than whoever reported that agreed to. Name"
             " only those who have the incident, or release that for more first: they are asked again.")  # fmt: skip


def _needs_another(person: Person, version: Version) -> str:
    """A label below the source's, more readers than the incident has and a release in advance are approved by a second
    person; what derives from a report by the one whom `gate` asks about."""
    if version.written_by_id != person.pk:
        return ""
    return _("This needs a second person: ask another handler to look at it and release it.")


def begins(item: Item, at: datetime) -> datetime:
    """When a release of `item` at `at` would begin: at the end of an embargo that binds, else now."""
    ends = Embargo.objects.filter(item=item, ends_at__gt=at, state=Embargo.State.ACTIVE)
    return ends.values_list("ends_at", flat=True).first() or at


def _embargoed(item: Item, at: datetime) -> str:
    if not Embargo.objects.filter(item=item, ends_at__gt=at).exclude(state=Embargo.State.ACTIVE).exists():
        return ""
    said = _("%(ref)s is kept back, and nobody has approved its embargo. It can be released when its end has come.")
    return said % {"ref": item.reference}


def _grantable(person: Person, version: Version, at: datetime) -> None:
    """No write widens what its writer could not: a member names their own WARPs and groups, a coordinator any."""
    if not permits.grantable(person, _targets(version), at):
        raise Refused(_("It is for somebody whom you can’t grant it to: ask a coordinator to release it."))


def _allowed(person: Person, verb: str, item: Item, at: datetime) -> None:
    if not permits.can(person, verb, item, at):
        raise Refused(_("You can't do this: only the handlers of an item can."))


def _targets(version: Version) -> list[stand.Target]:
    return [(kind, pk) for kind, pk in version.audience]


def _traits(version: Version, of_source: str) -> dict[str, Any]:
    """What the audit keeps of a release: no names, no text. Whom it reached stands in the grants."""
    targets = {kind: sum(of == kind for of, _pk in version.audience) for kind in Grant.TARGETS}
    below = {"lowered_from": of_source} if _lowered(version, of_source) else {}
    return {"version": version.number, "label": version.label, "tier": version.tier, **targets, **below}
