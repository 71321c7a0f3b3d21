"""What a calendar says of one booking: no more than whoever made this was allowed to say.

Here is nothing of the library that writes it: who only asks whether there is anything to write does not load that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `stamp`: when what it says was decided, not when it was written, so that the same is the same bytes.

    `private`: whoever else reads this calendar sees that its owner is busy, and not what with.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    words: str = ""
    url: str = ""
    private: bool = True
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """The mail address of somebody, and the name beside it."""

    mail: str
    name: str = ""
