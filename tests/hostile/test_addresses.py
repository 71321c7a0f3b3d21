"""Each way to write a forbidden address by each way that leads out: refused in words, and nothing was dialled."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django import Settings

from advisories.collect import isolate, kinds
from advisories.collect.base import CollectError, Limits
from advisories.collect.mail import imap
from advisories.collect.walk import Walk
from advisories.models import Source
from tests.advisories.collect.conftest import Answer, Site
from tests.advisories.feeds import AT, source
from tests.hostile.addresses import FORMS, HOSTS, NAMES
from tests.hostile.paths import CLOSED, OPEN
from tests.members.world import World

ALLOWED = "127.0.0.9"  # where the site is; all else of this machine stays forbidden
FEWEST = 60


class Routes(dict[str, Answer]):
    """What isn't there is not found."""

    def __missing__(self, path: str) -> Answer:
        return lambda handler: handler.send_error(404)


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    settings.COLLECT_ALLOW = [ip_network(f"{ALLOWED}/32")]
    site = Site(ALLOWED)
    site.routes = Routes()
    yield site
    site.server.shutdown()
    site.server.server_close()


class Trap:
    """A real server at the forbidden address, of IPv4 and IPv6: counts who comes. Where the machine has no IPv6, of
    IPv4 alone.
    """

    def __init__(self) -> None:
        self.came = 0
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self.servers = [first]
        if socket.has_ipv6:
            with suppress(OSError):
                self.servers.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for server in self.servers:
            threading.Thread(target=self._wait, args=(server,), daemon=True).start()

    def _wait(self, server: socket.socket) -> None:
        while True:
            try:
                who = server.accept()[0]
            except OSError:
                return
            self.came += 1  # before the close: whoever came is still waiting for it, so no reader is too early
            who.close()

    def close(self) -> None:
        for server in self.servers:
            server.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every host to which a connection is opened, which is opened all the same."""
    hosts: list[str] = []
    connect = socket.socket.connect

    def spy(self: socket.socket, address: Any) -> None:
        hosts.append(str(address[0]))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    return hosts


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """For names, what NAMES has; for numbers and this machine, the system's own. How often each is asked."""
    real, asked = socket.getaddrinfo, dict[str, int]()

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        asked[host] = asked.get(host, 0) + 1
        if host in NAMES:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in NAMES[host]]
        if "localhost" not in str(host).lower():
            more["flags"] = more.get("flags", 0) | socket.AI_NUMERICHOST
        return real(host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.fixture
def walked(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Walks from an address and gives what was said against it. The parsers run here: a child each would take long."""
    here = {kind.path: kind for kind in kinds.KINDS.values()}
    monkeypatch.setattr(isolate, "run", lambda module, body, context: here[module].parse(body, context))
    made: dict[str, Source] = {}

    def walk(kind: str, url: str) -> list[str]:
        at = made.get(kind) or made.setdefault(kind, source(world.warps["wm"], kind, kind))
        at.url, at.state = url, {}
        said: list[str] = []
        for step in Walk(at, AT, again=True):
            if isinstance(step.got, CollectError):
                said.append(str(step.got))
            elif step.got.parsed is not None:
                said += [refusal.reason for refusal in step.got.parsed.refusals]
        return said

    return walk


def test_there_are_enough_forms() -> None:
    assert len(set(FORMS.values())) >= FEWEST


@pytest.mark.parametrize("way", OPEN)
def test_the_way_does_lead_to_where_it_says(way: str, site: Site, walked: Any, dialled: list[str]) -> None:
    walked(*OPEN[way](site, site.url("/x")))
    assert any(path.startswith("/x") for path, _ in site.seen)


def test_the_trap_counts_who_comes(trap: Trap, settings: Settings, walked: Any, dialled: list[str]) -> None:
    settings.COLLECT_ALLOW = [ip_network("127.0.0.0/8")]
    assert walked("feed", f"http://127.1:{trap.port}/x")[0].startswith(("127.1 stopped", "The connection to 127.1"))
    assert trap.came == 1 and dialled == ["127.0.0.1"]


@pytest.mark.parametrize("way", [*OPEN, *CLOSED])
def test_no_form_of_a_forbidden_address_is_dialled_by_any_way(
    way: str, site: Site, trap: Trap, walked: Any, dialled: list[str]
) -> None:
    silent = []
    for form, address in FORMS.items():
        site.routes.clear()
        said = walked(*{**OPEN, **CLOSED}[way](site, address.format(trap.port)))
        if not any(said):
            silent.append(form)
    assert (trap.came, set(dialled) - {ALLOWED}) == (0, set())
    assert silent == [] or way in CLOSED


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_no_form_of_a_forbidden_address_is_dialled_for_mails(scheme: str, trap: Trap, dialled: list[str]) -> None:
    for form, host in HOSTS.items():
        with pytest.raises(CollectError) as caught:
            url = f"{scheme}://{host}:{trap.port}/INBOX"
            list(imap.messages(url, credentials=("hub", "word"), limits=Limits(seconds=5)))
        assert str(caught.value), form
    for address in FORMS.values():
        with pytest.raises(CollectError, match="no address of a mailbox"):
            list(imap.messages(address.format(trap.port), credentials=("hub", "word")))
    assert (trap.came, dialled) == (0, [])


@pytest.mark.parametrize("way", OPEN)
def test_a_name_that_changes_between_the_check_and_the_connection_gains_nothing(
    way: str, site: Site, walked: Any, dialled: list[str], names: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [ALLOWED]
    monkeypatch.setitem(NAMES, "turning.example.net", answers)
    look_up = socket.getaddrinfo

    def turning(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        found = look_up(host, port, *args, **more)
        if host == "turning.example.net":
            answers[:] = ["127.0.0.1"]
        return found

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    said = walked(*OPEN[way](site, f"http://turning.example.net:{site.port}/x"))
    assert set(dialled) == {ALLOWED} and any(path.startswith("/x") for path, _ in site.seen)
    assert names["turning.example.net"] == 1 or any("does not collect from there" in one for one in said)
