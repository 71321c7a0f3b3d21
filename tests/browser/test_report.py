"""A member reports an incident from a phone: saved as it is typed, filed once, nothing lost by a sign-in that ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import SHOTS, shot

Arrive = Callable[..., Visitor]
STORY = "Payroll files end in .locked since six."


def begin(somebody: Visitor, how: str) -> Page:
    page = somebody.go("/incidents/")
    page.get_by_role("button", name="Report an incident").click()
    page.get_by_label(how).check()
    page.get_by_role("button", name="Begin the report").dblclick()
    page.wait_for_url(re.compile(r"/incidents/[A-Z]+-|/demo/confirm"))
    if "/demo/confirm" in page.url:
        page.get_by_role("button", name="Confirm that it is you").click()
        page.wait_for_url(re.compile(r"/incidents/[A-Z]+-"))
    return page


def whole(page: Page, name: str) -> None:
    """The page from head to foot, as `shot` takes what is in sight."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True, animations="disabled")


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("Saved")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_an_anonymous_report_from_a_phone_to_its_custodian(visitor: Arrive, tmp_path: Path, width: int) -> None:
    sam = visitor(width=width)
    sam.sign_in("Sam Reed")
    sam.go("/incidents/new/")
    sam.accessible()
    shot(sam.page, f"report-new-{width}")
    page = begin(sam, "Anonymously")
    address = page.url
    sam.accessible()
    title = f"Payroll is locked {width}"
    page.get_by_label("What is it, in a few words?").fill(title)
    page.get_by_label("What happened?").fill(STORY)
    saved(page)
    page.get_by_label("When did you become aware of it?").fill("2026-11-01T18:00")
    expect(page.locator("#by-ico")).to_contain_text("By 4 November 2026, 18:00 GMT")
    page.get_by_label("TLP:GREEN").check()
    expect(page.locator("#who-sees")).to_contain_text("all members of this hub: today that is")
    sam.accessible()
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value(STORY)

    seen = f"hxxps://evil[.]example[.]net/a{width}"  # of this report alone: a second would be named beside it
    page.get_by_label("Paste indicators").fill(f"{seen}\nwho knows")
    page.get_by_role("button", name="Read the indicators").click()
    expect(page.get_by_role("link", name="Nothing was understood in line 2.")).to_be_visible()
    expect(page.get_by_label("Paste indicators")).to_have_value("who knows")
    sam.accessible()
    picture = tmp_path / "Sam's screen.png"
    Image.linear_gradient("L").save(picture)
    page.get_by_label("Paste indicators").fill("")
    page.get_by_label("File", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_role("link", name="file-1.png")).to_be_visible()
    page.locator("#duty-ico").locator("..").get_by_text("I told them").click()
    page.locator("#duty-ico").locator("..").get_by_label("Their reference").fill("IC-2026-77")
    saved(page)
    sam.accessible()
    whole(page, f"report-form-{width}")
    page.get_by_role("button", name="File the report").dblclick()
    expect(page.get_by_text("You filed it.")).to_be_visible()
    sam.accessible()
    whole(page, f"report-filed-{width}")
    sam.go("/incidents/")
    sam.accessible()
    shot(page, f"report-list-{width}")
    expect(page.get_by_role("link", name=title)).to_have_count(1)

    tom = visitor(width=width)
    tom.sign_in("Tom Okafor")
    expect(tom.page.get_by_text("A report of an incident waits for you.")).to_be_visible()
    tom.page.goto(address)
    tom.page.get_by_role("button", name="Confirm that it is you").click()
    expect(tom.page.get_by_role("heading", name=title)).to_be_visible()
    for words in (STORY, "IC-2026-77", seen, "file-1.png"):
        expect(tom.page.get_by_text(words)).to_be_visible()
    expect(tom.page.get_by_text("Sam Reed")).to_have_count(0)
    tom.accessible()
    whole(tom.page, f"report-read-{width}")
    for stranger in ("Cara Orr", "Lena Fox"):
        other = visitor()
        other.sign_in(stranger)
        assert other.page.request.get(address).status == 404


def test_by_name_without_a_script(visitor: Arrive, tmp_path: Path) -> None:
    lena = visitor(width=360, javascript=False)
    lena.sign_in("Lena Fox")
    page = begin(lena, "By name")
    page.get_by_label("What is it, in a few words?").fill("Letters with a wrong account")
    page.get_by_label("When did it start?").fill("2026-10-25T01:30")
    page.get_by_label("What happened?").fill(STORY)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("link", name=re.compile("show this time twice"))).to_be_visible()
    expect(page.get_by_label("When did it start?")).to_have_value("2026-10-25T01:30")
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    page.get_by_label("When did it start?").fill("2026-10-25 01:30 GMT")
    notes = tmp_path / "notes.txt"
    notes.write_text("seen at six")
    page.get_by_label("File", exact=True).set_input_files(notes)
    page.get_by_role("button", name="File the report").click()
    expect(page.get_by_text("You filed it.")).to_be_visible()
    expect(page.get_by_role("link", name="notes.txt")).to_be_visible()
    cara = visitor()
    cara.sign_in("Cara Orr")
    expect(cara.page.get_by_text("A report of an incident waits for you.")).to_be_visible()
    cara.page.goto(page.url)
    expect(cara.page.get_by_text("Lena Fox, Avonbridge Borough Council")).to_be_visible()
    expect(cara.page.get_by_text(STORY)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_sign_in_that_ends_while_one_writes_loses_nothing(visitor: Arrive, javascript: bool) -> None:
    owen = visitor(width=360, javascript=javascript)
    owen.sign_in("Owen Marsh")
    page = begin(owen, "By name")
    address = page.url
    page.context.clear_cookies(name="session")  # as if half an hour had passed
    page.get_by_label("What is it, in a few words?").fill(f"A long story {javascript}")
    page.get_by_label("What happened?").fill(STORY)
    if javascript:
        expect(page.locator("#saved")).to_contain_text("Not saved: you are signed out")
        owen.accessible()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="You are signed out. Nothing is lost")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    if javascript:
        owen.accessible()
        shot(page, "report-kept")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_role("button", name="Owen Marsh").first.click()
    opened.value.wait_for_url(lambda url: "/login" not in url)
    page.get_by_role("button", name="Save it").click()
    if not javascript:  # whose page still has the token of before
        expect(page.get_by_role("heading", name="You are signed in again: save it now")).to_be_visible()
        page.get_by_role("button", name="Save it").click()
    page.wait_for_url(address)
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    expect(page.get_by_label("What is it, in a few words?")).to_have_value(f"A long story {javascript}")


