"""Every mail as a mail program with a browser's engine shows it: on a phone and a desk, light and dark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from members import tlp
from members.delivery.claimed import Invited
from members.delivery.compose import _inliner
from members.kinds import Content, Section
from tests.browser.conftest import AXE, ROOT

NAMES = sorted(path.stem for path in Path(ROOT / "templates/mail").glob("*.html"))
MAILS = [name for name in NAMES if name not in ("layout", "digest_rows", "why", "invited")]  # which are parts of others
LONG = "https://vendor.example.org/" + "advisories-of-the-year/" * 6
SAID = Content(
    "Patch the mail gateway: it is broken into, and unbelievablylongwordsofonlyletters stand in its title",
    (Section("What to do", ("Update to 7.4.2 now.", f"See {LONG}"), steps=True), Section("What is known", (LONG,))),
)
BEGINS = datetime(2027, 3, 24, 18, tzinfo=UTC)
BOOKED = Invited(
    "placed", "uid", 0, BEGINS, BEGINS, BEGINS + timedelta(hours=2), title=SAID.title, place=LONG, link=LONG,
    because="The trainer is ill.",
)  # fmt: skip
COLOURS = {"CLEAR": "rgb(255, 255, 255)", "GREEN": "rgb(51, 255, 0)", "AMBER": "rgb(255, 192, 0)",
           "AMBER+STRICT": "rgb(255, 192, 0)", "RED": "rgb(255, 43, 43)"}  # fmt: skip


def html(name: str) -> str:
    """The mail with everything that it can say, and labels of every colour where it shows any."""
    rows = [
        {"label": label, "shown_label": tlp.display(label), "content": SAID, "url": LONG, "changed": True, "act": True}
        for label in COLOURS
    ]
    context: dict[str, Any] = {
        "label": "AMBER+STRICT", "shown_label": "TLP:AMBER+STRICT", "content": SAID, "url": LONG, "home": LONG,
        "told_url": LONG, "subscribe_url": LONG,
        "reference": "WM-7K3QF", "tier": "Flash", "words": "West Midlands", "warp_name": "West Midlands WARP",
        "confirm_url": LONG, "confirm_by": datetime(2026, 12, 1, 12, tzinfo=UTC), "summary": "5 to act on, 5 to know",
        "invited": BOOKED, "said": SAID.title, "briefs": True,
        "to_act": rows, "to_know": rows, "unnamed": "2 items: sign in to read them",
    }  # fmt: skip
    return str(_inliner.inline(render_to_string(f"mail/{name}.html", context)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_it_is_read_on_every_screen_and_its_labels_keep_their_colours(
    browser: Browser, name: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.set_content(html(name))
    page.evaluate(AXE.read_text() + "; 0")
    for width in (320, 360, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways at {width} px"
        found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ' ' + v.nodes[0].target)")
        assert found == [], f"{name}, {scheme}, {width} px"
    paints = "els => els.map(el => [el.textContent, getComputedStyle(el).color, getComputedStyle(el).backgroundColor])"
    for said, colour, ground in page.eval_on_selector_all(".tlp", paints):
        assert (colour, ground) == (COLOURS[said.removeprefix("TLP:")], "rgb(0, 0, 0)")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(16, 25, 26)")
    context.close()
