"""What was done with an item and who read it, from the audit, in words. For its handlers: whoever shows it asks
`can(…, "see_trail", …)` first.

Who stands there under a pseudonym stays anonymous, to their handlers too, and the time of it is the day.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Alias, AuditRow, Item, Origin
from members.policy import Viewer, handled, visible_to

MOST = 50
BELOW = 200  # comments and files, the latest, of which it tells too
ASKED = "asked for"  # by whoever typed the reference: nothing that was done with the item
WORDS: dict[str, Promise] = {
    "draft": gettext_lazy("began to write it"),
    "edit": gettext_lazy("edited it"),
    "note": gettext_lazy("added to its timeline"),
    "strike": gettext_lazy("took a line off its timeline"),
    "set_indicators": gettext_lazy("said which indicators it names"),
    "set_state": gettext_lazy("said how it stands"),
    "take": gettext_lazy("took it on"),
    "close_incident": gettext_lazy("closed it, with what was learned"),
    "relay": gettext_lazy("asked that it is relayed"),
    "relay_sent": gettext_lazy("relayed it; the other side is still at work"),
    "relay_done": gettext_lazy("relayed it, and the other side took it"),
    "relay_failed": gettext_lazy("could not relay it"),
    "relay_cancelled": gettext_lazy("did not relay it: it may not go there any more"),
    "relay_receipt": gettext_lazy("was told by the other side that they have it"),
    "become_advisory": gettext_lazy("made an advisory of it"),
    "submit": gettext_lazy("submitted it"),
    "sanitise": gettext_lazy("decided about what could tell who reported it"),
    "hand_on": gettext_lazy("handed it on, to be agreed to and looked at"),
    "approve_text": gettext_lazy("looked at it as the second person, and approved it"),
    "refuse_text": gettext_lazy("looked at it as the second person, and asked for a change"),
    "agree": gettext_lazy("agreed to its being shared"),
    "decline_text": gettext_lazy("did not agree to its being shared"),
    "release": gettext_lazy("released it"),
    "release_ahead": gettext_lazy("approved its release in advance"),
    "revise": gettext_lazy("released a new version"),
    "withdraw": gettext_lazy("withdrew it"),
    "grant": gettext_lazy("gave it to more"),
    "end_grant": gettext_lazy("ended who may have it"),
    "name_seconds": gettext_lazy("named a second person"),
    "drop_seconds": gettext_lazy("took a second person off it"),
    "name_handlers": gettext_lazy("named more handlers"),
    "drop_handlers": gettext_lazy("took handlers off it"),
    "read": gettext_lazy("read it"),
    "read_draft": gettext_lazy("read its draft"),
    "read_embargo": gettext_lazy("looked how its embargo stands"),
    "read_terms": gettext_lazy("read the terms of its embargo"),
    "download": gettext_lazy("fetched the file"),
    "export": gettext_lazy("fetched it for machines"),
    "acknowledge": gettext_lazy("confirmed it for an organisation, or noted that it was rung"),
    "ring": gettext_lazy("began to ring an organisation"),
    "note_ring": gettext_lazy("rang an organisation that has not confirmed it"),
    "respond": gettext_lazy("answered for their organisation"),
    "close_response": gettext_lazy("closed it for their organisation"),
    "reopen_response": gettext_lazy("opened it again for their organisation"),
    "comment": gettext_lazy("commented"),
    "attach": gettext_lazy("added a file"),
    "sight": gettext_lazy("said that they see it too"),
    "unsight": gettext_lazy("took back that they see it too"),
    "remove": gettext_lazy("took back a comment or a file"),
    "ask": gettext_lazy("asked it"),
    "accept": gettext_lazy("accepted it as the answer"),
    "hide": gettext_lazy("took the question back"),
    "prepare_exercise": gettext_lazy("prepared the exercise"),
    "edit_exercise": gettext_lazy("changed the exercise, its teams or its injects"),
    "enrol": gettext_lazy("took people into the exercise"),
    "leave_exercise": gettext_lazy("took somebody out of the exercise"),
    "invite_exercise": gettext_lazy("opened the briefing to those who take part"),
    "start_exercise": gettext_lazy("started the exercise"),
    "pause_exercise": gettext_lazy("paused the exercise"),
    "resume_exercise": gettext_lazy("resumed the exercise"),
    "end_exercise": gettext_lazy("ended the exercise"),
    "send_inject": gettext_lazy("sent an inject"),
    "skip_inject": gettext_lazy("skipped an inject"),
    "acknowledge_inject": gettext_lazy("acknowledged an inject for their organisation"),
    "answer_inject": gettext_lazy("answered an inject for their organisation"),
    "ask_why": gettext_lazy("looked what became of the messages to one of its readers"),
    "who": gettext_lazy("asked, as the operator, who may read it"),
    "propose_embargo": gettext_lazy("proposed an embargo"),
    "shorten_embargo": gettext_lazy("proposed an earlier end"),
    "approve_embargo": gettext_lazy("approved the embargo"),
    "decline_embargo": gettext_lazy("declined the embargo"),
    "revise_embargo": gettext_lazy("changed the terms of the embargo"),
    "ask_extension": gettext_lazy("asked for a later end of the embargo"),
    "decide_extension": gettext_lazy("decided on a later end of the embargo"),
    "end": gettext_lazy("ended the embargo"),
    "leak": gettext_lazy("reported that it leaked"),
    "releasable": gettext_lazy("told its handlers that it can be released"),
    "name": gettext_lazy("named people under the embargo"),
    "remove_named": gettext_lazy("took a named person off it"),
    "accepted_terms": gettext_lazy("accepted the terms of its embargo"),
    "declined_terms": gettext_lazy("declined the terms of its embargo"),
    "leave_embargo": gettext_lazy("left the embargo"),
    "ask_break_glass": gettext_lazy("asked to break glass for it"),
    "break_glass": gettext_lazy("approved that glass is broken for it"),
    "begin_report": gettext_lazy("began the report"),
    "file_report": gettext_lazy("filed the report"),
    "note_told": gettext_lazy("noted whom else they told"),
    "add_indicators": gettext_lazy("added indicators"),
    "drop_file": gettext_lazy("took a file out"),
    "derive": gettext_lazy("derived another item from it"),
    "derived": gettext_lazy("derived it from a report"),
    "ask_reporter": gettext_lazy("asked whoever reported it"),
    "answer_keeper": gettext_lazy("answered a question about it"),
    "open_origin": gettext_lazy("looked who filed it"),
    "note_exercise": gettext_lazy("noted how the exercise went"),
    "add_action": gettext_lazy("noted an action in its report"),
    "do_action": gettext_lazy("said that an action is done"),
    "reopen_action": gettext_lazy("said that an action is not done"),
    "remove_action": gettext_lazy("took an action out of its report"),
    "show_code": gettext_lazy("drew a code to sign in with"),
    "sign_in": gettext_lazy("signed in to a session of it"),
    "note_attendance": gettext_lazy("noted who came to a session of it"),
    "walk_in": gettext_lazy("added somebody who came to a session of it and had not booked"),
    "issue_certificate": gettext_lazy("issued a certificate"),
    "issue_certificates": gettext_lazy("issued certificates to who was at a session of it"),
    "revoke_certificate": gettext_lazy("revoked a certificate"),
    "add_lesson": gettext_lazy("added a lesson"),
    "change_lesson": gettext_lazy("changed a lesson"),
    "move_lesson": gettext_lazy("put its lessons in another order"),
    "remove_lesson": gettext_lazy("removed a lesson"),
    "add_question": gettext_lazy("added a question to a lesson"),
    "change_question": gettext_lazy("changed a question of a lesson"),
    "retire_question": gettext_lazy("retired a question of a lesson"),
    "restore_question": gettext_lazy("used a retired question of a lesson again"),
    "schedule": gettext_lazy("scheduled sessions of it"),
    "change_session": gettext_lazy("changed a session of it"),
    "cancel_session": gettext_lazy("cancelled a session of it"),
    "book": gettext_lazy("booked a session of it"),
    "unbook": gettext_lazy("cancelled a booking"),
    "move_up": gettext_lazy("gave a free place to whoever waited first"),
    "lapse": gettext_lazy("ended bookings of those who may not come any more"),
    "remind": gettext_lazy("reminded whoever has a place"),
    "let_go": gettext_lazy("sent, as the operator, what was held after a restore"),
    "drop": gettext_lazy("dropped, as the operator, what was held after a restore"),
}


class Step(NamedTuple):
    """Somebody did something. `day`: the time is no more than the day. `beneath`: the comment or file that it was
    done with, "" for the item itself."""

    at: datetime
    day: bool
    who: str
    did: str
    version: int | None
    beneath: str


def trail(item: Item, viewer: Viewer, at: datetime) -> list[Step]:
    """The last of what was done with `item`, and with what lies beneath it that `viewer` handles too; latest first.

    Four statements, however much it is. By time and not by number, which would tell when in a day it was that
    somebody without a name was there.
    """
    below = visible_to(viewer, at, item.realm).filter(handled(viewer, at), parent=item).order_by("-pos")
    references = [item.reference, *below.values_list("reference", flat=True)[:BELOW]]
    rows = AuditRow.objects.filter(reference__in=references)
    last = list(rows.exclude(verb=ASKED).order_by("-at", "-pk")[:MOST])
    actors = {row.actor for row in last if row.actor}
    names = dict(Alias.objects.filter(code__in=actors).values_list("code", "person__name"))
    nameless = set(Origin.objects.filter(pseudonym__in=actors).values_list("pseudonym", flat=True))
    return [_step(row, item, names, nameless) for row in last]


def _step(row: AuditRow, item: Item, names: dict[str, str], nameless: set[str]) -> Step:
    who = _("The hub")
    if row.actor in nameless:
        who = _("Somebody who stays anonymous")
    elif row.actor:
        who = names.get(row.actor) or _("Somebody who is erased")
    version = row.detail.get("version")
    return Step(
        at=row.at,
        day=row.actor in nameless,
        who=who,
        did=str(WORDS.get(row.verb, row.verb)),
        version=version if isinstance(version, int) else None,
        beneath=row.reference if row.reference != item.reference else "",
    )
