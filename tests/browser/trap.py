"""A Chromium in which whatever a hostile page does is seen: scripts that run, and everything that asks elsewhere.

Every name leads to a listener on loopback, so that a connection that no request event tells of (an early one, a web
socket's) is counted too; and the browser's own log of its network names every host that it looked up.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE

# What the cases call says so instead, in every frame; and what waits for somebody to touch it is touched.
SIGN = "a hostile script ran"
WATCH = """
for (const name of ["alert", "confirm", "prompt", "print", "msgbox", "open"])
    window[name] = () => console.error(`SIGN: ${name} in ${location.href}`);
"""
TOUCH = """
addEventListener("load", () => setTimeout(() => {
    for (const element of document.querySelectorAll("*")) {
        for (const {name} of element.attributes)
            if (/^on/i.test(name)) element.dispatchEvent(new Event(name.slice(2).toLowerCase(), {bubbles: false}));
        if (/^(a|area|button)$/i.test(element.localName)) element.click();
    }
}, 100));
"""
# What the browser made of a page, element by element: nothing that runs or fetches but the hub's own.
CENSUS = """
([own, allowed]) => {
    const fetches = /^(src|href|xlink:href|action|formaction|data|srcset|poster|background|ping)$/i;
    const never = /^(iframe|frame|object|embed|applet|base|math|template)$/;
    const bad = element => {
        const tag = element.localName;
        for (const {name, value} of element.attributes) {
            if (/^on|^srcdoc$|^(data-)?hx-on/i.test(name)) return true;
            if (!fetches.test(name) || !URL.canParse(value, document.baseURI)) continue;  // such a one leads nowhere
            const url = new URL(value, document.baseURI);
            const leads = /^(a|form|button)$/.test(tag);
            const ours = url.protocol == "tel:" && !element.closest(".hub-prose");  // whom to ring at night
            if (!(leads ? ours || /^(https?|mailto):$/.test(url.protocol) : url.href.startsWith(own))) return true;
        }
        const told = allowed.length && element.parentElement?.closest(".hub-prose:not(.hub-change)");
        return never.test(tag) || tag == "meta" && element.httpEquiv
            || /^(script|style)$/.test(tag) && element.textContent.trim() && !element.closest("head")
            || told && !(allowed.includes(tag) && [...element.attributes].every(one => /^(href|rel)$/.test(one.name)));
    };
    return [...document.querySelectorAll("*")].filter(bad).map(element => element.outerHTML.slice(0, 150));
}
"""
# Whom Chromium itself calls, whatever it shows; no case names them.
ITS_OWN = ("google.com", "googleapis.com", "gstatic.com", "gvt1.com")


@dataclass
class Listener:
    """Takes every connection, and answers none."""

    connections: int = 0

    def __post_init__(self) -> None:
        trap = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                trap.connections += 1

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@dataclass
class Seen:
    """What happened in a browser. `own`: the origins that it was sent to itself."""

    own: tuple[str, ...]
    listener: Listener
    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    looked_up: set[str] = field(default_factory=set)
    pages: int = 0

    def watch(self, context: BrowserContext, *, touch: bool = False) -> Page:
        context.add_init_script(WATCH.replace("SIGN", SIGN) + (TOUCH if touch else ""))
        context.set_default_timeout(PATIENCE * 2_000)  # a story of thousands of entries is long
        context.on("console", self._console)
        context.on("request", lambda request: self.ask(request.url))
        context.on("weberror", lambda error: self.ran.append(str(error.error)))
        page = context.new_page()
        context.on("page", lambda other: self.opened.append(other.url))
        page.on("worker", lambda worker: self.opened.append(worker.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        return page

    def ask(self, url: str) -> None:
        if not url.startswith(self.own):
            self.asked.append(url)

    def _console(self, message: ConsoleMessage) -> None:
        if SIGN in message.text or "Content Security Policy" in message.text:  # which had to hold something back
            self.ran.append(message.text)


@contextmanager
def trapped(browser: Browser, home: Path, *own: str) -> Iterator[tuple[Browser, Seen]]:
    """A browser whose every name leads to a listener; what it looked up is read from its log when it has ended."""
    listener, log = Listener(), home / "net.json"
    own_calls = "".join(f"MAP *.{name} ^NOTFOUND, " for name in ITS_OWN)
    seen = Seen(own, listener)
    rules = f"--host-resolver-rules={own_calls}MAP * 127.0.0.1:{listener.port}, EXCLUDE 127.0.0.1"
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, rules, f"--log-net-log={log}"])
    try:
        yield chromium, seen
    finally:
        chromium.close()
        listener.server.shutdown()
        listener.server.server_close()
        hosts = set(re.findall(r'"host":"([^"]+)"', log.read_text(errors="replace")))
        seen.looked_up = {host for host in hosts if not re.search(r"127\.0\.0\.1|\.invalid\b", host)
                          and not host.partition(":")[0].endswith(ITS_OWN)}  # fmt: skip
