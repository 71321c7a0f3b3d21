"""What is inside a mail that S/MIME signed as a whole (RFC 8551 section 3.5.2; RFC 5652 section 5; X.690).

The signature is not checked. Nothing but the way to the content is read. In the worker.
"""

from __future__ import annotations

from typing import NamedTuple

SEQUENCE, OCTETS, OCTETS_IN_PIECES, EXPLICIT_0 = 0x30, 0x04, 0x24, 0xA0
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # 1.2.840.113549.1.7.2, as it is encoded
DEEPEST = 20


class _Element(NamedTuple):
    tag: int
    start: int  # of its contents
    end: int
    after: int  # where the next element begins


def signed_content(octets: bytes) -> bytes:
    """The content of CMS SignedData in BER or DER. Raises ValueError or IndexError on what is none, or has none."""
    outer = _at(octets, 0, SEQUENCE)
    if not octets.startswith(SIGNED_DATA, outer.start):
        raise ValueError("not SignedData")
    data = _at(octets, _at(octets, outer.start + len(SIGNED_DATA), EXPLICIT_0).start, SEQUENCE)
    version = _at(octets, data.start)
    algorithms = _at(octets, version.after)
    encapsulated = _at(octets, algorithms.after, SEQUENCE)
    kind = _at(octets, encapsulated.start)
    if kind.after >= encapsulated.end:
        raise ValueError("the content is elsewhere")
    return _octets(octets, _at(octets, _at(octets, kind.after, EXPLICIT_0).start))


def _at(octets: bytes, place: int, tag: int | None = None, depth: int = 0) -> _Element:
    """The element that begins at the place. Its tag must be of one byte."""
    found, length, start = octets[place], octets[place + 1], place + 2
    if depth > DEEPEST or found & 0x1F == 0x1F or (tag is not None and found != tag):
        raise ValueError("not as expected")
    if length == 0x80:  # not told: it ends with two zero bytes
        end = start
        while octets[end]:
            end = _at(octets, end, depth=depth + 1).after
        return _Element(found, start, end, end + 2)
    if length > 0x80:
        length, start = int.from_bytes(octets[start : start + length - 0x80]), start + length - 0x80
    if start + length > len(octets):
        raise ValueError("cut short")
    return _Element(found, start, start + length, start + length)


def _octets(octets: bytes, element: _Element) -> bytes:
    if element.tag == OCTETS:
        return octets[element.start : element.end]
    if element.tag != OCTETS_IN_PIECES:
        raise ValueError("not octets")
    pieces, place = list[bytes](), element.start
    while place < element.end:
        piece = _at(octets, place, OCTETS)
        pieces.append(octets[piece.start : piece.end])
        place = piece.after
    return b"".join(pieces)
