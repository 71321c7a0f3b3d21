"""The names by which a text could tell who reported: of an anonymous report those of everybody who could have.

Whoever reported anonymously is not looked up for this: what is marked would tell who they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from advisories.sanitise import Known
from members.models import Affiliation, Item, Membership, Organisation, Within

# Of everybody and nobody: that somebody has a mailbox there tells nothing.
PROVIDERS = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.co.uk", "yahoo.com",
             "yahoo.co.uk", "icloud.com", "btinternet.com", "proton.me", "protonmail.com"}  # fmt: skip


def known_of(item: Item) -> Known:
    """Of what derives from reports. In as many statements whoever filed them."""
    houses: set[int] = set()
    days = []
    for behind in item.derived_from.select_related("report__affiliation"):
        report = behind.report
        days.append(report.submitted_at)
        if report.anonymous:
            below = Within.objects.filter(ancestor=report.warp_id).values("warp")
            houses |= set(Membership.objects.filter(warp__in=below).values_list("organisation", flat=True))
        elif report.affiliation is not None:
            houses.add(report.affiliation.organisation_id)
    there = Affiliation.objects.filter(organisation__in=houses).select_related("person").order_by("pk")
    people = [(one.person.name, one.person.email) for one in there]
    authors = item.derived_from.filter(report__author__isnull=False)
    people += authors.values_list("report__author__name", "report__author__email")
    names = Organisation.objects.filter(Q(pk__in=houses)).values_list("name", flat=True)
    day = next((one.date() for one in days if one), None)
    domains = _domains(address for _name, address in people)  # of all: two may have one name
    return Known(tuple(names), (), domains, tuple(dict.fromkeys(name for name, _address in people)), day=day)


def _domains(addresses: Iterable[str]) -> tuple[str, ...]:
    found = {address.rpartition("@")[2].lower() for address in addresses}
    return tuple(sorted(found - PROVIDERS - {""}))
