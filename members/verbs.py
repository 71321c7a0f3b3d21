"""Which right each verb on an item needs. Words only: permits.can asks the rule for them."""

from __future__ import annotations

from enum import Enum

from members.models import Kind


class Needs(Enum):
    READING = "reading"  # it is `body` to them
    HANDLING = "handling"  # they handle it
    WRITING = "writing"  # they handle it; while it is not submitted: they began it, and its handlers do not see it
    KEEPING = "keeping"  # they handle it, and not by break-glass alone: its hour would become lasting by this
    LOOKING = "looking"  # the same, or they are named to look at it, a draft that derives from a report
    BEGINNING = "beginning"  # the same; while it is not submitted: they began it
    OFFER = "offer"  # it is offered to them, and not answered
    NEVER = "never"  # nobody may
    CUSTODY = "custody"  # they keep the anonymous report; of a report that names its author: they handle it


VERBS: dict[str, Needs] = {
    # of its text and standing
    "edit": Needs.WRITING,
    "tend": Needs.WRITING,  # an incident: its state, its timeline, its owner, its lessons
    "become": Needs.KEEPING,  # an advisory
    "release": Needs.HANDLING,
    "revise": Needs.HANDLING,
    "withdraw": Needs.HANDLING,
    "grant": Needs.HANDLING,
    "see_audience": Needs.HANDLING,
    "see_trail": Needs.HANDLING,
    "name_handler": Needs.KEEPING,
    "relay": Needs.KEEPING,  # to another WARP or a national body
    # of its embargo
    "propose": Needs.BEGINNING,
    "approve": Needs.HANDLING,
    "decline": Needs.HANDLING,
    "revise_terms": Needs.HANDLING,
    "extend": Needs.HANDLING,
    "name": Needs.KEEPING,
    "leak": Needs.HANDLING,
    "end": Needs.HANDLING,
    "answer": Needs.OFFER,
    "leave": Needs.READING,
    # of what organisations answer to it
    "acknowledge": Needs.READING,
    "respond": Needs.READING,
    "see_responses": Needs.HANDLING,
    "note_call": Needs.HANDLING,
    # of what belongs to it
    "comment": Needs.READING,
    "attach": Needs.READING,
    "follow": Needs.READING,
    "moderate": Needs.HANDLING,  # hide a question, accept an answer to it
    "sight": Needs.READING,
    # of what derives from a report
    "sanitise": Needs.WRITING,
    "hand_on": Needs.WRITING,
    "review": Needs.LOOKING,
    # of a report
    "derive": Needs.CUSTODY,
    "open_origin": Needs.CUSTODY,
    "ask_reporter": Needs.CUSTODY,
    # of a course
    "teach": Needs.HANDLING,  # its text, its lessons, its sessions, who was there
    "book": Needs.READING,
    "learn": Needs.READING,  # its lessons, and their quizzes
    # of an exercise
    "facilitate": Needs.HANDLING,
    "play": Needs.READING,
}
# What is otherwise with one kind of item.
OF_KIND: dict[tuple[int, str], Needs] = {
    (Kind.TRAINING, "attach"): Needs.HANDLING,  # its materials
    (Kind.TRAINING, "comment"): Needs.NEVER,
}


def needs(verb: str, kind: int) -> Needs:
    """What `verb` needs on an item of `kind`. A verb that nobody has named is a KeyError."""
    return OF_KIND.get((kind, verb), VERBS[verb])
