"""A real HTTP server on loopback that takes what the hub hands over, and answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Answer = Callable[[BaseHTTPRequestHandler], None]


class Got(NamedTuple):
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: dict[str, Answer] = {}
        self.let_go = threading.Event()  # ends what hangs
        there = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                there.got.append(Got(self.path, self.headers, body))
                with suppress(BrokenPipeError, ConnectionResetError):
                    there.answers.get(self.path, status(200, b"ok"))(self)
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Got]:
        return [one for one in self.got if one.path == path]

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        self.let_go.wait(30)

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Ten gigabytes, as long as somebody reads them."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**10))
    handler.end_headers()
    for _ in range(10**10 // 10**6):
        handler.wfile.write(b"x" * 10**6)
