"""An item guarded until a moment: the verbs of its state machine, and what each of them owes.

    none → proposed → active ⇄ revised → ended; proposed → declined; any → leaked

The rule (members/placing.py, line 5) guards the item from the proposal on, until the end has come and a released
standing is in force. Nothing here releases it: a release that was approved in advance is a standing that begins at the
end (advisories/publish.py), and these verbs move it or cancel it.
"""

from members.embargo.agreeing import approve, decline, propose, revise, wished
from members.embargo.ending import decide, end, extend, leak, remind
from members.embargo.people import accept, leave, name, refuse, remove

__all__ = [
    "accept",
    "approve",
    "decide",
    "decline",
    "end",
    "extend",
    "leak",
    "leave",
    "name",
    "propose",
    "refuse",
    "remind",
    "remove",
    "revise",
    "wished",
]
