"""HTML made to run a script or to fetch from elsewhere: by idea, each case under a name that says what it tries.

Whatever runs calls `alert`; whatever fetches asks ELSEWHERE: a browser shows which cases are shown unclean.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterator

from tests.hostile.fetching import FETCHING
from tests.hostile.shapes import DOCUMENT, ELSEWHERE, RUN, SHAPES

# Where an event happens by itself, or when somebody touches it.
EVENTS = [
    ("img src=x", "onerror"), ("body", "onload"), ("svg", "onload"), ("video src=x", "onerror"),
    ("audio src=x", "onerror"), ("details open", "ontoggle"), ("input autofocus", "onfocus"),
    ("select autofocus", "onfocus"), ("textarea autofocus", "onfocus"), ("marquee", "onstart"),
    ("iframe src=/", "onload"), ("object data=x", "onerror"), ("link rel=stylesheet href=x", "onerror"),
    ("p tabindex=0 autofocus", "onfocus"), ("a href=#x autofocus", "onfocus"), ("td", "onmouseover"),
    ("h3 style=animation-name:x", "onanimationstart"), ("style", "onload"), ("script src=x", "onerror"),
    ("embed src=x", "onload"), ("strong contenteditable autofocus", "onfocus"),
    ("x-own autofocus tabindex=1", "onfocus"),
    ("table", "onpointerenter"), ("math", "onclick"), ("button popovertarget=x", "onbeforetoggle"),
]  # fmt: skip
# Ways to write one attribute that parsers read differently.
SPELLINGS = {
    "plain": "<{tag} {on}={run}>",
    "quoted, in capitals": '<{TAG} {ON}="{run}">',
    "parted by slashes": "<{tag}/x/{on}='{run}'/>",
    "without room after a quotation": '<{tag} title="x"{on}="{run}">',
    "over lines and a form feed": "<{tag}\n\t\f{on}\n=\n{run}\n>",
    "in entities": "<{tag} {on}=&#97;lert&lpar;1&#x29;>",
    "after a null byte": "<{tag} \0{on}={run} {on}\0={run}>",
    "with a quotation left open": "<{tag} title='x {on}={run} title=' {on}={run}>",
    "in backticks": "<{tag} {on}=`{run}`>",
    "said twice": "<{tag} {on}=1 {on}={run} {ON}={run}>",
}
ADDRESSES = {
    "plain": f"javascript:{RUN}",
    "in mixed case": f"jAvAsCrIpT:{RUN}",
    "after white space": f" \t\n\fjavascript:{RUN}",
    "after a control": f"\x01\x1fjavascript:{RUN}",
    "with a tab in it": f"java\tscript:{RUN}",
    "with a line end in it": f"java\r\nscript:{RUN}",
    "with a null byte in it": f"java\0script:{RUN}",
    "in decimal entities": "".join(f"&#{ord(one)};" for one in "javascript:") + RUN,
    "in padded hexadecimal entities": "".join(f"&#x0000{ord(one):x}" for one in "javascript:") + RUN,
    "with a named colon": f"javascript&colon;{RUN}",
    "with named white space": f"java&Tab;scr&NewLine;ipt:{RUN}",
    "as a comment with an end": f"javascript://example.org/%0a{RUN}",
    "with a soft hyphen": f"java\u00adscript:{RUN}",
    "in fullwidth letters": f"\uff4a\uff41vascript:{RUN}",
    "after a byte order mark": f"\ufeffjavascript:{RUN}",
    "as VBScript": "vbscript:msgbox(1)",
    "as a document": f"data:text/html,{DOCUMENT}",
    "as a packed document": "data:text/html;base64," + b64encode(DOCUMENT.encode()).decode(),
    "as a drawing": f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>{DOCUMENT}</svg>",
    "as a blob": "blob:https://evil.example.net/7",
    "behind another scheme": f"feed:javascript:{RUN}",
    "as a source to view": f"view-source:javascript:{RUN}",
    "as a file": "file:///etc/passwd",
    "as part of a mail": "cid:part1@evil.example.net",
}
PLACES = {
    "a link": '<a href="{}">x</a>',
    "a form": '<form action="{}"><button>x</button></form>',
    "a button": '<form><button formaction="{}">x</button></form>',
    "a frame": '<iframe src="{}"></iframe>',
    "an object": '<object data="{}"></object>',
    "a link in a drawing": '<svg><a xlink:href="{0}" href="{0}"><text y=9>x</text></a></svg>',
    "a formula": '<math href="{0}" xlink:href="{0}">x</math>',
    "a map": '<img usemap=#m src=x><map name=m><area shape=default href="{}"></map>',
}


def _cases() -> Iterator[tuple[str, str]]:
    for tag, on in EVENTS:
        for how, spelling in SPELLINGS.items():
            yield f"{on} of <{tag}>, {how}", spelling.format(tag=tag, on=on, TAG=tag.upper(), ON=on.upper(), run=RUN)
    for place, markup in PLACES.items():
        for how, address in ADDRESSES.items():
            yield (
                f"a script as the address of {place}, {how}",
                markup.format(html.escape(address).replace("&amp;", "&")),
            )
    for what, markup in FETCHING.items():
        yield f"fetches {what}", markup.format(ELSEWHERE)
    yield from SHAPES.items()


CASES = dict(_cases())
