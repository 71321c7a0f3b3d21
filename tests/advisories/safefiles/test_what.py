"""A file is what stands in it, whatever its name says."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.safefiles import Kind, Refused, looked_at, shown_as, sniff
from tests.advisories.safefiles.files import EICAR, PE, Given, gradient, saved, zipped

MB = 1024**2
MAIL = b"Received: from mx.example.net\r\nMIME-Version: 1.0\r\nSubject: x\r\n\r\nSGVsbG8="


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", Kind.EMPTY, "an empty file"),
        (b"Dear all,\nwe were hit, badly.\nRegards", Kind.TEXT, "plain text"),
        (b"- item\n- other, and more", Kind.TEXT, "plain text"),
        (b"MZ is how this text begins", Kind.TEXT, "plain text"),
        (b"ip,seen\n192.0.2.1,yes\n192.0.2.2,no\n", Kind.CSV, "a table (CSV)"),
        (b"a;b;c\n1;2;3", Kind.CSV, "a table (CSV)"),
        (saved(gradient(), "PNG"), Kind.PNG, "a PNG picture"),
        (saved(gradient(), "JPEG"), Kind.JPEG, "a JPEG picture"),
        (saved(gradient(), "GIF"), Kind.GIF, "a GIF picture"),
        (saved(gradient(), "WEBP"), Kind.WEBP, "a WebP picture"),
        (saved(gradient(), "BMP"), Kind.PICTURE, "a picture in a format that the hub does not read"),
        (saved(gradient(), "TIFF"), Kind.PICTURE, "a picture in a format that the hub does not read"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", Kind.PICTURE, "a picture in a format that the hub does not read"),
        (b"%PDF-1.7\n%\xe2\xe3", Kind.PDF, "a PDF document"),
        (zipped(), Kind.ARCHIVE, "a ZIP archive"),
        (zipped("[Content_Types].xml"), Kind.OFFICE, "an Office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, Kind.OFFICE, "an old Office document or installer"),
        (PE, Kind.PROGRAM, "a Windows program"),
        (b"\x7fELF\x02\x01", Kind.PROGRAM, "a Linux program"),
        (EICAR, Kind.EICAR, "the EICAR test file, which virus scanners are tried with"),
        (b"quoted: " + EICAR + b"\n", Kind.EICAR, "the EICAR test file, which virus scanners are tried with"),
        (EICAR.decode().encode("utf-16"), Kind.EICAR, "the EICAR test file, which virus scanners are tried with"),
        (b"<!DOCTYPE html><p>", Kind.HTML, "a web page"),
        (b"<!-- x --> <script>1</script>", Kind.HTML, "a web page"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", Kind.SVG, "an SVG drawing"),
        (b"{\\rtf1 x}", Kind.RTF, "a rich text document"),
        (MAIL, Kind.MAIL, "a saved e-mail"),
        (b"\x01\x02\x03\xff\xfe", Kind.UNKNOWN, "unknown data"),
    ],
)
def test_a_file_is_what_stands_in_it(body, kind, words):
    what = sniff(body, len(body))
    assert (what.kind, what.words) == (kind, words)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-16", b""),
        ("cp1252", b""),
    ],
)
def test_the_encoding_of_a_text_is_found(encoding, mark):
    body = mark + "Siân’s note: £5 was paid\nand more".encode(encoding)
    what = sniff(body, len(body))
    assert what.kind == Kind.TEXT
    assert "£5" in body.decode(what.encoding)


def test_a_character_that_the_head_cuts_in_two_is_still_text():
    body = b"a" * 63_999 + "é".encode() * 10
    assert sniff(body[:64_000], len(body)).encoding == "utf-8"


@given(st.binary(max_size=300))
def test_anything_is_something(body):
    assert sniff(body, len(body)).words


@pytest.mark.parametrize(
    ("name", "body", "shown"),
    [
        ("holiday.png", PE, "says .png, is a Windows program"),
        ("sample.exe", PE, "a Windows program"),
        ("list.csv", b"one line", "plain text"),
        ("report.PDF", zipped(), "says .pdf, is a ZIP archive"),
        ("noending", PE, "a Windows program"),
        ("odd.xyz", PE, "a Windows program"),
    ],
)
def test_what_a_name_says_is_held_against_what_it_is(name, body, shown):
    assert shown_as(name, looked_at(Given(body), largest=MB)) == shown


def test_a_named_report_may_bring_anything_but_what_scanners_would_stop():
    file = Given(PE)
    assert looked_at(file, largest=MB).kind == Kind.PROGRAM
    assert file.tell() == 0
    with pytest.raises(Refused, match=r"every scanner on its way would stop it.* Say in the report that it was used"):
        looked_at(Given(EICAR), largest=MB)


class NeverRead(Given):
    def read(self, most=-1, /):
        raise AssertionError("was read")


def test_two_gigabytes_are_refused_before_a_byte_is_read():
    with pytest.raises(Refused, match=r"The file has 2048 MB; at most 20 MB are taken. Send a smaller one."):
        looked_at(NeverRead(b"", size=2048 * MB), largest=20 * MB)
