"""Keys for machines: an organisation's credential and a person's own token. What they open: members/keys.py."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from members import clock, handles, journal, mandate, tokens
from members.audit import record
from members.keys import Viewer
from members.models import Credential, Organisation, Person
from members.refused import Refused

Use = Credential.Use
MOST = 20  # in force of one owner: whoever makes more has lost count of who holds them


@transaction.atomic
def issue(
    owner: Person | Organisation, use: Credential.Use, name: str, at: datetime, by: Person | None,
    until: datetime = clock.FOREVER,
) -> tuple[Credential, str]:  # fmt: skip
    """A new credential, and its token: shown this once and kept nowhere. Raises Refused."""
    _may_change(owner, at, by)
    if isinstance(owner, Person) and not mandate.is_open(owner, at):
        raise Refused(_("The account of %(name)s is closed.") % {"name": owner.name})
    if not name.strip():
        raise Refused(_("Say what it is for: whoever cleans up later will want to know."))
    if until <= at:
        raise Refused(_("It would end before it begins: choose a later end."))
    if Credential.objects.at(at).filter(_of(owner)).count() >= MOST:
        raise Refused(_("There are %(n)d of these already. End one that nobody uses.") % {"n": MOST})
    token = tokens.make()
    mine = {"person": owner} if isinstance(owner, Person) else {"organisation": owner}
    credential = Credential.objects.create(
        **mine, use=use, name=name.strip()[:100], token_hash=tokens.hashed(token), made_by=by, since=at, until=until
    )
    record("issue_credential", at, by=by, reference=_reference(owner), use=use)
    return credential, token


@transaction.atomic
def revoke(credential: Credential, at: datetime, by: Person | None) -> None:
    """It opens nothing any more, from the next question on. Raises Refused."""
    owner = credential.person or credential.organisation
    assert owner is not None  # the database's check constraint
    _may_change(owner, at, by)
    mine = Credential.objects.at(at).filter(pk=credential.pk)
    journal.ended(mine, at)
    if not mine.update(until=at):
        raise Refused(_("It has ended already."))
    record("revoke_credential", at, by=by, reference=_reference(owner), use=credential.use)


def of_person(person: Person, use: Credential.Use, at: datetime) -> list[Credential]:
    """Those of `person` that are in force, the newest first."""
    return list(Credential.objects.at(at).filter(person=person, use=use).order_by("-since", "-pk"))


def handle(credential: Credential) -> str:
    """By which its owner names it on a page."""
    return handles.handle("credential", credential.pk)


def end_all(person: Person, at: datetime) -> int:
    """End every token of `person`; one that was to begin later never does. How many."""
    left = Credential.objects.filter(person=person, until__gt=at)
    journal.ended(left, at)
    return left.filter(since__gt=at).update(until=F("since")) + left.filter(since__lte=at).update(until=at)


def credential_of(token: str, use: Credential.Use, at: datetime) -> Credential | None:
    """The credential that `token` is, where it may be used so at `at` and its owner's account is open. One
    statement, whatever was sent."""
    owned = Q(person=None) | Q(person__active_since__lte=at, person__active_until__gt=at)
    found = Credential.objects.at(at).filter(owned, token_hash=tokens.hashed(token), use=use)
    return found.select_related("person", "organisation").first()


def viewer_of(token: str, use: Credential.Use, at: datetime) -> Viewer:
    """Who looks with this token; a wrong or ended one is nobody's."""
    credential = credential_of(token, use, at)
    return Viewer() if credential is None else Viewer(credential=credential.pk)


def _may_change(owner: Person | Organisation, at: datetime, by: Person | None) -> None:
    """A person's own are theirs alone; an organisation's are its leads' and its coordinators'."""
    if isinstance(owner, Organisation):
        mandate.over_people(by, owner, at)
    elif by is not None and by != owner:
        raise Refused(_("A personal token is its owner's alone to make and to end."))


def _of(owner: Person | Organisation) -> Q:
    return Q(person=owner) if isinstance(owner, Person) else Q(organisation=owner)


def _reference(owner: Person | Organisation) -> str:
    """An organisation by its name in addresses; a person by nothing but who did it."""
    return owner.slug if isinstance(owner, Organisation) else ""
