"""Sharing groups, client links and the tree of WARPs: what else decides whom a grant reaches."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members import mandate
from members.audit import record
from members.ending import lost
from members.joining import end
from members.leaving import reached_through
from members.models import ClientLink, GroupMember, Organisation, Person, SharingGroup, Warp, Within
from members.refused import Refused

# Sharing groups


@transaction.atomic
def add_group(name: str, slug: str, warp: Warp | None, at: datetime, by: Person | None) -> SharingGroup:
    """A named list of organisations, empty, whom the coordinators of `warp` let in; None: the hub's own. Raises
    Refused."""
    group = SharingGroup(name=name, slug=slug, warp=warp)
    mandate.over_group(by, group, at)
    group.save()
    record("add_group", at, by=by, reference=slug, warp=warp.slug if warp else "")
    return group


@transaction.atomic
def join_group(organisation: Organisation, group: SharingGroup, at: datetime, by: Person | None) -> GroupMember:
    """What is granted to `group` reaches `organisation` from `at` on: for who runs the group to say. Raises Refused."""
    mandate.over_group(by, group, at)
    if GroupMember.objects.at(at).filter(group=group, organisation=organisation).exists():
        raise Refused(_("%(organisation)s is in %(group)s already.") % {"organisation": organisation, "group": group})
    member = GroupMember.objects.create(group=group, organisation=organisation, since=at)
    record("join_group", at, by=by, reference=organisation.slug, group=group.slug)
    return member


@transaction.atomic
def leave_group(organisation: Organisation, group: SharingGroup, at: datetime, by: Person | None) -> None:
    """What is granted to `group` reaches `organisation` no more: for either side to say. Raises Refused."""
    if by is None or not (mandate.leads(by, organisation, at) or mandate.coordinates_it(by, organisation, at)):
        mandate.over_group(by, group, at)
    if not end(GroupMember.objects.filter(group=group, organisation=organisation), at):
        raise Refused(_("%(organisation)s is not in %(group)s.") % {"organisation": organisation, "group": group})
    record("leave_group", at, by=by, reference=organisation.slug, group=group.slug)
    lost(reached_through(organisation), at)


# Clients


@transaction.atomic
def link(provider: Organisation, client: Organisation, at: datetime, by: Person | None) -> ClientLink:
    """`provider` gives `client` cyber services. It passes nothing on until the provider's lead says so. Raises
    Refused."""
    mandate.over_people(by, provider, at)
    if provider == client:
        raise Refused(_("An organisation is not its own client."))
    if ClientLink.objects.at(at).filter(provider=provider, client=client).exists():
        said = _("%(client)s is a client of %(provider)s already.")
        raise Refused(said % {"client": client, "provider": provider})
    made = ClientLink.objects.create(provider=provider, client=client, since=at)
    record("link", at, by=by, reference=provider.slug, client=client.slug)
    return made


@transaction.atomic
def pass_on_amber(link: ClientLink, on: bool, at: datetime, by: Person) -> ClientLink:
    """Whether the client reads what is TLP:AMBER to the provider: for a lead of the provider alone to say, nobody
    else. Raises Refused."""
    if not mandate.leads(by, link.provider, at):
        raise Refused(_("Only a lead of %(provider)s can do this.") % {"provider": link.provider})
    link = ClientLink.objects.select_for_update(of=("self",)).select_related("provider", "client").get(pk=link.pk)
    if not link.in_force(at):
        raise Refused(_("That link has ended already."))
    if link.pass_on_amber == on:
        return link
    end(ClientLink.objects.filter(pk=link.pk), at)
    changed = ClientLink.objects.create(provider=link.provider, client=link.client, pass_on_amber=on, since=at)
    record("pass_on_amber", at, by=by, reference=link.provider.slug, client=link.client.slug, on=on)
    lost(reached_through(link.provider), at)
    return changed


@transaction.atomic
def unlink(link: ClientLink, at: datetime, by: Person | None) -> None:
    """The client is one no more: for either side to say. Raises Refused."""
    if by is None or not mandate.leads(by, link.client, at):
        mandate.over_people(by, link.provider, at)
    if not end(ClientLink.objects.filter(pk=link.pk), at):
        raise Refused(_("That link has ended already."))
    record("unlink", at, by=by, reference=link.provider.slug, client=link.client.slug)
    lost(reached_through(link.provider), at)


# The tree


@transaction.atomic
def move_warp(warp: Warp, parent: Warp | None, at: datetime, by: Person | None) -> None:
    """`warp`, with all below it, is below `parent` from now on. For who coordinates the top of the tree, and of the one
    that it comes to: a grant to whatever is above reaches other people then. Raises Refused.

    The tree has no dates: the past is judged by today's.
    """
    list(Warp.objects.select_for_update().order_by("pk"))  # one change of the tree at a time
    both = [*_ancestors(warp), *(_ancestors(parent) if parent else [])]
    for top in Warp.objects.filter(parent=None, pk__in=both):
        mandate.over_warp(by, top, at)
    below = list(Within.objects.filter(ancestor=warp).values_list("warp_id", flat=True))
    if parent is not None and parent.pk in below:
        raise Refused(_("%(warp)s can't be below itself.") % {"warp": warp})
    warp.parent = parent
    warp.save(update_fields=["parent"])
    Within.objects.filter(warp__in=below).exclude(ancestor__in=below).delete()
    above = _ancestors(parent) if parent else []
    Within.objects.bulk_create(Within(warp_id=pk, ancestor_id=top) for pk in below for top in above)
    record("move_warp", at, by=by, reference=warp.slug, parent=parent.slug if parent else "")
    members = reached_through(*Organisation.objects.filter(memberships__warp__in=below))
    lost(Person.objects.filter(Q(pk__in=members.values("pk")) | Q(offices__warp__in=below)), at)


def _ancestors(warp: Warp) -> list[int]:
    """`warp` itself and what it is below."""
    return list(Within.objects.filter(warp=warp).values_list("ancestor_id", flat=True))
