"""Whether what derives from a report may be released: asked by the verb that releases, whichever door it was called
from, and by the preview of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from advisories.models import Review, Version
from advisories.sharing import consent
from advisories.sharing.review import derived, fits, seconds, standing
from members.models import Item, Tier
from members.templatetags.hub import moment_zone

FLASH_WAITS = timedelta(minutes=10)  # for a second person, and no longer


class Second(StrEnum):
    """What became of the second person: the audit keeps it."""

    APPROVED = "approved"
    SILENT = "did not answer in ten minutes"
    NOBODY = "nobody else handles it"
    NONE = ""


class Passed(NamedTuple):
    """`refusal`: why it can't be released, "" where it can."""

    refusal: str = ""
    second: Second = Second.NONE


def passed(item: Item, version: Version, at: datetime, since: datetime) -> Passed:
    """Whether it may be released at `at`, to begin at `since`. Of what derives from no report nothing is asked."""
    if not derived(item):
        return Passed()
    review = standing(item)
    if review is None or not fits(review, version):
        return Passed(_("It comes from a report. Hand it on first: whoever reported it agrees to exactly this text, and"
                        " a second person looks at it."))  # fmt: skip
    given, not_before = consent.agreed(item, review)
    if not given:
        return Passed(_("Whoever reported it has not agreed to this text yet."))
    if not_before is not None and since < not_before:
        said = _("Whoever reported it agreed that it is shared at %(at)s, and not before. Hand it on again.")
        return Passed(said % {"at": moment_zone(not_before)})
    second = _second(item, version, review, at)
    if second == Second.NONE:
        return Passed(_refused(review))
    return Passed(second=second)


def _second(item: Item, version: Version, review: Review, at: datetime) -> Second:
    if review.decided_at is not None:
        return Second.APPROVED if review.approved else Second.NONE
    if version.tier == Tier.FLASH and review.asked_at + FLASH_WAITS <= at:
        return Second.SILENT
    named = not item.derived_from.filter(report__anonymous=True).exists()
    return Second.NOBODY if named and not seconds(item, version, review, at).exists() else Second.NONE


def _refused(review: Review) -> str:
    if review.decided_at is not None:
        return _("The second person who looked at it asks for a change. Change it, and hand it on again.")
    return _("It waits for a second person: another handler must look at it first.")
