"""The register of exits: whatever can tell somebody something is listed here with its class, or the build fails.

public: anyone, and it says nothing that is not public. scoped: what it says is asked of the rule for whoever looks.
operator-only: for who runs the hub. demonstration: exists only there, on this machine. Each is walked as everyone
(tests/prove/exits.py), or excused there with the reason in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from tests.prove import exits
from warp.celery import app

CLASSES = {"public", "scoped", "operator-only", "demonstration"}
ROOT = Path(__file__).parent.parent

ROUTES = {
    "healthz": "operator-only",  # without the token: alive or not alive
    "glossary": "public",
    "told": "scoped",  # about whoever is signed in: their own addresses, and what they may read
    "told-times": "scoped",
    "told-add": "scoped",
    "told-change": "scoped",
    "told-remove": "scoped",
    "kit": "scoped",  # for the people of an organisation alone
    "kit-remove": "scoped",
    "stop": "scoped",  # by a link of one message; it says nothing of the address
    "subscribe": "public",  # the same whatever is known of an address
    "subscription-confirm": "scoped",  # by a link of one message
    "subscription-leave": "scoped",
    "reach": "scoped",
    "reach-phone": "scoped",
    "reach-new": "scoped",
    "reach-one": "scoped",
    "reach-key": "scoped",
    "answer": "scoped",  # by a link of one message, to whom it was sent; it says nothing of the item
    "contacts": "scoped",
    "contacts-of": "scoped",
    "contact": "scoped",
    "duty": "scoped",
    "duty-of": "scoped",
    "duty-off": "scoped",
    "training:list": "scoped",
    "training:calendar": "scoped",
    "training:new": "scoped",  # to coordinators; it says which WARPs are theirs
    "training:course": "scoped",
    "training:edit": "scoped",  # to who teaches it, like what follows
    "training:publish": "scoped",
    "training:withdraw": "scoped",
    "training:schedule": "scoped",
    "training:session-change": "scoped",
    "training:session-cancel": "scoped",
    "training:session": "scoped",  # who booked it is told to who teaches it, and to a lead of their own people
    "training:book": "scoped",
    "training:book-other": "scoped",
    "training:unbook": "scoped",
    "training:in": "scoped",  # to whoever is signed in, about their own place
    "training:mine": "scoped",  # their own
    "training:mine-csv": "scoped",
    "training:certificate": "scoped",  # to its owner alone
    "training:check": "public",  # by a number of a certificate; its title only where anybody may read the course
    "training:check-one": "public",
    "training:of-index": "scoped",
    "training:of": "scoped",  # to its lead; a course is named to them where they read it
    "training:of-csv": "scoped",
    "training:gaps-index": "scoped",
    "training:gaps": "scoped",  # to who coordinates it, of courses that they read
    "training:gaps-csv": "scoped",
    "training:certificates": "scoped",  # to who teaches it
    "training:revoke": "scoped",
    "training:attendance": "scoped",
    "training:attendance-code": "scoped",
    "training:feedback": "scoped",  # to who was there and reads it
    "training:feedback-results": "scoped",
    "training:lessons": "scoped",
    "training:lessons-edit": "scoped",  # to who teaches it: how many learn it, and nobody's answers
    "training:lessons-claim": "scoped",
    "training:lesson-new": "scoped",
    "training:lesson": "scoped",
    "training:lesson-read": "scoped",
    "training:lesson-edit": "scoped",
    "training:lesson-move": "scoped",
    "training:lesson-remove": "scoped",
    "training:quiz": "scoped",  # their own, whoever looks
    "training:quiz-begin": "scoped",
    "training:quiz-result": "scoped",
    "training:quiz-hand-in": "scoped",
    "training:bank": "scoped",
    "training:question-new": "scoped",
    "training:question-edit": "scoped",
    "training:question-retire": "scoped",
    "home": "scoped",
    "feed-tokens": "scoped",  # whoever looks makes and ends their own
    "feed-token-end": "scoped",
    "messages": "scoped",  # to whoever looks
    "calendar-feed": "scoped",  # by a token alone: what its owner booked, as far as they read it and Atom may say it
    "training-calendar-feed": "scoped",  # whoever looks makes and ends their own
    "training-calendar-feed-end": "scoped",
    "feed-advisories": "scoped",  # TLP:CLEAR for everyone; with a token, what the Atom column allows its owner
    "advisories:list": "scoped",
    "advisories:detail": "scoped",
    "incidents:list": "scoped",
    "incidents:detail": "scoped",
    "incidents:derive": "scoped",
    "incidents:state": "scoped",
    "incidents:note": "scoped",
    "incidents:strike": "scoped",
    "incidents:take": "scoped",
    "incidents:close": "scoped",
    "incidents:indicators": "scoped",
    "incidents:become": "scoped",
    "incidents:sanitise": "scoped",  # to those who write what derives from a report
    "incidents:hand-on": "scoped",
    "incidents:second": "scoped",  # to those who handle it
    "incidents:seconds": "scoped",
    "incidents:words": "scoped",  # to who made a report and who keeps it
    "incidents:consent": "scoped",  # to who reported it alone
    "incidents:stix": "scoped",  # what is released, to those who read it
    "incidents:misp": "scoped",  # what is released, to those who read it
    "incidents:csv": "scoped",  # what is released, to those who read it
    "incidents:new": "scoped",  # where whoever is signed in may report to
    "incidents:write": "scoped",  # to its author alone; who is signed out is shown what they sent themselves
    "questions:list": "scoped",
    "questions:new": "scoped",
    "questions:detail": "scoped",
    "questions:accept": "scoped",
    "questions:hide": "scoped",
    "questions:follow": "scoped",  # of what they read; it says what they chose themselves
    "exercises:list": "scoped",  # those that whoever looks is in
    "exercises:new": "scoped",  # for coordinators; it shows the scenarios that the hub brings
    "exercises:detail": "scoped",
    "exercises:scenario": "scoped",  # to who leads it
    "exercises:edit": "scoped",
    "exercises:teams": "scoped",
    "exercises:people": "scoped",
    "exercises:inject-new": "scoped",
    "exercises:inject": "scoped",  # what was sent to whoever looks, by the rule; to who leads it, all
    "exercises:inject-edit": "scoped",
    "exercises:file": "scoped",
    "exercises:reply": "scoped",
    "exercises:inject-act": "scoped",
    "exercises:board": "scoped",
    "exercises:act": "scoped",
    "exercises:end": "scoped",
    "exercises:note": "scoped",
    "exercises:report": "scoped",  # to players what concerns their team and organisation
    "exercises:report-csv": "scoped",
    "exercises:actions": "scoped",
    "exercises:action": "scoped",
    "advisories:respond": "scoped",
    "advisories:why": "scoped",
    "advisories:responses": "scoped",
    "advisories:rung": "scoped",
    "advisories:responses-csv": "scoped",
    "advisories:relay": "scoped",  # what is released, to those who handle it
    "advisories:destinations": "scoped",  # of the WARPs that whoever looks coordinates; nothing of any item
    "advisories:destination-new": "scoped",
    "advisories:destination-act": "scoped",
    "relay-receipt": "public",  # by a code from a relay's mail; nothing of any item
    "advisories:sight": "scoped",
    "advisories:comment": "scoped",
    "advisories:attach": "scoped",
    "advisories:attachment": "scoped",
    "advisories:remove": "scoped",
    "advisories:embargo": "scoped",
    "advisories:embargo-act": "scoped",
    "advisories:embargo-decide": "scoped",
    "advisories:embargo-remove": "scoped",
    "advisories:embargo-leave": "scoped",
    "offer": "scoped",
    "advisories:desk": "scoped",
    "advisories:overview": "scoped",  # what whoever looks handles
    "advisories:activity": "scoped",  # numbers of what whoever looks handles
    "advisories:activity-csv": "scoped",
    "advisories:story": "scoped",
    "advisories:dismiss": "scoped",
    "advisories:restore": "scoped",
    "advisories:join": "scoped",
    "advisories:split": "scoped",
    "advisories:draft-new": "scoped",
    "advisories:draft-edit": "scoped",
    "advisories:release": "scoped",
    "advisories:withdraw": "scoped",
    "advisories:flash": "scoped",
    "advisories:flash-release": "scoped",
    "advisories:flash-change": "scoped",
    "advisories:ranking": "scoped",
    "advisories:sources": "scoped",
    "advisories:source": "scoped",
    "advisories:source-settings": "scoped",
    "advisories:source-off": "scoped",
    "advisories:known-sources": "scoped",
    "advisories:known-on": "scoped",
    "demo-sign-in": "demonstration",
    "demo-confirm": "demonstration",
    "dev-mail": "demonstration",
    "dev-mail-one": "demonstration",
    "dev-mail-html": "demonstration",
    # allauth's: about whoever is signed in, or a door to sign in by
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_signup": "public",
    "account_reauthenticate": "scoped",
    "account_email": "scoped",
    "account_email_verification_sent": "public",
    "account_confirm_email": "public",
    "account_change_password": "scoped",
    "account_set_password": "scoped",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_confirm_login_code": "public",
    "mfa_index": "scoped",
    "mfa_authenticate": "public",
    "mfa_reauthenticate": "scoped",
    "mfa_activate_totp": "scoped",
    "mfa_deactivate_totp": "scoped",
    "mfa_view_recovery_codes": "scoped",
    "mfa_generate_recovery_codes": "scoped",
    "mfa_download_recovery_codes": "scoped",
}
TELLINGS = (
    "accepted", "awaits", "broken_glass", "call_list", "code", "confirm", "contact_code", "digest",
    "invited_cancelled", "invited_moved", "invited_placed", "invited_reminded", "invited_waiting", "key_ends", "leaked",
    "notice", "played", "released", "replied", "returned", "revised", "unanswered", "unconfirmed", "withdrawn",
)  # fmt: skip
MAILS = {
    "layout.html": "scoped",
    "layout.txt": "scoped",
    "digest_rows.html": "scoped",
    "invited.html": "scoped",
    "invited.txt": "scoped",
    "why.html": "scoped",
    "why.txt": "scoped",
    "operator.subject": "operator-only",
    "operator.txt": "operator-only",
    "relay.subject": "scoped",  # what is released, under its label, to a destination that a coordinator verified
    "relay.txt": "scoped",
    "relay_code.subject": "scoped",
    "relay_code.txt": "scoped",
    **{f"{name}.{part}": "scoped" for name in TELLINGS for part in ("subject", "txt", "html")},
}
TASKS = {
    "members.tasks.heartbeat": "operator-only",
    "members.tasks.report_daily": "operator-only",  # numbers, no reference
    "members.tasks.seal": "operator-only",
    "members.tasks.sweep": "scoped",  # sends what the outbox owes, each right asked again
    "advisories.tasks.collect_due": "operator-only",
    "advisories.tasks.read_bounces": "operator-only",
    "advisories.tasks.relay_due": "scoped",  # sends what handlers asked for, each right asked again
    "advisories.tasks.count_sightings": "operator-only",  # writes what pages then say of what is read there
}
COMMANDS = dict.fromkeys(
    (
        "prepare", "demo", "setup", "sources", "collect", "import", "release", "withdraw", "who", "send", "digest",
        "breakglass", "audit", "backup", "restore", "held", "bounces",
    ),
    "operator-only",
)  # fmt: skip


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            assert isinstance(pattern, URLPattern) and pattern.name, f"a route without a name: {pattern}"
            yield f"{namespace}{pattern.name}"


def mails() -> set[str]:
    return {path.name for path in (ROOT / "templates/mail").rglob("*.*")}


def tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def commands() -> set[str]:
    ours = {"members", "advisories", "warp"}
    return {name for name, owner in get_commands().items() if str(owner).split(".")[0] in ours}


@pytest.mark.parametrize(
    ("register", "found"),
    [(ROUTES, lambda: set(routes(get_resolver()))), (MAILS, mails), (TASKS, tasks), (COMMANDS, commands)],
    ids=["routes", "mails", "tasks", "commands"],
)
def test_every_exit_is_listed_and_every_listed_one_exists(register: dict[str, str], found) -> None:
    there = found()
    unlisted, gone = there - set(register), set(register) - there
    assert not unlisted, f"exits without a class: list them in tests/test_exits.py and prove them: {sorted(unlisted)}"
    assert not gone, f"listed in tests/test_exits.py, and not there: {sorted(gone)}"
    assert set(register.values()) <= CLASSES


@pytest.mark.parametrize(
    ("register", "walked", "excused"),
    [
        (set(ROUTES), set(exits.ROUTES), exits.EXCUSED),
        ({name.partition(".")[0] for name in MAILS}, exits.TOLD, exits.UNTOLD),
        (set(TASKS), exits.TASKS, exits.IDLE_TASKS),
        (set(COMMANDS), set(), exits.COMMANDS),
    ],
    ids=["routes", "mails", "tasks", "commands"],
)
def test_every_exit_is_walked_by_the_proof_or_excused_in_words(
    register: set[str], walked: set[str], excused: dict[str, str]
) -> None:
    missing, gone = register - walked - excused.keys(), (walked | excused.keys()) - register
    assert not missing, f"walked nowhere: a line for each in tests/prove/exits.py, or an excuse: {sorted(missing)}"
    assert not gone, f"walked or excused in tests/prove/exits.py, and not there: {sorted(gone)}"
    assert not walked & excused.keys()
    assert all(excused.values())
