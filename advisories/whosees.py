"""Who will see what of a report, in words, by the rule itself: asked of it, never worked out a second time."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories.draft import TABLES
from advisories.models import Report
from members import clock, reports, tlp
from members.buckets import Bucket
from members.holders import holders
from members.houses import houses
from members.models import Grant, Item, Person, Standing
from members.placing import given
from members.templatetags.hub import moment_zone


def sentences(person: Person, item: Item, report: Report, at: datetime) -> list[str]:
    """One each: who reads it now, once it is filed, under what name; and what may be shared of it, with whom."""
    said = [] if item.submitted_at else [_("Until you file it, you alone can read this.")]
    return [*said, _kept_by(person, item, at), _named(item, at), _derived(report), *_wished(report, at)]


def _kept_by(person: Person, item: Item, at: datetime) -> str:
    count, warp = reports.keepers(person, item, at).count(), item.warp.name
    people = ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    if not count:
        return _("Besides you nobody would read it: %(warp)s has nobody for it now.") % {"warp": warp}
    if item.anonymous:
        said = _("Filed, it is read by you and by the custodians of %(warp)s (%(people)s), and by nobody else.")
    else:
        said = _("Filed, it is read by you and by those who handle reports to %(warp)s (%(people)s), and nobody else.")
    return said % {"warp": warp, "people": people}


def _named(item: Item, at: datetime) -> str:
    if not item.anonymous:
        return _("They see your name and your organisation.")
    label = item.origin.label if item.submitted_at else reports.label_for(item.warp, at)
    said = _(
        "They see “%(label)s” instead of your name. They are told by mail as soon as you file it; for everybody else no"
        " time of yours is more than the day. A custodian who must know who you are can look it up, gives the reason,"
        " and that is kept. What you write may still give you away to who reads it."
    )
    return said % {"label": label}


def _derived(report: Report) -> str:
    said = _("What others read is a new text, %(label)s, without what could tell who you are; you agree to it first.")
    return said % {"label": tlp.display(report.label)}


def _wished(report: Report, at: datetime) -> list[str]:
    """Whom it would reach today, were it shared as they wish."""
    until = []
    if report.embargo_until:
        said = _("You ask that it is kept back until %(at)s; whoever is named on it may read it before.")
        until = [said % {"at": moment_zone(report.embargo_until)}]
    if report.label == tlp.CLEAR:
        return [_("You wish it to be public: anyone could read it."), *until]
    if report.label == tlp.RED:
        return [_("You wish it to be for people named one by one: whoever keeps it asks you whom."), *until]
    if report.label == tlp.GREEN and not report.audience:
        whom = _("all members of this hub")
    elif report.audience:
        whom = ", ".join(audience_names(report))
    else:
        return [_("You have not said yet whom it may be shared with: whoever keeps it asks you."), *until]
    reach = wished_buckets(report, at)
    numbers = {"people": holders(reach, at).count(), "houses": houses(reach, at).count(), "whom": whom}
    said = _("You wish it to be for %(whom)s: today that is %(people)d people in %(houses)d organisations.")
    return [said % numbers, *until]


def wished_buckets(report: Report, at: datetime) -> set[int]:
    """What the rule (line 7) would open, were it released under the label and to the audience that they wish for."""
    standing = Standing(label=report.label, version=1)
    grants = [
        Grant(standing=standing, since=at, until=clock.FOREVER, **{f"{kind}_id": pk}) for kind, pk in report.audience
    ]
    return given(standing, grants, clock.micro(at)) - {Bucket.EVERYONE.of()}


def audience_names(report: Report) -> list[str]:
    """The names of the audience, in order: one statement for each kind of it."""
    wanted: dict[str, list[int]] = {}
    for kind, pk in report.audience:
        wanted.setdefault(kind, []).append(pk)
    return [
        name
        for kind, pks in sorted(wanted.items(), reverse=True)
        for name in TABLES[kind].objects.filter(pk__in=pks).order_by("name").values_list("name", flat=True)
    ]
