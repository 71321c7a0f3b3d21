"""The demonstration's WARPs, organisations and people, all fictional, and what the sign-in page says of each."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models import Affiliation, Office, Person, Warp

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
    "severn-fire": ("Severn Vale Fire and Rescue", "demo-severn"),
    "teme-leisure": ("Teme Leisure Trust", "demo-severn"),
    "marlshire": ("Marlshire County Council", "demo-marl"),
    "eastmarl": ("Eastmarl District Council", "demo-marl"),
    "thornmere": ("Thornmere Metropolitan Borough Council", "demo-humber"),
    "kelderby": ("Kelderby City Council", "demo-humber"),
    "holmfleet": ("Holmfleet District Council", "demo-humber"),
}
SUSPENDED = "holmfleet"
PROVIDER, CLIENT = "avonbridge", "teme-leisure"
GROUP = ("Finance systems", "demo-finance", ("avonbridge", "thornmere", "marlshire"))


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
            _("Coordinates the Severn WARP. Start here: the desk is hers."), None, (("demo-severn", COORDINATOR),)),
        One("Deepa Nair", "deepa.nair@wyreford.example.org",
            _("Cara’s deputy, and lead of Wyreford"), ("wyreford", LEAD), (("demo-severn", COORDINATOR),)),
        One("Mags Tulloch", "mags.tulloch@marlshire.example.org",
            _("Coordinates the county’s WARP, below Severn"), ("marlshire", LEAD), (("demo-marl", COORDINATOR),)),
        One("Huw Pryce", "huw.pryce@humberdale.example.org",
            _("Coordinates the neighbouring Humberdale WARP"), None, (("demo-humber", COORDINATOR),)),
        One("Ishbel Grant", "ishbel.grant@isles.example.org",
            _("Coordinates the WARP above them all"), None, (("demo-isles", COORDINATOR),)),
        One("Tom Okafor", "tom.okafor@severn.example.org",
            _("Custodian of Severn: keeps anonymous reports"), None, (("demo-severn", CUSTODIAN),)),
    ),
    _("Members of the Severn WARP"): (
        One("Lena Fox", "lena.fox@avonbridge.example.org", _("Lead of Avonbridge"), ("avonbridge", LEAD)),
        One("Sam Reed", "sam.reed@avonbridge.example.org",
            _("Responder of Avonbridge: is rung when it burns"), ("avonbridge", RESPONDER)),
        One("Priya Shah", "priya.shah@avonbridge.example.org", _("Reads for Avonbridge"), ("avonbridge", READER)),
        One("Owen Marsh", "owen.marsh@clunmoor.example.org", _("Responder of Clunmoor"), ("clunmoor", RESPONDER)),
        One("Joss Hale", "joss.hale@temeleisure.example.org",
            _("Reads for a trust whose IT Avonbridge runs"), ("teme-leisure", READER)),
        One("Ana Petrov", "ana.petrov@eastmarl.example.org",
            _("Reads for Eastmarl, a member of the county’s WARP"), ("eastmarl", READER)),
    ),
    _("Members elsewhere"): (
        One("Bea Lund", "bea.lund@thornmere.example.org", _("Lead of Thornmere, in Humberdale"), ("thornmere", LEAD)),
        One("Karl Iversen", "karl.iversen@kelderby.example.org",
            _("Reads for Kelderby, in Humberdale"), ("kelderby", READER)),
        One("Rob Stone", "rob.stone@holmfleet.example.org",
            _("Reads for Holmfleet, whose membership is suspended"), (SUSPENDED, READER)),
    ),
}  # fmt: skip


def sign_in_groups() -> list[dict[str, Any]]:
    """For the sign-in page: [{heading, people: [{key, name, line}]}], keyed by address; outside a demonstration none.

    Only those who are there and whose account is open. Whether it is asked from this machine, the page looks itself.
    """
    if not settings.DEMO or not Warp.objects.filter(demonstration=True).exists():
        return []
    at = clock.now()
    there = set(Person.objects.filter(active_since__lte=at, active_until__gt=at).values_list("email", flat=True))
    groups = [
        {
            "heading": heading,
            "people": [{"key": one.email, "name": one.name, "line": one.line} for one in people if one.email in there],
        }
        for heading, people in PEOPLE.items()
    ]
    return [group for group in groups if group["people"]]
