"""A Flash from a telephone, all the way: released, answered by three of four, and the fourth escalated by mail."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor, wait_until
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]
PHONE = 360
TITLE = "Tarnwell Gateway is being broken into"
ADDRESS = {
    "sam": "sam.reed@avonbridge.example.org", "lena": "lena.fox@avonbridge.example.org",
    "night": "control.room@avonbridge.example.org", "deepa": "deepa.nair@wyreford.example.org",
    "cara": "cara.orr@severn.example.org",
}  # fmt: skip
FOUR = """
from members import clock
from members.models import Membership
gone = Membership.objects.filter(organisation__slug__in=["oxbow", "marlshire", "eastmarl"])
gone.update(until=clock.ask())
"""
# The clock is one that nobody can move from here: what is due comes nearer instead, by as much.
LATER = """
from datetime import timedelta
from django.db.models import F
from members.models import Escalation, Response
by = timedelta(minutes=%d)
Response.objects.update(asked_at=F("asked_at") - by, due_at=F("due_at") - by)
Escalation.objects.filter(done_at=None).update(due_at=F("due_at") - by)
"""


def later(hub: Hub, minutes: int) -> None:
    hub.manage("shell", "-c", LATER % minutes)


def released(cara: Visitor) -> str:
    """From the first page to the board. The advisory's reference."""
    page = cara.go("/")
    page.get_by_role("link", name="Send a Flash").click()
    cara.accessible()
    page.get_by_label("What it is, in one line").fill(TITLE)
    page.get_by_label("What is happening").fill("Two councils are encrypted.")
    page.get_by_label("What to do now").fill("Switch it off.\nRing us.")
    page.get_by_label("TLP:GREEN", exact=True).check()
    page.get_by_role("button", name="See whom it reaches").click()
    expect(page.get_by_text("in 4 organisations will be able to read this")).to_be_visible()
    expect(page.get_by_text("Switch it off.").first).to_be_visible()
    cara.accessible()
    shot(page, "flash")
    page.get_by_role("button", name="Release it now").dblclick()
    expect(page.get_by_role("heading", name="0 of 4 confirmed")).to_be_visible(timeout=60_000)
    cara.accessible()
    return page.url.split("/advisories/")[1].split("/")[0]


def by_the_link_of_the_mail(somebody: Visitor, hub: Hub, address: str) -> None:
    """Without signing in, as whoever reads the mail on the same telephone."""
    letter = hub.post.wait(address, TITLE)
    text = letter.get_body(("plain",))
    assert text is not None
    found = re.search(r"http://\S+/a/\S+", text.get_content())
    assert found, text.get_content()
    somebody.page.goto(found[0])
    somebody.accessible()
    somebody.page.get_by_role("button", name="Confirm: we have it").click()
    expect(somebody.page.get_by_role("heading", name="Confirmed. Thank you.")).to_be_visible()
    somebody.accessible()


def by_the_page(somebody: Visitor, name: str) -> None:
    page = somebody.sign_in(name)
    somebody.accessible()
    page.locator(".hub-card", has_text=TITLE).get_by_role("button", name="Confirm it").click()
    somebody.accessible()
    page.get_by_role("button", name="Confirm: we have it").click()
    expect(page.get_by_text("Confirmed. Thank you.")).to_be_visible()


def stays_while_somebody_is_at_it(page: Page) -> None:
    """What was opened or typed on the board outlasts its renewal."""
    page.evaluate("""document.querySelector('#board').insertAdjacentHTML('beforeend', '<input id=typed>')""")
    page.locator("#typed").fill("half a sentence")
    with page.expect_response(re.compile("/responses/$")):
        pass
    page.wait_for_timeout(300)
    expect(page.locator("#typed")).to_have_value("half a sentence")
    page.evaluate("document.querySelector('#typed').remove()")


