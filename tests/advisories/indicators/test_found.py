"""What is found in text as people paste it, and what is not."""

from __future__ import annotations

import pytest

from advisories.indicators import Found, Kind, parse

MD5, SHA1 = "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

FOUND = [
    # made harmless, in each way that people do
    ("hxxps[:]//evil[.]example/a", "url https://evil.example/a"),
    ("hXXp://evil.example", "url http://evil.example"),
    ("h**p://evil(.)example/", "url http://evil.example"),
    ("hxxp[://]evil{.}example", "url http://evil.example"),
    ("https[:][/][/]evil[dot]example", "url https://evil.example"),
    ("fxp://evil.example/x", "url ftp://evil.example/x"),
    (r"https:\/\/evil.example\/a", "url https://evil.example/a"),
    ("evil [.] example", "domain evil.example"),
    ("evil dot example", "domain evil.example"),
    (r"evil\.example and evil\[.\]example", "domain evil.example"),
    ("evil[.example, evil.]example", "domain evil.example"),
    ("1.2.3[.]4", "ipv4 1.2.3.4"),
    ("2001[:]db8[:][:]1", "ipv6 2001:db8::1"),
    ("alice [at] evil (dot) example", "email alice@evil.example"),
    ("alice[@]evil.example", "email alice@evil.example"),
    ("ev\u200bil.exam\u00adple", "domain evil.example"),
    ("ｅｖｉｌ．ｅｘａｍｐｌｅ", "domain evil.example"),
    # what stands around
    ("See evil.example.", "domain evil.example"),
    ("(https://evil.example/a_(b)).", "url https://evil.example/a_(b)"),
    ("**evil.example** _evil.example_ `evil.example`", "domain evil.example"),
    ("[evil.example](https://evil.example/a)", "domain evil.example, url https://evil.example/a"),
    ("[url]https://evil.example/a[/url]", "url https://evil.example/a"),
    ('{"url":"https://evil.example/a,b","ip":"1.2.3.4"}', "url https://evil.example/a%2Cb, ipv4 1.2.3.4"),
    ("https://evil.example/a,1.2.3.4;evil.example", "url https://evil.example/a, ipv4 1.2.3.4, domain evil.example"),
    ("https://evil.example/a;jsessionid=1", "url https://evil.example/a;jsessionid=1"),
    ("<a href='https://evil.example/a'>", "url https://evil.example/a"),
    ("10.0.0.1-10.0.0.5", "ipv4 10.0.0.1, ipv4 10.0.0.5"),
    ("*.evil.example ...evil.example", "domain evil.example"),
    ("mailto:alice@evil.example", "email alice@evil.example"),
    (f"sample_{MD5}", f"md5 {MD5}"),
    # one right form
    ("HTTPS://User:secret@EVIL.example:443/Path?q=A#victim@council.example", "url https://evil.example/Path?q=A"),
    ("https://evil.example/?u=alice@council.example", "url https://evil.example/?u=alice@council.example"),
    ("http://[2001:DB8:0::1]:8080/", "url http://[2001:db8::1]:8080"),
    ("faß.de", "domain xn--fa-hia.de"),
    ("пример.рф", "domain xn--e1afmkfd.xn--p1ai"),
    ("Alice@EVIL.example", "email alice@evil.example"),
    ("10.1.2.3/24", "ipv4 10.1.2.0/24"),
    ("1.2.3.4/2 0.1.2.3/8 ::1/64", "ipv4 1.2.3.4, ipv4 0.1.2.3, ipv6 ::1"),
    ("1.2.3.4/32 1.2.3.4:8080", "ipv4 1.2.3.4"),
    ("2001:DB8::1/64", "ipv6 2001:db8::/64"),
    ("::ffff:1.2.3.4", "ipv4 1.2.3.4"),
    (f"MD5={MD5.upper()}", f"md5 {MD5}"),
    (f"{SHA1} {SHA256} {SHA256 * 2}", f"sha1 {SHA1}, sha256 {SHA256}, sha512 {SHA256 * 2}"),
    ("cve-2026-12345 CVE\u20112026\u201112345", "cve CVE-2026-12345"),
    # files, and names that could be either
    ("invoice.pdf.exe", "file invoice.pdf.exe"),
    (r"C:\Users\x\Setup.exe", "file setup.exe"),
    ("payload.zip", "file payload.zip"),
    ("payload[.]zip", "domain payload.zip"),
    ("login.evil.zip", "domain login.evil.zip"),
    ("https://evil.example:abc/x", "domain evil.example"),
    ("https://evil.example/" + "x" * 3_000, "domain evil.example"),
]  # fmt: skip

REFUSED = [
    "version 10.4.2.1", "v10.4.2.1", "Version: 10.4.2.1", "1.2.3.4.5", "256.1.1.1", "010.1.1.1", "0.0.0.0", "12:30:45",
    "00:11:22:33:44:55", "std::vector", "Cafe::Bad", "e.g. i.e. and etc.", "evil.nosuchending", "On the server.It was",
    "the dot com boom", "a@b", "http://", "CVE-26-1", MD5[1:], f"{MD5}0", "-", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FOUND)
def test_it_is_found_in_its_one_right_form(text: str, said: str) -> None:
    assert ", ".join(f"{one.kind} {one.value}" for one in parse(text)) == said


@pytest.mark.parametrize("text", REFUSED)
def test_it_is_no_indicator(text: str) -> None:
    assert parse(text) == ()


def test_a_version_that_was_made_harmless_is_an_address() -> None:
    assert [one.value for one in parse("version 10[.]4.2.1")] == ["10.4.2.1"]


def test_each_is_told_once_as_it_first_stood_with_its_line() -> None:
    text = "first: evil[.]example\r\n\r\nthen EVIL.example\rand hxxp://evil[.]example\n"
    assert parse(text) == (
        Found(Kind.DOMAIN, "evil.example", "evil[.]example", 1, example=True),
        Found(Kind.URL, "http://evil.example", "hxxp://evil[.]example", 4, example=True),
    )


def test_what_is_of_ones_own_network_is_marked() -> None:
    text = "10.1.2.3 100.64.0.1 fe80::1%eth0 files.corp http://intranet/x 8.8.8.8 evil.com"
    assert [one.internal for one in parse(text)] == [True] * 5 + [False] * 2


def test_what_is_set_aside_for_documents_is_marked() -> None:
    text = "203.0.113.9 2001:db8::1 a.example.org https://evil.test/ x@evil.example 8.8.8.8 notexample.org"
    assert [one.example for one in parse(text)] == [True] * 5 + [False] * 2
    assert not any(one.internal for one in parse(text))
