"""The text of one part of a mail, as its writer meant it: letters, broken lines, what OpenPGP wraps around it.

In the worker. RFC 2045 (charsets), RFC 3676 (flowed lines), RFC 9580 (OpenPGP's armour).
"""

from __future__ import annotations

import codecs
import re
from email.message import Message

from advisories.collect.mail.mailheader import parameter
from advisories.collect.mail.mailmessage import tried

# What is declared, and what programs that declare it write.
_WIDER = {
    "ascii": "utf-8", "iso8859-1": "cp1252", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932",
}  # fmt: skip
_NO_LETTERS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}  # codecs for other ends

KEPT_END = 2_000  # characters
CUT = "\n\n[…]\n\n"
_BEGINS = re.compile(r"-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|MESSAGE)-----[ \t]*")
_SIGNED = "SIGNED MESSAGE"
_ARMOUR = re.compile(r"-----BEGIN PGP |(Hash|Charset|Comment|Version|NotDashEscaped):|$")
_SOFT = re.compile(r"^(?!-- $)([^>\n].*) \n(?=[^>\n])(?!-- \n)", re.MULTILINE)


def decoded(part: Message) -> str:
    """The part's text, line ends as \\n, no matter how it is encoded."""
    octets = tried(lambda: part.get_payload(decode=True), None)
    written = _letters(
        octets if isinstance(octets, bytes) else b"",
        tried(lambda: str(part.get_content_charset("us-ascii")), "us-ascii"),
    )
    return written.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def cut(text: str, longest: int) -> str:
    """Of a text that is longer, the beginning and the end, where its label stands: those it has however short."""
    longest = max(longest, 2 * KEPT_END)
    if len(text) <= longest:
        return text
    return text[: longest - KEPT_END - len(CUT)] + CUT + text[-KEPT_END:]


def unwrapped(part: Message, text: str) -> str:
    """Without the line ends that were put in for the way only."""
    if parameter(part, "format") != "flowed":
        return text
    kept = "" if parameter(part, "delsp") == "yes" else " "
    return _SOFT.sub(rf"\1{kept}", text)


def unarmoured(text: str) -> tuple[str, bool]:
    """Without OpenPGP's armour, and whether there was text in it that is encrypted. Signatures are not checked.

    What begins like armour and never ends is text like any other.
    """
    told: list[str] = []
    held: list[str] = []  # of a block whose end has not come
    end: str | None = None  # what ends the block; a blank line after the head of a signed text
    signed = encrypted = False
    for line in text.split("\n"):
        begins = _BEGINS.fullmatch(line) if end is None else None
        if begins:
            held, end = [line], "" if begins[1] == _SIGNED else _end(begins[1])
            signed = signed or not end
        elif end is None:
            told.append(line.removeprefix("- ") if signed else line)
        else:
            held.append(line)
            if line.rstrip() != end:
                continue
            encrypted = encrypted or end == _end("MESSAGE")
            told += [] if end else [one for one in held if not _ARMOUR.match(one)]
            held, end, signed = [], None, not end
    return "\n".join([*told, *held]), encrypted


def _end(block: str) -> str:
    return f"-----END PGP {block}-----"


def _letters(octets: bytes, charset: str) -> str:
    """As declared; where it is not that, UTF-8; where it is not that either, what Windows would read."""
    for name in (_codec(charset), "utf-8"):
        try:
            return octets.decode(name)
        except (UnicodeError, LookupError):
            continue
    return octets.decode("cp1252", "replace")


def _codec(charset: str) -> str:
    name = tried(lambda: codecs.lookup(charset[:40]).name, "utf-8")
    return "utf-8" if name in _NO_LETTERS else _WIDER.get(name, name)
