"""What is done about each place that could tell who reported it: replaced, put otherwise, taken out, or kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advisories import draft
from advisories.fingerprint import fingerprint
from advisories.models import Advisory, Finding, Version
from advisories.sanitise import Choice, Decision, Own, redacted
from advisories.sharing.known import known_of
from advisories.sharing.places import FIELDS, Piece, Place, code_of, pieces, places
from advisories.sharing.review import derived
from members import permits
from members.audit import record
from members.items import locked
from members.models import Item, Person
from members.refused import Refused

LONGEST_LINE = 1000
CHOICES = {Choice.REDACT: Finding.Choice.REDACTED, Choice.KEEP: Finding.Choice.KEPT}


@transaction.atomic
def decide(person: Person, item: Item, at: datetime, decisions: Mapping[str, Decision], *, seen: str) -> Version:
    """Do what was decided, by the code of each place. `seen`: the fingerprint of the text that was looked through.

    Each decision is kept with who made it and when. Raises Refused.
    """
    item = locked(item.pk)
    if not permits.can(person, "sanitise", item, at) or not derived(item):
        raise Refused(_("You can't do this: only those who write it can."))
    version = Advisory.rows.get(item=item).versions.select_related("advisory__item").order_by("-number")[0]
    if version.released_at is not None:
        raise Refused(_("This version is released already. Edit it to begin the next one."))
    if seen != fingerprint(version):
        raise Refused(_("It has been changed since you looked. Look through it again."))
    found = [one for one in places(version, known_of(item)) if one.code in decisions]
    told, moved = pieces(version), [one for one in found if decisions[one.code] != Choice.KEEP]
    of_piece: dict[int, list[Place]] = defaultdict(list)
    for one in moved:
        of_piece[one.piece].append(one)
    fresh = {index: _fresh(told[index], gone, decisions) for index, gone in of_piece.items()}
    if moved:
        version = _rewritten(person, version, at, told, fresh)
    stays = [one for one in found if decisions[one.code] == Choice.KEEP]
    codes = [_stays(one, told, fresh, of_piece[one.piece], decisions) for one in stays]
    kept = {code: one for code, one in zip(codes, stays, strict=True) if not one.kept or code != one.code}
    Finding.objects.bulk_create(
        Finding(item=item, version=version.number, field=one.field, kind=one.suspect.kind, place=code, by=person,
                at=at, choice=_choice(decisions[one.code]))
        for code, one in [*((one.code, one) for one in moved), *kept.items()]
    )  # fmt: skip
    if moved or kept:
        record("sanitise", at, by=person, reference=item.reference, version=version.number, replaced=len(moved),
               kept=len(kept))  # fmt: skip
    return version


def _choice(decision: Decision) -> str:
    return Finding.Choice.REWORDED if isinstance(decision, Own) else CHOICES[decision]


def _stays(
    one: Place, told: list[Piece], fresh: Mapping[int, str], gone: list[Place], decisions: Mapping[str, Decision]
) -> str:  # fmt: skip
    """The code of a place that is kept, once what is `gone` of its piece is replaced."""
    before = [each for each in gone if each.suspect.start < one.suspect.start]
    by = sum(len(_instead(each, decisions[each.code])) - len(each.suspect.text) for each in before)
    text = fresh.get(one.piece, told[one.piece].text)
    return code_of(one.field, text, one.suspect.start + by, one.suspect.end + by)


def _instead(one: Place, decision: Decision) -> str:
    return decision.words if isinstance(decision, Own) else one.suspect.replacement


def _rewritten(
    person: Person, version: Version, at: datetime, told: list[Piece], fresh: Mapping[int, str]
) -> Version:  # fmt: skip
    """The draft with what was decided done to it."""
    changes: dict[str, Any] = {told[index].field: text for index, text in fresh.items() if told[index].field in FIELDS}
    gone = {told[index].key for index in fresh if told[index].field == "references"}
    if gone:
        changes["references"] = [piece.key for piece in told if piece.field == "references" and piece.key not in gone]
    version = draft.edit(person, version.advisory, at, **changes)
    for piece, text in ((told[index], text) for index, text in fresh.items()):
        if piece.field == "timeline":
            version.timeline.filter(on=piece.key[0], words=piece.key[1]).update(words=text[:LONGEST_LINE])
        elif piece.field == "indicators":
            version.indicators.filter(kind=piece.key[0], value=piece.key[1]).delete()
    return version


def _fresh(piece: Piece, moved: list[Place], decisions: Mapping[str, Decision]) -> str:
    return redacted(piece.text, [one.suspect for one in moved], {n: decisions[one.code] for n, one in enumerate(moved)})
