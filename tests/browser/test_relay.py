"""A warning is passed on to a sister WARP, from a telephone: the destination proves itself, and what goes is seen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor
from tests.browser.test_main_job import shot
from tests.browser.test_sharing import confirmed

NORTH = "hub@north.example.org"


def added(cara: Visitor, post: Hub) -> None:
    page = cara.go("/desk/destinations/")
    page.get_by_role("link", name=re.compile("Add a destination")).click()
    confirmed(page)
    cara.accessible()
    page.get_by_label("Who they are").fill("Northern WARP")
    page.get_by_label("Mail", exact=True).check()
    page.get_by_label("The strictest label").select_option(label="TLP:GREEN")
    page.get_by_label("E-mail address").fill(NORTH)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).first.click()
    code = re.search(r"\b\d{6}\b", post.post.wait(NORTH, "A code").get_content())
    assert code is not None
    page.get_by_label("The code that they tell you").fill(code[0])
    page.get_by_role("button", name=re.compile("Confirm|Verify", re.IGNORECASE)).last.click()
    expect(page.get_by_text("Verified. What this WARP shares")).to_be_visible()
    cara.accessible()


@pytest.mark.parametrize("width", [360])
def test_what_goes_is_seen_and_arrives_with_its_file(visitor: Callable[..., Visitor], own_hub: Hub, width: int) -> None:
    cara = visitor(width=width, at=own_hub)
    cara.sign_in("Cara Orr")
    added(cara, own_hub)
    page: Page = cara.go("/advisories/")
    page.get_by_role("link", name=re.compile("Quillpost")).first.click()
    page.locator("a", has_text="Relay it").first.click()
    confirmed(page)
    cara.accessible()
    page.get_by_role("link", name="Northern WARP").click()
    expect(page.get_by_role("heading", name="The file with it")).to_be_visible()
    cara.accessible()
    shot(page, f"relay-{width}")
    page.get_by_role("button", name="Relay it to Northern WARP as TLP:GREEN").click()
    letter = own_hub.post.wait(NORTH, "[TLP:GREEN] Quillpost")
    assert [part.get_filename() for part in letter.iter_attachments()] != []
    page.reload()
    expect(page.get_by_text("Northern WARP").first).to_be_visible()
    cara.accessible()
