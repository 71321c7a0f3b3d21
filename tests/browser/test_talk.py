"""Beneath an advisory, as people do it: say something, add a file, fetch it; with a script and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]
MEGABYTE = 1024**2


def open_advisory(somebody: Visitor, title: str) -> Page:
    page = somebody.go("/advisories/")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.wait_for_url(re.compile(r"/advisories/[^/]+/"))
    return page


def say(page: Page, text: str, whom: str = "Everyone") -> None:
    form = page.locator("form", has=page.get_by_label("Your comment"))
    form.get_by_label("Your comment").fill(text)
    form.get_by_label(whom).check()
    form.get_by_role("button", name="Comment").dblclick()


def add(page: Page, file: Path, whom: str = "Everyone") -> None:
    if not page.get_by_label("File", exact=True).is_visible():
        page.get_by_text("Add a file", exact=True).click()
    form = page.locator("form", has=page.get_by_label("File", exact=True))
    form.get_by_label(whom).check()
    form.get_by_label("File", exact=True).set_input_files(file)
    form.get_by_role("button", name="Add the file").click()


@pytest.mark.parametrize(("width", "javascript"), [(320, True), (768, True), (1280, True), (1280, False)])
def test_members_talk_and_add_files_beneath_an_advisory(
    visitor: Arrive, tmp_path: Path, width: int, javascript: bool
) -> None:
    lena, owen, karl = (visitor(width=width, javascript=javascript) for _ in range(3))
    for somebody, name in ((lena, "Lena Fox"), (owen, "Owen Marsh"), (karl, "Karl Iversen")):
        somebody.sign_in(name)
    said = f"Seen at {width}, {javascript}"
    page = open_advisory(owen, "Payroll letters")
    say(page, said)
    expect(page.get_by_text(said)).to_have_count(1)  # clicked twice, said once
    file = tmp_path / f"Lönn “{width}{javascript}”.html"
    file.write_text("<script>document.title = 'run'</script>")
    add(page, file)
    link = page.get_by_role("link", name=file.name)
    expect(link).to_have_count(1)
    if javascript:
        owen.accessible()

    page = open_advisory(lena, "Payroll letters")
    expect(page.get_by_text(said)).to_have_count(1)
    if javascript:
        shot(page, f"talk-{width}")
    with page.expect_download() as fetched:
        page.get_by_role("link", name=file.name).click()
    assert fetched.value.path().read_bytes() == file.read_bytes()
    address = lena.hub.url + str(page.get_by_role("link", name=file.name).get_attribute("href"))
    for stranger in (karl, visitor()):
        answer = stranger.page.request.get(address)
        assert answer.status == 404 and said not in answer.text()


def test_one_that_is_too_large_is_refused_in_words(visitor: Arrive, tmp_path: Path) -> None:
    sam = visitor()
    sam.sign_in("Sam Reed")
    for megabytes in (21, 60):
        page = open_advisory(sam, "Payroll letters")
        file = tmp_path / f"{megabytes}.bin"
        file.write_bytes(b"\0" * (megabytes * MEGABYTE))
        add(page, file)
        expect(page.get_by_role("link", name=re.compile("The file is larger than 20"))).to_be_visible()
        sam.accessible()


def test_what_is_removed_is_gone_for_whom_it_was_for(visitor: Arrive) -> None:
    sam, owen, cara = visitor(), visitor(), visitor()
    for somebody, name in ((sam, "Sam Reed"), (owen, "Owen Marsh"), (cara, "Cara Orr")):
        somebody.sign_in(name)
    page = open_advisory(sam, "Payroll letters")
    say(page, "Their payroll clerk is M. Ellis")
    page = open_advisory(cara, "Payroll letters")
    comment = page.locator("li", has_text="M. Ellis")
    comment.get_by_role("link", name="Remove").click()
    cara.accessible()
    page.get_by_label("Why it is removed").fill("It names somebody")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed because: It names somebody")).to_be_visible()
    cara.accessible()
    expect(open_advisory(owen, "Payroll letters").get_by_text("M. Ellis")).to_have_count(0)
    expect(open_advisory(sam, "Payroll letters").get_by_text("M. Ellis")).to_have_count(1)


def test_red_asks_once_more_and_no_word_is_lost(visitor: Arrive) -> None:
    lena = visitor()
    lena.sign_in("Lena Fox")
    lena.go("/advisories/").get_by_role("link", name="For named people").first.click()
    lena.page.get_by_role("button", name="Confirm that it is you").click()
    page = open_advisory(lena, "Somebody in your finance team")
    lena.accessible()
    page.context.clear_cookies(name="session")  # as if the five minutes were over: another sign-in, not confirmed
    other = page.context.new_page()
    other.goto(lena.hub.url + "/account/login/")
    other.get_by_role("button", name="Lena Fox").first.click()
    other.wait_for_url(lambda url: "/login" not in url)
    csrf = other.context.cookies(lena.hub.url)
    token = next(cookie["value"] for cookie in csrf if cookie["name"] == "csrf")
    page.evaluate(
        "token => document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(i => i.value = token)", token
    )
    say(page, "A long story")
    expect(page.get_by_role("heading", name="Confirm that it is you, then send it")).to_be_visible()
    lena.accessible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Confirm it in a new tab").click()
    opened.value.get_by_role("button", name="Confirm that it is you").click()
    expect(opened.value.get_by_role("heading", name="Somebody in your finance team")).to_be_visible()
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("A long story")).to_be_visible()
