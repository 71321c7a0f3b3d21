"""A question as members ask it on a telephone: asked, answered, the answer accepted, and who follows it is told."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor
from tests.browser.test_main_job import shot
from tests.browser.test_talk import say

Arrive = Callable[..., Visitor]
TITLE = "Who has moved off the old VPN?"


def open_question(somebody: Visitor) -> Page:
    page = somebody.go("/questions/")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url(re.compile(r"/questions/[^/]+/"))
    return page


def wants_all_at_once(somebody: Visitor) -> None:
    page = somebody.go("/account/told/")
    page.locator("main a[href*='/told/lines/']").first.click()
    page.locator("[name=frequency][value='1']").check()
    page.locator("[name=lowest][value='1']").check()
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Kept. It holds from now on.")).to_be_visible()


def test_asked_answered_and_accepted_on_a_telephone_and_who_follows_is_told(visitor: Arrive, hub: Hub) -> None:
    lena, owen, sam = visitor(width=360), visitor(width=360, javascript=False), visitor(width=360)
    for somebody, name in ((lena, "Lena Fox"), (owen, "Owen Marsh"), (sam, "Sam Reed")):
        somebody.sign_in(name)
    page = lena.go("/questions/new/")
    lena.accessible()
    page.get_by_label("Your question, in one line").fill(TITLE)
    page.get_by_label("Members of this hub").check()
    page.get_by_role("button", name="Ask").dblclick()
    page.wait_for_url(re.compile(r"/questions/(?!new)[^/]+/"))
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    lena.accessible()

    wants_all_at_once(sam)
    page = open_question(sam)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_text("You follow this")).to_be_visible()

    page = open_question(owen)
    say(page, "We did, in two evenings.")
    expect(page.get_by_text("We did, in two evenings.")).to_have_count(1)

    page = open_question(lena)
    page.get_by_role("button", name=re.compile("Accept this answer")).click()
    expect(page.get_by_role("heading", name="Accepted answer")).to_be_visible()
    lena.accessible()
    shot(page, "question-360")
    for subject in ("Reply: ", "Answered: "):
        letter = hub.post.wait("sam.reed@avonbridge.example.org", f"[TLP:GREEN] {subject}{TITLE}")
        assert "We did, in two evenings." in str(letter.get_body(("plain",)))
