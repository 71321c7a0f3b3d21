"""What the demonstration's WARPs wrote. Made up: no product, incident or address named here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from advisories.draft import Changes
from members.models import Tier


@dataclass(frozen=True)
class Writing:
    """An advisory: by whom (address), released so long `ago` (None: it lies on the desk), to whom: (kind, slug or
    address) pairs. `revised`: what a second version changes, after so much time; `withdrawn`: after how long it was
    taken back, and why."""

    by: str
    ago: timedelta | None
    words: Changes
    to: tuple[tuple[str, str], ...] = ()
    revised: tuple[timedelta, Changes] | None = None
    withdrawn: tuple[timedelta, str] | None = None


CARA, DEEPA = "cara.orr@severn.example.org", "deepa.nair@wyreford.example.org"
MAGS, HUW = "mags.tulloch@marlshire.example.org", "huw.pryce@humberdale.example.org"
ISHBEL = "ishbel.grant@isles.example.org"


def days(number: float) -> timedelta:
    return timedelta(days=number)


WRITINGS = (
    Writing(ISHBEL, days(20.9), {
        "title": "Turn on a second factor for every supplier who can reach you", "label": "CLEAR",
        "tier": Tier.INFORMATION, "category": "guidance",
        "what_to_do": "List the suppliers who can sign in to your systems.\nTurn on a second factor for each of their"
        " accounts.\nClose accounts that nobody has used for 90 days.\nAsk suppliers to tell you when somebody leaves.",
        "who_it_hits": "Every council that gives suppliers remote access.",
        "what_is_known": "Of the incidents that members told us of last year, one in three began with a supplier’s"
        " account that had a password and nothing else.",
        "references": [("Checklist for supplier access", "https://isles.example.org/guides/supplier-access")],
    }),
    Writing(MAGS, days(19.1), {
        "title": "Callers who say they are the bank ring school offices", "label": "GREEN", "tier": Tier.INFORMATION,
        "category": "phishing",
        "what_to_do": "Tell school offices: hang up, and ring the bank on the number that you have on paper.\nIf a"
        " payment was changed after such a call, ring the bank’s fraud line now and then us.",
        "who_it_hits": "School offices; four in Marlshire so far.",
        "what_is_known": "The caller knew names and the sum of the last payment run. One school nearly paid.",
    }),
    Writing(DEEPA, days(15.97), {
        "title": "Block mail from wyreford-payments.example", "label": "GREEN", "tier": Tier.URGENT,
        "category": "phishing",
        "what_to_do": "Block the domain at your mail gateway.\nLook for mails from it since Monday.",
        "who_it_hits": "Finance teams.",
        "what_is_known": "Invoices with changed bank details seemed to come from this domain.",
    }, withdrawn=(days(0.93), "The domain belongs to a real supplier of Wyreford: we had it wrong.")),
    Writing(CARA, days(13.84), {
        "title": "Ledgerline Finance: exports show other councils’ payees", "label": "AMBER", "tier": Tier.ADVISORY,
        "category": "supplier",
        "what_to_do": "Stop the nightly export of payees until the supplier confirms the repair.\nLook through the"
        " exports of the last 14 days for names that are not yours.\nIf you find any, tell your data protection"
        " officer the same day: the 72 hours run from when you knew.",
        "who_it_hits": "Councils on the shared tenancy of Ledgerline Finance. An installation of your own is not hit.",
        "what_is_known": "One member found payees of another council in its own export. The supplier has confirmed it"
        " and promises a repair this week.",
    }, (("group", "demo-finance"),)),
    Writing(CARA, days(12.06), {
        "title": "Ransomware came in through remote support at two libraries", "label": "GREEN", "tier": Tier.URGENT,
        "category": "ransomware", "exploited": "yes",
        "what_to_do": "Ask your library supplier today which of its accounts can reach you.\nSwitch remote support off"
        " until you need it.\nSee that last night’s backup can’t be reached from the library network.",
        "who_it_hits": "Libraries whose supplier supports them from afar.",
        "what_is_known": "The attackers used a support account without a second factor, at night, on two days. Lending"
        " stands still; the backups are whole.",
    }, revised=(days(2.08), {
        "title": "Ransomware came in through remote support at three libraries",
        "what_to_do": "Ask your library supplier today which of its accounts can reach you.\nSwitch remote support off"
        " until you need it.\nSee that last night’s backup can’t be reached from the library network.\nLook for the"
        " account “helpdesk7”, and close it.",
        "what_is_known": "The attackers used a support account named “helpdesk7” without a second factor, at night, on"
        " three days. Lending stood still for two days at the first library, which is back from its backups.",
    })),
    Writing(ISHBEL, days(9.17), {
        "title": "Tansy Print Server gives out any file: update to 2.9", "label": "CLEAR", "tier": Tier.ADVISORY,
        "exploited": "yes",
        "what_to_do": "Update to 2.9.\nWhere you can’t, take the server off the network until you can.\nChange the"
        " passwords that stand in its settings file.",
        "who_it_hits": "Tansy Print Server before 2.9.",
        "what_is_known": "CVE-2099-08812, CVSS 8.6. Whoever reaches the server reads any file on it, its settings"
        " included. It is being used.",
        "references": [("The maker’s notice", "https://tansy.example.org/2-9")],
    }),
    Writing(CARA, days(7.92), {
        "title": "Oxbow’s support agent: set a new key on every server", "label": "AMBER", "tier": Tier.ADVISORY,
        "category": "supplier",
        "what_to_do": "Set a new key for the support agent on every server, the oldest first.\nLook in its log for"
        " sign-ins at night since the first of last month.\nTell Oxbow’s service desk when you are done.",
        "who_it_hits": "Oxbow Shared Services, and the councils whose IT it runs.",
        "what_is_known": "One key was the same on all servers, and stood in a manual that was sent round by mail."
        " Nothing shows that anybody used it.",
    }, (("organisation", "oxbow"),)),
    Writing(CARA, days(6.03), {
        "title": "Thursday’s short outages of council sites were one attack", "label": "GREEN",
        "tier": Tier.INFORMATION, "category": "outage",
        "what_to_do": "Ask your host whether it filters floods of requests, and from which size on.\nHave a plain page"
        " ready that tells residents where else to turn.",
        "who_it_hits": "Sites of five members, 10 to 40 minutes each.",
        "what_is_known": "The requests came from rented machines. Nobody asked for money.",
    }),
    Writing(CARA, days(4.89), {
        "title": "Somebody in your finance team is being courted", "label": "RED", "tier": Tier.URGENT,
        "category": "breach",
        "what_to_do": "Ring Cara Orr before you talk to anybody in your council.\nDo not search anybody’s mailbox: the"
        " police ask you to leave things as they are.",
        "who_it_hits": "One person in each of your two councils.",
        "what_is_known": "The police told us of messages that offer money for a list of payees.",
    }, (("person", "lena.fox@avonbridge.example.org"), ("person", "owen.marsh@clunmoor.example.org"))),
    Writing(CARA, days(3.12), {
        "title": "Passwords of two councils’ remote access are on sale", "label": "AMBER+STRICT", "tier": Tier.URGENT,
        "category": "breach",
        "what_to_do": "End all remote sessions today.\nSet new passwords for the accounts on the list that Cara Orr"
        " reads you by telephone.\nLook for sign-ins from abroad since the 1st.",
        "who_it_hits": "14 accounts of Avonbridge and 9 of Wyreford.",
        "what_is_known": "A seller shows the list as a sample. Two of the passwords still worked this morning.",
    }, (("organisation", "avonbridge"), ("organisation", "wyreford"))),
    Writing(HUW, days(1.95), {
        "title": "Callers ask service desks for a new second factor", "label": "AMBER", "tier": Tier.ADVISORY,
        "category": "phishing",
        "what_to_do": "Ring people back on the number in your directory before you reset anything.\nWrite down each"
        " such call with its time, and tell your WARP.",
        "who_it_hits": "Service desks in Humberdale; Severn should look as well.",
        "what_is_known": "Three calls in one day: “I lost my phone.” One nearly worked. The voice was good, and knew"
        " the name of the manager.",
    }, (("warp", "demo-humber"), ("warp", "demo-severn"))),
    Writing(CARA, days(0.8), {
        "title": "Payroll letters ask staff to “confirm” their bank account", "label": "AMBER", "tier": Tier.ADVISORY,
        "category": "phishing",
        "what_to_do": "Warn staff before payday.\nBlock payroll-severn.example at your mail gateway.\nAsk payroll to"
        " ring back before it changes an account.",
        "who_it_hits": "Staff of Severn’s members.",
        "what_is_known": "Seen at three members since yesterday. The letters carry the right logo and pay grade.",
    }, (("warp", "demo-severn"),)),
    Writing(CARA, timedelta(minutes=20), {
        "title": "Quillpost mail filter is being broken into: update now", "label": "GREEN", "tier": Tier.FLASH,
        "category": "vulnerability", "exploited": "yes",
        "what_to_do": "Update to 7.4.2 now.\nWhere you can’t within the hour, switch the preview of attachments off."
        "\nLook for mails from 192.0.2.77 since Sunday; where there is one, ring us.",
        "who_it_hits": "Quillpost mail filter before 7.4.2. The hosted service was updated by its maker last night.",
        "what_is_known": "CVE-2099-10417, CVSS 9.8. The name of an attachment runs as a command; nobody needs to open"
        " it. Three members were hit last night, all from 192.0.2.77.",
        "references": [("The maker’s notice", "https://quillpost.example.org/security/10417")],
    }),
    Writing(CARA, None, {
        "title": "Larkspur VPN keeps old sessions alive: end them once", "tier": Tier.ADVISORY, "label": "GREEN",
        "what_to_do": "Update to 3.6.1 this week.\nEnd all sessions once, on the same evening.",
        "who_it_hits": "Larkspur VPN 3.0 to 3.6.",
        "what_is_known": "CVE-2099-20588. Whoever has an old session stays in after the password is changed.",
    }),
)  # fmt: skip
DRAFT_TELLS_OF = "Larkspur"  # the draft on the desk was begun from the entries whose title begins so
