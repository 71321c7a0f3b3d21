"""Secrets that somebody shows to be let in: made once, shown once, and kept as a hash alone.

Found again by equality of the hash, so that no comparison of ours takes longer the more of a guess is right.
"""

from __future__ import annotations

import hashlib

from members import chance

LENGTH = 32  # of 30 letters and digits: 157 bits, more than anybody guesses


def make() -> str:
    """A new token."""
    return chance.code(LENGTH)


def hashed(token: str) -> str:
    """What is kept of a token: SHA-256. It has too many bits for a slower hash to add anything."""
    return hashlib.sha256(token.strip().encode(errors="surrogatepass")).hexdigest()
