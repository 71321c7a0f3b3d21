"""JSON documents, and in words why a body is none."""

from __future__ import annotations

from typing import Any

import orjson

from advisories.collect.base import CollectError, gettext_noop

EMPTY = gettext_noop("The document is empty.")
MARKUP = gettext_noop("This is a web page or a feed, not the JSON document that was expected here.")
NO_JSON = gettext_noop("This is not the JSON document that was expected here.")
CUT = gettext_noop("The JSON document is damaged or was cut short. Nothing of it was taken.")


def load(body: bytes) -> Any:
    """The document; raises CollectError(refused=True). orjson itself stops at 1,024 levels."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise CollectError(EMPTY, refused=True)
    if text[:1] == b"<":
        raise CollectError(MARKUP, refused=True)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise CollectError(CUT if text[:1] in (b"{", b"[") else NO_JSON, refused=True) from error


def strings(value: Any) -> list[str]:
    """The texts of a list; nothing of what is none."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
