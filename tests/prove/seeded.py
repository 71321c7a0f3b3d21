"""Chance, seeded: every random value of a response comes from its own seed, so that two worlds compare byte by byte.

Ours comes through members/chance.py; Django's (CSRF, session keys) and the seal's nonces through `secrets`; the
boundaries of mails through `random`. What Django draws are digits, which no canary is made of.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from members import chance

_source = random.Random()


def seed(*words: object) -> None:
    """From here on, chance is what it always is after these words."""
    _source.seed("/".join(map(str, words)))
    random.seed("/".join(map(str, words)))


def _choice(options: Sequence[Any]) -> Any:
    digits = [one for one in options if one in "0123456789"] if isinstance(options, str) else []
    return _source.choice(digits or options)


@contextmanager
def chance_seeded() -> Iterator[None]:
    """Inside, nothing is left to chance."""
    seams = {
        "choice": _choice,
        "randbelow": _source.randrange,
        "token_bytes": lambda n=32: _source.randbytes(n),
        "token_hex": lambda n=32: _source.randbytes(n).hex(),
        "token_urlsafe": lambda n=32: "".join(_source.choices("0123456789", k=n)),
    }
    with ExitStack() as stack:
        stack.enter_context(patch.object(chance, "below", _source.randrange))
        for name, instead in seams.items():
            stack.enter_context(patch.object(secrets, name, instead))
        yield
