"""An exercise: prepared, played on a telephone, watched, led from a board that another browser takes over, reported."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]
TITLE = "Ransomware at a shared supplier"
SHOUT = re.compile(r"^EXERCISE EXERCISE EXERCISE: ")


def arrived(somebody: Visitor, name: str) -> str:
    """Signed in and on the exercise's page; its address."""
    somebody.sign_in(name)
    page = somebody.go("/exercises/")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url(re.compile(r"/exercises/(?!new)[^/]+/$"))
    expect(page).to_have_title(SHOUT)
    return page.url.removeprefix(somebody.hub.url)


def goes_on(page: Page) -> None:
    """Where the demonstration's own Flash was planned meanwhile, the exercise waits for it, as it should."""
    if page.get_by_text("Paused, since something real is happening.").count():
        page.get_by_role("button", name="Go on").click()


def test_prepared_played_on_a_telephone_led_by_two_browsers_and_reported(visitor: Arrive, hub: Hub) -> None:
    cara, sam, tom, deputy = visitor(), visitor(width=360), visitor(), visitor(width=360, javascript=False)
    path = arrived(cara, "Cara Orr")
    cara.accessible()
    shot(cara.page, "exercise-prepared-1280")
    for more in ("edit/", "people/", "injects/new/"):
        cara.go(path + more)
        cara.accessible()
    cara.go("/exercises/new/")
    cara.accessible()

    assert arrived(sam, "Sam Reed") == path
    expect(sam.page.get_by_text("It has not begun yet.")).to_be_visible()
    sam.accessible()

    page = cara.go(f"{path}board/")
    cara.accessible()
    page.get_by_role("button", name="Start the exercise").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    first = page.get_by_role("button", name=re.compile("^Send now.*The portal does not answer"))
    if first.count():  # the hub's own clock may have been quicker
        first.click()
    goes_on(page)
    page.get_by_role("button", name=re.compile("^Send now.*Another council")).click()
    cara.accessible()
    shot(page, "exercise-board-1280")

    # It comes by itself: the page asks for it again.
    link = sam.page.get_by_role("link", name="Another council saw something last night")
    expect(link).to_be_visible(timeout=30_000)
    sam.accessible()
    shot(sam.page, "exercise-play-360")
    link.click()
    expect(sam.page.get_by_text("From your WARP, TLP:AMBER.")).to_be_visible()
    sam.page.get_by_role("button", name="Acknowledge").click()
    expect(sam.page.get_by_text(re.compile("Acknowledged by Sam Reed"))).to_be_visible()
    sam.page.get_by_label("Your answer").fill("We search the VPN's log for the account, and keep it.")
    sam.page.get_by_role("button", name="Answer", exact=True).click()
    expect(sam.page.get_by_text("We search the VPN's log")).to_be_visible()
    sam.accessible()
    shot(sam.page, "exercise-inject-360")

    assert arrived(tom, "Tom Okafor") == path
    tom.page.get_by_label("Note", exact=True).fill("Sam asked nobody first.")
    tom.page.get_by_role("button", name="Add this note").click()
    expect(tom.page.get_by_text("Sam asked nobody first.")).to_be_visible()
    tom.accessible()

    # Cara's browser dies; her deputy, on a telephone and without scripts, finds it running and goes on.
    expect(page.get_by_text(re.compile("Avonbridge Borough Council: acknowledged after"))).to_be_visible(timeout=30_000)
    cara.page.close()
    assert arrived(deputy, "Deepa Nair") == path
    page = deputy.go(f"{path}board/")
    expect(page.get_by_text(re.compile("Avonbridge Borough Council: acknowledged after"))).to_be_visible()
    goes_on(page)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    shot(page, "exercise-board-360")
    page.get_by_role("link", name="End the exercise").click()
    page.get_by_role("button", name="End the exercise for everybody").click()
    expect(page.get_by_role("heading", name="Actions")).to_be_visible()
    page.get_by_label("What is to be done").fill("A second factor for the supplier's account")
    page.get_by_label("Who sees to it").fill("Head of IT")
    page.get_by_label("By which day").fill("2027-01-31")
    page.get_by_role("button", name="Add this action").click()
    expect(page.get_by_role("rowheader", name="A second factor")).to_be_visible()

    page = tom.go(f"{path}report/")
    tom.accessible()
    shot(page, "exercise-report-1280")
    page = sam.go(f"{path}report/")
    expect(page.get_by_text("You play in the team IT and security, for Avonbridge Borough Council")).to_be_visible()
    expect(page.get_by_text("Sam asked nobody first.")).to_have_count(0)
    sam.accessible()
    shot(page, "exercise-report-360")
