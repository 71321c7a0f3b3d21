"""An organisation's list of what it runs: kept by its leads and responders, read by its own people, and a secret to
everybody else. No audit row and no count says what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.audit import record
from members.kit.naming import Named, line, named
from members.mandate import is_open
from members.models import Affiliation, Organisation, Person, Product
from members.refused import Refused
from members.response.who import ANSWERING

MOST = 2000  # products of one organisation
LONGEST_PASTED = 200_000  # characters


def read_by(person: Person, at: datetime) -> QuerySet[Organisation]:
    """The organisations whose list `person` may read: those that they are of."""
    return _houses(person, Affiliation.objects.at(at), at)


def kept_by(person: Person, at: datetime) -> QuerySet[Organisation]:
    """Those whose list they may change: as a lead or a responder."""
    return _houses(person, Affiliation.objects.at(at).filter(role__in=ANSWERING), at)


def _houses(person: Person, affiliations: QuerySet[Affiliation], at: datetime) -> QuerySet[Organisation]:
    mine = affiliations.filter(person=person) if is_open(person, at) else affiliations.none()
    return Organisation.objects.filter(pk__in=mine.order_by().values("organisation"))


def products(organisation: Organisation) -> list[Product]:
    """By name. Ask first whether whoever looks may read them."""
    return list(Product.objects.filter(organisation=organisation).order_by("name", "pk"))


@transaction.atomic
def add(person: Person, organisation: Organisation, name: str, known_as: str, at: datetime) -> int:
    """Put one product on the list, with its CPE 2.3 or package URL where that is known. How many were new: one that
    is there by that name stays as it is. Raises Refused."""
    return _put(person, organisation, [named(name, known_as)], at)


@transaction.atomic
def add_lines(person: Person, organisation: Organisation, text: str, at: datetime) -> int:
    """Put a product on the list for each line, all or none: a name, or a name, a bar and its CPE or package URL.

    How many were new. Raises Refused, with the number of the first line that is not understood.
    """
    if len(text) > LONGEST_PASTED:
        raise Refused(_("That is more than %(n)d characters: paste it in parts.") % {"n": LONGEST_PASTED})
    every = [(number, typed) for number, typed in enumerate(text.splitlines(), 1) if typed.strip()]
    if not every:
        raise Refused(_("Write at least one product."))
    return _put(person, organisation, [_line(number, typed) for number, typed in every], at)


@transaction.atomic
def remove(person: Person, organisation: Organisation, name: str, at: datetime) -> bool:
    """Take one off the list; whether it was there. Raises Refused."""
    _may_keep(person, organisation, at)
    gone, _each = Product.objects.filter(organisation=organisation, name=name).delete()
    if gone:
        record("remove_product", at, by=person, reference=organisation.slug)
    return bool(gone)


def _line(number: int, typed: str) -> Named:
    try:
        return line(typed)
    except Refused as refused:
        raise Refused(_("Line %(n)d: %(why)s") % {"n": number, "why": str(refused)}) from refused


def _put(person: Person, organisation: Organisation, wanted: Sequence[Named], at: datetime) -> int:
    _may_keep(person, organisation, at)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two at once must not both fit under the bound
    listed = Product.objects.filter(organisation=organisation).values_list("name", flat=True)
    there = {name.casefold() for name in listed}
    new = {one.name.casefold(): one for one in reversed(wanted) if one.name.casefold() not in there}
    if len(there) + len(new) > MOST:
        raise Refused(_("A list has at most %(n)d products: take away what you run no more.") % {"n": MOST})
    Product.objects.bulk_create(
        Product(organisation=organisation, added_at=at, **one._asdict()) for one in new.values()
    )
    if new:
        record("add_products", at, by=person, reference=organisation.slug)
    return len(new)


def _may_keep(person: Person, organisation: Organisation, at: datetime) -> None:
    if not kept_by(person, at).filter(pk=organisation.pk).exists():
        raise Refused(_("Only leads and responders of an organisation keep its list."))
