"""How deep JSON nests, found without building anything and without recursion."""

from __future__ import annotations

import re

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_INNERMOST = re.compile(rb"\{\}|\[\]")


def deeper_than(valid_json: bytes, most: int) -> bool:
    """Whether arrays and objects nest more than `most` levels. The JSON must be valid: in a string that
    never ends the search for its end would take quadratic time.
    """
    brackets = _STRING.sub(b"", valid_json).translate(None, _NOT_BRACKETS)
    for _ in range(most):
        if not brackets:
            return False
        brackets = _INNERMOST.sub(b"", brackets)  # takes away exactly the innermost level
    return bool(brackets)
