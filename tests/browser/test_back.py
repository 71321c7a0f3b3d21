"""After signing out, the back button shows nothing of what was read."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

Arrive = Callable[..., Visitor]


def test_the_back_button_shows_no_page_of_somebody_who_has_signed_out(visitor: Arrive) -> None:
    sam = visitor()
    page = sam.sign_in("Sam Reed")
    sam.go("/advisories/")
    read = page.locator("main a[href^='/advisories/']").first
    title = read.inner_text()
    read.click()
    page.wait_for_url(lambda url: not url.endswith("/advisories/"))
    address = page.url
    expect(page.get_by_text(title).first).to_be_visible()
    sam.go("/account/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "logout" not in url)
    for _ in range(3):  # the page of signing out, the advisory, the list
        page.go_back()
        page.wait_for_load_state()
        assert title not in page.content(), page.url
        assert "Sam Reed" not in page.content(), page.url
    page.goto(address)
    assert title not in page.content()
