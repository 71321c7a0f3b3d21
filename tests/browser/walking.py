"""The pages on which what sources said is met, and what must hold of each in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Hub
from tests.browser.trap import CENSUS, Seen
from tests.hostile.clean import ALLOWED

MAIL_PAGES = 6
Laid = dict[str, Any]


def coordinator(page: Page, laid: Laid) -> Iterator[str]:
    """Every page on which a coordinator meets what sources said."""
    yield from ("/", "/advisories/", "/advisories/?q=alert", "/desk/sources/", "/feeds/advisories.atom", "/dev/mail/")
    yield from on_mail_pages(page)
    yield from (f"/desk/sources/{slug}/" for slug in laid["sources"])
    yield f"/desk/sources/{laid['sources'][-1]}/settings/"
    yield from (f"/desk/drafts/{reference}/" for reference in laid["advisories"])
    yield from (f"/advisories/{reference}/" for reference in laid["advisories"][:2])
    yield f"/desk/drafts/{laid['advisories'][-1]}/withdraw/"
    yield from (f"/desk/drafts/{laid['draft']}/{act}" for act in ("", "release/"))
    yield from (f"/desk/stories/{code}/" for code in laid["stories"])
    yield from ("/desk/?dismissed=1", "/desk/?q=alert", "/desk/")
    while further := page.locator("a[rel=next]").all():
        yield "/desk/" + str(further[0].get_attribute("href"))


def on_mail_pages(page: Page) -> Iterator[str]:
    """Of the mails that the list of them has just shown: each as its page, and the newest as documents."""
    links = page.locator("main a[href^='/dev/mail/']")
    found = [str(link.get_attribute("href")) for link in links.all()]
    yield from found[:MAIL_PAGES]
    yield from (f"{path}html/" for path in found[:MAIL_PAGES])


def member(page: Page, laid: Laid) -> Iterator[str]:
    yield from ("/", "/advisories/", "/advisories/?q=alert")
    yield from (f"/advisories/{reference}/" for reference in laid["advisories"][1:])  # the first is withdrawn


def sign_in(page: Page, hub: Hub, name: str) -> None:
    page.goto(f"{hub.url}/account/login/")
    page.get_by_role("button", name=name).first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def show(page: Page, seen: Seen, url: str, own: str) -> None:
    answer = page.goto(url)
    assert answer and answer.status == 200, url
    told_as_html = re.search(r"/desk/(stories|drafts/[^/]+/$)", url)
    assert page.evaluate(CENSUS, [own, sorted(ALLOWED) if told_as_html else []]) == [], url
    assert page.url == answer.url and page.url.startswith(own) and len(page.frames) == 1, url
    seen.pages += 1
