"""Of any text: it is read, it costs what its length costs, and what is shown is read again."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisories.indicators import MOST_FOUND, MOST_TEXT, Kind, TooMany, defanged, files, names, parse

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
DOMAINS = st.builds("{}.{}".format, LABELS, st.sampled_from(["com", "co.uk", "example", "onion", "zip"])).filter(
    lambda name: names.domain(name) != ""
)
HEX = "0123456789abcdef"
V4 = st.ip_addresses(v=4).map(str).filter(lambda one: one != "0.0.0.0")
VALUES: dict[Kind, st.SearchStrategy[str]] = {
    Kind.IPV4: V4 | st.builds("{}.{}.0.0/16".format, st.integers(1, 255), st.integers(0, 255)),
    Kind.IPV6: st.ip_addresses(v=6).map(str).filter(lambda one: not one.startswith("::ffff:") and one != "::"),
    Kind.DOMAIN: DOMAINS,
    Kind.URL: st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https", "ftp", "ldap"]), DOMAINS | V4, st.sampled_from(["", ":8080"]),
        st.sampled_from(["", "/a", "/a/b.php?c=d&e=1", "/x.y_(z)"]),
    ),
    Kind.EMAIL: st.builds("{}@{}".format, LABELS, DOMAINS),
    Kind.MD5: st.text(HEX, min_size=32, max_size=32),
    Kind.SHA1: st.text(HEX, min_size=40, max_size=40),
    Kind.SHA256: st.text(HEX, min_size=64, max_size=64),
    Kind.SHA512: st.text(HEX, min_size=128, max_size=128),
    Kind.CVE: st.builds("CVE-{}-{}".format, st.integers(1999, 2099), st.integers(1_000, 10**19 - 1)),
    Kind.FILE: st.builds("{}.{}".format, LABELS, st.sampled_from(["exe", "pdf", "zip"])),
}  # fmt: skip
ANY = st.text() | st.lists(st.sampled_from(
    [*"[](){}<>.:/@\\-_ \"'`,;%#?\r\n", "\u200b", "\ud800", "\0", "é", "．", "http", "hxxps://", "[.]", " dot ", "[at]",
     "evil", "example", "com", "1", "2001", "::", "CVE-2026-1234", "a" * 40, "version "]
)).map("".join)  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_read_again(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    (found,) = parse(f"seen: {defanged(value, kind)}")
    assert (found.kind, found.value) == (kind, value)
    assert defanged(value) == defanged(value, kind) or kind == Kind.FILE


@pytest.mark.parametrize("kind", [Kind.IPV4, Kind.IPV6, Kind.DOMAIN, Kind.URL, Kind.EMAIL])
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_nothing_that_is_shown_can_be_clicked(kind: Kind, data: st.DataObject) -> None:
    shown = defanged(data.draw(VALUES[kind]), kind)
    assert not shown.startswith(("http", "ftp:")) and "[" in shown


@given(ANY)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_and_its_values_are_stored_as_they_are(text: str) -> None:
    for one in parse(text):
        (one.value + one.as_typed).encode()
        assert one.value and "\0" not in one.value + one.as_typed and one.as_typed in text
        again = parse(defanged(one.value, one.kind))
        # A path of brackets in brackets is undone once more each time; its host never changes.
        if one.kind == Kind.URL:
            assert again[0].value.split("/")[2] == one.value.split("/")[2]
        else:
            assert [found.value for found in again] == [one.value]


HOSTILE = [
    "a", "a.", " ", "[", "[.]", "a[.]", "a dot ", "@", "a@", "1:", ":", "1.", "http://", "hxxp:// ", '"http://', "(",
    "http://a/" + ")" * 999, "\\", "a-", "_a", "a\u200b", "é.", "a+", "CVE-2026-", "a.b ", "_a_.", "x;a=",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_four_times_as_much_costs_four_times_as_much(unit: str) -> None:
    """Half a million letters of one line, by the processor's clock; what grows by the square would take minutes."""
    text = "http://b/" + unit * (500_000 // len(unit))
    begun = time.process_time()
    parse(text[: len(text) // 4])
    little = time.process_time() - begun
    begun = time.process_time()
    parse(text)
    assert time.process_time() - begun < 10 * little + 0.5


def test_a_hundred_thousand_are_taken_and_one_more_is_refused_in_words() -> None:
    lines = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(1, MOST_FOUND + 2)]
    assert len(parse("\n".join(lines[:-1]))) == MOST_FOUND
    with pytest.raises(TooMany, match="more than 100000 indicators"):
        parse(" ".join(lines))


def test_a_text_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooMany, match="Paste it in parts"):
        parse("a" * (MOST_TEXT + 1))


def test_whoever_watches_is_told_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    text = "nothing here\n" * 40_000
    parse(text, lambda done, whole: told.append((done, whole)))
    assert told[-1] == (len(text), len(text)) and len(told) > 4
    assert told == sorted(told)


def test_no_ending_of_files_alone_is_one_of_domains() -> None:
    assert not files._ENDINGS & names.endings()
    assert names.endings() >= files._BOTH
