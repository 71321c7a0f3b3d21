"""What changed between two texts, word by word, marked so that it can be seen and heard."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import unescape

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString

MOST_WORDS = 1500  # comparing costs the square of it in the worst case
_TAG_ENDS_LINE = re.compile(r"</(?:p|li|h\d|div)>|<br ?/?>", re.IGNORECASE)


def plain(html: str) -> str:
    """The words of a safe piece of HTML."""
    return unescape(strip_tags(_TAG_ENDS_LINE.sub(" ", html)))


def difference(old: str, new: str) -> SafeString:
    """`new` with what is not in `old` in <ins>, and what `old` alone has in <del>; "" where they say the same."""
    before, after = old.split()[:MOST_WORDS], new.split()[:MOST_WORDS]
    if before == after:
        return SafeString("")
    pieces = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(format_html("{}", " ".join(after[j1:j2])))
            continue
        if i1 < i2:
            pieces.append(format_html("<del>{}</del>", " ".join(before[i1:i2])))
        if j1 < j2:
            pieces.append(format_html("<ins>{}</ins>", " ".join(after[j1:j2])))
    return format_html_join(" ", "{}", ((piece,) for piece in pieces))
