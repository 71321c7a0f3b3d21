"""An indicator as it is shown and sent: nobody's mail client makes a link of it, and `parse` reads it again."""

from __future__ import annotations

import re

from advisories.indicators.values import Kind

_HOST = re.compile(r"(?P<scheme>[a-z0-9+-]+)://(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ftps": "fxps"}
_AS_THEY_ARE = {Kind.FILE, Kind.CVE, Kind.MD5, Kind.SHA1, Kind.SHA256, Kind.SHA512}


def defanged(value: str, kind: str = "") -> str:
    """`hxxps://evil[.]example/a.b`. Without a kind, whatever has dots is taken for an address."""
    if kind in _AS_THEY_ARE:
        return value
    if url := _HOST.fullmatch(value):
        scheme = url["scheme"]
        return f"{_SCHEMES.get(scheme, scheme)}://{_harmless(url['host'])}{url['rest']}"
    return _harmless(value)


def _harmless(text: str) -> str:
    return re.sub(r"[.:@]", r"[\g<0>]", text)
