"""A day of training: the code on the wall, telephones in the room, the coordinator's list, and what is left of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import SHOTS, shot

Arrive = Callable[..., Visitor]
SHEETS = re.compile(rb"/Type\s*/Page\b")
# A session that ended ten minutes ago, of the WARP that Cara Orr coordinates, with two places taken.
LAID = """
from datetime import timedelta
from members import clock, items, stand
from members.models import Affiliation, Booking, Course, Kind, Office, Person, Session
at = clock.now()
office = Office.objects.at(at).filter(person__name="Cara Orr", role="coordinator").order_by("pk").first()
item = items.create(Kind.TRAINING, office.warp, at, author=office.person, office=office, marking="CLEAR")
course = Course.rows.create(item=item, title="First hour of an incident", cpd_minutes=90, written_at=at)
stand.release(item, 1, "GREEN", [], at, by=office.person)
session = Session.objects.create(
    course=course, starts_at=at - timedelta(hours=3), ends_at=at - timedelta(minutes=10),
    books_until=at - timedelta(hours=3), capacity=2,
    place="Council House, room 4", changed_at=at,
)
for name in ("Lena Fox", "Sam Reed"):
    person = Person.objects.get(name=name)
    of = Affiliation.objects.at(at).filter(person=person).order_by("pk").first()
    of and name == "Lena Fox" and Affiliation.objects.filter(pk=of.pk).update(role="lead")
    Booking.objects.create(
        session=session, person=person, organisation=of and of.organisation, state="placed", booked_at=at,
        booked_by=person, placed_at=at,
    )
print(f"/training/{item.reference}/sessions/{session.code}/")
"""


def whole(page: Page, name: str) -> None:
    """The page as it is printed, to be looked at."""
    if SHOTS:
        page.pdf(path=Path(SHOTS) / f"{name}.pdf", prefer_css_page_size=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_session_is_signed_in_to_and_certified(visitor: Arrive, width: int) -> None:
    cara, lena = visitor(width=width), visitor(width=360)
    path = cara.hub.manage("shell", "-c", LAID).strip().splitlines()[-1]
    cara.sign_in("Cara Orr")
    page = cara.go(f"{path}attendance/")
    page.get_by_role("button", name="Begin signing in").click()
    code = page.locator(".hub-signin__code").inner_text()
    cara.accessible()
    shot(page, f"attendance-{width}")
    page.get_by_role("button", name="Show it to the room").click()
    expect(page.locator(".hub-signin__code")).to_have_text(code)
    cara.accessible()
    shot(page, f"attendance-code-{width}")

    lena.sign_in("Lena Fox")
    hers = lena.go("/training/mine/")
    hers.get_by_role("button", name="Sign in to it").click()
    hers.get_by_label("The code that is shown in the room").fill("wrong1")
    hers.get_by_role("button", name="I am here").click()
    expect(hers.get_by_role("alert")).to_contain_text("There is a problem")
    lena.accessible()
    hers.get_by_label("The code that is shown in the room").fill(code.lower())
    hers.get_by_role("button", name="I am here").click()
    expect(hers.get_by_text("You are signed in to “First hour of an incident”.")).to_be_visible()
    lena.accessible()
    hers.get_by_role("button", name="Say how it was").first.click()
    hers.get_by_label("5, very").check()
    hers.get_by_label("3, just right").check()
    lena.accessible()
    hers.get_by_role("button", name="Send").click()
    expect(hers.get_by_text("Thank you.")).to_be_visible()

    page.get_by_role("link", name="Sign-in list").click()
    expect(page.get_by_role("heading", name="1 of 2 came")).to_be_visible()
    page.get_by_label("Somebody came who has not booked").fill("nobody@example.org")
    page.get_by_role("button", name="Add them to the list").click()
    expect(page.get_by_text("Nobody with this address may book this course.").first).to_be_visible()
    cara.accessible()
    page.get_by_role("button", name="1 more did not come").click()
    page.get_by_role("button", name="Issue 1 certificate").click()
    expect(page.get_by_text("1 certificate is issued.")).to_be_visible()
    cara.accessible()
    for link in ("What they said of it", "Certificates of this course"):
        page.get_by_role("link", name=link).click()
        cara.accessible()
        page.go_back()
    cara.go(page.url.partition("/sessions/")[0].removeprefix(cara.hub.url) + "/certificates/")
    cara.accessible()
    page.get_by_role("link", name="Revoke the certificate of Lena Fox").first.click()
    cara.accessible()
    cara.go("/training/gaps/")
    cara.accessible()
    shot(page, f"gaps-{width}")

    lena.go("/training/mine/")
    lena.accessible()
    hers.get_by_role("link", name="First hour of an incident").first.click()
    lena.accessible()
    shot(hers, f"certificate-{width}")
    assert len(SHEETS.findall(hers.pdf(prefer_css_page_size=True))) == 1
    whole(hers, f"certificate-{width}")
    number = hers.locator(".hub-certificate__number").inner_text()
    lena.go("/training/of/")
    lena.accessible()
    shot(hers, f"organisation-training-{width}")

    anybody = visitor(width=width)
    public = anybody.go(f"/training/check/{number}/")
    expect(public.get_by_role("heading", name="is a certificate of ours, and holds")).to_be_visible()
    expect(public.get_by_text("First hour of an incident")).to_have_count(0)
    public.get_by_label("Name on it").fill("lena fox")
    public.get_by_role("button", name="Check").click()
    expect(public.get_by_text("Of the name that you typed")).to_be_visible()
    anybody.accessible()
    shot(public, f"check-{width}")
