"""Buckets: what an item is placed in and a viewer holds keys to. One integer: the id of the thing, then its kind."""

from __future__ import annotations

from enum import IntEnum


class Bucket(IntEnum):
    EVERYONE = 0  # anybody, signed in or not
    COMMUNITY = 1  # people of organisations with an active membership, and coordinators
    WARP = 2  # reached by a grant to the WARP
    ORGANISATION = 3
    GROUP = 4
    PERSON = 5
    WARP_CLIENTS = 6  # the same three, and one step to the clients of those reached (TLP:AMBER)
    ORGANISATION_CLIENTS = 7
    GROUP_CLIENTS = 8
    DESK = 9  # coordinators of the WARP itself, not of its parents or children
    DESKS = 10  # coordinators of any WARP: entries of hub-wide sources
    CUSTODY = 11  # custodians of the WARP
    AFFILIATION = 12  # the author, while the affiliation under which it was written lasts
    OFFICE = 13  # the author, while the office lasts
    SEALED = 14  # the author of an anonymous report, by keyed hash (members/seal.py)

    def of(self, number: int = 0) -> int:
        return number << 4 | self


def split(bucket: int) -> tuple[Bucket, int]:
    """The kind and the id of a bucket."""
    return Bucket(bucket & 15), bucket >> 4


WITH_CLIENTS = {
    Bucket.WARP: Bucket.WARP_CLIENTS,
    Bucket.ORGANISATION: Bucket.ORGANISATION_CLIENTS,
    Bucket.GROUP: Bucket.GROUP_CLIENTS,
}


class Level(IntEnum):
    """What a placement gives: from BODY up, the text."""

    OFFER = 1
    WITHDRAWN = 2
    BODY = 3
    HANDLER = 4
