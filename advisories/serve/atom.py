"""`/feeds/advisories.atom`: TLP:CLEAR for everyone; with a personal token, what the Atom column allows its owner.

A token that is wrong, has ended or is another's answers as none does, byte for byte, and who is signed in counts for
nothing: a feed reader is not a person. `tier` and `category` narrow it, as they do the list of advisories.

Asked again with the ETag that it gave, it answers 304 where nothing has changed. It gives no Last-Modified: what is
withdrawn makes a feed older by that, and who asked by time alone would keep it.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advisories.forms import ListForm
from advisories.kinds import url
from advisories.serve.entries import Told, newest
from members import clock, tlp
from members.audit import record
from members.credentials import credential_of
from members.kinds import Section
from members.middleware import HubRequest
from members.models import Credential
from members.policy import Viewer
from members.shows import Exit
from members.views.asking import typed

SIZE = 50
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # one of these spoils a whole feed


@require_safe
def advisories(request: HubRequest) -> HttpResponse:
    credential = credential_of(typed(request, "token"), Credential.Use.ATOM, request.at)
    viewer = Viewer() if credential is None else Viewer(credential=credential.pk)
    chosen = ListForm(request.GET).chosen()
    narrow = {name: chosen[name] for name in ("tier", "category") if name in chosen}
    told = newest(viewer, request.at, Exit.ATOM, SIZE, **narrow)
    if credential is not None:
        house = {"organisation": credential.organisation.slug} if credential.organisation else {}
        # Not how many: one more than their rights explain would say that its owner had reported one.
        record("export", request.at, by=credential.person, reference="advisories.atom", **house)
    text = written(told).encode()
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type="application/atom+xml; charset=utf-8")
    response = get_conditional_response(request, etag, None, response) or response
    response.headers["ETag"] = etag
    # A token stands in the address: nobody on the way keeps the answer, and no page that it leads to learns it.
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


class Feed(Atom1Feed):
    """Without the moment of asking: it was updated when the newest of what it shows began to stand."""

    def latest_post_date(self) -> datetime:
        """Django's own says "now" of an empty feed, and two answers to the same question would differ."""
        return max((item["updateddate"] for item in self.items), default=clock.EPOCH)

    def add_item(self, title: str, link: str, description: str, **more: Any) -> None:  # type: ignore[override]
        """One entry; with an empty description, its title alone."""
        super().add_item(NOT_XML.sub("", title), link, NOT_XML.sub("", description) or None, **more)  # type: ignore[arg-type]


def written(told: list[Told]) -> str:
    """The feed, as text. It names the address that everybody knows, never the one with a token in it."""
    address = f"{settings.BASE_URL}{reverse('feed-advisories')}"
    feed = Feed(title=_("Advisories"), link=f"{settings.BASE_URL}/", description=None, feed_url=address)
    for one in told:
        link, label = f"{settings.BASE_URL}{url(one.item)}", tlp.display(one.label)
        said = {"author_name": one.item.warp.name, "updateddate": one.since, "categories": [label]}
        feed.add_item(f"[{label}] {one.content.title}", link, _body(one), unique_id=link, **said)
    text: str = feed.writeString("utf-8")
    return text


def _body(one: Told) -> str:
    """The text under its label, as HTML; "" where the title is all."""
    if not one.content.sections:
        return ""
    sections = format_html_join("\n", "{}", ((_section(section),) for section in one.content.sections))
    return format_html("<p><strong>{}</strong></p>\n{}", tlp.display(one.label), sections)


def _section(section: Section) -> SafeString:
    each, around = ("<li>{}</li>", ("<ul>", "</ul>")) if section.steps else ("<p>{}</p>", ("", ""))
    lines = format_html_join("", each, ((line,) for line in section.paragraphs))
    begin, end = map(mark_safe, around)
    return format_html("<h2>{}</h2>{}{}{}", section.heading, begin, lines, end)
