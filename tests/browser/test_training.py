"""A course from the draft to the waiting list, by those who teach and those who come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_course_is_written_published_scheduled_booked_and_waited_for(visitor: Arrive, width: int) -> None:
    cara, title = visitor(width=width), f"Backups that restore, {width}"
    cara.sign_in("Cara Orr")
    page = cara.go("/training/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("What is learned, and by whom").fill("Restore one before you need it.")
    cara.accessible()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("the coordinators of its WARP alone read it")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("TLP:GREEN", exact=True).check()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Schedule sessions").click()
    page.get_by_label("Begins", exact=True).fill("2029-03-13 09:30")
    page.get_by_label("Ends", exact=True).fill("2029-03-13 12:00")
    page.get_by_label("Place", exact=True).fill("Guildhall")
    page.get_by_label("Places", exact=True).fill("1")
    page.get_by_label("How many sessions").fill("2")
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("2 sessions are scheduled.")).to_be_visible()
    expect(page.get_by_role("link", name="Tuesday 12 June 2029, 09:30 to 12:00 BST")).to_be_visible()
    cara.accessible()
    shot(page, f"training-course-{width}")
    path = page.url.removeprefix(cara.hub.url)

    for name, told in (("Priya Shah", "You have a place."), ("Sam Reed", "you are on the waiting list")):
        one = visitor(width=width)
        one.sign_in(name)
        seen = one.go(path)
        seen.locator(".hub-session").first.get_by_role("button").click()
        expect(seen.get_by_text(told).first).to_be_visible()
        one.accessible()
        shot(seen, f"training-{name.split()[0].lower()}-{width}")

    page.get_by_role("link", name="Tuesday 13 March 2029").click()
    expect(page.get_by_text("full, 1 waiting")).to_be_visible()
    page.get_by_role("button", name="Cancel Priya Shah").click()
    expect(page.get_by_text("The booking is cancelled.")).to_be_visible()
    expect(page.get_by_text("full (of 1)")).to_be_visible()
    seen.reload()
    expect(seen.get_by_text("You have a place.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_sheet_of_a_month_is_a_table_where_there_is_room_and_else_a_list(visitor: Arrive, width: int) -> None:
    nobody = visitor(width=width)
    page = nobody.go("/training/calendar/")
    nobody.accessible()
    head = page.locator(".hub-month thead")
    expect(head).to_be_visible() if width > 640 else expect(head).to_be_hidden()
    page.get_by_role("link", name="Month after").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Training in")
    shot(page, f"training-month-{width}")
