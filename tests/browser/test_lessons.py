"""A self-paced course on a telephone: read, failed, repeated, passed and certified; by keys alone; and how it is
written."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hub, Visitor
from tests.browser.test_main_job import shot

Arrive = Callable[..., Visitor]
TITLE = "Spotting a phishing mail"
RIGHT = {
    "What in a mail should make you stop": ("It pushes you to act at once", "It asks you to keep it secret"),
    "A mail from the chief executive": ("Ring their office on a number",),
    "The spelling of a mail": ("Nothing: phishing mails",),
    "Which requests deserve a check": ("To change the bank account", "To read out a code"),
    "Whose site is": ("Whoever owns staff-portal",),
    "What does the padlock": ("That nobody on the way",),
    "A document says that you must": ("Close it, and report",),
    "How can you see where a link leads": ("Rest the pointer", "On a telephone, hold"),
    "A mail asks you to scan": ("It hides the address",),
    "You typed your password": ("Ring the service desk at once", "Change the password from another"),
    "Why should you not forward": ("One of them may click",),
    "Where can you forward": ("To 7726",),
    "Why leave the computer on": ("What is in its memory",),
}


def begin(somebody: Visitor, hub: Hub) -> str:
    """On the overview of the course; its path."""
    found = hub.manage("shell", "-c", "from members.models import Course; print('REF', *Course.rows.filter("
                       f"title='{TITLE}').values_list('item__reference', flat=True))")  # fmt: skip
    reference = re.search(r"REF (\S+)", found)
    assert reference
    page = somebody.go(f"/training/{reference[1]}/")
    page.get_by_role("link", name=re.compile("lessons", re.I)).or_(
        page.get_by_role("button", name="Go to the lessons")
    ).first.click()
    page.wait_for_url(re.compile(r"/lessons/$"))
    return page.url.removeprefix(somebody.hub.url)


def asks(page: Page) -> None:
    """Wait until the questions stand there: a click ends when the way to them begins."""
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()


def answer(page: Page, *, rightly: bool = True) -> None:
    asks(page)
    for group in page.get_by_role("group").all():
        asked = group.locator("legend").inner_text()
        right = next(found for begins, found in RIGHT.items() if begins in asked)
        if rightly:
            for one in right:
                group.get_by_label(one).check()
        else:
            wrong = [label for label in group.locator("label").all() if not label.inner_text().startswith(right)]
            wrong[0].click()


def presses(page: Page, name: str, key: str = "Enter") -> None:
    """Tab until the control of this name has the focus, and then this key: no pointer is touched."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText")
        if focused.strip().startswith(name):
            page.keyboard.press(key)
            return
    raise AssertionError(f"no key leads to {name}")


def test_taken_on_a_telephone_failed_repeated_and_certified(visitor: Arrive, hub: Hub) -> None:
    sam = visitor(width=360)
    sam.sign_in("Sam Reed")
    path = begin(sam, hub)
    page = sam.page
    expect(page.get_by_text("0 of 3 lessons done.")).to_be_visible()
    sam.accessible()
    shot(page, "lessons-360")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="What it plays on")).to_be_visible()
    sam.accessible()
    shot(page, "lesson-360")
    page.get_by_role("button", name="Mark as read and go on").click()
    sam.accessible()
    shot(page, "quiz-begin-360")
    page.get_by_role("button", name="Begin the quiz").dblclick()
    asks(page)
    sam.accessible()
    shot(page, "quiz-360")

    asked = page.locator("legend").all_inner_texts()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("link", name="Answer question 3.")).to_be_visible()
    assert page.title().startswith("Error: ")
    sam.accessible()
    shot(page, "quiz-unanswered-360")
    page.get_by_role("link", name="Answer question 2.").click()
    assert page.evaluate("document.activeElement.type") in ("radio", "checkbox")
    sam.go(f"{path}")
    page.get_by_role("link", name="Notice what hurries you").click()
    page.get_by_role("link", name="Go on with the quiz").click()
    asks(page)
    assert page.locator("legend").all_inner_texts() == asked

    answer(page, rightly=False)
    page.get_by_role("button", name="Hand in").dblclick()
    expect(page.get_by_role("heading", name="Not passed")).to_be_visible()
    sam.accessible()
    shot(page, "quiz-failed-360")
    page.get_by_role("link", name="Take the quiz again").click()
    page.get_by_role("button", name="Begin the quiz").click()
    answer(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("3 of 3 right: 100 per cent.")).to_be_visible()
    sam.accessible()
    shot(page, "quiz-passed-360")
    for _lesson in range(2):
        page.get_by_role("link", name=re.compile("^Go on with")).click()
        page.get_by_role("button", name="Mark as read and go on").click()
        page.get_by_role("button", name="Begin the quiz").click()
        answer(page)
        page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("You have completed the course.")).to_be_visible()
    sam.go(path)
    expect(page.get_by_text("3 of 3 lessons done.")).to_be_visible()
    sam.accessible()
    shot(page, "lessons-done-360")
    page.get_by_role("link", name="Your certificate").click()
    expect(page.get_by_text(TITLE).first).to_be_visible()


