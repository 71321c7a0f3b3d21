"""What a member of the demonstration reported without a name: its custodian's to read. Made up, like all the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from advisories import evidence, reporting
from advisories.reporting import Told
from members.models import Affiliation, Person
from members.tlp import STRICT

OWEN = "owen.marsh@clunmoor.example.org"
TITLE = "Passwords typed into a copy of our webmail page"
TEXT: reporting.Changes = {
    "title": TITLE, "rsit": "fraud", "severity": 2, "label": STRICT,
    "body": "Forty people here had a mail yesterday that said their mailbox was full. Six typed their password into the"
            " page that it led to. From two of the mailboxes the same mail went on, to suppliers too.",
    "hit": "Webmail. Two mailboxes of the finance team.",
    "done": "All six passwords changed, sessions ended. The address is blocked on our filter.",
    "wanted": "Has anybody else had it? We would like to know where the next page is before our people do.",
}  # fmt: skip
PASTED = "hxxps://mailbox-full[.]example/login\nmailbox-full[.]example\n203.0.113.61\n"


def report(at: datetime) -> None:
    """Owen filed it, and told the Information Commissioner himself."""
    owen = Person.objects.get(email=OWEN)
    mine = Affiliation.objects.at(at).select_related("organisation").get(person=owen)
    warp = mine.organisation.memberships.select_related("warp").get().warp
    then = at - timedelta(days=1)
    item = reporting.begin(owen, mine, warp, then, anonymous=True)
    words: reporting.Changes = {
        **TEXT, "aware_at": then - timedelta(hours=3), "started_at": then - timedelta(hours=8),
        "audience": [("warp", warp.pk)],
    }  # fmt: skip
    reporting.save(owen, item, then, **words)
    evidence.paste(owen, item, then, PASTED)
    reporting.tell(owen, item, then, {"ico": Told(then, "IC-DEMO-1")})
    reporting.file(owen, item, then)
