"""The text of a lesson as HTML: a tiny form, and whatever else was typed is words."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.training.prose import blocks, html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("One\n\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\nmore", "<p>One<br>more</p>"),
        ("## Look\nat it", '<h2 class="govuk-heading-m">Look</h2>\n<p>at it</p>'),
        ("# Not ours\n##nor this", "<p># Not ours<br>##nor this</p>"),
        ("So:\n- one\n- two\nand on", '<p>So:</p>\n<ul class="govuk-list govuk-list--bullet"><li>one</li><li>two</li>'
         "</ul>\n<p>and on</p>"),
        ("<b>&amp;", "<p>&lt;b&gt;&amp;amp;</p>"),
    ],
)  # fmt: skip
def test_its_form(text: str, said: str) -> None:
    assert html(text) == said


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("See https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&amp;c=2", "."),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)", ")"),
        ("“https://example.org/”", "https://example.org/", "”"),
    ],
)
def test_an_address_is_a_link_without_the_end_of_its_sentence(text: str, address: str, after: str) -> None:
    link = f'<a class="govuk-link" href="{address}" rel="noreferrer nofollow">{address}</a>'
    assert f"{link}{after}" in html(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/",
        "javascript:alert(1)",
        "https://",
        "https://[",
        "HTTPS ://example.org/",
        "data:text/html,x",
    ],
)
def test_what_is_no_such_address_is_words(text: str) -> None:
    assert "<a" not in html(text)


class Tags(HTMLParser):
    """Every tag and attribute, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, ""), *((tag, name) for name, _value in attrs)}

    def handle_data(self, data: str) -> None:
        self.words += data


OURS = {("p", ""), ("br", ""), ("ul", ""), ("ul", "class"), ("li", ""), ("h2", ""), ("h2", "class"), ("a", ""),
        ("a", "class"), ("a", "href"), ("a", "rel")}  # fmt: skip
PIECES = st.sampled_from(["<script>", '"', "'", "&", "## ", "- ", "\n", "\n\n", "https://a.b/", ">", "x ", "​", "</p>"])


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_is_typed_no_tag_comes_of_it_but_ours_and_no_word_is_lost(text: str) -> None:
    read = Tags()
    read.feed(html(text))
    read.close()
    assert read.found <= OURS
    kept = "".join(line for _kind, lines in blocks(text) for line in lines)
    assert "".join(read.words.split()) == "".join(kept.split())
