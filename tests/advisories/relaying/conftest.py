"""A real TAXII server that takes objects as a test says, and a real mail server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from tests.members.delivery.conftest import post

__all__ = ["post"]  # a fixture
MEDIA = "application/taxii+json;version=2.1"
COLLECTION, STATUS = "365fed99-08fa-4fdb-a1b3-fb247eb41d01", "2d086da7-4bdc-4f91-900e-d77486753710"


class Taxii:
    """One collection, by a token. `pending`: how often the status is still at work."""

    def __init__(self) -> None:
        self.token, self.pending, self.answer = "t0ken", 0, (202, None)
        self.can_write: Any = True
        self.failures: list[dict[str, str]] = []
        self.bundles: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked: list[str] = []
        there = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                there.headers.append(dict(self.headers))
                there.asked.append(self.path)
                if not there.lets(self):
                    return
                code, said = there.answer
                if code < 300:
                    there.bundles.append(json.loads(body))
                there.say(self, code, there.status() if said is None else said)

            def do_GET(self) -> None:
                there.asked.append(self.path)
                if not there.lets(self):
                    return None
                if self.path == f"/api1/collections/{COLLECTION}/":
                    told = {"id": COLLECTION, "title": "x", "can_read": False, "can_write": there.can_write}
                    return there.say(self, 200, told)
                there.pending -= 1
                return there.say(self, 200, there.status())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/api1/"

    def lets(self, handler: BaseHTTPRequestHandler) -> bool:
        if handler.headers["Authorization"] == f"Bearer {self.token}" and handler.headers["Accept"] == MEDIA:
            return True
        said = {"title": f"No to {handler.headers['Authorization']}", "http_status": "401"}
        self.say(handler, 401, said)
        return False

    def status(self) -> dict[str, Any]:
        count = len(self.bundles[-1]["objects"])
        told = {"id": STATUS, "total_count": count, "failure_count": len(self.failures), "failures": self.failures}
        if self.pending > 0:
            return {**told, "status": "pending", "success_count": 0, "pending_count": count}
        done = count - len(self.failures)
        each = [{"id": one["id"], "version": "x" * 100} for one in self.bundles[-1]["objects"]]
        return {**told, "status": "complete", "success_count": done, "pending_count": 0, "successes": each}

    def say(self, handler: BaseHTTPRequestHandler, code: int, said: Any) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", MEDIA)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def taxii(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taxii]:
    there = Taxii()
    settings.SEND_ALLOW = [ip_network("127.0.0.1/32")]
    monkeypatch.setattr("members.reach.register.SCHEMES", ("https", "http"))
    yield there
    there.server.shutdown()
    there.server.server_close()
