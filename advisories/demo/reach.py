"""Whom to reach in the demonstration when nobody confirms: contacts, who is on duty, and the telephone. Made up; the
numbers are of those that Ofcom keeps for drama."""

from __future__ import annotations

from datetime import datetime, timedelta

from members import duty, tlp
from members.models import Address, Contact, Organisation, Person, Warp
from members.response import ladder
from members.response.ladder import Rung

PRIMARY, DEPUTY, NIGHT = Contact.Role
CARA, DEEPA = "cara.orr@severn.example.org", "deepa.nair@wyreford.example.org"
TURN = timedelta(days=7)
# organisation: (role, address of a person or name of somebody without an account, telephone, mail, when)
CONTACTS = {
    "avonbridge": (
        (PRIMARY, "sam.reed@avonbridge.example.org", "01632 960 101", "", "weekdays from 8:00 to 18:00"),
        (DEPUTY, "lena.fox@avonbridge.example.org", "07700 900 102", "", ""),
        (NIGHT, "Avonbridge control room", "01632 960 103", "control.room@avonbridge.example.org", "at any hour"),
    ),
    "clunmoor": (
        (PRIMARY, "owen.marsh@clunmoor.example.org", "01632 960 111", "", ""),
        (NIGHT, "Duty officer", "07700 900 112", "", "nights and weekends"),
    ),
    "severn-fire": ((PRIMARY, "tom.okafor@severnfire.example.org", "01632 960 121", "", "on shift"),),
}


def reach(at: datetime) -> None:
    cara, deepa = Person.objects.get(email=CARA), Person.objects.get(email=DEEPA)
    people = {person.email: person for person in Person.objects.all()}
    for slug, rungs in CONTACTS.items():
        organisation = Organisation.objects.get(slug=slug)
        for role, who, telephone, mail, when in rungs:
            person = people.get(who)
            rung = Rung(role, person, "" if person else who, telephone, mail, when)
            contact = ladder.add(cara, organisation, at, rung)
            if contact.address is not None:
                Address.objects.filter(pk=contact.address.pk).update(verified_at=at)  # as if they had told the code
    severn = Warp.objects.get(slug="demo-severn")
    duty.settle(cara, severn, at, telephone="01632 960 999", flash_minutes=60, usual_label=tlp.AMBER)
    begins = at.replace(minute=0, second=0, microsecond=0)
    for number, person in enumerate((cara, deepa, cara, deepa, cara)):
        duty.put(cara, severn, person, begins + number * TURN, begins + (number + 1) * TURN, at)
