"""Go through the documents of a source on the web: where it begins, and what each names. Nothing is stored here, and no
transaction is open while the network is waited for.

What an index named and what was taken before under the same stamp is not fetched again.
"""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.conf import settings

from advisories.collect import folder, kinds, signin
from advisories.collect.base import CollectError, Limits, Link, Parsed
from advisories.collect.reading import Read, digest, folder_of, from_bytes, limits_of
from advisories.models import Source
from members.web import http
from members.web.request import origin, target_of

USER_AGENT = "WARP-hub/1 (+{url})"  # some sources turn away clients that don't say who they are
MOST = 500  # documents fetched in one go; the rest the next time
LONGEST = 240.0  # seconds after which no other document is begun: other sources wait
LOST = 3  # that fail one after the other: the rest would, too
BESIDE = Limits(wire=200_000, decoded=200_000, seconds=15.0)  # a hash, a signature, a key
LONGEST_STAMP = 200  # as Document has it
NOTHING_THERE = {401, 403, 404, 410}


class Step(NamedTuple):
    """One document: `got` is what was read, or why it wasn't. `key`: of its address, as Document keeps it."""

    link: Link
    got: Read | CollectError

    @property
    def key(self) -> str:
        return key_of(self.link.url)

    def stamp(self, at: datetime) -> str:
        """Under which it is remembered."""
        return refused(self.link.stamp, at) if isinstance(self.got, CollectError) else self.link.stamp[:LONGEST_STAMP]


def key_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def refused(stamp: str, at: datetime) -> str:
    """The stamp of a document that was refused: it is asked for again the next day. Its signature may come late, and
    the hub may have learnt to read it.
    """
    return f"{stamp[: LONGEST_STAMP - 30]} refused {at:%Y-%m-%d}"


class Walk:
    """The documents of one source, at one time.

    `left`: how many that were named are for the next time. `failed`: how many of the last could not be fetched.
    `moved_to`: where the source's own address leads for good, as its server says. `state`: what they said to remember.
    """

    def __init__(self, source: Source, at: datetime, *, again: bool = False) -> None:
        self.source, self.at, self.again = source, at, again
        self.kind = kinds.KINDS[source.kind]
        self.state: dict[str, str] = dict(source.state)
        self.left = self.failed = self._fetched = 0
        self.moved_to = ""
        self._waiting: deque[Link] = deque()
        self._named: set[str] = set()
        self._beside: dict[str, bytes | None] = {}
        self._end = time.monotonic() + LONGEST

    @cached_property
    def taken(self) -> dict[str, str]:
        """Under which stamp each of its documents was taken, by key."""
        return {} if self.again else dict(self.source.documents.values_list("key", "stamp"))

    def __iter__(self) -> Iterator[Step]:
        self._expect(self.kind.begin(self.source.url, self.state, self.at))
        while self._waiting:
            if self._fetched >= MOST or time.monotonic() > self._end or self.failed >= LOST:
                self.left = len(self._waiting)
                return
            link = self._waiting.popleft()
            try:
                got: Read | CollectError = self._read(link)
            except CollectError as error:
                if link.otherwise and error.params.get("status") in NOTHING_THERE:
                    self._waiting.appendleft(Link(link.otherwise, link.role, link.stamp, link.beside))
                    continue
                got = error
            self.failed = self.failed + 1 if isinstance(got, CollectError) and not got.refused else 0
            yield Step(link, got)
            if isinstance(got, Read) and got.parsed is not None:
                self.state |= got.parsed.state
                self._expect(got.parsed.links)

    def _expect(self, links: tuple[Link, ...]) -> None:
        for link in links:
            before = self.taken.get(key_of(link.url)) if link.stamp else None
            taken = before in (link.stamp[:LONGEST_STAMP], refused(link.stamp, self.at))
            if link.url not in self._named and not taken:
                self._named.add(link.url)
                self._waiting.append(link)

    def _read(self, link: Link) -> Read:
        first = link.url == self.source.url and not self.again
        answer = self._get(
            link.url, limits_of(self.source),
            etag=self.source.etag if first else "", last_modified=self.source.last_modified if first else "",
        )  # fmt: skip
        if link.url == self.source.url and answer.moved_permanently:
            self.moved_to = answer.url
        if answer.status == 304:
            return Read(None, self.source.body_hash)
        body_hash = digest(answer.body)
        if first and body_hash == self.source.body_hash:
            return Read(None, body_hash, _validators(answer, body_hash))
        parsed = kinds.parse(
            self.kind.name, answer.body, limits_of(self.source), url=answer.url, content_type=answer.content_type,
            fetched_at=self.at, role=link.role, beside=self._files(link), headers=answer.headers, state=self.state,
        )  # fmt: skip
        # A document that names others is asked for whole each time: unchanged, it would name none.
        keeps = link.url == self.source.url and not parsed.links
        return Read(parsed, body_hash, _validators(answer, body_hash) if keeps else {})

    def _files(self, link: Link) -> dict[str, str]:
        """What lies beside a document, by name; what isn't there is missed by whoever needs it."""
        found: dict[str, str] = {}
        for name, url in link.beside.items():
            if url not in self._beside:
                self._beside[url] = self._file(url)
            if (body := self._beside[url]) is not None:
                found[name] = b64encode(body).decode()
        return found

    def _file(self, url: str) -> bytes | None:
        try:
            return self._get(url, BESIDE).body
        except CollectError as error:
            if error.params.get("status") in NOTHING_THERE:
                return None
            raise

    def _get(self, url: str, limits: Limits, etag: str = "", last_modified: str = "") -> http.Fetched:
        if self._fetched and self.kind.pause:
            time.sleep(self.kind.pause)
        self._fetched += 1
        target = target_of(url)
        ours = origin(target) == origin(target_of(self.source.url))
        authorization = signin.authorization(self.source) if ours else ""
        return http.fetch(
            url,
            user_agent=USER_AGENT.format(url=settings.BASE_URL),
            accept=self.kind.accept,
            headers={"Authorization": authorization} if authorization else {},
            limits=limits,
            allow=settings.COLLECT_ALLOW,
            etag=etag,
            last_modified=last_modified,
        )


def _validators(answer: http.Fetched, body_hash: str) -> dict[str, str]:
    return {"etag": answer.etag[:500], "last_modified": answer.last_modified[:100], "body_hash": body_hash}


def everything(source: Source, at: datetime) -> Iterator[Parsed]:
    """All that the source has now: each document that it names, or each file of a folder. Raises CollectError at the
    first that cannot be taken.
    """
    if kinds.KINDS[source.kind].fetched:
        for _link, got in Walk(source, at, again=True):
            if isinstance(got, CollectError):
                raise got
            yield got.parsed or Parsed(())
        return
    for _name, body in folder.read(folder_of(source), limits_of(source)):
        if isinstance(body, CollectError):
            raise body
        yield from_bytes(body, at).parsed or Parsed(())
