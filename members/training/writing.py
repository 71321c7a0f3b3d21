"""What is typed into a course, as it is kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members.refused import Refused


def line(typed: str) -> str:
    """In one line, with single spaces."""
    return " ".join(typed.replace("\0", "").split())


def lines(typed: str) -> str:
    """In as many as were typed."""
    return typed.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def within(said: str, most: int, what: str) -> str:
    """`said`, where it is there and not longer than `most`. Raises Refused, which calls it `what`."""
    if not said:
        raise Refused(_("“%(what)s” is empty. Fill it in.") % {"what": what})
    if len(said) > most:
        raise Refused(_("“%(what)s” is too long: %(most)d characters are the most.") % {"what": what, "most": most})
    return said
