"""Whether an item may go to a destination: asked when the page is shown, when the relay is asked for, and once more at
the moment of sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from advisories.models import Destination, Entry, MadeFrom, Review, Version
from advisories.serve.told import why_not
from members import clock, stand, tlp
from members.delivery.keys import by_notify
from members.delivery.openpgp import Unfit, encrypted
from members.models import WRITTEN, Derivation, Item, Realm, Standing
from members.shows import TABLE, Exit, stands

Kind = Destination.Kind
OPENLY = (tlp.CLEAR, tlp.GREEN)  # by mail in the clear; what is narrower is encrypted


@dataclass(frozen=True)
class Case:
    """An item at a moment. `standing`: what is released of it; `never`: why it can go nowhere, `mail`: why by no mail;
    `shown_by`: a destination that was verified later was shown to nobody who agreed."""

    item: Item
    standing: Standing | None
    never: str
    mail: str = ""
    shown_by: datetime = clock.FOREVER


def case(item: Item, at: datetime) -> Case:
    """However many destinations there are, as many statements."""
    standing = stand.in_force(item, at)
    if standing is not None and standing.state != Standing.State.RELEASED:
        standing = None
    never = _never(item, standing, at)
    if never or standing is None:
        return Case(item, None, never)
    return Case(item, standing, "", _no_mail(item, standing, at), _shown_by(item, at))


def hindrance(of: Case, destination: Destination) -> str:
    """Why it can't go to `destination`, in words; "" where it can."""
    if of.never or of.standing is None:
        return of.never
    if destination.ended_at is not None or destination.warp_id != of.item.warp_id:
        return _("It is not on the list any more.")
    if destination.verified_at is None:
        return _("Nobody has verified yet that it is theirs.")
    label = of.standing.label
    if tlp.STRICTNESS[label] > tlp.STRICTNESS[destination.strictest]:
        return _("It may be sent %(most)s at the strictest.") % {"most": tlp.display(destination.strictest)}
    if destination.kind == Kind.MAIL and of.mail:
        return of.mail
    if destination.kind == Kind.MAIL and label not in OPENLY and not fit(bytes(destination.certificate)):
        return _("What is narrower than TLP:GREEN goes by mail encrypted alone, and its public key can't be used.")
    if of.shown_by < destination.verified_at:
        return _("Whoever reported it was not shown this destination when they agreed. Write the next version and hand"
                 " it on, and they are asked.")  # fmt: skip
    return ""


def fit(certificate: bytes) -> bool:
    """Whether mail can be encrypted to it now."""
    try:
        encrypted(certificate, b"")
    except Unfit:
        return False
    return True


def _never(item: Item, standing: Standing | None, at: datetime) -> str:
    if item.kind not in WRITTEN or item.parent_id is not None or item.anonymous or item.realm != Realm.REAL:
        return _("Only an advisory, or what is shared of an incident, is relayed.")
    if (said := why_not(item, at)) or standing is None:
        return said or _("There is nothing to relay before it is released.")
    if tlp.STRICTNESS[_of_sources(item, standing)] > tlp.STRICTNESS[tlp.GREEN]:
        return _("It was drafted from what its source gave to this hub alone. Ask the source to pass it on.")
    return ""


def _of_sources(item: Item, standing: Standing) -> str:
    """The strictest label of what it was drafted from; CLEAR where the source gave leave for a wide one."""
    entries = Entry.rows.filter(drafts__advisory=item.pk).values_list("item__marking", flat=True)
    strictest = tlp.strictest([tlp.CLEAR, *entries])
    permission = Version.objects.values_list("permission", flat=True).get(advisory=item.pk, number=standing.version)
    return tlp.CLEAR if standing.label in OPENLY and permission.strip() else strictest


def _no_mail(item: Item, standing: Standing, at: datetime) -> str:
    if by_notify() and settings.EMAIL_MISSING:
        return _("This hub has no mail server of its own (EMAIL_URL), and GOV.UK Notify takes no such file.")
    if stands([item], at)[item.pk].cell(Exit.MAIL) < TABLE[standing.label][Exit.MAIL]:
        return _("Its WARP sends less of what has this label by mail.")
    return ""


def _shown_by(item: Item, at: datetime) -> datetime:
    """When what stands was handed on to whoever reported what it comes from, itself or by an incident that it was made
    from. Of what is for everyone they need not be asked."""
    incidents = MadeFrom.objects.filter(advisory=item.pk).values("incident")
    behind = set(Derivation.objects.filter(Q(item=item) | Q(item__in=incidents)).values_list("item", flat=True))
    released = Standing.objects.filter(
        item__in=behind, state=Standing.State.RELEASED, since__lte=at, until__gt=F("since")
    )
    stood = {one.item_id: one for one in released.order_by("since", "pk")}
    reviews = Review.objects.filter(item__in=behind, asked_at__lte=at).order_by("pk")
    asked = {(one.item_id, one.version): one.asked_at for one in reviews}
    found = [clock.FOREVER]
    for pk in behind:
        standing = stood.get(pk)
        if standing is None:
            found.append(clock.EPOCH)
        elif standing.label != tlp.CLEAR:
            found.append(asked.get((pk, standing.version), clock.EPOCH))
    return min(found)
