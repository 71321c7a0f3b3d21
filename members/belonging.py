"""Who is of an active member organisation at a moment, as conditions on rows that name a person. What came through an
affiliation or a membership ends with it: whoever acts for an organisation is asked for by these."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Affiliation, Membership, Office, Organisation


def active_houses(at: datetime) -> QuerySet[Organisation]:
    """The active member organisations, of whatever WARP."""
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE)
    return Organisation.objects.filter(pk__in=active.order_by().values("organisation"))


def affiliated(at: datetime) -> QuerySet[Affiliation]:
    """That somebody is of one of them."""
    return Affiliation.objects.at(at).filter(organisation__in=active_houses(at).order_by().values("pk")).order_by()


def of_any(at: datetime, person: str = "person") -> Q:
    """Of rows: that whoever the field `person` names is of one of them."""
    return Q(Exists(affiliated(at).filter(person=OuterRef(person))))


def of_this(at: datetime) -> Q:
    """Of rows with a `person` and an `organisation`: that they are of it, and it is one of them."""
    return Q(Exists(affiliated(at).filter(person=OuterRef("person"), organisation=OuterRef("organisation"))))


def in_office(at: datetime, person: str = "person", *roles: Office.Role) -> Q:
    """Of rows: that whoever the field `person` names holds an office, or one of these."""
    held = Office.objects.at(at).filter(person=OuterRef(person))
    return Q(Exists((held.filter(role__in=roles) if roles else held).order_by()))


def open_account(at: datetime) -> Q:
    """Of rows with a `person`: that their account is open."""
    return Q(person__active_since__lte=at, person__active_until__gt=at)
