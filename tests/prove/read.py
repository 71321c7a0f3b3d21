"""The facts of a hub as they stand in its tables, in the oracle's words: not one row of what the rule works out."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from advisories.models import Version
from members import clock, seal
from members.models import (
    Affiliation,
    BreakGlass,
    ClientLink,
    Derivation,
    Embargo,
    Grant,
    GroupMember,
    Handler,
    Item,
    Kind,
    Membership,
    Named,
    Office,
    Organisation,
    Origin,
    Person,
    Realm,
    SharingGroup,
    Standing,
    Terms,
    Warp,
)
from tests.prove.draw import Words

LONG_OVER = {"until": clock.EPOCH}
OFFICES = {Office.Role.COORDINATOR: "coordinates", Office.Role.CUSTODIAN: "custodian_of"}


def span(row: Any) -> Words:
    return {"from": row.since, "until": row.until}


def person(pk: int) -> str:
    return f"p{pk}"


def world() -> Words:
    """Everybody and every house, by id."""
    people: Words = {
        person(one.pk): {"affiliations": [], "coordinates": [], "custodian_of": [], "active": True,
                         "from": one.active_since, "until": one.active_until}
        for one in Person.objects.all()
    }  # fmt: skip
    for row in Affiliation.objects.all():
        people[person(row.person_id)]["affiliations"].append({"organisation": row.organisation_id, **span(row)})
    for office in Office.objects.all():
        people[person(office.person_id)][OFFICES[Office.Role(office.role)]].append(
            {"warp": office.warp_id, **span(office)}
        )
    houses: dict[int, Words] = {pk: {"memberships": []} for pk in Organisation.objects.values_list("pk", flat=True)}
    for member in Membership.objects.all():
        houses[member.organisation_id]["memberships"].append(
            {"warp": member.warp_id, "state": member.state, **span(member)}
        )
    groups: dict[int, list[Words]] = {pk: [] for pk in SharingGroup.objects.values_list("pk", flat=True)}
    for one in GroupMember.objects.all():
        groups[one.group_id].append({"organisation": one.organisation_id, **span(one)})
    links = [
        {"provider": link.provider_id, "client": link.client_id, "pass_on_amber": link.pass_on_amber, **span(link)}
        for link in ClientLink.objects.all()
    ]
    warps = {warp.pk: {"parent": warp.parent_id} for warp in Warp.objects.all()}
    return {"warps": warps, "organisations": houses, "groups": groups, "client_links": links, "people": people}


def items() -> dict[int, Words]:
    """Every item, by id; a child knows its parent's words."""
    found: dict[int, Words] = {}
    for item in Item.rows.realm(Realm.REAL).select_related("affiliation", "office").order_by("pk"):
        found[item.pk] = _item(item, found)
    return found


def _item(item: Item, earlier: dict[int, Words]) -> Words:
    capacity, author = item.affiliation or item.office, item.author_id
    origin = Origin.objects.filter(item=item).first()
    if origin is not None:
        author = _filer(item)
        capacity = next(one for one in Affiliation.objects.all() if seal.seal("affiliation", one.pk) == origin.capacity)
    kind = Kind(item.kind)
    numbers = Version.objects.filter(advisory=item.pk).values_list("number", flat=True)
    return {
        "name": item.reference, "kind": kind.name.lower(), "own_warp": item.warp_id, "hub_wide": item.hub_wide,
        "parent": earlier[item.parent_id] if item.parent_id else None, "anonymous": item.anonymous,
        "author": person(author) if author else None, "capacity": span(capacity) if capacity else LONG_OVER,
        "submitted": item.submitted_at is not None, "report": kind == Kind.REPORT, "marking": item.marking,
        "standings": _standings(item), "handlers": _handlers(item), "seconds": _seconds(item),
        "embargo": _embargo(item),
        "versions": max(numbers, default=1), **_reporters(item),
    }  # fmt: skip


def _standings(item: Item) -> list[Words]:
    grants: dict[int, list[Words]] = defaultdict(list)
    for grant in Grant.objects.filter(standing__item=item):
        target = next((kind, pk) for kind in Grant.TARGETS if (pk := getattr(grant, f"{kind}_id")) is not None)
        grants[grant.standing_id].append(
            {target[0]: person(target[1]) if target[0] == "person" else target[1], **span(grant)}
        )
    return [
        {"version": row.version, "label": row.label, "state": row.state, "grants": grants[row.withdraws_id or row.pk],
         **span(row)}
        for row in Standing.objects.filter(item=item)
        if row.since < row.until
    ]  # fmt: skip


def _seconds(item: Item) -> list[Words]:
    return [{"person": person(row.person_id), **span(row)} for row in Handler.seconds.filter(item=item)]


def _handlers(item: Item) -> list[Words]:
    named = [{"person": person(row.person_id), **span(row)} for row in Handler.objects.filter(item=item)]
    broken = BreakGlass.objects.filter(reference=item.reference, approved_at__isnull=False)
    return named + [
        {"person": person(row.person_id), "glass": True, "from": row.approved_at,
         "until": row.approved_at + timedelta(hours=1)}
        for row in broken if row.approved_at
    ]  # fmt: skip


def _embargo(item: Item) -> Words | None:
    embargo = Embargo.objects.filter(item=item).first()
    if embargo is None:
        return None
    named = [
        {"person": person(row.person_id), "answer": row.answer, "terms": row.terms, **span(row)}
        for row in Named.objects.filter(embargo=embargo)
    ]
    terms = list(Terms.objects.filter(embargo=embargo).order_by("number").values_list("since", flat=True))
    return {"proposed_at": embargo.proposed_at, "ends_at": embargo.ends_at, "terms": terms, "named": named}


def _reporters(item: Item) -> Words:
    """Of the reports that it is derived from: all authors, and those who are sealed."""
    reports = [row.report for row in Derivation.objects.filter(item=item).select_related("report")]
    named = [person(one.author_id) for one in reports if one.author_id]
    sealed = [person(_filer(one)) for one in reports if one.anonymous]
    return {"reporters": named + sealed, "sealed": sealed}


def _filer(report: Item) -> int:
    return seal.unseal(bytes(Origin.objects.get(item=report).sealed), report.pk)
