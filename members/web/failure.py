"""The one error of whoever asks a server, and how much of its answer is taken. Nothing here touches Django."""

from __future__ import annotations

from dataclasses import dataclass

from members.web.words import in_words

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one source the hub will take. Sizes in bytes, times in seconds."""

    wire: int = 10 * MB  # as it comes over the network or lies in the folder
    decoded: int = 50 * MB  # after decompression
    ratio: int = 100  # decoded / wire, looked at from 1 MB decoded on
    entries: int = 5_000  # entries of a feed, objects of a bundle, rows of a catalogue
    seconds: float = 30.0  # the whole fetch, redirects included
    cpu_seconds: int = 10  # one parse; the clock on the wall may show three times as much
    memory: int = 512 * MB  # address space of one parse


class Failure(Exception):
    """Asking one server failed; `str()` says why in the reader's language. Collecting calls it CollectError.

    `refused`: the document came and the hub will not take it; else the network or the hub failed.
    `permanent`: asking again is of no use until a person has looked (410 Gone, a forbidden address).
    `retry_after`: seconds to wait before the next attempt, where the server said so.
    `params` fill the %(name)s places of `message`. `document`: the bytes that were refused, where there are some.
    """

    document: bytes | None = None

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        refused: bool = False,
        retry_after: int | None = None,
        **params: str | int | float,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.refused = refused
        self.retry_after = retry_after
        self.params = params

    def __str__(self) -> str:
        return in_words(self.message, self.params)
