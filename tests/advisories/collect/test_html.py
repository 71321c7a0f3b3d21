from __future__ import annotations

import re

import pytest

from advisories.collect.text import html

PAYLOADS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://tracker.example.org/1.gif' width=1>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example.org/' onclick='x()' style='position:fixed'>x</a>",
    "<form action=https://evil.example.org><input type=password></form>",
    "<iframe src=https://evil.example.org></iframe>",
    "<object data=x></object><embed src=x>",
    "<style>@import url(https://evil.example.org)</style>",
    "<link rel=stylesheet href=https://evil.example.org>",
    "<meta http-equiv=refresh content='0;url=https://evil.example.org'>",
    "<base href=https://evil.example.org>",
    "<video><source src=x onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<p style='background:url(https://evil.example.org)'>x</p>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<table background=https://evil.example.org><td background=x>x</table>",
    "<body onload=alert(1)>",
    "<x onclick=alert(1)>x</x>",
    "<b <script>alert(1)</script>>",
    "<h1 onmouseover=alert(1)>x</h1>",
]
ALLOWED = re.compile(
    r"</?(p|br|ul|ol|li|strong|em|code|pre|blockquote|h3|h4|table|caption|thead|tbody|tr|th|td)>|</a>"
    r'|<a( href="(https?|mailto):[^"<>]*")?( rel="noopener noreferrer nofollow")?>'
)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("make", [html.safe, html.rich, html.paragraphs], ids=lambda make: make.__name__)
def test_only_the_tiny_list_of_elements_comes_through(make, payload: str) -> None:
    assert "<" not in ALLOWED.sub("", make(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_safe_html_stays_the_same_when_made_safe_again(payload: str) -> None:
    once = html.safe(payload, "https://feeds.example.org/")
    assert html.safe(once, "https://feeds.example.org/") == once


def test_headings_bold_and_italic_become_what_is_allowed() -> None:
    assert html.safe("<h1>A</h1><b>b</b><i class=x>c</i><br/>") == "<h3>A</h3><strong>b</strong><em>c</em><br>"


def test_links_are_joined_to_the_base_and_dropped_without_one() -> None:
    assert 'href="https://feeds.example.org/a/b"' in html.safe("<a href='b'>x</a>", "https://feeds.example.org/a/")
    assert "href" not in html.safe("<a href='b'>x</a>")
    assert 'href="mailto:warp@example.org"' in html.safe("<a href='mailto:warp@example.org'>x</a>")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
        ("HTTP://EXAMPLE.ORG:8080/", "http://example.org:8080/"),
        ("https://bücher.example.org/", "https://xn--bcher-kva.example.org/"),
        ("https://gооgle.example.org/", "https://xn--ggle-55da.example.org/"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://user:secret@example.org/", ""),
        ("https://example.org@evil.example.com/", ""),
        ("javascript:alert(1)", ""),
        ("ftp://example.org/", ""),
        ("https://", ""),
        ("https://exa mple.org/", ""),
        ("https://example.org:port/", ""),
        ("https://" + "x" * 3000, ""),
        ("http://[::1", ""),
    ],
)
def test_an_address_is_shown_only_as_plain_http_and_with_its_true_host(given: str, shown: str) -> None:
    assert html.web_address(given) == shown


def test_plain_text_has_the_words_and_their_gaps() -> None:
    assert html.plain("<p>One<br>two</p><ul><li>three</li><li>a &lt; b &amp; c</li></ul>") == "One two three a < b & c"


def test_text_is_cut_and_freed_of_what_hides_or_reorders_it() -> None:
    assert html.line("a\x00b\u202ecod.exe\ud800  c\n d") == "abcod.exe? c d"
    assert len(html.line("x" * 10_000)) == html.LONGEST_TITLE
    assert len(html.paragraphs("x" * 1_000_000)) < html.LONGEST_SUMMARY + 10


def test_paragraphs_keep_the_lines_of_plain_text() -> None:
    assert html.paragraphs("One\ntwo\r\n\r\nthree <b>") == "<p>One<br>two</p><p>three &lt;b&gt;</p>"


def test_text_that_compares_is_not_taken_for_markup() -> None:
    assert html.rich("if a<b then c") == "<p>if a&lt;b then c</p>"
    assert html.rich("run <code>id</code>\n\nthen stop") == "run <code>id</code><br><br>then stop"


def test_an_address_that_grows_too_long_where_it_is_joined_or_put_in_ascii_is_none() -> None:
    base, most = "https://example.org/", html.LONGEST_URL
    assert len(html.web_address("x" * (most - len(base)), base)) == most
    assert html.web_address("x" * (most - len(base) + 1), base) == ""
    assert html.web_address("https://b\u00fccher.example.org/".ljust(most, "x")) == ""


def test_what_is_not_seen_does_not_come_in_as_an_entity() -> None:
    assert html.safe("<p>a&#7;b&#x202e;c&#8294;d&#xfeff;</p>") == "<p>abcd</p>"
    assert html.safe("&#60;&#7;script&#62;&amp;&#7;lt;p>") == "&lt;script&gt;&amp;lt;p&gt;"