def test_who_signs_in_again_in_another_tab_goes_on_typing(visitor: Arrive) -> None:
    owen = visitor()
    owen.sign_in("Owen Marsh")
    page = begin(owen, "By name")
    page.context.clear_cookies(name="session")
    other = page.context.new_page()
    other.goto(owen.hub.url + "/account/login/")
    other.get_by_role("button", name="Owen Marsh").first.click()
    other.wait_for_url(lambda url: "/login" not in url)
    page.get_by_label("What happened?").fill("First half")
    expect(page.locator("#saved")).to_contain_text("your sign-in has changed")
    page.get_by_label("What happened?").fill("First half and second")
    saved(page)
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("First half and second")


@pytest.mark.parametrize("failure", ["abort", "500", "403"])
def test_what_could_not_be_saved_is_said_and_saved_as_soon_as_it_can_be(visitor: Arrive, failure: str) -> None:
    owen = visitor(width=360, excuses=("Failed to load resource", "htmx:", "Response Status Error"))
    owen.sign_in("Owen Marsh")
    page = begin(owen, "By name")
    page.get_by_label("What is it, in a few words?").fill(f"Out of reach {failure}")
    saved(page)
    broken = "**/report/"
    page.route(broken, lambda one: one.abort() if failure == "abort" else one.fulfill(status=int(failure), body="no"))
    page.get_by_label("What happened?").fill(STORY)
    expect(page.locator("#saved")).to_contain_text("Not saved: the hub did not answer")
    expect(page.locator("#saved")).not_to_contain_text("Saved 1")
    owen.accessible()
    shot(page, f"report-unsaved-{failure}")
    page.unroute(broken)
    expect(page.locator("#saved")).to_contain_text("Saved", timeout=30_000)  # nobody types anything
    expect(page.locator("#saved")).not_to_contain_text("Not saved")
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value(STORY)


def test_while_one_save_is_on_its_way_the_newest_words_wait_and_win(visitor: Arrive) -> None:
    owen = visitor()
    owen.sign_in("Owen Marsh")
    page = begin(owen, "By name")
    waiting: list[Route] = []
    page.route("**/report/", lambda route: waiting.append(route))  # it can't wrap a list's own
    body = page.get_by_label("What happened?")
    for words in ("First", "First and second", "First, second and third"):
        body.fill(words)
        page.wait_for_timeout(1200)
    assert len(waiting) == 1  # what came after it waits
    waiting[0].continue_()
    page.wait_for_timeout(1500)
    assert len(waiting) == 2 and "third" in (waiting[1].request.post_data or "")  # the second never goes
    with page.expect_response("**/report/"):
        waiting[1].continue_()
    saved(page)
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("First, second and third")


def test_two_tabs_of_one_report_lose_nothing_of_each_other(visitor: Arrive) -> None:
    owen = visitor(width=320)
    owen.sign_in("Owen Marsh")
    page = begin(owen, "By name")
    page.get_by_label("What is it, in a few words?").fill("Two tabs")
    saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("What happened?").fill("It began at five.")
    saved(other)
    page.get_by_label("What happened?").fill("It began at seven.")
    expect(page.locator("#saved")).to_contain_text("“What happened?” was changed elsewhere")
    owen.accessible()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="What is stored")).to_be_visible()
    expect(page.get_by_text("It began at five.")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value("It began at seven.")
    owen.accessible()
    whole(page, "report-elsewhere")
    page.get_by_label("What happened?").fill("It began at five or seven.")
    saved(page)
    page.reload()  # which sends anew what was sent before
    expect(page.get_by_text("It began at five or seven.")).to_be_visible()
    page.goto(other.url)
    expect(page.get_by_label("What happened?")).to_have_value("It began at five or seven.")


def test_who_is_of_no_active_member_gets_words(visitor: Arrive) -> None:
    rob = visitor(width=320)
    rob.sign_in("Rob Stone")
    page = rob.go("/incidents/new/")
    expect(page.get_by_text("you are of none now")).to_be_visible()
    expect(page.get_by_role("button", name="Begin the report")).to_have_count(0)
    rob.accessible()
