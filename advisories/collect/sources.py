"""Make sources. The verbs behind `sources add`, `import` and the demonstration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from advisories.collect import signin
from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.kinds import KINDS
from advisories.collect.mail import mailplace
from advisories.models import Source
from members.audit import record
from members.models import Person, Warp
from members.web.request import target_of

IMPORTED = "imported"
EVERY = {
    "kev": 120,
    "folder": 5,
    "mailbox": 5,
    "csaf": 240,
    "nvd": 240,
    "epss": 1440,
}  # minutes, where an hour is not what suits the kind
LONGEST_SLUG = 50
ALREADY = gettext_noop("%(url)s is a source already: %(slug)s.")


def root_warp() -> Warp | None:
    """The WARP at the top of the tree, whose desk takes what is of the whole hub."""
    return Warp.objects.filter(parent=None).order_by("pk").first()


def source_of(slug: str, warps: Sequence[int]) -> Source | None:
    """The source of this name, where it is one of these WARPs' own."""
    return Source.objects.filter(slug=slug, warp__in=warps).select_related("warp").first()


@transaction.atomic
def add_source(
    kind: str,
    url: str,
    warp: Warp,
    at: datetime,
    *,
    name: str = "",
    label: str = "",
    every: int | None = None,
    hub_wide: bool = False,
    enabled: bool = True,
    red_to: Iterable[Person] = (),
    sign_in: str = "",
    by: Person | None = None,
) -> Source:
    """A source of one of KINDS, due at once. `label`: for what comes unmarked; "" is AMBER+STRICT. `red_to`: who
    handles what comes RED; without anybody, nobody reads it. `sign_in`: "name:password" or a token.

    Raises CollectError on an address that the hub would not collect from, or has already.
    """
    _check_address(kind, url)
    twin = Source.objects.filter(kind=kind, url=url, warp=warp).first()
    if twin is not None:
        raise CollectError(ALREADY, url=url, slug=twin.slug)
    name = (name or _name_of(kind, url))[:100]
    source = Source.objects.create(
        name=name, slug=_free_slug(name), kind=kind, url=url, warp=warp, hub_wide=hub_wide, default_label=label,
        every=every or EVERY.get(kind, 60), enabled=enabled, due_at=at,
    )  # fmt: skip
    source.red_handlers.set(red_to)
    if sign_in:
        set_sign_in(source, sign_in)
    record("add_source", at, by=by, reference=source.slug, kind=kind, warp=warp.slug, hub_wide=hub_wide)
    return source


def set_sign_in(source: Source, text: str) -> None:
    """Keep how the hub signs in there, sealed; "" to forget it."""
    Source.objects.filter(pk=source.pk).update(secret=signin.close(source, text))


def _check_address(kind: str, url: str) -> None:
    """Raises CollectError on an address that the hub would not collect from."""
    if kind == Source.Kind.MAILBOX:
        mailplace.place_of(url)
    elif KINDS[kind].fetched:
        target_of(url)


def imported(warp: Warp, at: datetime) -> Source:
    """The source that imported files belong to, made on first use. It is never fetched: its folder is nowhere."""
    found = Source.objects.filter(slug=IMPORTED).first()
    return found or add_source("folder", "", warp, at, name=_("Imported"), enabled=False)


def _name_of(kind: str, url: str) -> str:
    return (Path(url).name if kind == Source.Kind.FOLDER else urlsplit(url).hostname) or kind


def _free_slug(name: str) -> str:
    stem = slugify(name.replace(".", "-"))[: LONGEST_SLUG - 4] or "source"
    taken = set(Source.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
