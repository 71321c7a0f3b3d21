"""What may be an indicator in a line, and whether it is one.

Candidates begin where words begin, and every repeat in them is bounded or never given back: hostile text costs no more
than as much of any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisories.indicators import files, names, urls
from advisories.indicators.machines import machine
from advisories.indicators.plain import Line
from advisories.indicators.values import Found, Kind

_HASHES = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256, 128: Kind.SHA512}
_SCHEMES = "h[tx*]{2}ps?|f[tx]ps?|meows?|sftp|wss?|ldaps?|rmi|smb|ssh|tcp|udp|telnet|gopher|socks[45]?"
# What ends an address: blanks, quotes, what is never in one; a comma (the next field of a list), and what Markdown and
# forum code put behind.
_IN_URL = r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\"'<>`^{}|\\,;\[\]]"
_CANDIDATE = re.compile(
    rf"""
    (?<![^\W_])(?:
      (?<=[\"'<`])(?P<quoted>(?:{_SCHEMES})://[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\"'<>`\\]++)(?=[\"'>`])
    | (?P<url>(?:{_SCHEMES})://(?:[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff/?\#@,\"'<>\[\]]{{0,100}}@)?(?:\[[0-9a-f:.]{{2,50}}\])?
          (?:{_IN_URL}|;(?=[a-z]{{1,20}}=)|\[(?!/)|\](?!\())*+)
    | (?P<cve>CVE-[0-9]{{4}}-[0-9]{{4,19}})(?![0-9])
    | (?P<hash>[0-9a-f]{{32,128}}+)(?![^\W_])
    )
    | (?<![\w:.])(?P<ipv6>(?:[0-9a-f]{{0,4}}:){{2,7}}
          (?:[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|[0-9a-f]{{0,4}})(?:/[0-9]{{1,3}})?)(?![\w:]|\.[0-9a-z])
    | (?<![\w.])(?<![^\W\d_]-)
      (?P<ipv4>[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?:/[0-9]{{1,2}}(?![0-9]))?)(?!\w|-[a-z]|\.(?-i:[0-9a-z]))
    | (?<![\w-])(?<![\w-][.])(?:
      (?P<email>\w[\w.+%'-]{{0,63}}+@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,20}})(?![\w@])
    | (?P<name>\w[\w-]{{0,62}}+(?:\.[\w-]{{1,63}}+){{1,126}}+)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[\w:][^\W_]*+")
_GOES_ON = frozenset(".:@-_+%'*")
_VERSION = re.compile(r"(?:\bv|\bver\.?|\bversions?|\brelease|\bbuild|\bfirmware)[\s:=]{0,3}$", re.IGNORECASE)
_PROGRAM = re.compile(r"[a-z:]*", re.IGNORECASE)  # Cafe::Bad
_SENTENCE = re.compile(r".*\.(?!Com$|Net$|Org$|Info$)[A-Z][a-z]+")  # "on the server.It was": a blank is missing


def found(line: Line, number: int) -> Iterator[Found]:
    for match in _candidates(line.text):
        kind = match.lastgroup or ""
        start, text = match.start(), match[kind]
        if kind in ("url", "quoted"):
            text = urls.without_end(text)
        elif kind in ("email", "name"):
            start, text = _bare(start, text)
        typed = line.as_typed(start, start + len(text))
        one = _READERS[kind](text, typed, number, line.text[max(0, start - 12) : start])
        if one:
            yield one


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """Tried where a word begins that goes on as an indicator does: one look for a word of prose, not one a letter."""
    done = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        if start < done or not (text[end : end + 1] in _GOES_ON or end - start >= 32 or text[start] in ":_"):
            continue
        match = _CANDIDATE.match(text, start) or (text[start] in ":_" and _CANDIDATE.match(text, start + 1))
        if match:
            done = match.end()
            yield match


def _bare(start: int, text: str) -> tuple[int, str]:
    """Without what Markdown puts around: _evil.example_; a name may begin with one all the same, as _dmarc does."""
    inner = text.rstrip("_-")
    bare = inner.lstrip("'.%+-_" if inner != text or "@" in text else "'.%+-")
    return start + len(inner) - len(bare), bare


def _url(text: str, typed: str, line: int, _before: str) -> Found | None:
    page = urls.page(text)
    if not page:
        return None
    if page.value:
        return Found(Kind.URL, page.value, typed, line, page.internal, page.example)
    return _machine(page.host, typed, line, "") or _domain(page.host, typed, line)


def _email(text: str, typed: str, line: int, _before: str) -> Found | None:
    """In lower case as a whole: no mail server of our days tells Alice from alice."""
    local, _, at = text.rpartition("@")
    host = names.domain(at)
    if not host or not local:
        return None
    value = f"{local.lower()}@{host}"
    return Found(Kind.EMAIL, value, typed, line, names.is_internal(host), names.is_example(host))


def _cve(text: str, typed: str, line: int, _before: str) -> Found | None:
    return Found(Kind.CVE, text.upper(), typed, line)


def _hash(text: str, typed: str, line: int, _before: str) -> Found | None:
    kind = _HASHES.get(len(text))
    return Found(kind, text.lower(), typed, line) if kind else None


def _machine(text: str, typed: str, line: int, before: str) -> Found | None:
    """Nobody writes a version, or a name in a program, with brackets around its dots."""
    if typed == text and (_VERSION.search(before) or _PROGRAM.fullmatch(text)):
        return None
    read = machine(text)
    if not read:
        return None
    return Found(Kind(f"ipv{read.version}"), read.value, typed, line, read.internal, read.example)


def _name(text: str, typed: str, line: int, _before: str) -> Found | None:
    if typed == text and files.is_file(text):
        return Found(Kind.FILE, text.lower(), typed, line)
    if typed == text and _SENTENCE.fullmatch(text):
        return None
    return _domain(text, typed, line)


def _domain(text: str, typed: str, line: int) -> Found | None:
    host = names.domain(text)
    if not host:
        return None
    return Found(Kind.DOMAIN, host, typed, line, names.is_internal(host), names.is_example(host))


_READERS = {
    "url": _url, "quoted": _url, "email": _email, "cve": _cve, "hash": _hash, "ipv4": _machine, "ipv6": _machine,
    "name": _name,
}  # fmt: skip
