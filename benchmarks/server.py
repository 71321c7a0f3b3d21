"""A real HTTP server in a process of its own, on any number of loopback addresses: each is another host.

`/NAME/COUNT` is a feed with an ETag, `/hang` takes the question and never answers, `/drip` begins an answer and goes on
with a byte a second.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache

from benchmarks.documents import feed
from benchmarks.startup import free_port


@cache
def _feed(name: str, count: int) -> tuple[bytes, str]:
    body = feed(count, f"s{name}")
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


async def _answer(asks: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        asked = (await asks.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = asked.split()[1]
        if path == "/hang":
            await asks.read()  # until the other side gives up
        elif path == "/drip":
            await _drip(answers)
        else:
            _name, name, count = path.split("/")
            answers.write(_whole(asked, *_feed(name, int(count))))
            await answers.drain()
    answers.close()


def _whole(asked: str, body: bytes, etag: str) -> bytes:
    tail = f"ETag: {etag}\r\nConnection: close\r\n"
    if etag in asked:
        return f"HTTP/1.1 304 Not Modified\r\n{tail}\r\n".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n{tail}\r\n"
    return head.encode() + body


async def _drip(answers: asyncio.StreamWriter) -> None:
    answers.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 100000\r\n\r\n")
    while not answers.is_closing():
        answers.write(b" ")
        await answers.drain()
        await asyncio.sleep(1)


async def _serve(port: int, hosts: Sequence[str]) -> None:
    server = await asyncio.start_server(_answer, hosts, port, backlog=500)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


@contextmanager
def served(hosts: Sequence[str]) -> Iterator[int]:
    """The port on which these loopback addresses answer meanwhile."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.server", str(port), *hosts]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n", "the server did not start"
            yield port
        finally:
            server.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2:]))
