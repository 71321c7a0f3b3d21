"""The demonstration's WARPs, organisations and people, all fictional, and what the sign-in page says of each."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models import Affiliation, Channel, Office, Person, Warp

COORDINATOR, CUSTODIAN = Office.Role.COORDINATOR, Office.Role.CUSTODIAN
READER, RESPONDER, LEAD = Affiliation.Role.READER, Affiliation.Role.RESPONDER, Affiliation.Role.LEAD

# slug: (name, prefix, parent)
WARPS = {
    "demo-isles": ("Isles WARP", "IS", ""),
    "demo-severn": ("Severn WARP", "SV", "demo-isles"),
    "demo-humber": ("Humberdale WARP", "HD", "demo-isles"),
    "demo-marl": ("Marlshire WARP", "MA", "demo-severn"),
}
# slug: (name, WARP)
ORGANISATIONS = {
    "avonbridge": ("Avonbridge Borough Council", "demo-severn"),
    "wyreford": ("Wyreford City Council", "demo-severn"),
    "clunmoor": ("Clunmoor District Council", "demo-severn"),
    "severn-fire": ("Severn Vale Combined Fire Authority", "demo-severn"),
    "oxbow": ("Oxbow Shared Services", "demo-severn"),
    "marlshire": ("Marlshire County Council", "demo-marl"),
    "eastmarl": ("Eastmarl District Council", "demo-marl"),
    "thornmere": ("Thornmere Metropolitan Borough Council", "demo-humber"),
    "kelderby": ("Kelderby City Council", "demo-humber"),
    "holmfleet": ("Holmfleet District Council", "demo-humber"),
}
SUSPENDED = "holmfleet"
PROVIDER, CLIENTS = "oxbow", ("clunmoor", "eastmarl")
GROUP = ("Finance systems users", "demo-finance", "demo-isles", ("avonbridge", "thornmere", "marlshire"))


# A channel that its lead has yet to test: nothing goes there, and nothing of a demonstration leaves the machine.
CHANNEL = ("deepa.nair@wyreford.example.org", "wyreford", Channel.TEAMS, "Security team",
           "https://teams.example.org/workflows/wyreford")  # fmt: skip


class One(NamedTuple):
    """Somebody of the demonstration: `of` is their organisation and role there, `offices` what they hold."""

    name: str
    email: str
    line: str | Promise
    of: tuple[str, Affiliation.Role] | None = None
    offices: tuple[tuple[str, Office.Role], ...] = ()


PEOPLE: dict[str | Promise, tuple[One, ...]] = {
    _("Those who run a WARP"): (
        One("Cara Orr", "cara.orr@severn.example.org",
            _("Coordinates the Severn WARP: collects, writes and releases. Start here"),
            None, (("demo-severn", COORDINATOR),)),
        One("Deepa Nair", "deepa.nair@wyreford.example.org",
            _("Cara’s deputy, and lead of Wyreford City Council"), ("wyreford", LEAD), (("demo-severn", COORDINATOR),)),
        One("Mags Tulloch", "mags.tulloch@marlshire.example.org",
            _("Coordinates the county’s WARP, below Severn: has a desk of her own"),
            ("marlshire", LEAD), (("demo-marl", COORDINATOR),)),
        One("Huw Pryce", "huw.pryce@humberdale.example.org",
            _("Coordinates the neighbouring Humberdale WARP: does not see Severn’s drafts"),
            None, (("demo-humber", COORDINATOR),)),
        One("Ishbel Grant", "ishbel.grant@isles.example.org",
            _("Coordinates the WARP above them all, and reads nothing by that alone"),
            None, (("demo-isles", COORDINATOR),)),
        One("Tom Okafor", "tom.okafor@severnfire.example.org",
            _("Custodian of Severn, who keeps anonymous reports; responder of the fire authority"),
            ("severn-fire", RESPONDER), (("demo-severn", CUSTODIAN),)),
    ),
    _("Members of the Severn WARP"): (
        One("Lena Fox", "lena.fox@avonbridge.example.org",
            _("Lead of Avonbridge: is named on a TLP:RED advisory, and under an embargo"), ("avonbridge", LEAD)),
        One("Sam Reed", "sam.reed@avonbridge.example.org",
            _("Responder of Avonbridge: is woken by a Flash"), ("avonbridge", RESPONDER)),
        One("Priya Shah", "priya.shah@avonbridge.example.org",
            _("Reader at Avonbridge: reads what is for Avonbridge"), ("avonbridge", READER)),
        One("Joss Hale", "joss.hale@oxbow.example.org",
            _("Lead of Oxbow, which runs the IT of Clunmoor and Eastmarl"), (PROVIDER, LEAD)),
        One("Owen Marsh", "owen.marsh@clunmoor.example.org",
            _("Responder of Clunmoor: reads what Oxbow may pass on to its clients"), ("clunmoor", RESPONDER)),
        One("Ana Petrov", "ana.petrov@eastmarl.example.org",
            _("Reader at Eastmarl, a client of Oxbow in the county’s WARP"), ("eastmarl", READER)),
    ),
    _("Members elsewhere"): (
        One("Bea Lund", "bea.lund@thornmere.example.org",
            _("Lead of Thornmere, in Humberdale: an embargoed item is offered to her"), ("thornmere", LEAD)),
        One("Karl Iversen", "karl.iversen@kelderby.example.org",
            _("Reader at Kelderby, in Humberdale: may not read what is for Severn alone"), ("kelderby", READER)),
        One("Rob Stone", "rob.stone@holmfleet.example.org",
            _("Reader at Holmfleet, whose membership is suspended: reads what is public"), (SUSPENDED, READER)),
    ),
}  # fmt: skip


def sign_in_groups() -> list[dict[str, Any]]:
    """For the sign-in page: [{heading, people: [{key, name, line}]}], keyed by address; outside a demonstration none.

    Only those who are there and whose account is open. Whether it is asked from this machine, the page looks itself.
    """
    if not settings.DEMO:
        return []
    at = clock.now()
    open_ones = Person.objects.filter(
        Exists(Warp.objects.filter(demonstration=True)), active_since__lte=at, active_until__gt=at
    )
    there = set(open_ones.values_list("email", flat=True))
    groups = [
        {
            "heading": heading,
            "people": [{"key": one.email, "name": one.name, "line": one.line} for one in people if one.email in there],
        }
        for heading, people in PEOPLE.items()
    ]
    return [group for group in groups if group["people"]]
