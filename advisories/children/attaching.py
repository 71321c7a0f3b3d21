"""Files that belong to an item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from advisories import files, safefiles
from advisories.children.writing import THUMB, capacity_of, new, same
from advisories.models import Attachment
from advisories.narrower import narrowed
from advisories.sharing.beneath import goes_out, may_be_added
from advisories.sharing.review import lapse
from members.audit import record
from members.authorship import Capacity
from members.items import locked
from members.models import Item, Kind, Person
from members.refused import Refused
from members.stand import Target


@transaction.atomic
def attach(
    person: Person, parent: Item, at: datetime, name: str, file: files.Upload, *, label: str | None = None,
    targets: Iterable[Target] = (), capacity: Capacity | None = None,
) -> Attachment:  # fmt: skip
    """`file` belongs to `parent` from now on. It is on the disk before the row is, and goes again where that fails."""
    parent = locked(parent.pk)
    capacity = capacity_of(person, "attach", parent, at, capacity)
    targets = narrowed(person, Kind.ATTACHMENT, parent, at, label, targets)
    may_be_added(Kind.ATTACHMENT, parent, at, label, targets)
    name = files.clean(name)
    if goes_out(parent) and parent.derived_from.filter(report__anonymous=True).exists():
        name, file = _made_again(parent, file)
    try:
        kept = files.keep(file)
    except files.TooLarge as too_large:
        raise Refused(str(too_large)) from None
    try:
        before = Attachment.rows.filter(item__parent=parent, item__author=person, name=name, sha256=kept.sha256)
        for added in before.filter(added_at__gt=at - THUMB).select_related("item__affiliation", "item__office"):
            if same(added.item, label, capacity):
                files.discard(kept.stored)
                return added
        if label is None and goes_out(parent):
            lapse(parent, at)
        item = new(Kind.ATTACHMENT, person, capacity, parent, at, label, targets)
        record("attach", at, by=person, reference=item.reference, on=parent.reference, label=label or "",
               size=kept.size, sha256=kept.sha256)  # fmt: skip
        return Attachment.rows.create(item=item, name=name, added_at=at, **kept._asdict())
    except BaseException:
        files.discard(kept.stored)
        raise


def _made_again(parent: Item, file: files.Upload) -> tuple[str, files.Upload]:
    """A text, a table or a picture with nothing in it but what is seen, under a name that says nothing; nothing else is
    taken. Raises Refused."""
    number = Attachment.rows.filter(item__parent=parent).count() + 1
    try:
        safe = safefiles.made_safe(file, largest=settings.LARGEST_FILE, number=number)
    except safefiles.Refused as refused:
        raise Refused(str(refused)) from None
    return safe.name, ContentFile(safe.content)
