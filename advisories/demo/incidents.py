"""Two incidents of the demonstration's members, from their reports on: one open, one closed. Made up, all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from advisories import draft, incidents, indicating, publish
from advisories.draft import Changes
from advisories.fingerprint import with_files
from advisories.models import Advisory, Report
from advisories.sanitise import Choice
from advisories.sharing import consent, deciding, handing, review
from advisories.sharing.known import known_of
from advisories.sharing.places import places
from members import reports
from members.models import Affiliation, Item, Person, Tier, Warp

MINUTES = timedelta(minutes=1)
CARA, DEEPA = "cara.orr@severn.example.org", "deepa.nair@wyreford.example.org"


@dataclass(frozen=True)
class Told:
    """An incident that somebody reported so long `ago`, and that Cara wrote and released within the hour. `lines`: how
    many days before that, and what happened. `closed`: after how long, and what was learned."""

    by: str
    ago: timedelta
    reported: str
    body: str
    rsit: str
    words: Changes
    lines: tuple[tuple[int, str], ...]
    indicators: str
    to: tuple[tuple[str, str], ...] = ()
    closed: tuple[timedelta, str] | None = None


TOLD = (
    Told("owen.marsh@clunmoor.example.org", timedelta(days=11.2), "The leisure centre is locked",
         "Eleven machines at the front desk and in the office were locked when we opened. We take bookings on paper.",
         "malicious-code", {
        "title": "Ransomware at a leisure centre came with a quotation", "label": "GREEN", "tier": Tier.URGENT,
        "category": "ransomware",
        "what_to_do": "Look for mails from tender-desk.example, and for quotation-2211.pdf.exe.\nSee that tills and"
        " booking systems can’t reach your file servers.\nTry to restore one machine from last night’s backup.",
        "who_it_hits": "Sites with a network of their own: leisure centres, depots, museums.",
        "what_is_known": "Eleven machines of one member were encrypted on a Sunday. No resident’s data left, as far as"
        " the logs say. Nobody paid.",
    }, (
        (2, "A mail with a quotation is opened at the front desk."),
        (1, "Eleven machines are encrypted before the centre opens. The line to the council is cut by hand."),
        (0, "Bookings are taken on paper."),
    ), "tender-desk[.]example quotation-2211.pdf.exe 192.0.2.91", closed=(timedelta(days=4.6),
       "The line to the council could be cut within ten minutes because one person had a drawing of it. Have one.\nThe"
       " backup was whole, but its password was kept on a machine that was encrypted. Keep it on paper.\nA centre"
       " that opens at six needs somebody to ring at six.")),
    Told("sam.reed@avonbridge.example.org", timedelta(days=1.4), "We paid a stranger",
         "Two invoices were paid to a new account that a mail from the supplier asked for. They know nothing of it.",
         "fraud", {
        "title": "A supplier’s bank account was changed by a mail from the supplier’s own mailbox", "label": "AMBER",
        "tier": Tier.ADVISORY, "category": "phishing",
        "what_to_do": "Stop payments to accounts changed since the 1st until somebody rang the supplier.\nRing"
        " the number on an old invoice, not the one in the mail.\nTell your bank’s fraud line first, then us.",
        "who_it_hits": "Whoever pays Brackenford Paper, and likely other customers of theirs.",
        "what_is_known": "The mail came from the supplier’s real mailbox and answered a real question of ours. One"
        " payment of £48,200 left; the bank holds it.",
    }, (
        (3, "A mail from accounts@brackenford.example asks for payments to a new account."),
        (1, "The supplier asks where its money is."),
        (0, "The bank holds the payment. The supplier finds a rule that forwards its mail."),
    ), "accounts@brackenford[.]example brackenford-paper[.]example 192.0.2.146", (("group", "demo-finance"),)),
)  # fmt: skip


def tell(at: datetime) -> None:
    """Everything that was reported and shared by `at`, each when it was."""
    for told in TOLD:
        _tell(told, at)


def _tell(told: Told, at: datetime) -> None:
    cara, then = Person.objects.get(email=CARA), at - told.ago
    item = incidents.derive_incident(cara, _reported(told, then), then + 10 * MINUTES).item
    text, written = Advisory.rows.get(item=item), then + 20 * MINUTES
    audience = [(kind, draft.TABLES[kind].objects.get(slug=slug).pk) for kind, slug in told.to]
    words: Changes = {**told.words, "audience": audience}
    draft.edit(cara, text, written, **words)
    incidents.take(cara, item, written)
    indicating.set_indicators(cara, item, written, told.indicators)
    for days, line in told.lines:
        incidents.note(cara, item, written, (then - timedelta(days=days)).date(), line)
    _agreed(told, item, then + 30 * MINUTES)
    publish.release(cara, item, then + 40 * MINUTES)
    if told.closed is not None:
        later = then + told.closed[0]
        incidents.close(cara, item, later, told.closed[1])
        _agreed(told, item, later)
        publish.release(cara, item, later + 5 * MINUTES)


def _agreed(told: Told, item: Item, at: datetime) -> None:
    """Cara keeps every place that could tell who reported it, they agree to that, and Deepa looks at it."""
    cara, deepa, reporter = (Person.objects.get(email=email) for email in (CARA, DEEPA, told.by))
    version = publish.newest(Advisory.rows.get(item=item))
    kept = {one.code: Choice.KEEP for one in places(version, known_of(item))}
    deciding.decide(cara, item, at, kept, seen=publish.fingerprint(version))
    seen = with_files(version)
    handing.hand_on(cara, item, at, seen=seen)
    review.approve(deepa, item, at + 2 * MINUTES, seen=seen)
    consent.agree(reporter, item, at + 3 * MINUTES, seen=seen)


def _reported(told: Told, at: datetime) -> Item:
    """The report that it came of, by whoever says who they are."""
    person, warp = Person.objects.get(email=told.by), Warp.objects.get(slug="demo-severn")
    item = reports.begin(person, Affiliation.objects.get(person=person), warp, at, anonymous=False)
    Report.rows.create(item=item, title=told.reported, body=told.body, rsit=told.rsit, saved_at=at)
    return reports.file(person, item, at)
