"""A real HTTP server on loopback, and short ways to the parsers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from advisories.collect.base import Limits, ParseContext
from members.web import http

LOOPBACK = (ip_network("127.0.0.1/32"),)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Answers by path; remembers what it was asked."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.routes: dict[str, Answer] = {}
        self.seen: list[tuple[str, Message]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.seen.append((self.path, self.headers))
                with suppress(BrokenPipeError, ConnectionResetError):  # the hub hangs up on some of these
                    site.routes[self.path](self)
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path: str, host: str = "") -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def gives(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.routes[path] = answer
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def get(url: str, **options: Any) -> http.Fetched:
    return http.fetch(url, **{"user_agent": "WARP-hub/test", "allow": LOOPBACK, **options})


def context(**options: Any) -> ParseContext:
    return ParseContext(
        **{"fetched_at": NOW, "url": "https://feeds.example.org/all.xml", "limits": Limits(), **options}
    )