def test_by_keys_alone_and_without_scripts(visitor: Arrive, hub: Hub) -> None:
    mags = visitor(width=1280, javascript=False)
    mags.sign_in("Mags Tulloch")
    begin(mags, hub)
    page = mags.page
    presses(page, "Begin")
    page.wait_for_url(re.compile(r"/lessons/[A-Z0-9]{8}/$"))
    presses(page, "Mark as read and go on")
    page.wait_for_url(re.compile(r"/quiz/$"))
    presses(page, "Begin the quiz")
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()
    shot(page, "quiz-1280")
    for group in page.get_by_role("group").all():
        asked = group.locator("legend").inner_text()
        for one in next(found for begins, found in RIGHT.items() if begins in asked):
            box = group.get_by_label(one)
            if box.get_attribute("type") == "radio":
                first = group.get_by_role("radio").first
                first.focus()
                page.keyboard.press("Space")
                for _ in range(8):
                    if box.is_checked():
                        break
                    page.keyboard.press("ArrowDown")
                assert box.is_checked()
            else:
                box.focus()
                page.keyboard.press("Space")
    presses(page, "Hand in")
    expect(page.get_by_role("heading", name="Passed", exact=False).first).to_be_visible()
    shot(page, "quiz-passed-1280")


def test_a_coordinator_writes_a_lesson_and_a_question_on_a_telephone(visitor: Arrive, hub: Hub) -> None:
    cara = visitor(width=360)
    cara.sign_in("Cara Orr")
    path = begin(cara, hub)
    page = cara.page
    cara.accessible()
    page.get_by_role("link", name="Write the lessons and their questions").click()
    expect(page.get_by_role("heading", name="Write the lessons")).to_be_visible()
    cara.accessible()
    shot(page, "lessons-edit-360")
    page.get_by_role("button", name="Add a lesson").click()
    cara.accessible()
    page.get_by_label("Title").fill("A fourth lesson")
    page.get_by_label("Text", exact=True).fill("## Read\n\n- this\n- https://example.org/that.\n\nAnd this.")
    shot(page, "lesson-edit-360")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="https://example.org/that")).to_be_visible()
    page.get_by_role("link", name="Its questions").click()
    page.get_by_role("button", name="Add a question").click()
    cara.accessible()
    page.get_by_label("Question", exact=True).fill("Which one?")
    page.get_by_label("Right answers").fill("This one")
    page.get_by_label("Wrong answers").fill("That one\nThe other one")
    shot(page, "question-edit-360")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Which one?")).to_be_visible()
    cara.accessible()
    shot(page, "bank-360")
    cara.go(f"{path}edit/")
    page.get_by_role("button", name="Move up “A fourth lesson”").click()
    expect(page.get_by_text("“A fourth lesson” has moved.")).to_be_visible()
    page.get_by_role("link", name="Questions of “Notice what hurries you”").click()
    expect(page.get_by_text(re.compile("people answered it, about")).first).to_be_visible()
    cara.accessible()
    cara.go(f"{path}edit/")
    page.get_by_role("link", name="Remove “A fourth lesson”").click()
    cara.accessible()
    page.get_by_role("button", name="Remove this lesson").click()
    expect(page.get_by_text("“A fourth lesson” is removed.")).to_be_visible()
