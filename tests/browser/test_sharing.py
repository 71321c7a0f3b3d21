"""A council under attack warns others without telling them who it is: from a phone's report to the mails that go out
when its embargo ends. Tom keeps the report, Deepa is the second person, Bea is named; Cara, an administrator and
another member find nothing of it anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor, wait_until
from tests.browser.test_report import begin, saved, whole

Arrive = Callable[..., Visitor]
PHONE = 360
REPORTED = "Avonbridge’s payroll on srv-pay-02 is locked. Ring Sam Reed."
TITLE = "Payroll systems are being locked through a remote desk"
KNOWN = "At Avonbridge the server srv-pay-02 was locked through a remote desk.\nSam Reed found it at 05:42 on 3 March."
SHARED = "At the organisation the server host 1 was locked through a remote desk."
NAMES = ("Avonbridge", "srv-pay-02", "Sam Reed", "05:42")
END = """
from datetime import timedelta
from django.db import transaction
from members import clock
from members.embargo.state import end_at
from members.items import locked
from members.models import Embargo, Item
with transaction.atomic():
    item = locked(Item.rows.get(reference="{ref}").pk)
    at = clock.ask()
    end_at(Embargo.objects.get(item=item), item, at + timedelta(seconds=2), at)
"""
ADMINISTRATOR = "from members.models import Person; Person.objects.filter(name='Rob Stone').update(is_superuser=True)"


def step(somebody: Visitor, path: str) -> Page:
    """Go there; where the page asks once more who they are, say so."""
    return confirmed(somebody.go(path))


def confirmed(page: Page) -> Page:
    if "/demo/confirm" in page.url:
        page.get_by_role("button", name="Confirm that it is you").click()
        page.wait_for_url(lambda url: "/demo/confirm" not in url)
    return page


def reported(sam: Visitor) -> str:
    """Sam reports from a phone, without a name, and says for whom what is shared of it is to be."""
    page = begin(sam, "Anonymously")
    page.get_by_label("What is it, in a few words?").fill("Payroll is locked")
    page.get_by_label("What happened?").fill(REPORTED)
    page.get_by_label("TLP:AMBER+STRICT").check()
    page.get_by_label("Finance systems users").check()
    saved(page)
    page.get_by_role("button", name="File the report").click()
    expect(page.get_by_text("You filed it.")).to_be_visible()
    return re.sub(r".*/incidents/([^/]+)/.*", r"\1", page.url)


def derived(tom: Visitor, report: str) -> str:
    """Tom begins what is shared, writes it, and puts it under an embargo before anybody else sees it."""
    page = step(tom, f"/incidents/{report}/")
    page.get_by_role("button", name="Begin an incident to share").click()
    page.wait_for_url(lambda url: report not in url)
    ref = re.sub(r".*/incidents/([^/]+)/.*", r"\1", page.url)
    tom.accessible()
    whole(page, "sharing-begun")
    page.get_by_role("link", name="Write its text").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("What to do").fill("Take remote desks off the internet.")
    page.get_by_label("What is known").fill(KNOWN)
    page.get_by_label("Urgent").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page = step(tom, f"/advisories/{ref}/embargo/propose/")
    end = datetime.now(UTC) + timedelta(days=2)
    page.get_by_label("Until when").fill(f"{end:%Y-%m-%d} 12:00")
    page.get_by_label("Why it is kept back").fill("Others must close it first.")
    page.get_by_label("Terms", exact=True).fill("Tell nobody who is not named.")
    page.get_by_label("Other handlers").fill("deepa.nair@wyreford.example.org")
    page.get_by_role("button", name="Propose the embargo").click()
    expect(page.get_by_text("Proposed.")).to_be_visible()
    return ref


def sanitised(tom: Visitor, ref: str) -> None:
    page = step(tom, f"/incidents/{ref}/")
    page.get_by_role("link", name="What could tell who reported it").click()
    tom.accessible()
    whole(page, "sharing-places")
    for name in NAMES:
        expect(page.locator("mark", has_text=name).first).to_be_visible()
    for box in page.get_by_label(re.compile("^Put “")).all():
        box.check()
    page.get_by_role("button", name="Do what is chosen").click()
    expect(page.get_by_text("Nothing is left to decide.")).to_be_visible()
    expect(page.get_by_text(SHARED)).to_be_visible()
    tom.accessible()
    whole(page, "sharing-hand-on")
    page.get_by_role("button", name="Hand it on, exactly so").click()
    expect(page.get_by_text("Whoever reported it has not answered yet.")).to_be_visible()
    tom.accessible()


def looked_at(deepa: Visitor, ref: str) -> None:
    page = step(deepa, f"/advisories/{ref}/embargo/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: the embargo binds.")).to_be_visible()
    page = deepa.go("/")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text(SHARED)).to_be_visible()
    for name in NAMES:
        expect(page.get_by_text(name)).to_have_count(0)
    deepa.accessible()
    whole(page, "sharing-second")
    page.get_by_role("button", name="Approve exactly this").click()
    expect(page.get_by_text("Approved. It is released once")).to_be_visible()
    page = deepa.go(f"/desk/drafts/{ref}/release/")
    expect(page.get_by_text("Whoever reported it has not agreed to this text yet.")).to_be_visible()


def agreed(sam: Visitor) -> None:
    page = sam.go("/")
    page.get_by_role("button", name="Read it").first.click()
    if "/demo/confirm" in page.url:
        page.get_by_role("button", name="Confirm that it is you").click()
        page.wait_for_url(lambda url: "/demo/confirm" not in url)
    for said in (SHARED, "Finance systems users"):
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("TLP:AMBER+STRICT").first).to_be_visible()
    expect(page.get_by_text(re.compile("^Until .* named to read it"))).to_be_visible()
    sam.accessible()
    whole(page, "sharing-consent")
    page.get_by_role("button", name="I do not agree").click()
    expect(page.get_by_role("link", name="Say what must be changed")).to_be_visible()
    sam.accessible()
    page.get_by_role("button", name="I agree to exactly this").click()
    expect(page.get_by_text("You agree to exactly this.")).to_be_visible()
    sam.accessible()


def find_nothing(somebody: Visitor, ref: str) -> None:
    """Neither at its address, nor on a list, nor by a search, nor on the first page."""
    ask = somebody.page.request.get
    for path in (f"/incidents/{ref}/", *(f"/incidents/{ref}/{page}/" for page in ("sanitise", "hand-on", "second",
                 "consent")), f"/desk/drafts/{ref}/", f"/advisories/{ref}/embargo/"):  # fmt: skip
        assert ask(somebody.hub.url + path).status == 404, path
    for path in ("/", "/incidents/", "/incidents/?q=remote", "/advisories/?q=remote", "/desk/"):
        text = ask(somebody.hub.url + path).text()
        assert ref not in text and TITLE not in text, path


def test_from_a_phone_to_the_mails_without_telling_who_it_was(visitor: Arrive, own_hub: Hub) -> None:
    own_hub.manage("shell", "-c", ADMINISTRATOR)
    people = {}
    for name in ("Sam Reed", "Tom Okafor", "Deepa Nair", "Bea Lund", "Cara Orr", "Rob Stone", "Priya Shah"):
        people[name] = visitor(width=PHONE, at=own_hub)
        people[name].sign_in(name)
    sam, tom, deepa, bea, priya = (people[name] for name in ("Sam Reed", "Tom Okafor", "Deepa Nair", "Bea Lund",
                                                             "Priya Shah"))  # fmt: skip
    strangers = [people[name] for name in ("Cara Orr", "Rob Stone", "Priya Shah")]
    ref = derived(tom, reported(sam))
    sanitised(tom, ref)
    letter = own_hub.post.wait("sam.reed@avonbridge.example.org", "An item awaits you")
    assert ref not in letter.as_string() and "AMBER" not in letter.as_string()
    looked_at(deepa, ref)
    for stranger in (*strangers, bea):
        find_nothing(stranger, ref)
    agreed(sam)

    page = deepa.go(f"/desk/drafts/{ref}/release/")
    deepa.accessible()
    page.get_by_role("button", name="Release as TLP:AMBER+STRICT at the end").click()
    expect(page.get_by_text("Approved. It is released when its embargo ends")).to_be_visible()
    page = deepa.go(f"/advisories/{ref}/embargo/name/")
    page.get_by_label("People").fill("karl.iversen@kelderby.example.org")
    page.get_by_role("button", name="Name them").click()
    expect(page.get_by_text("Karl Iversen is not among those for whom it was agreed.").first).to_be_visible()
    page.get_by_label("People").fill("bea.lund@thornmere.example.org")
    page.get_by_role("button", name="Name them").click()
    expect(page.get_by_text("Named. Each is told")).to_be_visible()
    find_nothing(bea, ref)
    read_by(bea, ref)
    for stranger in strangers:
        find_nothing(stranger, ref)

    own_hub.manage("shell", "-c", END.format(ref=ref))
    for address in ("bea.lund@thornmere.example.org", "lena.fox@avonbridge.example.org"):
        told = own_hub.post.wait(address, "[TLP:AMBER+STRICT]")
        assert TITLE not in told.as_string()
    for address in ("karl.iversen@kelderby.example.org", "rob.stone@holmfleet.example.org"):
        assert own_hub.post.to(address, "[TLP:AMBER+STRICT]") == []
    expect(priya.go(f"/incidents/{ref}/").get_by_text(SHARED)).to_be_visible()
    priya.accessible()
    find_nothing(people["Rob Stone"], ref)
    for name in NAMES:
        expect(priya.page.get_by_text(name)).to_have_count(0)
    nobody_knows(own_hub, deepa, ref)


def read_by(bea: Visitor, ref: str) -> None:
    page = bea.go("/")
    page.get_by_role("button", name="Read the terms").first.click()
    if "/demo/confirm" in page.url:
        page.get_by_role("button", name="Confirm that it is you").click()
        page.wait_for_url(lambda url: "/demo/confirm" not in url)
    if page.get_by_text("Tell nobody who is not named.").count() == 0:  # the demonstration offers her another
        page = bea.go("/")
        page.get_by_role("button", name="Read the terms").nth(1).click()
    page.get_by_role("button", name="Accept the terms and read it").click()
    page.wait_for_url(re.compile(f"/incidents/{ref}/"))
    expect(page.get_by_text(SHARED)).to_be_visible()
    bea.accessible()
    whole(page, "sharing-read")


def nobody_knows(hub: Hub, deepa: Visitor, ref: str) -> None:
    """Who reported it stands on no page of a handler, in no mail but their own, and in no log."""
    page = step(deepa, f"/incidents/{ref}/")
    wait_until(lambda: page.get_by_text("agreed to its being shared").count() > 0, lambda: page.content())
    trail = page.locator("li, tr", has_text="agreed to its being shared").first
    expect(trail).to_contain_text("Somebody who stays anonymous")
    assert "sam.reed" not in (hub.home / "hub.log").read_text()
    others = [letter.as_string() for to, letter in hub.post.letters if not to.startswith("sam.reed")]
    assert not [one for one in others if "Sam Reed" in one]
