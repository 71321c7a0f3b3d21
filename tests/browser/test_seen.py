"""“We see this too”, on a telephone, with a script and without; and the coordinator's page of what is not done yet."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_incident import opened
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]


@pytest.mark.parametrize("javascript", [True, False])
def test_one_click_says_so_and_one_takes_it_back(visitor: Arrive, javascript: bool) -> None:
    bea = visitor(width=360, javascript=javascript)
    bea.sign_in("Bea Lund")
    check = bea.accessible if javascript else lambda: None
    page = opened(bea)
    whole = page.locator("section", has=page.get_by_role("heading", name="Who sees it"))
    whole.get_by_role("button", name="We see this too").click()
    expect(page.get_by_text("nobody is told that it was you")).to_be_visible()
    expect(page.get_by_text("You said that you see this too")).to_be_visible()
    check()
    shot(page, "seen-360")
    page.get_by_text(re.compile(r"^\d+ indicators?$")).click()
    one = page.locator("li", has=page.locator("code")).first
    one.get_by_role("button", name="We see this too").click()
    page.get_by_text(re.compile(r"^\d+ indicators?$")).click()
    expect(one.get_by_role("button", name="Take it back")).to_be_visible()
    check()
    shot(page, "seen-indicator-360")
    one.get_by_role("button", name="Take it back").click()
    whole.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(whole.get_by_role("button", name="We see this too")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_coordinator_finds_what_is_not_done_yet(visitor: Arrive, javascript: bool) -> None:
    cara = visitor(width=360, javascript=javascript)
    cara.sign_in("Cara Orr")
    page = cara.go("/desk/")
    page.get_by_role("link", name="What is not done yet").click()
    expect(page.get_by_role("heading", name="Alerts that are not confirmed")).to_be_visible()
    if javascript:
        cara.accessible()
    shot(page, "overview-360")
