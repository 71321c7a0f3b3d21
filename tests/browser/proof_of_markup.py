"""What sources say is shown in a real browser: nothing of it runs and nothing of it asks elsewhere, with the hub's
policy and without; and the same words shown as they came do both.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.advisories.collect.conftest import Site
from tests.browser.conftest import ROOT, Hub, PostOffice, serving
from tests.browser.trap import Seen, trapped
from tests.browser.walking import Laid, coordinator, member, show, sign_in
from tests.hostile.markup import CASES

FRAMES, PATIENCE = 60, (1, 5, 20)  # of one page; seconds for each, until enough is seen: machines are slow or busy
FEWEST = (120, 40, 30)  # of the control: cases that ran a script, requests, connections
FEWEST_PAGES, FEWEST_LETTERS = 75, 12
NOT_GUESSED: dict[str, Any] = {
    "X_Content_Type_Options": "nosniff"
}  # a text with an escape in it would be taken for a download
BETWEEN = re.compile(rb"^-{79}\n", re.MULTILINE)  # Django's file backend ends each mail with this line


@pytest.fixture(scope="module")
def hostile_hub(browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    """A hub whose sources say nothing else; its mails are files."""
    home = tmp_path_factory.mktemp("hostile")
    with serving(home, PostOffice(), COLLECT_ALLOW="127.0.0.1/32") as hub:
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.laying"], cwd=ROOT, env=hub.env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        hub.manage("send")
        hub.manage("digest", "--at", "2099-01-01T12:00Z")
        hub.manage("send")
        yield hub, json.loads(done.stdout)


@pytest.fixture
def site() -> Iterator[Site]:
    """A server that has what it is given, and nothing else."""
    site = Site()
    site.routes = defaultdict(lambda: lambda handler: handler.send_error(404))
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_nothing_that_sources_say_runs_or_asks_elsewhere_with_the_policy_and_without(
    browser: Browser, hostile_hub: tuple[Hub, Laid], site: Site, tmp_path: Path
) -> None:
    hub, laid = hostile_hub
    for without in (False, True):
        with trapped(browser, tmp_path, hub.url) as (chromium, seen):
            for name, pages in (("Cara Orr", coordinator), ("Lena Fox", member)):
                context = chromium.new_context(bypass_csp=without)
                page = seen.watch(context)
                sign_in(page, hub, name)
                for path in pages(page, laid):
                    show(page, seen, hub.url + path, hub.url)
                context.close()
            if not without:
                letters(chromium, seen, hub, site)
        assert (seen.ran, seen.asked, seen.opened, seen.looked_up, seen.listener.connections) == (
            [],
            [],
            [],
            set(),
            0,
        ), without
        assert seen.pages > FEWEST_PAGES


def test_the_same_words_shown_as_they_came_run_and_ask(browser: Browser, site: Site, tmp_path: Path) -> None:
    """So that nothing seen means nothing done."""
    html: dict[str, Any] = {"Content_Type": "text/html; charset=utf-8"}
    frames = [
        f"<iframe src={site.gives(f'/{number}', case.encode('utf-8', 'replace'), **html)}></iframe>"
        for number, case in enumerate(CASES.values())
    ]
    with trapped(browser, tmp_path, site.url("")) as (chromium, seen):
        context = chromium.new_context()
        seen.watch(context, touch=True)
        for seconds in PATIENCE:
            for first in range(0, len(frames), FRAMES):
                body = "".join(frames[first : first + FRAMES]).encode()
                page = context.new_page()  # some of them lead the whole page away, whenever they come to it
                page.goto(site.gives(f"/from/{first}", body, **html), wait_until="commit")
                with suppress(Error):  # what hangs, hangs
                    page.wait_for_load_state("load", timeout=seconds * 1_000)
                with suppress(Error):
                    page.wait_for_timeout(seconds * 1_000)  # what waits, runs
                page.close()
            figures = (len(ran(seen, site)), len(seen.asked), seen.listener.connections)
            if enough := all(have >= least for have, least in zip(figures, FEWEST, strict=True)):
                break
    assert enough, figures
    assert any("evil.example.net" in host for host in seen.looked_up)


def ran(seen: Seen, site: Site) -> set[str]:
    """The cases, by number, that ran a script."""
    return {number for text in seen.ran for number in re.findall(rf"{site.url('/')}(\d+)", text)}


def letters(chromium: Browser, seen: Seen, hub: Hub, site: Site) -> None:
    """Every mail that was written, each part as a document of its own."""
    parts = [part for mail in mails(hub) for part in mail.walk() if part.get_content_maintype() == "text"]
    bodies = sorted({(part.get_content_type(), part.get_content()) for part in parts})  # many are told the same
    context = chromium.new_context()
    page = seen.watch(context)
    seen.own += (site.url(""),)
    for number, (kind, body) in enumerate(bodies):
        where = site.gives(f"/{number}", body.encode(), Content_Type=f"{kind}; charset=utf-8", **NOT_GUESSED)
        show(page, seen, where, site.url(""))
    context.close()
    assert len(bodies) > FEWEST_LETTERS


def mails(hub: Hub) -> list[EmailMessage]:
    pieces = [piece for path in (hub.home / "mail").glob("*.log") for piece in BETWEEN.split(path.read_bytes())]
    return [message_from_bytes(piece, policy=policy.default) for piece in pieces if piece.strip()]
