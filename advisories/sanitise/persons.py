"""People whom nobody told the hub of: titles, sign-offs, user names, phones, postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisories.sanitise.hit import GUESSED, LIKELY, Hit
from advisories.sanitise.lists import NOBODY
from advisories.sanitise.view import View, squeezed
from advisories.sanitise.words import Kind

_NAME = r"[A-Z][\w'-]{0,30}"
_TITLED = re.compile(
    r"\b(?:Cllrs?|Councillors?|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Rev|Reverend|Alderman)\b"
    rf"\.?\s(?:{_NAME}\.?\s?){{0,3}}(?<=[\s.])({_NAME})(?<!'s)"
)
_SIGNED = re.compile(
    r"\b(?:[Rr]eported by|[Cc]ontact(?: is)?|[Ss]poke (?:to|with)|[Cc]alled|[Rr]egards|[Tt]hanks|[Ss]igned(?: by)?"
    r"|[Mm]anager|[Oo]fficer|[Dd]irector|[Cc]olleague|[Aa]nalyst|[Nn]ame)[:,]?\s{1,3}"
    rf"({_NAME}(?:\s[A-Z]\.?)?\s{_NAME})"
)
_FOLDER = re.compile(
    r"(?:\\|/)(?:users|home|documents and settings|profiles)(?:\\{1,2}|/)"
    r"([^\\/\r\n:*?\"<>|]{1,64}(?=[\\/])|[^\s\\/:*?\"<>|,;]{1,64})"
)
_DOMAIN_USER = re.compile(r"(?<![\w\\:.-])([A-Za-z][\w.-]{0,62})\\([A-Za-z0-9][\w.$-]{0,62})(?!\\)")
_ACCOUNT = r"(?:user ?name|user ?id|user|login|account(?: name)?|logon|sam ?account ?name|uid|upn)"
_TELLING = r"(?=[\w.-]{0,30}[\d_.])[a-z][\w.-]{1,62}\w"  # no word of a sentence
_LOGIN = re.compile(
    rf"\b{_ACCOUNT}\s?[:=]\s?[\"']?([\w.@$-]{{2,64}})"
    r"|\b(?:log|sign)(?:ged|ed) (?:in|on) as [\"']?([\w.@$-]{2,64})"
    rf"|\b(?:user|account|login|mailbox)(?: of| name)? [\"']?({_TELLING})"
    r"|\b(?:accepted|failed)(?: \w{1,20})? for (?:invalid user )?([\w.-]{1,64}) from"
    r"|\b((?:svc|adm|sys)[_-][\w-]{1,60})"
)
_IN_URL = re.compile(r"://([^\s/@:]{1,64})(?::[^\s/@]{0,64})?@|/~([\w.-]{1,64})|/(?:users?|profile|u|people|personal)/([\w.-]{1,64})"
    r"|[?&;](?:user(?:name|id)?|login|uid|email|upn)=([^\s&#;]{1,100})")  # fmt: skip
_SID = re.compile(r"\bs-1-5-21(?:-\d{1,10}){1,4}")
_PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)44[\s.-]?(?:\(0\))?|\(?0)(?:[\s().-]{0,2}\d){9,10}(?:\s?(?:ext\.?|x)\s?\d{2,5})?(?!\d)"
    r"|\b(?:ext|extn|extension)\.?\s?\d{3,5}\b"
)  # fmt: skip
_POSTCODE = re.compile(
    r"(?<![\w-])(?:[A-Za-z]{1,2}\d[A-Za-z\d]?\s{1,2}\d[A-Za-z]{2}|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2})(?![\w-])"
)
_MONEY = re.compile(
    r"[£$€]\s?\d++(?:[,.]\d++)*+(?:\s?(?:k|m|bn|million|thousand|billion)\b)?"
    r"|\b(?:gbp|usd|eur|btc|xmr|eth)\s?\d++(?:[,.]\d++)*+"
    r"|(?<![\w.,])\d++(?:[,.]\d++)*+\s?(?:(?:k|m|million|thousand|billion)\s)?"
    r"(?:pounds|euros?|dollars|gbp|usd|eur|btc|xmr|eth|bitcoins?|quid)\b"
)
_OURS = re.compile(r"(?:person|user)(?: \d+)?")  # what redacting writes
NO_DOMAIN = re.compile(
    r"HK\w+|NT|AUTHORITY|BUILTIN|SYSTEM32|WINDOWS|SOFTWARE|SYSTEM|WORKGROUP|CURRENTVERSION", re.IGNORECASE
)


def found(view: View) -> Iterator[Hit]:
    plain = view.plain
    for titled in _TITLED.finditer(plain):
        yield Hit(titled.start(), titled.end(), Kind.PERSON, squeezed(titled[1]))
    for signed in _SIGNED.finditer(plain):
        yield Hit(signed.start(1), signed.end(1), Kind.PERSON, squeezed(signed[1].rpartition(" ")[2]), GUESSED)
    yield from _users(view)
    for pattern, kind, text in (
        (_PHONE, Kind.PHONE, view.low),
        (_POSTCODE, Kind.POSTCODE, plain),
        (_MONEY, Kind.MONEY, view.low),
    ):
        for match in pattern.finditer(text):
            yield Hit(match.start(), match.end(), kind, "")


def _users(view: View) -> Iterator[Hit]:
    for pattern in (_FOLDER, _LOGIN, _IN_URL):
        for match in pattern.finditer(view.low):
            group = match.lastindex or 0
            name = match[group].rstrip(".")
            if name and name not in NOBODY and not name.startswith("%") and not _OURS.fullmatch(name):
                yield Hit(match.start(group), match.start(group) + len(name), Kind.USERNAME, name)
    for match in _DOMAIN_USER.finditer(view.plain):
        if not NO_DOMAIN.fullmatch(match[1]):
            end = match.end() - (len(match[0]) - len(match[0].rstrip(".")))
            yield Hit(match.start(), end, Kind.USERNAME, match[2].rstrip(".").casefold(), LIKELY)
    for match in _SID.finditer(view.low):
        yield Hit(match.start(), match.end(), Kind.USERNAME, match[0])
