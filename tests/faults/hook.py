"""A web server in a process of its own that takes webhooks, writes down all it takes, and does wrong when told to.

`python -m tests.faults.hook PORT CONTROL_PORT`: as the mail server (benchmarks/sink.py) does it, with the point "post".
The last part of the address is who is told; the id of Standard Webhooks is which message. What is not signed as it
should be is not taken.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import sys

from benchmarks.sink import GO_ON, Session, serve

KEY = b"of the webhooks of the proof"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
NOT_SIGNED = "401 not signed by the hub"


class Hook(Session):
    """One connection: one POST, and its answer."""

    last, never = "post", "410"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.headers: dict[str, str] = {}

    def go_on(self) -> None:
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if not found or len(body) < int(self.headers.get("content-length", 0)):
            return
        self.buffer = b""
        self.to = first.split(" ")[1].rpartition("/")[2]
        if self.headers.get("webhook-signature") == self.signature(body):
            self.reach("post", body)
        else:
            self.say(NOT_SIGNED)

    def signature(self, body: bytes) -> str:
        signed = f"{self.headers.get('webhook-id')}.{self.headers.get('webhook-timestamp')}.".encode() + body
        return "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()

    def name_of(self, content: bytes) -> str:
        return self.headers["webhook-id"]

    def say(self, answer: str) -> None:
        if not self.transport.is_closing():
            status = "200 OK" if answer == GO_ON else answer
            self.transport.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            self.transport.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Hook))