def test_a_flash_is_released_and_answered_on_telephones_and_who_does_not_answer_is_escalated(
    visitor: Arrive, own_hub: Hub
) -> None:
    own_hub.manage("shell", "-c", FOUR)
    cara, deepa, owen, tom = (visitor(width=PHONE, height=740, at=own_hub) for _ in range(4))
    cara.sign_in("Cara Orr")
    cara.accessible()
    reference = released(cara)
    board = cara.page

    by_the_link_of_the_mail(deepa, own_hub, ADDRESS["deepa"])
    by_the_page(owen, "Owen Marsh")
    by_the_page(tom, "Tom Okafor")
    expect(board.get_by_role("heading", name="3 of 4 confirmed")).to_be_visible(timeout=30_000)  # by itself
    stays_while_somebody_is_at_it(board)
    cara.accessible()
    assert len(own_hub.post.to(ADDRESS["sam"], TITLE)) == 1

    later(own_hub, 31)
    for who in ("sam", "lena"):
        own_hub.post.wait(ADDRESS[who], f"Not confirmed yet: {TITLE}")
    night = own_hub.post.wait(ADDRESS["night"], "Something waits for your organisation on the WARP hub")
    for hidden in (reference, TITLE, "TLP", "GREEN", "Severn", "Cara", "Avonbridge Borough"):
        assert hidden not in night.as_string(), hidden
    assert own_hub.post.to(ADDRESS["deepa"], f"Not confirmed yet: {TITLE}") == []
    assert own_hub.post.to(ADDRESS["cara"], f"To be rung: {TITLE}") == []

    later(own_hub, 30)
    letter = own_hub.post.wait(ADDRESS["cara"], f"To be rung: {TITLE}")
    text = letter.get_body(("plain",))
    assert text is not None and "- Avonbridge Borough Council" in text.get_content()
    assert f"/advisories/{reference}/responses/" in text.get_content()
    expect(board.get_by_text("not confirmed: to be rung")).to_be_visible(timeout=30_000)
    expect(board.get_by_role("link", name="01632 960 103")).to_be_visible()
    shot(board, "board")
    board.get_by_role("button", name="Ring them").click()
    expect(board.get_by_text("Cara Orr is ringing them")).to_be_visible()
    cara.accessible()
    board.get_by_role("button", name="Rung: confirmed").click()
    expect(board.get_by_role("heading", name="4 of 4 confirmed")).to_be_visible()
    assert own_hub.post.to(ADDRESS["deepa"], f"To be rung: {TITLE}") == [], "she is not on duty"


def test_who_is_on_duty_and_whom_to_ring_are_kept_on_a_telephone(visitor: Arrive) -> None:
    cara, lena = visitor(width=320, height=740), visitor(width=320, height=740)
    cara.sign_in("Cara Orr")
    cara.go("/duty/")
    expect(cara.page.get_by_text("Cara Orr").first).to_be_visible()
    cara.accessible()
    lena.sign_in("Lena Fox")
    expect(lena.page.get_by_role("link", name="01632 960 999")).to_be_visible()
    page = lena.go("/contacts/")
    lena.accessible()
    page.get_by_role("link", name="Show that it is you, to add a contact").click()
    page.get_by_role("button", name="Confirm that it is you").click()
    page.get_by_label("Out of hours").check()
    page.get_by_label("Or somebody without an account").fill("Night porter")
    page.get_by_label("Telephone").fill("01632 960 104")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Night porter").first).to_be_visible()
    lena.accessible()
    page.get_by_role("link", name="Change Night porter").click()
    lena.accessible()
    page.go_back()
    page.get_by_role("button", name="Take away Night porter").click()
    expect(page.get_by_text("Night porter is on the list no more.")).to_be_visible()


def test_without_javascript_the_board_is_refreshed_by_a_link(visitor: Arrive) -> None:
    cara = visitor(width=PHONE, javascript=False)
    cara.sign_in("Cara Orr")
    page = cara.go("/flash/")
    page.get_by_label("What it is, in one line").fill("Without a script")
    page.get_by_label("What to do now").fill("Nothing.")
    page.get_by_role("button", name="See whom it reaches").click()
    page.get_by_role("button", name="Release it now").click()

    def asked() -> bool:
        page.reload()
        return page.get_by_role("heading", name="0 of 7 confirmed").count() > 0

    wait_until(asked, page.content)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("heading", name="0 of 7 confirmed")).to_be_visible()
