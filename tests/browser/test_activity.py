"""The coordinator's activity report: on a telephone, on a desk, on paper, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]
SHEETS = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize(("width", "javascript"), [(360, True), (360, False), (1280, True)])
def test_a_coordinator_looks_at_a_month_and_at_the_quarter(visitor: Arrive, width: int, javascript: bool) -> None:
    cara = visitor(width=width, javascript=javascript)
    cara.sign_in("Cara Orr")
    page = cara.go("/desk/overview/")
    page.get_by_role("link", name="the activity report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Activity in")
    quarter = page.locator("optgroup[label=Quarters] option").first.get_attribute("value")
    page.get_by_label("Month or quarter").select_option(quarter)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("img", name="Advisories released")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(" to ")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Questions asked")).to_be_visible()
    if javascript:
        cara.accessible()
    shot(page, f"activity-{width}")
    page.get_by_role("link", name="Before:").click()
    expect(page.get_by_role("link", name="After:")).to_be_visible()


def test_it_prints_on_two_sheets_at_most_with_its_label_on_each(visitor: Arrive) -> None:
    cara = visitor()
    cara.sign_in("Cara Orr")
    page = cara.go("/desk/activity/")
    assert 1 <= len(SHEETS.findall(page.pdf(prefer_css_page_size=True))) <= 2
    page.emulate_media(media="print")
    assert page.locator(".hub-sheet__label:visible").count() == 2
    expect(page.get_by_label("Month or quarter")).to_be_hidden()
