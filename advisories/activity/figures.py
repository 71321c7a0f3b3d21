"""The figures of a period: what the page, the spreadsheet and the paper say alike. Pure.

What is about how organisations behave, and would rest on fewer than five of them, is `FEW` and no number.
"""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from advisories import taxonomy
from advisories.activity.alerts import alerts
from advisories.activity.gathered import Facts
from advisories.activity.values import Line, Section, half
from advisories.models import Incident
from members import tlp
from members.categories import Category
from members.models import Kind, Tier
from members.shows import STEP_UP


def sections(found: Facts) -> list[Section]:
    """The same sections with the same lines, whatever there is: two periods stand side by side by their places."""
    return [*_advisories(found), *_incidents(found), _questions(found), alerts(found), _reach(found)]


def _advisories(found: Facts) -> list[Section]:
    told = found.of(Kind.ADVISORY)
    first = [one for one in told if one.first]
    tiers = Counter(one.tier for one in first)
    labels = Counter(one.label for one in first)
    categories = Counter(one.category for one in first)
    return [
        Section("advisories", _("Advisories"), (
            Line(_("Released"), len(first)),
            Line(_("Revised"), sum(one.revised for one in told)),
            Line(_("Withdrawn"), sum(one.withdrawn for one in told)),
        )),
        Section("tiers", _("Advisories released, by tier"), tuple(
            Line(str(one.label), tiers[one], tier=one.name.lower()) for one in reversed(Tier)
        ), parts=True),
        Section("labels", _("Advisories released, by label"), tuple(
            Line(tlp.display(one), labels[one], tlp=one) for one in tlp.LABELS if one not in STEP_UP
        ), parts=True),
        Section("categories", _("Advisories released, by subject"), tuple(
            Line(str(one.label), categories[one]) for one in Category
        ), parts=True),
    ]  # fmt: skip


def _incidents(found: Facts) -> list[Section]:
    told = found.of(Kind.INCIDENT)
    first = [one for one in told if one.first]
    classes, states = Counter(one.rsit for one in first), Counter(one.now for one in first)
    contained, closed = found.lived["contained"], found.lived["closed"]
    return [
        Section("incidents", _("Incidents"), (
            Line(_("Reports received"), len(found.reports)),
            Line(_("Incidents shared"), len(first)),
            Line(_("Revised"), sum(one.revised for one in told)),
            Line(_("Withdrawn"), sum(one.withdrawn for one in told)),
            Line(_("Contained"), len(contained)),
            Line(_("Closed"), len(closed)),
            Line(_("From derived to shared, median"), half(one.at - one.began for one in first)),
            Line(_("From derived to contained, median"), half(contained.values())),
            Line(_("From derived to closed, median"), half(closed.values())),
        )),
        Section("classes", _("Incidents shared, by kind"), tuple(
            Line(str(one.name), classes[one.slug]) for one in taxonomy.TAXONOMY
        ), parts=True),
        Section("states", _("Incidents shared, by how they are now"), tuple(
            Line(str(one.label).capitalize(), states[one]) for one in Incident.State
        ), parts=True),
    ]  # fmt: skip


def _questions(found: Facts) -> Section:
    asked = found.questions
    return Section("questions", _("Questions"), (
        Line(_("Asked"), len(asked)),
        Line(_("Of these, answered"), sum(one.answered for one in asked)),
        Line(_("Of these, with an accepted answer"), sum(one.agreed for one in asked)),
        Line(_("To the first answer, median"), half(one.first for one in asked)),
        Line(_("To the accepted answer, median"), half(one.accepted for one in asked)),
    ))  # fmt: skip


def _reach(found: Facts) -> Section:
    return Section("reach", _("Sightings and messages"), (
        Line(_("Shared, and seen by five organisations or more"), len(found.seen)),
        Line(_("The most organisations that see one of them"), max(found.seen.values(), default=None)),
        Line(_("Messages sent about single items"), sum(found.messages.values())),
        Line(_("Lines of digests sent"), sum(found.digests.values())),
    ))  # fmt: skip
