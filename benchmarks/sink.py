"""A mail server in a process of its own that writes down all it takes, and does wrong when told to.

`python -m benchmarks.sink SMTP_PORT CONTROL_PORT`. The control port takes a JSON object a line, and answers with one.

An order is `{"at": "rcpt" | "data", "do": answer | "hold" | "hang" | "cut", "times": n}`: of whoever comes next to this
point, so many get that. `hold` keeps one until it is told how to go on (`release`), even should its client be gone.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

GO_ON = "250 OK"


class Records:
    """What was taken, and what is to be done wrong."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, str]]] = defaultdict(list)  # by recipient: when, and which message
        self.refused: set[str] = set()  # recipients refused for good
        self.count = 0
        self.begun: list[float] = []  # when each connection said its first word
        self.orders: list[dict[str, Any]] = []
        self.held = ""  # the recipient that waits
        self.gone: list[str] = []  # recipients whose client had gone when it was told how to go on
        self.answer: asyncio.Future[str] | None = None

    def ordered(self, at: str) -> str:
        for order in self.orders:
            if order["at"] == at:
                order["times"] -= 1
                if not order["times"]:
                    self.orders.remove(order)
                return str(order["do"])
        return GO_ON

    def take(self, to: str, message: str) -> None:
        """Of what is taken its id is kept, and no text."""
        self.taken[to].append((time.time(), message))
        self.count += 1


class Session(asyncio.Protocol):
    """One connection: as much of SMTP as a client needs."""

    last = "data"  # the point at which a good answer takes the message over
    never = "5"  # how an answer begins that refuses it for good

    def __init__(self, records: Records) -> None:
        self.records, self.buffer, self.to, self.in_data = records, b"", "", False
        self.waiting: asyncio.Task[None] | None = None
        self.silent, self.deaf = True, False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(b"220 sink.example.org\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self.silent:
            self.silent = False
            self.records.begun.append(time.time())
        self.buffer += data
        if self.waiting is None or self.waiting.done():
            self.go_on()

    def go_on(self) -> None:
        """Deal with what has come, as far as it is whole and nothing is waited for."""
        while not self.deaf and (self.waiting is None or self.waiting.done()):
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            piece, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            if self.in_data:
                self.in_data = False
                self.reach("data", piece)
            else:
                self.command(piece)

    def command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.to = line.partition(b"<")[2].partition(b">")[0].decode()
            self.reach("rcpt", b"")
        elif verb == b"DATA":
            self.in_data = bool(self.to)
            self.say("354 go on" if self.to else "503 to whom?")
        elif verb == b"EHLO":
            self.transport.write(b"250-sink.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"QUIT":
            self.say("221 bye")
            self.transport.close()
        else:
            self.say(GO_ON)

    def reach(self, point: str, content: bytes) -> None:
        do = self.records.ordered(point)
        if do == "hold":
            self.waiting = asyncio.get_running_loop().create_task(self.hold(point, content))
        else:
            self.do(do, point, content)

    async def hold(self, point: str, content: bytes) -> None:
        self.records.answer = asyncio.get_running_loop().create_future()
        self.records.held = self.to
        answer = await self.records.answer
        self.waiting = None
        if self.transport.is_closing():
            self.records.gone.append(self.to)
        self.do(answer, point, content)
        self.go_on()

    def do(self, answer: str, point: str, content: bytes) -> None:
        if answer == "cut":
            self.transport.abort()
        elif answer == "hang":
            self.deaf = True
        else:
            if answer == GO_ON and point == self.last:
                self.records.take(self.to, self.name_of(content))
            if answer.startswith(self.never):
                self.records.refused.add(self.to)
            if answer != GO_ON or point == self.last:
                self.to = ""
            self.say(answer)

    def name_of(self, content: bytes) -> str:
        start = content.lower().find(b"message-id:")
        return content[start + 11 : start + 120].split(b"\r\n")[0].strip().decode()

    def say(self, answer: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(f"{answer}\r\n".encode())


def obey(records: Records, asked: dict[str, Any]) -> Any:
    if asked["ask"] == "order":
        records.orders.append(asked["order"])
    elif asked["ask"] == "clear":
        records.orders.clear()
        records.held = ""
    elif asked["ask"] == "left":
        return sum(order["times"] for order in records.orders)
    elif asked["ask"] == "held":
        return records.held
    elif asked["ask"] == "release" and records.answer is not None and not records.answer.done():
        records.answer.set_result(asked["answer"])
        records.held = ""
    elif asked["ask"] == "taken":
        return {to: times for to, times in records.taken.items() if to.endswith(asked["of"])}
    elif asked["ask"] == "refused":
        return [to for to in records.refused if to.endswith(asked["of"])]
    elif asked["ask"] == "gone":
        return [to for to in records.gone if to.endswith(asked["of"])]
    elif asked["ask"] == "count":
        return records.count
    elif asked["ask"] == "begun":
        return [at for at in records.begun if at >= asked["since"]]
    return None


async def serve(port: int, control: int, session: Callable[[Records], Session] = Session) -> None:
    records = Records()

    async def controlled(asks: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        while line := await asks.readline():
            answers.write(json.dumps(obey(records, json.loads(line))).encode() + b"\n")
            await answers.drain()
        answers.close()

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: session(records), "127.0.0.1", port, backlog=200)
    await asyncio.start_server(controlled, "127.0.0.1", control, limit=2**24)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
