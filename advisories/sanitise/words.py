"""What can identify a reporter, by kind, and what pages say of it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HELP_NOT_GUARANTEE = gettext_lazy(
    "The hub marks what could show who reported this: names, addresses, hosts, numbers, times. It is a help, not a "
    "guarantee. It knows only the names that it was told, it does not see what a sentence gives away (the only council "
    "with that system, a building, a way of writing), and it cannot read pictures. Read the text as a neighbour would."
)


class Kind(StrEnum):
    ORGANISATION = "organisation"
    PERSON = "person"
    PLACE = "place"
    EMAIL = "email"
    HOST = "host"
    WEB = "web"
    ADDRESS = "address"
    USERNAME = "username"
    TENANT = "tenant"
    TICKET = "ticket"
    PHONE = "phone"
    POSTCODE = "postcode"
    DATE = "date"
    TIME = "time"
    MONEY = "money"


def replacements() -> dict[Kind, str]:
    """What stands instead of it in the shared text; the same thing has the same number (`n`) all through."""
    return {
        Kind.ORGANISATION: _("the organisation"),
        Kind.PERSON: _("person %(n)d"),
        Kind.PLACE: _("a place"),
        Kind.EMAIL: _("e-mail address %(n)d"),
        Kind.HOST: _("host %(n)d"),
        Kind.WEB: _("web address %(n)d"),
        Kind.ADDRESS: _("internal address %(n)d"),
        Kind.USERNAME: _("user %(n)d"),
        Kind.TENANT: _("tenant %(n)d"),
        Kind.TICKET: _("ticket %(n)d"),
        Kind.PHONE: _("a phone number"),
        Kind.POSTCODE: _("a postcode"),
        Kind.DATE: _("at some date"),
        Kind.TIME: _("some time"),
        Kind.MONEY: _("a sum of money"),
    }


def reasons() -> dict[Kind, str]:
    """Why it is asked about, for whoever decides."""
    return {
        Kind.ORGANISATION: _("It names the organisation."),
        Kind.PERSON: _("It names a person."),
        Kind.PLACE: _("It names a place that the organisation is known by."),
        Kind.EMAIL: _("It is an e-mail address of the organisation."),
        Kind.HOST: _("It looks like the name of a machine or of a domain inside."),
        Kind.WEB: _("It is a web address of the organisation, or names a user."),
        Kind.ADDRESS: _("It is an address of an internal network or of a network card."),
        Kind.USERNAME: _("It looks like somebody's user name."),
        Kind.TENANT: _("It names the organisation's tenant at a provider."),
        Kind.TICKET: _("It looks like the number of a ticket or a case."),
        Kind.PHONE: _("It looks like a phone number."),
        Kind.POSTCODE: _("It looks like a postcode."),
        Kind.DATE: _("An exact date can be matched with what is known elsewhere. The week is enough."),
        Kind.TIME: _("An exact time can be matched with what is known elsewhere."),
        Kind.MONEY: _("A sum of money can be matched with what is known elsewhere."),
    }
