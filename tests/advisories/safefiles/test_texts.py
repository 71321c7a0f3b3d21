"""Of a text and a table only what is seen comes through, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.safefiles import Refused, Safe, made_safe
from tests.advisories.safefiles.files import EICAR, PE, Given, zipped

MB = 1024**2


def again(body: bytes, number: int = 1) -> Safe:
    return made_safe(Given(body, "Jane Smith's notes.txt"), largest=MB, number=number)


def test_a_text_is_utf_8_without_a_mark_and_has_a_neutral_name():
    assert again("Siân\r\npaid £5".encode("utf-16"), number=3) == ("Siân\npaid £5".encode(), "file-3.txt")
    assert again("Siân paid £5".encode("cp1252")).content == "Siân paid £5".encode()


def test_what_cannot_be_seen_is_taken_out():
    assert again("a\u202egnp.exe\u200b \x1b[31mred\ufeff\x07".encode()).content == b"agnp.exe [31mred"


MARKS = {
    "zero-width space": "\u200b", "joiner": "\u200d", "non-joiner": "\u200c", "word joiner": "\u2060", "mark": "\ufeff",
    "soft hyphen": "\u00ad", "right to left": "\u200f", "override": "\u202e", "isolate": "\u2066",
    "letter mark": "\u061c", "tag": "\U000e0041", "selector": "\ufe0f", "17th selector": "\U000e0100",
    "Mongolian selector": "\u180b", "Mongolian vowel": "\u180e", "grapheme joiner": "\u034f", "Hangul": "\u3164",
    "half Hangul": "\uffa0", "Hangul leading": "\u115f", "Hangul vowel": "\u1160", "Khmer": "\u17b4",
    "invisible times": "\u2062", "shorthand": "\U0001bca0", "music": "\U0001d173", "private": "\ue000",
}  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("table", [False, True], ids=["text", "table"])
def test_two_copies_that_look_alike_come_out_the_same(mark, table):
    plain = "who,what,when\nbob,paid £5,noon\ndora,rang,noon\n" if table else "Paid £5 at noon.\nSiân rang.\n"
    marked = plain.replace("a", f"a{MARKS[mark]}").replace("o", f"{MARKS[mark]}o")
    assert marked != plain and again(marked.encode()) == again(plain.encode())


@pytest.mark.parametrize(("one", "another"), [
    ("paid\u00a0it", "paid it"), ("paid\u2009it", "paid it"), ("paid\u3000it", "paid it"), ("paid\u2800it", "paid it"),
    ("paid it \t \nnow ", "paid it\nnow"), ("Sia\u0302n", "Siân"), ("5 \u212b", "5 Å"),
])  # fmt: skip
def test_blanks_and_letters_that_look_alike_are_written_in_one_way(one, another):
    assert again(one.encode()) == again(another.encode()) == (another.encode(), "file-1.txt")


@pytest.mark.parametrize("text", ["Siân, Łódź, Ἀθῆναι", "दिल्ली", "서울 부산", "ภาษาไทย", "مرحبا", "日本語", "🙂 ok"])
def test_letters_that_are_seen_stay(text):
    assert again(text.encode()).content.decode() == text


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u200b=1", '"=1"', "'=1", "\u00a0@x"]


def test_no_cell_is_a_formula():
    written = io.StringIO()
    csv.writer(written).writerows([["ip", "note"], *(["192.0.2.1", one] for one in FORMULAS), ["192.0.2.2", "plain"]])
    safe = again(written.getvalue().encode())
    rows = list(csv.reader(io.StringIO(safe.content.decode(), newline="")))
    assert safe.name == "file-1.csv"
    assert rows[-1] == ["192.0.2.2", "plain"]
    assert all(note.startswith("'") for _ip, note in rows[1:-1])


def test_a_table_with_semicolons_keeps_them():
    assert again(b"a;b;c\r\n1;=2;3\r\n").content == b'"a";"b";"c"\r\n"1";"\'=2";"3"\r\n'


@given(st.text(min_size=1))
def test_any_text_comes_out_visible_or_is_refused(text):
    try:
        content = again(text.encode("utf-8", "surrogatepass")).content.decode()
    except Refused:
        return
    assert not [one for one in content if unicodedata.category(one) in {"Cc", "Cf", "Cs"} and one not in "\r\n\t"]


@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), min_size=2, max_size=6))
def test_no_cell_of_any_table_begins_like_a_formula(rows):
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    try:
        safe = again(written.getvalue().encode())
    except Refused:
        return
    if safe.name.endswith("csv"):
        cells = [cell for row in csv.reader(io.StringIO(safe.content.decode(), newline="")) for cell in row]
        assert not [cell for cell in cells if cell.lstrip()[:1] in set("=+-@＝＋－＠")]


@pytest.mark.parametrize(
    ("body", "why", "instead"),
    [
        (b"%PDF-1.7", "This is a PDF document. Such a file can name you", "Paste the text into the report"),
        (zipped("[Content_Types].xml"), "This is an Office document. Such a file can name you", "take a screenshot"),
        (zipped(), "The hub never opens archives", "one by one"),
        (PE, "This is a Windows program. Programs aren't taken", "Send its SHA-256"),
        (EICAR, "every scanner on its way would stop it", "Say in the report"),
        (b"<html>", "This is a web page. Such a file", "Paste the text"),
        (b"<svg/>", "This is an SVG drawing. Such a file", "Paste the text"),
        (b"BM\0\0\0\0\0\0\0\0\0\0", "a picture in a format", "Save it as PNG or JPEG"),
        (b"\x01\x02", "does not know what kind of file this is", "Paste the text"),
        (b"", "The file is empty", "send it again"),
    ],
)
def test_everything_else_is_refused_with_what_it_is_why_and_what_to_do(body, why, instead):
    with pytest.raises(Refused) as raised:
        again(body)
    assert why in str(raised.value)
    assert instead in str(raised.value)


def test_a_bomb_is_never_opened():
    bomb = zipped(body=b"\0" * 50_000_000, how=zipfile.ZIP_DEFLATED)
    with pytest.raises(Refused, match="never opens archives"):
        again(bomb)


def test_a_size_that_was_not_true_is_found_out():
    with pytest.raises(Refused, match="Send a smaller one"):
        made_safe(Given(b"a" * (MB + 1), size=10), largest=MB)
