"""A real hub on its first day: `setup`, the mail with a link, a password, a second factor, and the desk."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.browser.conftest import Hub, PostOffice, free_port, serving, wait_until
from tests.browser.test_main_job import Arrive

PASSWORD = "a long sentence that nobody guesses"


@pytest.fixture
def real_hub(tmp_path: Path):
    office, smtp = PostOffice(), free_port()
    server = Controller(office, hostname="127.0.0.1", port=smtp)
    server.start()
    with serving(tmp_path, office, WARP_DEMO="0", EMAIL_URL=f"smtp://127.0.0.1:{smtp}") as hub:
        yield hub
    server.stop()


def test_the_first_coordinator_gets_in_with_a_password_and_a_second_factor(visitor: Arrive, real_hub: Hub) -> None:
    real_hub.manage(
        "setup", "--warp", "Fen WARP", "--prefix", "FE", "--organisation", "Fenwick Council",
        "--name", "Nora Penn", "--email", "nora.penn@example.org",
    )  # fmt: skip
    wait_until(lambda: bool(real_hub.post.to("nora.penn@example.org", "")), lambda: f"no mail: {real_hub.post}")
    links = [
        link
        for _to, letter in real_hub.post.letters
        for link in re.findall(r"http://\S+", letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        if "/password/" in link or "/reset/" in link
    ]
    nora = visitor(at=real_hub)
    page = nora.page
    page.goto(links[0])
    nora.accessible()
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()

    page.goto(real_hub.url + "/account/login/")
    assert page.get_by_text("made up").count() == 0, "no demonstration on a real hub"
    page.get_by_label("Email").fill("nora.penn@example.org")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    page.goto(real_hub.url + "/desk/")  # wherever she meant to go, the second factor comes first
    expect(page.get_by_role("heading", name="Set up your authenticator app")).to_be_visible()
    nora.accessible()
    shown = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(pyotp.TOTP(shown).now())
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    nora.accessible()
    page.goto(real_hub.url + "/desk/")
    expect(page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()
    nora.accessible()
