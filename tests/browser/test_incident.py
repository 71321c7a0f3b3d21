"""An incident's life, on a telephone and without a script as well, until its readers read what was learned."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import shot
from tests.browser.test_sharing import step

Arrive = Callable[..., Visitor]
PAID = "A supplier’s bank account was changed"


def opened(somebody: Visitor, title: str = PAID) -> Page:
    page = somebody.go("/incidents/")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.wait_for_url(re.compile(r"/incidents/[^/]+/"))
    return page


def agreed_to(ref: str, cara: Visitor, deepa: Visitor, sam: Visitor) -> None:
    """What comes from a report waits for a second person, and for whoever reported it, in every version."""
    page = cara.page
    expect(page.get_by_text("It comes from a report. Hand it on first")).to_be_visible()
    page.get_by_role("link", name="Hand it on").click()
    page.get_by_role("link", name=re.compile("Decide about them|What could tell")).first.click()
    for box in page.get_by_label("Keep it").all():
        box.check()
    page.get_by_role("button", name="Do what is chosen").click()
    page.get_by_role("button", name="Hand it on, exactly so").click()
    expect(page.get_by_text("It waits for a second person").or_(page.get_by_text("has not agreed"))).to_be_visible()
    step(deepa, f"/incidents/{ref}/second/").get_by_role("button", name="Approve exactly this").click()
    expect(deepa.page.get_by_text("Approved. It is released once")).to_be_visible()
    step(sam, f"/incidents/{ref}/consent/").get_by_role("button", name="I agree to exactly this").click()
    expect(sam.page.get_by_text("You agree to exactly this.")).to_be_visible()


@pytest.mark.parametrize(("width", "javascript"), [(360, True), (768, True), (1280, True), (360, False)])
def test_an_incident_is_tended_and_what_is_learned_reaches_its_readers_when_it_is_released(
    visitor: Arrive, width: int, javascript: bool
) -> None:
    cara, bea, deepa, sam = (visitor(width=width, javascript=javascript) for _ in range(4))
    for somebody, name in ((cara, "Cara Orr"), (bea, "Bea Lund"), (deepa, "Deepa Nair"), (sam, "Sam Reed")):
        somebody.sign_in(name)
    check = cara.accessible if javascript else lambda: None
    page = opened(cara)
    incident = page.url
    check()
    shot(page, f"incident-{width}")
    page.get_by_label("Contained").check()
    page.get_by_role("button", name="Save how it stands").click()
    expect(page.get_by_text("It is contained. Those who read it see that.")).to_be_visible()
    line = f"The bank sent it back ({width}, {javascript})."
    page.get_by_label("What happened").fill(" ")
    page.get_by_role("button", name="Add to the timeline").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check()
    page.get_by_label("What happened").fill(line)
    page.get_by_role("button", name="Add to the timeline").click()
    expect(page.get_by_text("Readers see it once you release")).to_be_visible()
    expect(page.get_by_text("Not released").first).to_be_visible()
    check()
    shot(page, f"incident-tended-{width}")

    page.get_by_role("link", name="Say which indicators it names").click()
    check()
    shot(page, f"incident-indicators-{width}")
    box = page.get_by_label("Indicators", exact=True)
    box.fill(f"{box.input_value()}\nhxxp://bank[.]example/{width}{javascript}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Readers see them once")).to_be_visible()
    page.get_by_role("link", name=re.compile("learned")).click()
    page.get_by_label("What was learned").fill("")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check()
    page.get_by_label("What was learned").fill(f"Ring back ({width}, {javascript}).")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("It is closed.")).to_be_visible()
    check()

    theirs = opened(bea)
    expect(theirs.get_by_text("Closed", exact=True)).to_be_visible()
    for unseen in (line, f"Ring back ({width}, {javascript})."):
        expect(theirs.get_by_text(unseen)).to_have_count(0)
    page.get_by_role("button", name="Release the next version").click()
    check()
    shot(page, f"incident-release-{width}")
    agreed_to(incident.rstrip("/").rpartition("/")[2], cara, deepa, sam)
    page.goto(incident)
    page.get_by_role("button", name="Release the next version").click()
    page.get_by_role("button", name=re.compile("Release as")).click()
    theirs = opened(bea)
    for seen in (line, f"Ring back ({width}, {javascript})."):
        expect(theirs.get_by_text(seen)).to_be_visible()
    if javascript:
        bea.accessible()
        shot(theirs, f"incident-read-{width}")
    with theirs.expect_download() as fetched:
        theirs.get_by_role("link", name="STIX 2.1").click()
    told = json.loads(fetched.value.path().read_bytes())
    assert [one for one in told["objects"] if line in one.get("description", "")]
    assert fetched.value.suggested_filename.startswith("TLP-AMBER-")


def test_it_becomes_an_advisory_with_one_click(visitor: Arrive) -> None:
    cara = visitor(width=360)
    cara.sign_in("Cara Orr")
    page = opened(cara, "Ransomware at a leisure centre")
    page.get_by_role("button", name="Make an advisory of it").click()
    expect(page.get_by_label("Title")).to_have_value(re.compile("Ransomware at a leisure centre"))
    cara.accessible()
