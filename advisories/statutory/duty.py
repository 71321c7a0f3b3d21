"""What one row says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Nation(StrEnum):
    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


NATIONS: dict[Nation, Words] = {
    Nation.ENGLAND: _("England"),
    Nation.WALES: _("Wales"),
    Nation.SCOTLAND: _("Scotland"),
    Nation.NORTHERN_IRELAND: _("Northern Ireland"),
}

REPLACES_NONE = _(
    "Reporting here replaces none of these. Nobody on this list is told by the hub: you tell them yourselves."
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One body to tell.

    `purpose`: what for, and whether it must be. `within`: hours that elapse from when the organisation became aware;
    None where no time is set. `address`: where, as text. `since`, `until`: first and last day on which the row held;
    None where it is not known, or not ended. `source`: title and address of the page that says so.
    """

    slug: str
    nations: frozenset[Nation]
    name: Words
    purpose: Words
    address: Words
    source: tuple[Words, str]
    within: timedelta | None = None
    since: date | None = None
    until: date | None = None
