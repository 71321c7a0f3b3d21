"""What safe HTML may have, read by a parser that is not the cleaner's own."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

ALLOWED = {
    *("p", "br", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "h3", "h4"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}


class _Reader(HTMLParser):
    """Writes down whatever is not on the list, as a parser sees it that is not the cleaner's own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            good = tag == "a" and (name == "rel" or (name == "href" and _leads_nowhere_odd(value or "")))
            if not good:
                self.found.append(f"<{tag} {name}={value}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data[:100]}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl[:100]}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data[:100]}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data[:100]}")


def unclean(markup: str) -> list[str]:
    """What of this HTML is not on the tiny list; nothing where it is safe to show."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.found


def _leads_nowhere_odd(address: str) -> bool:
    parts = urlsplit(address)
    web = (
        parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and address.isprintable()
    )
    return web or parts.scheme == "mailto"
