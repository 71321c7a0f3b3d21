"""The TLP label of a mail."""

from __future__ import annotations

import pytest

from tests.advisories.collect.letters import (
    entry,
    letter,
    markup,
    multipart,
    plain,
)

LONG = "Some words about the gateway.\n" * 200

MARKED = [
    ("TLP:AMBER\n\nText.", "AMBER"),
    ("Classification: TLP:GREEN\n\nText.", "GREEN"),
    ("*** TLP:RED ***\n\nText.", "RED"),
    ("[TLP:AMBER+STRICT] Bulletin 17\n\nText.", "AMBER+STRICT"),
    ("Bulletin 17/2026 - TLP:GREEN\n\nText.", "GREEN"),
    ("Bulletin 17/2026 (TLP:AMBER)\n\nText.", "AMBER"),
    ("TLP:AMBER - Limited disclosure\n\nText.", "AMBER"),
    ("Dear all,\nthis message is marked TLP:AMBER.\n", "AMBER"),
    ("Please treat the text of this mail as TLP:RED!\n", "RED"),
    ("TLP:WHITE\nText.", "CLEAR"),
    ("TLP:CLEAR | Bulletin 17\nText.", "CLEAR"),
    ("TLP: RED\nText.", "RED"),
    ("TLP:ORANGE\nText.", "RED"),
    ("TLP:AMBER+STRIKT\nText.", "RED"),
    ("TLP:CLEAR\n\nText.\n\nTLP:GREEN\n", "GREEN"),
    (LONG + "\nTLP:RED\n" + LONG, "RED"),
    (LONG + "\nThis mail is TLP:AMBER.\n", "AMBER"),
    (LONG + "\nTLP:GREEN, for members.\n-- \nExample CERT\n", None),
    (LONG + "\nTLP:GREEN: for members.\n-- \nExample CERT\n", "GREEN"),
    ("> TLP:AMBER\n> quoted\n\nText.", "AMBER"),
    ("TLP:RED: not for disclosure\nTLP:AMBER: limited\nTLP:GREEN: members\nTLP:CLEAR: all\n", "RED"),
]
UNMARKED = [
    "We discussed the TLP:RED report in the meeting.",
    "TLP:RED reports must never be forwarded by mail.",
    "What is TLP:AMBER+STRICT good for? See https://www.first.org/tlp/ for more.",
    "This is not TLP:RED at all, and this isn't marked TLP:AMBER.",
    "This replaces our bulletin (TLP:CLEAR)",
    "This message is TLP:CLEAR.",
    "TLP: CLEAR",
    "> TLP:CLEAR\n> quoted\n\nMy own words.",
    LONG + "TLP:RED - what the label means\n" + LONG,
    "TLP: version 2.0 is out.",
]


@pytest.mark.parametrize(("text", "label"), MARKED)
@pytest.mark.parametrize("how", ["plain", "html", "alternative"])
def test_a_label_in_header_or_footer_counts(text: str, label: str | None, how: str) -> None:
    rows = "".join(f"<div>{line.replace('>', '&gt;')}</div>" for line in text.split("\n"))
    bodies = {
        "plain": letter(text),
        "html": letter(f"<body>{rows}</body>", Content_Type="text/html; charset=utf-8"),
        "alternative": multipart(plain("Text."), markup(rows), kind="alternative"),
    }
    assert entry(bodies[how]).label == label


@pytest.mark.parametrize("text", UNMARKED)
def test_a_mail_that_writes_about_a_label_is_not_marked_with_it(text: str) -> None:
    assert entry(letter(text)).label is None


@pytest.mark.parametrize(
    ("subject", "text", "label"),
    [
        ("[TLP:GREEN] Gateway", "Text.", "GREEN"),
        ("Re: TLP:CLEAR Gateway", "Text.", "CLEAR"),
        ("Gateway (tlp:amber+strict)", "Text.", "AMBER+STRICT"),
        ("Gateway TLP AMBER", "Text.", "AMBER"),
        ("[TLP:PURPLE] Gateway", "Text.", "RED"),
        ("Our TLP:CLEAR bulletin has leaked something", "Text.", None),
        ("[TLP:GREEN] Gateway", "TLP:AMBER\n\nText.", "AMBER"),
        ("[TLP:AMBER] Gateway", "TLP:CLEAR\n\nText.", "AMBER"),
        ("TLP 2.0 is out", "Text.", None),
        ("[TLP:CLEAR] x\nSubject: [TLP:RED] y", "Text.", "RED"),
    ],
)
def test_the_stricter_of_subject_and_text_is_the_label(subject: str, text: str, label: str | None) -> None:
    assert entry(letter(text, Subject=subject)).label == label


@pytest.mark.parametrize(("there", "label"), [("RED", "RED"), ("GREEN", "GREEN"), ("CLEAR", None)])
def test_the_label_of_a_forwarded_mail_may_narrow_and_does_not_widen(there: str, label: str | None) -> None:
    by_subject = f"Content-Type: message/rfc822\n\nSubject: [TLP:{there}] x\n\nText."
    by_text = f"Content-Type: message/rfc822\n\nSubject: x\n\nTLP:{there}\n\nText."
    for forwarded in (by_subject, by_text):
        assert entry(multipart(plain("We were hit by this."), forwarded)).label == label
