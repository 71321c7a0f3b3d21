"""One part of a scenario file while it is read: its texts by their names, and what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from members.exercises import spelling
from members.exercises.guarded import Branch

QUOTED = 60  # characters of what stands there, in a sentence about it


class Part:
    """A mapping. `where` begins each sentence about it; `errors` is shared by the whole file."""

    def __init__(self, branch: Branch, where: str, errors: list[str]) -> None:
        self.branch, self.where, self.errors = branch, where, errors
        self.of: dict[str, Branch] = branch.of if isinstance(branch.of, dict) else {}

    def wrong(self, said: str, /, **words: object) -> None:
        self.errors.append(f"{self.where}: {said % words}" if self.where else said % words)

    def known(self, names: Iterable[str]) -> None:
        """Say which names in it no scenario has, and which stand there twice."""
        names = list(names)
        for name in self.branch.twice:
            self.wrong(_("“%(name)s” stands there twice. Keep one of them."), name=name[:QUOTED])
        for name, value in self.of.items():
            if name not in names:
                near = nearest(name, names)
                said = _("“%(name)s” (line %(line)d) is nothing that a scenario has here. %(near)s")
                self.wrong(said, name=name[:QUOTED], line=value.line, near=near)

    def text(self, name: str, most: int, missing: str = "", *, one_line: bool = False) -> str:
        """The text of that name; "" where there is none, which is said to be `missing` where it must be there."""
        found = self.of.get(name)
        if found is not None and not isinstance(found.of, str):
            self.wrong(_("“%(name)s” (line %(line)d) is to be a text, not a list."), name=name, line=found.line)
            return ""
        said = (spelling.line if one_line else spelling.lines)(found.of) if found is not None else ""
        if missing and not said:
            self.wrong(_("“%(name)s” is missing. %(what)s"), name=name, what=missing)
        if len(said) > most:
            self.wrong(_("“%(name)s” has %(n)d characters, and at most %(most)d are kept. Shorten it."),
                       name=name, n=len(said), most=most)  # fmt: skip
        if bad := spelling.unprintable(said):
            self.wrong(_("“%(name)s” holds the character %(bad)s, which is none of a text. Take it out."),
                       name=name, bad=bad)  # fmt: skip
        return said

    def line(self, name: str, most: int, missing: str = "") -> str:
        return self.text(name, most, missing, one_line=True)

    def seconds(self, name: str, most: int, missing: str = "") -> int | None:
        """A time of the exercise, from 0 to `most`."""
        said = self.line(name, QUOTED, missing)
        if not said:
            return None
        found = spelling.seconds(said)
        if found is None and spelling.seconds(said.lower().removeprefix("t").replace("−", "-").lstrip("-")) is not None:
            self.wrong(_("“%(name)s: %(said)s” is before the start. Write a time after it, such as T+0:15."),
                       name=name, said=said)  # fmt: skip
        elif found is None:
            self.wrong(_("“%(name)s: %(said)s” is no time. Write hours and minutes, such as T+1:15, or seconds."),
                       name=name, said=said)  # fmt: skip
        elif found > most:
            self.wrong(_("“%(name)s: %(said)s” is too late: an exercise has at most %(days)d days."),
                       name=name, said=said, days=most // 86400)  # fmt: skip
        return found

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        choices, said = list(choices), self.line(name, 40).lower()
        if said and said not in choices:
            self.wrong(_("“%(name)s: %(said)s” is not one of: %(choices)s. %(near)s"), name=name, said=said,
                       choices=", ".join(choices), near=nearest(said, choices))  # fmt: skip
            return default
        return said or default

    def flag(self, name: str) -> bool:
        return self.choice(name, ("yes", "no", "true", "false"), "no") in ("yes", "true")

    def list(self, name: str) -> list[Branch]:
        """What is listed there; one text is a list of it alone."""
        found = self.of.get(name)
        if found is None or found.of == "":
            return []
        return found.of if isinstance(found.of, list) else [found]


def nearest(name: str, names: Iterable[str]) -> str:
    """Did you mean …? Or what there is."""
    names = list(names)
    near = get_close_matches(name.lower(), names, 1, 0.6)
    if near:
        return _("Did you mean “%(name)s”?") % {"name": near[0]}
    return _("There is: %(names)s.") % {"names": ", ".join(names)}
