"""What the author of a report adds to it, filed or not: indicators, and files, looked at before they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from advisories import children, files, indicators, safefiles
from advisories.models import Attachment, Indicator
from advisories.reporting import noted
from members import reports
from members.audit import day_of
from members.models import Item, Kind, Origin, Person
from members.refused import Refused

MOST_PASTED = 2_000_000  # characters at a time: more keeps a web process busy for longer than others should wait
MOST_KEPT = 10_000  # of one report
MOST_FILES = 20
LONGEST = 2000  # bytes: what an index takes


class Pasted(NamedTuple):
    """What came of a text. `missed`: the lines in which nothing was understood, by number."""

    understood: int
    fresh: int
    missed: dict[int, str]


def paste(person: Person, item: Item, at: datetime, text: str) -> Pasted:
    """Keep the indicators that stand in a text as it was pasted, each once. Raises Refused."""
    if len(text) > MOST_PASTED:
        said = _("That is %(length)d characters; %(most)d are taken at a time. Paste it in parts, or add it as a file.")
        raise Refused(said % {"length": len(text), "most": MOST_PASTED})
    try:
        found = [one for one in indicators.parse(text) if len(one.value.encode()) <= LONGEST]
    except indicators.TooMany as too_many:
        raise Refused(str(too_many)) from None
    return Pasted(len(found), _keep(person, item, at, found), _missed(text, {one.line for one in found}))


def _missed(text: str, understood: set[int]) -> dict[int, str]:
    """Lines with something in them and nothing that was understood; what was said before is understood."""
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    rest = {number: line for number, line in lines if line.strip() and number not in understood}
    return {
        number: line
        for number, line in rest.items()
        if not any(len(one.value.encode()) <= LONGEST for one in indicators.parse(line))
    }


@transaction.atomic
def _keep(person: Person, item: Item, at: datetime, found: Iterable[indicators.Found]) -> int:
    item, origin = reports.own(person, item, at)
    stands = set(Indicator.objects.filter(item=item).values_list("kind", "value"))
    fresh = [one for one in found if (str(one.kind), one.value) not in stands]
    if len(stands) + len(fresh) > MOST_KEPT:
        said = _("With these the report would have %(count)d indicators; it may have %(most)d. Add them as a file.")
        raise Refused(said % {"count": len(stands) + len(fresh), "most": MOST_KEPT})
    Indicator.objects.bulk_create(
        (
            Indicator(item=item, kind=one.kind, value=one.value, as_typed=one.as_typed[:LONGEST], position=place)
            for place, one in enumerate(fresh, len(stands))
        ),
        batch_size=1000,
    )
    if fresh:
        noted(item, origin, person, "add_indicators", at, count=len(fresh))
    return len(fresh)


@transaction.atomic
def take_out(person: Person, item: Item, at: datetime, gone: Iterable[tuple[str, str]]) -> int:
    """Take indicators (kind, value) out of a report that is not filed. How many there were. Raises Refused."""
    item, _origin = _unfiled(person, item, at)
    wanted, stands = set(gone), Indicator.objects.filter(item=item).values_list("pk", "kind", "value")
    pks = [pk for pk, kind, value in stands if (kind, value) in wanted]
    return Indicator.objects.filter(pk__in=pks).delete()[0]


def attach(person: Person, item: Item, at: datetime, name: str, file: files.Upload) -> Attachment:
    """A file that belongs to the report: made again if that is anonymous, else as it came. Raises Refused.

    Who only reads or keeps the report adds nothing here, and the file is not even looked at.
    """
    with transaction.atomic():
        reports.own(person, item, at)
    try:
        if not item.anonymous:
            safefiles.looked_at(file, largest=settings.LARGEST_FILE)
            _room(item)
            return children.attach(person, item, at, name, file, capacity=item.affiliation)
        safe = safefiles.made_safe(file, largest=settings.LARGEST_FILE)
    except safefiles.Refused as refused:
        raise Refused(str(refused)) from None
    return _attach_sealed(person, item, at, safe)


def _room(item: Item) -> int:
    """How many files it has. Raises Refused where that is all it may have."""
    count = Attachment.rows.filter(item__parent=item).count()
    if count >= MOST_FILES:
        raise Refused(_("A report takes %(most)d files, and has them. Take one out first.") % {"most": MOST_FILES})
    return count


@transaction.atomic
def _attach_sealed(person: Person, item: Item, at: datetime, safe: safefiles.Safe) -> Attachment:
    """Under a name that says nothing; the same twice is there once. It is on the disk before the row is."""
    item, origin = reports.own(person, item, at)
    kept = files.keep(ContentFile(safe.content))
    try:
        before = Attachment.rows.filter(item__parent=item, sha256=kept.sha256).first()
        if before is not None:
            files.discard(kept.stored)
            return before
        name = f"file-{_room(item) + 1}.{safe.name.rpartition('.')[2]}"
        below = reports.add_below(person, item, Kind.ATTACHMENT, at)
        noted(item, origin, person, "attach", at, size=kept.size)
        return Attachment.rows.create(item=below, name=name, added_at=day_of(at), **kept._asdict())
    except BaseException:
        files.discard(kept.stored)
        raise


@transaction.atomic
def drop(person: Person, item: Item, at: datetime, ref: str) -> None:
    """A file of a report that is not filed is gone, as if it had never been: nobody else could read it. Raises
    Refused."""
    item, origin = _unfiled(person, item, at)
    there = Attachment.rows.filter(item__parent=item, item__reference=ref.replace("\0", ""))
    file = there.select_related("item").first()
    if file is None:
        raise Refused(_("There is no such file of yours."))
    noted(item, origin, person, "drop_file", at)
    file.item.delete()
    transaction.on_commit(lambda: files.discard(file.stored))


def _unfiled(person: Person, item: Item, at: datetime) -> tuple[Item, Origin | None]:
    item, origin = reports.own(person, item, at)
    if item.submitted_at is not None:
        raise Refused(_("It is filed, so what you wrote stays as it is."))
    return item, origin
