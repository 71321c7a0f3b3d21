"""Walk the exits as somebody, at a moment: each request from the same state, seeded by itself, undone afterwards."""

from __future__ import annotations

import copy
import io
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.template import Template
from django.test import Client, override_settings
from django.test.utils import _TestState
from redis import Redis

from members import clock, tasks
from members.delivery import send
from members.delivery.channels import byweb
from members.delivery.send import sweep
from members.web.post import Answer as Taken
from tests.pages import visitor
from tests.prove import exits
from tests.prove.exits import Ask
from tests.prove.seeded import chance_seeded, seed
from tests.prove.worlds import Drawn


@dataclass(frozen=True)
class Answer:
    """What came out: every byte of it, and how many statements it took."""

    ask: Ask
    said: bytes
    queries: int

    @property
    def status(self) -> int:
        return int(self.said[:3])


@contextmanager
def standing_still(at: datetime) -> Iterator[None]:
    """Every clock shows `at`, and chance is seeded."""
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(at, tick=False))
        stack.enter_context(patch.object(clock, "ask", lambda: at))
        if hasattr(_TestState, "saved_data"):  # Django's tests keep a copy of every context: half of our time
            stack.enter_context(patch.object(Template, "_render", _TestState.saved_data.template_render))
        stack.enter_context(chance_seeded())
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Rates are counted in the cache: a table, which is put back like all others, or Redis, which is emptied."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    if not hasattr(cache, "_table"):
        cache.clear()


@contextmanager
def numbered_alike() -> Iterator[None]:
    """What is built inside and undone gives its numbers back, as SQLite does by itself: PostgreSQL's sequences go on
    through a rollback, and whatever is made from a row's number would differ between two worlds for that alone."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
        )
        stood = cursor.fetchall()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.executemany("SELECT setval(%s::regclass, %s, %s)", stood)


class Counter:
    """Counts statements; savepoints are the harness's own as well, and are not counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += "SAVEPOINT" not in sql
        return execute(sql, params, many, context)


class Walker:
    """Somebody at a browser, or a machine with its token."""

    def __init__(self, world: Drawn, who: str, *, confirmed: bool = True) -> None:
        self.world, self.who, self.confirmed = world, who, confirmed
        seed(world.key, "visitor", who)
        person = world.people.get(who)
        self.client = visitor(person, confirmed=confirmed and person is not None)
        self.cookies = copy.deepcopy(self.client.cookies)

    def walk(self, asks: list[Ask]) -> Iterator[Answer]:
        """The answers to `asks`; a machine asks what it can with its token, instead."""
        if self.who in self.world.machines:
            row, token = self.world.machines[self.who]
            asks = exits.machine_asks(token, row.use)
        for ask in asks:
            yield self.answer(ask)

    def answer(self, ask: Ask) -> Answer:
        self.client.cookies = copy.deepcopy(self.cookies)
        seed(self.world.key, self.who, ask)
        counter = Counter()
        with undone(), connection.execute_wrapper(counter):
            response = _send(self.client, ask)
            said = _bytes(response)
        return Answer(ask, said, counter.count)


def _send(client: Client, ask: Ask) -> Any:
    if ask.method == "HOST":
        return client.get(ask.path, headers={"host": "elsewhere.example.org"})
    if ask.method == "CRASH":
        client.raise_request_exception = False
        with patch("members.views.glossary.render", side_effect=RuntimeError("it breaks")):
            return client.get(ask.path)
    if "csrf" in ask.body:
        client.handler.enforce_csrf_checks = True
        try:
            return client.post(ask.path, ask.body)
        finally:
            client.handler.enforce_csrf_checks = False
    if ask.method == "POST":
        return client.post(ask.path, {k: _rewound(v) for k, v in ask.body.items()})
    return client.generic(ask.method, ask.path)


def _rewound(value: Any) -> Any:
    if hasattr(value, "seek"):
        value.seek(0)
    return value


def _bytes(response: Any) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = sorted(f"{name}: {value}" for name, value in response.items())
    cookies = sorted(morsel.OutputString() for morsel in response.cookies.values())
    return b"\n".join([str(response.status_code).encode(), "\n".join([*headers, *cookies]).encode(), b"", content])


# What nobody asks for


def mails(world: Drawn, at: datetime) -> list[tuple[str, bytes]]:
    """(address, every byte) of each mail that a pass of the sweeper sends at `at`.

    It looks up for nothing more urgent meanwhile: how soon it does is by the machine's own clock, and a slow one would
    send the same in another order.
    """
    mail.outbox = []
    seed(world.key, "sweep", at)
    with patch.object(send, "LOOK_UP", float("inf")):
        sweep(at)
    sent = []
    for message in mail.outbox:
        seed(world.key, "boundary", message.to, message.extra_headers.get("Message-ID"))
        sent.append((message.to[0], message.message().as_bytes()))
    return sent


@dataclass
class Messages:
    """What went out by SMS, webhook, Teams and Slack: (telephone or URL, every byte but headers)."""

    sent: list[tuple[str, bytes]]

    def post(self, url: str, body: bytes, headers: Any, **_: Any) -> Taken:
        told = json.loads(body)
        self.sent.append((told.get("phone_number", url), body))
        return Taken(201, b"", None, "elsewhere.example.org")


@contextmanager
def messages() -> Iterator[Messages]:
    """Nothing leaves the machine inside; text messages can be sent."""
    kept = Messages([])
    texts = override_settings(NOTIFY_API_KEY="x" * 80, NOTIFY_SMS_TEMPLATE="x")
    with texts, patch.object(byweb, "post", kept.post):
        yield kept


@contextmanager
def logs() -> Iterator[io.StringIO]:
    """What is logged inside, as the operator would read it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    ours = next(iter(logging.getLogger().handlers), None)
    for other in logging.getLogger().handlers:
        if type(other.formatter).__name__ == "ProcessorFormatter":
            ours = other
    handler.setFormatter(ours.formatter if ours else None)
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)


def cached() -> bytes:
    """Every key and value of the cache: a table, or Redis where there is one."""
    if not hasattr(cache, "_table"):
        store: Any = Redis.from_url(settings.REDIS_URL)
        texts = [key for key in store.scan_iter(count=1000) if store.type(key) == b"string"]
        return b"\n".join(part for key in texts for part in (key, store.get(key) or b""))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value FROM {cache._table}")
        return "\n".join(f"{key} {value}" for key, value in cursor.fetchall()).encode()


def queued() -> bytes:
    """The bytes that waking a worker puts on the broker: what is newest in Redis, or a file of the queue's folder."""
    if settings.REDIS_URL:
        tasks.wake()
        store: Any = Redis.from_url(settings.REDIS_URL)
        return b"\n".join(store.lrange("celery", 0, 1))
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("*.msg"))
    tasks.wake()
    new = set(folder.glob("*.msg")) - before
    said = b"\n".join(path.read_bytes() for path in new)
    for path in new:
        path.unlink(missing_ok=True)
    return said
