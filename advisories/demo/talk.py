"""What the demonstration's members said beneath advisories, and a file of theirs. Made up, like the advisories."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.files.base import ContentFile

from advisories import children
from advisories.models import Version
from advisories.narrower import for_handlers
from members.models import Item, Person

MINUTES = timedelta(minutes=1)


class Said(NamedTuple):
    """A comment, or with `file` (its name) a file whose content is `text`; so long `after` the release of the advisory
    whose title begins so. `narrow`: for its handlers alone."""

    about: str
    by: str
    after: timedelta
    text: str
    file: str = ""
    narrow: bool = False


SAM, LENA, BEA = "sam.reed@avonbridge.example.org", "lena.fox@avonbridge.example.org", "bea.lund@thornmere.example.org"
SAID = (
    Said("Ledgerline", LENA, timedelta(hours=3), "We found eleven payees of Thornmere in Tuesday’s export, and none in"
         " those before. Our data protection officer has reported it."),
    Said("Ledgerline", BEA, timedelta(hours=5), "Thank you. Ours held four of yours, all from Tuesday too.\nThe"
         " supplier tells us that it restored a backup that morning."),
    Said("Quillpost", "cara.orr@severn.example.org", 6 * MINUTES,
         "host,seen,sender\r\nmx1.avonbridge.example,2099-03-01T22:41Z,192.0.2.77\r\n"
         "mx2.wyreford.example,2099-03-02T01:08Z,192.0.2.77\r\n", file="quillpost-sightings.csv"),
    Said("Quillpost", SAM, 11 * MINUTES, "Updated on both of our filters; it took twelve minutes and one restart. No"
         " mail from 192.0.2.77 in our log."),
    Said("Quillpost", "owen.marsh@clunmoor.example.org", 14 * MINUTES, "We can’t update before tonight, so the preview"
         " is off. There is one mail from 192.0.2.77 on Sunday at 23:10: who rings us?", narrow=True),
)  # fmt: skip


def talk(at: datetime) -> None:
    """Everything that was said by `at`, each when it was."""
    for said in SAID:
        released = Version.objects.filter(title__startswith=said.about, released_at__isnull=False)
        text = released.select_related("advisory__item").earliest("released_at")
        assert text.released_at is not None  # as asked for
        then = text.released_at + said.after
        if then <= at:
            _say(said, text.advisory.item, Person.objects.get(email=said.by), then)


def _say(said: Said, parent: Item, person: Person, at: datetime) -> None:
    label, targets = for_handlers(parent, at) if said.narrow else (None, [])
    if said.file:
        content = ContentFile(said.text.encode())
        children.attach(person, parent, at, said.file, content, label=label, targets=targets)
    else:
        children.comment(person, parent, at, said.text, label=label, targets=targets)
