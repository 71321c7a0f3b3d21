"""What the demonstration's self-paced course says and asks. Right answers come first here; each quiz mixes them."""

from __future__ import annotations

import re
from typing import NamedTuple


def one_line(text: str) -> str:
    """With each paragraph and each line of a list in one line, however it is wrapped here: a telephone breaks it."""
    return re.sub(r"(?<!\n)\n(?!\n|- |## )", " ", text)


class Asks(NamedTuple):
    """A question: its right answers, its wrong ones, and why."""

    text: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    why: str


class Told(NamedTuple):
    """A lesson, and its bank."""

    title: str
    text: str
    bank: tuple[Asks, ...]


TITLE = "Spotting a phishing mail"
AIMS = """\
What makes people click, and how to notice it in yourself
Where a link or an attachment really leads
Whom to tell, and what to do in the first minutes after a mistake"""
LESSONS = (
    Told("Notice what hurries you", """\
A phishing mail wants you to act before you think. It seldom gives itself away by bad spelling now: many are written
as well as the mails of your own finance team.

## What it plays on
- Hurry: “today”, “within the hour”, “before your account is closed”.
- Rank: it seems to come from a director, a councillor or the police.
- Fear or gain: a fine, a missed delivery, a pay rise.
- Secrecy: “do not talk to anybody about this yet”.

One of these alone proves nothing, since honest people are in a hurry too. But when a mail pushes you and asks for
money, a password or a code, stop. Then ask the person whose name it bears by another way: a number that you already
have, or their desk. Never answer the mail itself, and never ring a number that stands in it.
""", (
        Asks("What in a mail should make you stop and check?",
             ("It pushes you to act at once", "It asks you to keep it secret"),
             ("It is addressed to several people", "It has a signature below it"),
             "Hurry and secrecy keep you from asking somebody. Signatures and addressees are in honest mails too."),
        Asks("A mail from the chief executive asks you to pay an invoice within the hour. What do you do first?",
             ("Ring their office on a number that you already have",),
             ("Answer the mail and ask if it is real", "Ring the number in the mail", "Pay, since it is their order"),
             "An answer goes to whoever sent it, and so does a call to their number. Only another way reaches the real"
             " person."),
        Asks("The spelling of a mail is faultless. What does that tell you?",
             ("Nothing: phishing mails are often well written",),
             ("That it is genuine", "That a person wrote it", "That our filter has checked it"),
             "Bad spelling was a sign once. It is none any more, and good spelling never was a proof."),
        Asks("Which requests deserve a check by another way, however well you know the sender?",
             ("To change the bank account of a supplier", "To read out a code from your telephone"),
             ("To move a meeting to Thursday", "To proofread a paper for a committee"),
             "Money, passwords and codes are what the criminals are after, and a known mailbox may have been taken"
             " over."),
    )),
    Told("Look where it leads", """\
A link has two parts: the words that you see, and the address behind them. They need not agree. On a computer, rest
the pointer on the link and read the address at the edge of the window. On a telephone, hold the link down until the
address is shown.

## How to read an address
- Find the part between “https://” and the next “/”.
- Read that part from its end: in login.avonbridge.gov.uk.example.com the owner is example.com, and not the council.
- The padlock says that nobody listens on the way. It does not say who is at the other end.

Treat an attachment that you did not expect like a link, above all one that asks you to “enable content”, or to type a
password before you see anything. A QR code is a link
too, and hides where it leads. If in doubt, go to the site as you always do.
""", (
        Asks("Whose site is https://payroll.wyreford.gov.uk.staff-portal.example/login ?",
             ("Whoever owns staff-portal.example",),
             ("Wyreford council’s", "The payroll provider’s", "It can’t be told from the address"),
             "Read the part before the first single “/” from its end: staff-portal.example owns all that stands before"
             " it."),
        Asks("What does the padlock beside an address tell you?",
             ("That nobody on the way can read along",),
             ("That the site is honest", "That the site belongs to a public body", "That the site has no viruses"),
             "Criminals get padlocks for their sites as easily as everybody else does."),
        Asks("A document says that you must “enable content” to read it. What do you do?",
             ("Close it, and report the mail that brought it",),
             ("Enable it, since the document is empty otherwise", "Send it to a colleague to try",
              "Open it on your own telephone"),
             "“Enable content” lets the document run a program. Letters and invoices need none."),
        Asks("How can you see where a link leads without opening it?",
             ("Rest the pointer on it and read the address", "On a telephone, hold it down"),
             ("Read the words of the link", "Look for the sender’s logo"),
             "The words and the logo are chosen by whoever sent the mail. The address behind the link is where you"
             " would go."),
        Asks("A mail asks you to scan a QR code to keep your mailbox. Why is that a bad sign?",
             ("It hides the address, and takes you to a telephone with fewer guards",),
             ("QR codes can’t hold addresses", "Mailboxes can’t be kept by telephone", "QR codes always hold viruses"),
             "A QR code is a link that you can’t read, opened on a device that your filters may not guard."),
    )),
    Told("Tell somebody at once", """\
Everybody can be fooled on a bad day. What counts then is how soon somebody knows: an hour’s warning is often the
difference between one changed password and a council without systems.

## If you only got it
- Report it with your mail program’s button, or forward it to your service desk.
- You can also forward it to the National Cyber Security Centre, at report@phishing.gov.uk, and a text message to 7726.
- Then delete it. Do not send it on to warn colleagues: one of them will click.

## If you clicked, typed or paid
- Ring your service desk now, whatever the hour, and say what you did and when.
- Change the password from another device, and wherever else you use it.
- If you paid, ring the bank at once.
- Leave the computer on and the mail where it is: they are needed to find out more.

No one who reports a mistake here is blamed for it.
""", (
        Asks("You typed your password into a page and then had doubts. What do you do now?",
             ("Ring the service desk at once", "Change the password from another device"),
             ("Wait and see whether anything happens", "Delete the mail, so that nobody else opens it"),
             "Minutes count, and what is left of the mail helps to find out who else got it."),
        Asks("Why should you not forward a phishing mail to your team as a warning?",
             ("One of them may click on it",),
             ("It is against the law", "It would be sent back to you", "The sender would see who read it"),
             "Describe it in words of your own, or let the service desk warn everybody."),
        Asks("Where can you forward a suspicious text message, free of charge?",
             ("To 7726",),
             ("To 999", "To 101", "To the number that sent it"),
             "7726 reaches the telephone companies, who can block the number. It spells SPAM on the keys."),
        Asks("Why leave the computer on after you clicked on something bad?",
             ("What is in its memory helps to find out what happened",),
             ("It cleans itself within the hour", "Turning it off spreads the virus", "The warranty would end"),
             "Traces in memory are lost when it is turned off. Your service desk says what to do next."),
    )),
)  # fmt: skip
