"""The main job, end to end, as its people do it: what a source said becomes a warning that exactly its readers get.

`make screenshots` runs the same and keeps what it saw in docs/.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor, wait_until

Arrive = Callable[..., Visitor]
TITLE = "Tarnwell Gateway is being broken into: update it today"
FEED = """<rss version="2.0"><channel><title>Maker of forms</title><link>https://forms.example.org/</link>
<description>News</description><item><guid>b-1</guid><title>[TLP:CLEAR] Bluebell Forms lets anyone read uploads</title>
<link>https://forms.example.org/b-1</link><description>Before 4.1.</description></item></channel></rss>"""
SHOTS = os.environ.get("WARP_SCREENSHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.screenshot(path=Path(SHOTS) / f"{name}.png", animations="disabled")


def draft_from_the_first_story(cara: Visitor) -> str:
    """From the desk to the preview. The advisory's reference."""
    page = cara.go("/desk/")
    cara.accessible()
    page.locator(".hub-desk__stories a[data-key=o]").first.click()
    page.wait_for_url(re.compile(r"/desk/.+"))
    cara.accessible()
    shot(page, "desk")
    page.get_by_role("button", name="Draft from these").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("What to do").fill("Update to 7.2.\nLook for sign-ins from addresses you don't know.")
    page.get_by_label("Who it hits").fill("Everyone with a Tarnwell Gateway before 7.2.")
    page.get_by_label("What is known").fill("It is being used against councils.")
    page.get_by_label("TLP:AMBER", exact=True).check()
    page.get_by_label("Urgent").check()
    page.get_by_label("Avonbridge Borough Council").check()
    cara.accessible()
    page.get_by_role("button", name="Save and see who gets it").click()
    found = re.search(r"/drafts/([^/]+)/", page.url)
    assert found, page.url
    return found[1]


def test_what_a_source_said_becomes_a_warning_that_exactly_its_readers_get(visitor: Arrive) -> None:
    cara = visitor()
    cara.sign_in("Cara Orr")
    cara.accessible()
    reference = draft_from_the_first_story(cara)
    page = cara.page
    expect(page.get_by_text("will be able to read this")).to_be_visible()
    cara.accessible()
    shot(page, "release")
    sam, priya, owen, nobody = visitor(), visitor(), visitor(), visitor()
    for somebody, name in ((sam, "Sam Reed"), (priya, "Priya Shah"), (owen, "Owen Marsh")):
        somebody.sign_in(name)
        assert not reads(somebody, reference), f"{name} reads a draft"

    page.get_by_role("button", name="Release as TLP:AMBER").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    cara.accessible()

    assert reads(sam, reference) and reads(priya, reference)
    sam.accessible()
    shot(sam.page, "advisory")
    sam.go("/advisories/")
    expect(sam.page.get_by_role("link", name=TITLE)).to_be_visible()
    sam.accessible()
    sam.go("/")
    expect(sam.page.get_by_role("link", name=TITLE).first).to_be_visible()
    sam.accessible()
    for somebody in (owen, nobody):
        assert not reads(somebody, reference)
        assert somebody.page.content() == somebody.go("/advisories/SV-22222/").content().replace("SV-22222", reference)
        somebody.go("/advisories/")
        expect(somebody.page.get_by_text(TITLE)).to_have_count(0)
    told(cara, reference)


def reads(somebody: Visitor, reference: str, title: str = TITLE) -> bool:
    answer = somebody.page.goto(f"{somebody.hub.url}/advisories/{reference}/")
    assert answer is not None and answer.status in (200, 404)
    shown = somebody.page.get_by_role("heading", name=title).count() > 0
    assert shown == (answer.status == 200)
    return shown


def told(cara: Visitor, reference: str) -> None:
    """The mails are at the server, by the worker's own doing: title and link for AMBER, and nothing to who may not."""
    post = cara.hub.post
    letter = post.wait("sam.reed@avonbridge.example.org", TITLE[:40])
    assert str(letter["Subject"]).startswith("[TLP:AMBER] ")
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None and html is not None
    for part in (text.get_content(), html.get_content()):
        assert "TLP:AMBER" in part and f"{cara.hub.url}/advisories/{reference}/" in part
        assert "Update to 7.2" not in part
    for address in ("lena.fox@avonbridge.example.org", "priya.shah@avonbridge.example.org"):
        post.wait(address, TITLE[:40])
    for address in ("owen.marsh@clunmoor.example.org", "bea.lund@thornmere.example.org"):
        assert post.to(address, TITLE[:40]) == []
    cara.go(f"/advisories/{reference}/")
    expect(
        cara.page.get_by_text("sam.reed@avonbridge.example.org").or_(cara.page.get_by_text("Sam Reed")).first
    ).to_be_attached()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_each_page_is_accessible_at_every_width(visitor: Arrive, width: int) -> None:
    guest = visitor(width=width)
    for path in ("/", "/advisories/", "/account/login/", "/nothing-here/"):
        guest.go(path)
        guest.accessible()
    cara = visitor(width=width)
    cara.sign_in("Cara Orr")
    for path in ("/", "/advisories/", "/desk/", "/desk/sources/", "/account/2fa/"):
        cara.go(path)
        cara.accessible()
    rob = visitor(width=width)  # whose address of mail is one word as wide as a phone
    rob.sign_in("Rob Stone")
    rob.go("/account/2fa/")
    rob.accessible()


def test_without_javascript_the_main_job_is_done_all_the_same(visitor: Arrive) -> None:
    cara = visitor(javascript=False)
    cara.sign_in("Cara Orr")
    page = cara.go("/desk/")
    page.locator(".hub-desk__stories a[data-key=o]").nth(1).click()
    page.get_by_role("button", name="Draft from these").click()
    page.get_by_label("Title").fill("Released without a script")
    page.get_by_label("What to do").fill("Nothing.")
    page.get_by_label("TLP:GREEN", exact=True).check()
    page.get_by_role("button", name="Save and see who gets it").click()
    page.get_by_role("button", name="Release as TLP:GREEN").click()
    expect(page.get_by_role("heading", name="Released without a script")).to_be_visible()


def test_the_hub_says_that_worker_and_beat_are_alive(visitor: Arrive) -> None:
    guest = visitor()
    ask = guest.page.request.get
    token = (guest.hub.home / "operator-token").read_text().strip()
    operator = {"Authorization": f"Bearer {token}"}

    def alive() -> bool:
        answer = ask(guest.hub.url + "/healthz", headers=operator)
        return answer.status == 200 and answer.json()["worker_beat"] is not None

    wait_until(alive, lambda: ask(guest.hub.url + "/healthz", headers=operator).text())
    answer = ask(guest.hub.url + "/healthz")
    assert (answer.status, answer.text().strip()) == (200, "alive")


def test_offline_the_drop_folder_carries_the_main_job_and_its_mails_lie_on_the_mail_page(
    visitor: Arrive, offline_hub: Hub
) -> None:
    (offline_hub.home / "drop/fresh.xml").write_text(FEED)
    sources = json.loads(offline_hub.manage("sources", "list", "--json"))
    folder = next(source["source"] for source in sources if source["kind"] == "folder")
    done = json.loads(offline_hub.manage("collect", "--source", folder, "--json"))
    assert sum(document["new"] for document in done) == 1, done
    cara = visitor(at=offline_hub)
    cara.sign_in("Cara Orr")
    page = cara.go("/desk/?q=Bluebell")
    page.locator(".hub-desk__stories a[data-key=o]").first.click()
    page.get_by_role("button", name="Draft from these").click()
    page.get_by_label("Title").fill("Bluebell Forms: update today")
    page.get_by_label("What to do").fill("Update.")
    page.get_by_label("TLP:GREEN", exact=True).check()
    page.get_by_label("Urgent").check()
    page.get_by_role("button", name="Save and see who gets it").click()
    page.get_by_role("button", name="Release as TLP:GREEN").click()
    expect(page.get_by_role("heading", name="Bluebell Forms")).to_be_visible()
    reference = page.url.rstrip("/").rpartition("/")[2]
    for name, may_read in (("Sam Reed", True), ("Bea Lund", True), ("Rob Stone", False)):
        somebody = visitor(at=offline_hub)
        somebody.sign_in(name)
        assert reads(somebody, reference, "Bluebell Forms") == may_read, name

    def mailed() -> bool:
        return cara.go("/dev/mail/").get_by_role("link", name=re.compile("Bluebell Forms")).count() >= 2

    wait_until(mailed, lambda: cara.page.content())
    cara.accessible()
    cara.page.get_by_role("link", name=re.compile("Bluebell Forms")).first.click()
    expect(cara.page.get_by_text("Update.").first).to_be_attached()
    cara.accessible()
