"""Text from outside, made safe: a tiny HTML allow-list, plain text, and addresses that may be shown.

Everything is cut to length before anything looks at it, so that no pattern meets more than it can bear.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

import nh3

LONGEST_TITLE = 500  # characters, as are the others
LONGEST_AUTHOR = 1_000
LONGEST_SUMMARY = 200_000
LONGEST_URL = 2_000
LONGEST_GUID = 500
FIRST_WORDS = 12

TAGS = {
    *("p", "br", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "h3", "h4"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
DROPPED_WHOLE = {"script", "style", "svg", "math", "template", "noscript", "iframe", "title"}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"
_AS = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_ALIKE = re.compile(r"<(/?)(b|i|h[1256])(?=[\s>/])", re.IGNORECASE)
# C0 and C1 controls, and the marks that reorder text on the screen.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKUP = re.compile(r"</(p|a|b|i|ul|ol|li|em|strong|code|pre|table|td|div|span|h[1-6])\s*>|<br", re.IGNORECASE)
_BLOCK_ENDS = re.compile(r"<br\s*/?>|</(?:p|li|h3|h4|tr|pre|blockquote|table|ul|ol)>", re.IGNORECASE)


def scrub(text: str, longest: int) -> str:
    """The text without what a database, a screen or a terminal trips over, cut to `longest` characters."""
    cut = text[:longest].encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    return _UNSEEN.sub("", cut)


def line(text: str, longest: int = LONGEST_TITLE) -> str:
    """Plain text on one line, white space collapsed."""
    return " ".join(scrub(text, longest * 4).split())[:longest]


def safe(markup: str, base: str = "") -> str:
    """Safe HTML from untrusted HTML; relative links are joined to `base`, or dropped where it is ""."""
    alike = _ALIKE.sub(lambda m: f"<{m[1]}{_AS[m[2].lower()]}", scrub(markup, LONGEST_SUMMARY))
    cleaned = str(_cleaner(base).clean(alike))
    return _UNSEEN.sub("", cleaned).strip()  # what came as an entity is a letter now, and no bracket


def plain(markup: str, longest: int = LONGEST_SUMMARY) -> str:
    """The words of untrusted HTML on one line; not HTML any more, so escape it like any text."""
    return line(words(safe(markup)), longest)


def words(cleaned: str) -> str:
    """The words of what `safe` gave; they may hold anything that an entity can stand for."""
    return html.unescape(str(nh3.clean(_BLOCK_ENDS.sub(" ", cleaned), tags=set())))


def paragraphs(text: str) -> str:
    """Safe HTML from plain text: blank lines part paragraphs, other line ends are kept."""
    parts = re.split(r"\n[ \t]*\n", scrub(text, LONGEST_SUMMARY).replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        f"<p>{html.escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part.strip()
    )


def rich(text: str, base: str = "") -> str:
    """Safe HTML from text that may or may not be HTML (STIX and RSS do not say)."""
    if not _MARKUP.search(text[:LONGEST_SUMMARY]):
        return paragraphs(text)
    return safe(text.replace("\n\n", "<br><br>") if "<p" not in text[:LONGEST_SUMMARY] else text, base)


def first_words(plain: str) -> str:
    """What stands for the title of a text that has none."""
    parts = plain.split(maxsplit=FIRST_WORDS)
    return line(" ".join(parts[:FIRST_WORDS]) + (" …" if len(parts) > FIRST_WORDS else ""))


def web_address(url: str, base: str = "") -> str:
    """An http(s) address to show and link, its host in ASCII (punycode), or "" where it is none."""
    return _address(url, base, ("http", "https"))


def _address(url: str, base: str, schemes: tuple[str, ...]) -> str:
    url = url.strip()
    if not url or len(url) > LONGEST_URL or not url.isprintable() or any(c in url for c in ' \\<>"'):
        return ""
    try:
        parts = urlsplit(urljoin(base, url) if base else url)
        if parts.scheme == "mailto" and parts.scheme in schemes:
            return urlunsplit(parts)
        if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
            return ""
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    whole = urlunsplit(parts._replace(netloc=bracketed + port))
    return whole if len(whole) <= LONGEST_URL else ""  # joined or in ASCII it is longer


@lru_cache(maxsize=32)
def _cleaner(base: str) -> nh3.Cleaner:
    def only_addresses(tag: str, attribute: str, value: str) -> str | None:
        # The library lets every element have a title and a language besides.
        return (attribute == "href" and _address(value, base, ("http", "https", "mailto"))) or None

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE,
        attributes={"a": {"href"}},
        attribute_filter=only_addresses,
        url_schemes=SCHEMES,
        url_relative="pass_through" if base else "deny",
        link_rel=REL,
    )
