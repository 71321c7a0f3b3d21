"""Decompression that stops in time: a bomb costs one chunk, not the machine."""

from __future__ import annotations

import zlib

from members.web.failure import MB, Failure, Limits
from members.web.words import gettext_noop

CHUNK = 256 * 1024
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
UNCOMPRESSED = ("", "identity")


class Decoder:
    """Takes the chunks of a body as sent, gives the document; refuses as soon as a limit is passed."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self._limits = limits
        self._encoding = encoding.strip().lower()
        self._parts: list[bytes] = []
        self._wire = self._size = 0
        self._inflater: zlib._Decompress | None = None
        if self._encoding not in (*UNCOMPRESSED, "gzip", "x-gzip", "deflate"):
            raise Failure(
                gettext_noop("The server compressed the document in a way the hub did not ask for: %(how)s."),
                refused=True,
                how=self._encoding[:40],
            )

    def feed(self, chunk: bytes) -> None:
        self._wire += len(chunk)
        if self._encoding in UNCOMPRESSED:
            self._keep(chunk)
            return
        try:
            self._inflate(chunk)
        except zlib.error as error:
            raise Failure(
                gettext_noop("The document's compression is damaged; it cannot be read."), refused=True
            ) from error

    def document(self) -> bytes:
        """The whole document; raises Failure where the compressed stream was cut short."""
        if self._inflater is not None and not self._inflater.eof:
            raise Failure(gettext_noop("The document was cut short while it was sent."))
        return b"".join(self._parts)

    def _inflate(self, data: bytes) -> None:
        while data:
            if self._inflater is None:
                self._inflater = self._start(data)
            elif self._inflater.eof:
                if self._encoding == "deflate" or not data.strip(b"\0"):
                    return  # padding after the end
                self._inflater = self._start(data)  # gzip may come in several members
            self._keep(self._inflater.decompress(data, CHUNK))
            data = self._inflater.unconsumed_tail or self._inflater.unused_data

    def _start(self, data: bytes) -> zlib._Decompress:
        """`deflate` means zlib by the standard and bare deflate to some servers: the first byte tells."""
        bare = self._encoding == "deflate" and data[0] & 0x0F != 8
        return zlib.decompressobj(-zlib.MAX_WBITS if bare else GZIP_OR_ZLIB)

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._limits.decoded:
            raise Failure(
                gettext_noop("The document is too large: more than %(limit)d bytes when unpacked."),
                refused=True,
                limit=self._limits.decoded,
            )
        if self._size > MB and self._size > self._limits.ratio * self._wire:
            raise Failure(
                gettext_noop("The document unpacks to more than %(ratio)d times its size: a bomb."),
                refused=True,
                ratio=self._limits.ratio,
            )
