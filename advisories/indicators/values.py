"""What is found, and the one refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from members.web.words import in_words


class Kind(StrEnum):
    """The words stand in stored rows and in exports: they don't change."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    CVE = "cve"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Found:
    """One indicator, as it first stands in the text.

    `value`: in its one right form, so that the same thing is the same value whoever typed it. `as_typed`: as it stood
    there. `line`: counted from 1. `internal`: names a machine of somebody's own network, not of the internet's, so
    whoever shares it may tell whose. `example`: a name or address that is set aside for documents; nobody has it.
    """

    kind: Kind
    value: str
    as_typed: str
    line: int
    internal: bool = False
    example: bool = False


class TooMany(ValueError):
    """More than is taken from one text; `str()` says so in the reader's language. Nothing of it was taken."""

    def __init__(self, message: str, **params: int) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return in_words(self.message, self.params)
