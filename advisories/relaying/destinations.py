"""The list of those to whom a WARP may relay: kept by its coordinators. Nothing goes to one before it is verified
(proving.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Destination
from advisories.models.relay import LABELS
from advisories.relaying import bytaxii, rule
from advisories.relaying.secret import Secret, close
from members import mandate, tlp
from members.audit import record
from members.delivery.openpgp import LARGEST, Unfit, is_private
from members.delivery.secret import shown
from members.models import Item, Person, Warp
from members.reach.register import url_of
from members.refused import Refused

Kind = Destination.Kind
LONGEST = 4_000  # characters of a token


@dataclass(frozen=True)
class Typed:
    """What is said of a new destination."""

    name: str
    kind: str
    strictest: str
    mail: str = ""
    key: str = ""
    root: str = ""
    collection: str = ""
    sign_in: str = ""


def listed(warps: Iterable[Warp]) -> list[Destination]:
    """Those of these WARPs that have not ended."""
    there = Destination.objects.filter(warp__in=list(warps), ended_at=None).select_related("warp", "verified_by")
    return list(there.order_by("warp__name", "name", "pk"))


def open_to(warp: Warp, label: str, at: datetime) -> list[str]:
    """The names of those to whom `warp` may relay what it shares under `label`, as whoever agrees to it is shown."""
    if label not in dict(LABELS):
        return []
    there = Destination.objects.filter(warp=warp, ended_at=None, verified_at__lte=at).order_by("name", "pk")
    return [one.name for one in there if tlp.STRICTNESS[label] <= tlp.STRICTNESS[one.strictest]]


def offered(item: Item) -> list[Destination]:
    """Those that its handlers choose from, verified or not."""
    return list(Destination.objects.filter(warp=item.warp_id, ended_at=None).order_by("name", "pk"))


@transaction.atomic
def add(by: Person, warp: Warp, typed: Typed, at: datetime) -> Destination:
    """One more, which gets nothing before it is verified. Raises Refused."""
    mandate.over_warp(by, warp, at)
    if typed.strictest not in dict(LABELS):
        raise Refused(_("TLP:RED is for people by name, and is never relayed. Choose another label."))
    one = Destination(warp=warp, name=" ".join(typed.name.split()), kind=typed.kind, strictest=typed.strictest,
                      added_by=by, added_at=at)  # fmt: skip
    (_mail if typed.kind == Kind.MAIL else _taxii)(one, typed)
    if Destination.objects.filter(warp=warp, kind=one.kind, value=one.value, ended_at=None).exists():
        raise Refused(_("This is on the list already. Take it off first, if it is to be another."))
    one.save()
    record("add_destination", at, by=by, reference=warp.slug, to=one.code, kind=one.kind, label=one.strictest)
    return one


def _mail(one: Destination, typed: Typed) -> None:
    one.value = typed.mail.strip()
    try:
        validate_email(one.value)
    except ValidationError:
        raise Refused(_("Write one e-mail address.")) from None
    if typed.key.strip():
        one.certificate = _certificate(typed.key)
    elif one.strictest not in rule.OPENLY:
        raise Refused(
            _("What is narrower than TLP:GREEN goes by mail encrypted alone: paste their OpenPGP public key.")
        )


def _certificate(text: str) -> bytes:
    raw = text.strip().encode()
    try:
        if len(raw) <= LARGEST and not is_private(raw) and rule.fit(raw):
            return raw
    except Unfit:
        pass
    raise Refused(_("This is no public key that mail can be encrypted to. Paste one whole, and no private one."))


def _taxii(one: Destination, typed: Typed) -> None:
    root = url_of(typed.root).rstrip("/") + "/"
    collection = typed.collection.strip()
    if "?" in root or "#" in root or not bytaxii.NAME.fullmatch(collection):
        raise Refused(_("Write the API root as they gave it to you, and the id of the collection alone."))
    if len(typed.sign_in) > LONGEST or not typed.sign_in.isprintable():
        raise Refused(_("This is no token that a server takes."))
    secret = Secret(root, collection, typed.sign_in.strip())
    one.value = shown(secret.url)
    one.secret = close(one, secret)


@transaction.atomic
def take_off(by: Person, one: Destination, at: datetime) -> None:
    """Nothing goes there any more, not even what is on its way. Raises Refused."""
    one = held(by, one, at)
    one.ended_at, one.secret, one.certificate, one.code_hash = at, b"", b"", ""
    one.save(update_fields=["ended_at", "secret", "certificate", "code_hash"])
    record("end_destination", at, by=by, reference=one.warp.slug, to=one.code)


def held(by: Person, one: Destination, at: datetime) -> Destination:
    """The row, locked, where it is theirs to keep. Raises Refused."""
    held = Destination.objects.select_for_update(of=("self",)).select_related("warp").get(pk=one.pk)
    mandate.over_warp(by, held.warp, at)
    if held.ended_at is not None:
        raise Refused(_("This was taken off already."))
    return held
