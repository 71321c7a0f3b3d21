"""What the demonstration's WARPs wrote. Made up: no product, incident or address named here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from advisories.draft import Changes
from members.models import Tier


@dataclass(frozen=True)
class Writing:
    """An advisory: by whom (address), released so long `ago` (None: it lies on the desk), to whom: (kind, slug or
    address) pairs. `then` is what a revision changes, after so much time; `withdrawn` why it was taken back."""

    by: str
    ago: timedelta | None
    words: Changes
    to: tuple[tuple[str, str], ...] = ()
    then: tuple[timedelta, Changes] | None = None
    withdrawn: tuple[timedelta, str] | None = None


CARA, DEEPA = "cara.orr@severn.example.org", "deepa.nair@wyreford.example.org"
MAGS, HUW = "mags.tulloch@marlshire.example.org", "huw.pryce@humberdale.example.org"
ISHBEL = "ishbel.grant@isles.example.org"


def days(number: float) -> timedelta:
    return timedelta(days=number)


WRITINGS = (
    Writing(ISHBEL, days(41), {
        "title": "Turn on a second factor for every supplier who can reach you", "label": "CLEAR",
        "tier": Tier.INFORMATION, "category": "guidance",
        "what_to_do": "List the suppliers who can sign in to your systems.\nTurn on a second factor for each account."
        "\nClose accounts that nobody used for 90 days.",
        "who_it_hits": "Every council that gives suppliers remote access.",
        "what_is_known": "Of the incidents that members told us of last year, one in three began with the account of a"
        " supplier that had a password and nothing else.",
        "references": [("Checklist for supplier access", "https://isles.example.org/guides/supplier-access")],
    }),
    Writing(MAGS, days(27), {
        "title": "Phones of school offices get calls from “the bank”", "label": "GREEN", "tier": Tier.INFORMATION,
        "category": "phishing",
        "what_to_do": "Tell school offices: ring the bank back on the number that you have on paper.",
        "who_it_hits": "School offices in Marlshire.",
        "what_is_known": "Four schools were rung last week. The caller knew names and the sum of the last payment run.",
    }),
    Writing(DEEPA, days(21), {
        "title": "Block mail from the domain wyreford-payments.example", "label": "GREEN", "tier": Tier.URGENT,
        "category": "phishing",
        "what_to_do": "Block the domain at your mail gateway.",
        "who_it_hits": "Finance teams.",
        "what_is_known": "Invoices with changed bank details came from this domain.",
    }, withdrawn=(days(1), "The domain belongs to a real supplier of Wyreford: we had it wrong.")),
    Writing(CARA, days(15), {
        "title": "Ledgerline exports show other customers’ payees", "label": "AMBER", "tier": Tier.ADVISORY,
        "category": "supplier",
        "what_to_do": "Stop the nightly export of payees until the supplier has confirmed the repair.\nLook through the"
        " exports of the last 14 days for names that are not yours.",
        "who_it_hits": "Councils that use Ledgerline Finance with a shared tenancy.",
        "what_is_known": "One member found payees of another council in its own export. The supplier confirms it.",
    }, (("group", "demo-finance"),)),
    Writing(CARA, days(12), {
        "title": "Ransomware came in through remote support at two libraries", "label": "GREEN", "tier": Tier.URGENT,
        "category": "ransomware", "exploited": "yes",
        "what_to_do": "Ask your library supplier which of its accounts can reach you.\nSwitch its remote support off"
        " until you need it.\nSee that last night’s backup can’t be reached from the library network.",
        "who_it_hits": "Libraries whose supplier supports them from afar.",
        "what_is_known": "The attackers used a support account without a second factor, at night, on two days.",
    }),
    Writing(ISHBEL, days(9), {
        "title": "Tansy Print Server gives out any file: update to 2.9", "label": "CLEAR", "tier": Tier.ADVISORY,
        "exploited": "yes",
        "what_to_do": "Update to 2.9.\nWhere you can’t, take the server off the network.",
        "who_it_hits": "Tansy Print Server before 2.9.",
        "what_is_known": "CVE-2099-08812. Whoever reaches the server reads any file on it. It is being used.",
        "references": [("The maker’s notice", "https://tansy.example.org/2-9")],
    }),
    Writing(CARA, days(6), {
        "title": "Short outages of council sites on Thursday were one attack", "label": "GREEN",
        "tier": Tier.INFORMATION, "category": "outage",
        "what_to_do": "Ask your host whether it filters floods of requests, and from which size on.",
        "who_it_hits": "Sites of five members, 10 to 40 minutes each.",
        "what_is_known": "The requests came from rented machines. Nobody asked for money.",
    }),
    Writing(CARA, days(5), {
        "title": "A person in your finance team is being courted", "label": "RED", "tier": Tier.URGENT,
        "category": "breach",
        "what_to_do": "Ring Cara Orr before you talk to anybody in your council.",
        "who_it_hits": "One named person in each of your councils.",
        "what_is_known": "The police told us of messages that offer money for a list of payees.",
    }, (("person", "lena.fox@avonbridge.example.org"), ("person", "owen.marsh@clunmoor.example.org"))),
    Writing(CARA, days(3), {
        "title": "Passwords of Avonbridge’s VPN are on sale", "label": "AMBER+STRICT", "tier": Tier.URGENT,
        "category": "breach",
        "what_to_do": "End all VPN sessions today.\nSet new passwords for the 14 accounts on the list that Cara"
        " brings you.",
        "who_it_hits": "14 accounts of Avonbridge.",
        "what_is_known": "A seller shows the list as a sample. Two of the passwords still worked this morning.",
    }, (("organisation", "avonbridge"),)),
    Writing(HUW, days(2), {
        "title": "Calls to service desks: “I lost my phone, set me a new factor”", "label": "AMBER",
        "tier": Tier.ADVISORY, "category": "phishing",
        "what_to_do": "Ring people back on the number in your directory before you reset anything.",
        "who_it_hits": "Service desks in Humberdale; Severn should look as well.",
        "what_is_known": "Three calls on Monday, one of which nearly worked. The voice was good.",
    }, (("warp", "demo-humber"), ("warp", "demo-severn"))),
    Writing(CARA, days(0.8), {
        "title": "Payroll letters that ask staff to “confirm” their account", "label": "AMBER",
        "tier": Tier.ADVISORY, "category": "phishing",
        "what_to_do": "Warn staff before payday.\nBlock the sender’s domain, which is in the last line.",
        "who_it_hits": "Staff of Severn’s members; Avonbridge’s clients as well.",
        "what_is_known": "Seen at three members since yesterday. The domain is payroll-severn.example.",
    }, (("warp", "demo-severn"),)),
    Writing(CARA, timedelta(minutes=50), {
        "title": "Quillmail Gateway is being broken into: update now", "label": "GREEN", "tier": Tier.FLASH,
        "category": "vulnerability", "exploited": "yes",
        "what_to_do": "Update to 7.4.2 now.\nWhere you can’t within the hour, switch the preview of attachments off.",
        "who_it_hits": "Quillmail Gateway before 7.4.2.",
        "what_is_known": "CVE-2099-10417. An attachment’s name runs as a command. Two members were hit last night.",
        "references": [("The maker’s notice", "https://quillworks.example.org/security/10417")],
    }, then=(timedelta(minutes=30), {
        "what_to_do": "Update to 7.4.2 now.\nWhere you can’t within the hour, switch the preview of attachments off."
        "\nLook for mails from 192.0.2.77 since Sunday; where there is one, ring us.",
        "what_is_known": "CVE-2099-10417. An attachment’s name runs as a command. Three members were hit last night,"
        " all from 192.0.2.77.",
    })),
    Writing(CARA, None, {
        "title": "Larkspur VPN keeps old sessions alive: end them once", "label": "GREEN", "tier": Tier.ADVISORY,
        "what_to_do": "Update to 3.6.1.\nEnd all sessions once, on the same evening.",
        "who_it_hits": "Larkspur VPN 3.0 to 3.6.",
    }),
)  # fmt: skip
DRAFT_TELLS_OF = "Larkspur"  # the entry, by its title, that the draft on the desk was begun from
