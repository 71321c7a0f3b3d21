"""What the demonstration keeps back: an advisory under embargo, by the hub's own verbs. Made up, like all the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from advisories import draft
from advisories.demo.writings import CARA, DEEPA
from members import embargo
from members.models import Named, Office, Person, Tier
from members.tlp import AMBER

LENA, BEA = "lena.fox@avonbridge.example.org", "bea.lund@thornmere.example.org"
TEXT: draft.Changes = {
    "title": "Castellan door controllers open to anyone on the same network", "label": AMBER, "tier": Tier.URGENT,
    "category": "vulnerability",
    "what_to_do": "Move door controllers to a network of their own.\nTake the update on the day that it comes out.",
    "who_it_hits": "Buildings with Castellan C2 door controllers; Avonbridge and Thornmere have them.",
    "what_is_known": "The maker has confirmed it and works on an update. Nobody is known to use it.",
}  # fmt: skip
TERMS = (
    "Read it yourself, and tell nobody who is not named on it. You may ask your own network team to separate door"
    " controllers, without saying why."
)


def guard(at: datetime) -> None:
    """Cara proposed it three days ago and Deepa approved; Lena has accepted its terms, Bea has not answered yet."""
    cara, deepa, lena, bea = (Person.objects.get(email=email) for email in (CARA, DEEPA, LENA, BEA))
    office = Office.objects.select_related("warp").get(person=cara, role=Office.Role.COORDINATOR)
    then = at - timedelta(days=3)
    advisory = draft.begin(cara, office, [], then)
    words: draft.Changes = {**TEXT, "audience": [("warp", office.warp_id)]}
    draft.edit(cara, advisory, then, **words)
    ends = (at + timedelta(days=11)).replace(hour=12, minute=0, second=0, microsecond=0)
    embargo.propose(
        cara, advisory.item, then, ends_at=ends, reason="The maker asked for time until the update is out.",
        terms=TERMS, handling="Keep no copy outside the hub.", named=[lena, bea], handlers=[deepa],
        source="Castellan Locks", source_reference="CL-2211", source_contact="security@castellan.example.org",
        contingency="Separate Castellan C2 door controllers from every other network now: how to open them is public.",
    )  # fmt: skip
    embargo.approve(deepa, advisory.item, then + timedelta(hours=1))
    mine = Named.objects.get(person=lena, embargo__item=advisory.item)
    embargo.accept(lena, mine.code, then + timedelta(hours=2), 1)
