"""The whole hub (web, worker, beat) as `make run` starts it, with a real SMTP server, driven by a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), "")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PATIENCE = 60.0
NOT_OURS = {"MAKELEVEL", "BASE_URL", "ALLOWED_HOSTS", "SECRET_KEY", "EMAIL_URL"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run one after the other on one worker: they share one hub."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass
class PostOffice:
    """A real SMTP server that keeps what it is sent."""

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters += [(recipient, letter) for recipient in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str, subject: str) -> list[EmailMessage]:
        return [letter for to, letter in self.letters if to == address and subject in str(letter["Subject"])]

    def wait(self, address: str, subject: str) -> EmailMessage:
        """The first letter to `address` whose subject holds `subject`; fails with what did arrive."""
        wait_until(lambda: bool(self.to(address, subject)), lambda: f"no mail {subject!r} to {address}; have {self}")
        return self.to(address, subject)[0]

    def __str__(self) -> str:
        return "; ".join(f"{to}: {letter['Subject']}" for to, letter in self.letters) or "nothing"


def wait_until(so: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not so():
        if time.monotonic() > end:
            pytest.fail(otherwise())
        time.sleep(0.1)


@dataclass
class Hub:
    url: str
    home: Path
    post: PostOffice
    env: dict[str, str]

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """It ends with the last of these tests: while it is there a loop runs, in which Django asks no database."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have Chromium: .ci/run installs it")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A demonstration hub of its own: data folder, database, mail server, port."""
    office, smtp = PostOffice(), free_port()
    server = Controller(office, hostname="127.0.0.1", port=smtp)
    server.start()
    with serving(tmp_path_factory.mktemp("hub"), office, EMAIL_URL=f"smtp://127.0.0.1:{smtp}") as running:
        yield running
    server.stop()


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    """The same for one test, which may change who is a member of what."""
    office, smtp = PostOffice(), free_port()
    server = Controller(office, hostname="127.0.0.1", port=smtp)
    server.start()
    with serving(tmp_path, office, EMAIL_URL=f"smtp://127.0.0.1:{smtp}") as running:
        yield running
    server.stop()


@pytest.fixture
def offline_hub(tmp_path: Path) -> Iterator[Hub]:
    """As a newcomer has it after `make run`: no mail server, so mails are files."""
    with serving(tmp_path, PostOffice()) as running:
        yield running


@contextmanager
def serving(home: Path, office: PostOffice, **settings: str) -> Iterator[Hub]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {k: v for k, v in os.environ.items() if k not in NOT_OURS}
    env |= {"WARP_HOME": str(home), "PORT": str(port), "WARP_DEMO": "1", **settings}
    with own_database(env), (home / "hub.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "warp.serve"], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_until(lambda: running.poll() is not None or answers(url), lambda: (home / "hub.log").read_text())
            assert running.poll() is None, (home / "hub.log").read_text()
            yield Hub(url, home, office, env)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGINT)
            running.wait(timeout=30)


class own_database:
    """On PostgreSQL: a database beside the tests' own, made for this hub and dropped after it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env, self.where = env, urlsplit(env.get("DATABASE_URL", ""))
        self.name = f"hub_browser_{os.getpid()}_{free_port()}"

    def __enter__(self) -> None:
        if self.where.scheme.startswith("postgres"):
            self.env["DATABASE_URL"] = urlunsplit(self.where._replace(path="/" + self.name))
            self.sql(f"CREATE DATABASE {self.name}")
        else:
            self.env.pop("DATABASE_URL", None)

    def __exit__(self, *_error: object) -> None:
        if self.where.scheme.startswith("postgres"):
            self.sql(f"DROP DATABASE {self.name} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(urlunsplit(self.where), autocommit=True) as connection:
            connection.execute(statement.encode())


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    hub: Hub
    page: Page
    violations: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.hub.url + path)
        return self.page

    def sign_in(self, name: str) -> Page:
        """As a newcomer does in the demonstration: one click on the person."""
        self.go("/account/login/")
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self.page

    def accessible(self) -> None:
        """axe finds nothing on the page as it stands, and it does not scroll sideways."""
        try:
            self._accessible()
        except Error:  # the click before was still leading to it
            self.page.wait_for_load_state()
            self._accessible()

    def _accessible(self) -> None:
        self.page.evaluate(AXE.read_text() + "; 0")
        found = self.page.evaluate("async () => (await axe.run()).violations.map(v => `${v.id}: ${v.help}: "
                                   "${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`)")  # fmt: skip
        assert found == [], f"{self.page.url}: {found}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"


@pytest.fixture
def visitor(browser: Browser, hub: Hub) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors, each with a session of their own. A message in the console is a failure, but for those that hold
    one of `excuses`: where a test cuts the line itself, the browser says so there."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(
        width: int = 1280, height: int = 900, javascript: bool = True, at: Hub = hub, excuses: tuple[str, ...] = ()
    ) -> Visitor:  # fmt: skip
        def listen(message: ConsoleMessage) -> None:
            if message.type == "error" and not any(one in message.text for one in excuses):
                complaints.append(f"{page.url}: {message.text}")

        context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=javascript)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return Visitor(at, page)

    yield arrive
    for context in contexts:
        context.close()
    assert [c for c in complaints if "404" not in c] == []  # a page that answers 404 says so in the console too
