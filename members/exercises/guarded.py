"""YAML from anybody, as far as a scenario needs it: mappings, lists and texts, each with the line where it stands.

Nothing is made of it but those, and no word is guessed to be a number, a date or a "no". What would make a small file
large (anchors), deep or of another type is refused before it is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from members.exercises.scenario import BYTES, Unreadable

DEEPEST, MOST_EVENTS = 6, 20_000
Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's where it is there: ten times as fast


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands in one place: `of` is a text, a list of branches, or a mapping of such by its names."""

    of: Any
    line: int
    twice: list[str] = field(default_factory=list)


def tree(content: bytes) -> Branch:
    """What the file says. Raises Unreadable."""
    if len(content) > BYTES:
        raise Unreadable([
            _("The file is larger than %(most)s: a scenario is text, and a small file. Nothing of it was read.")
            % {"most": "1 MB"}
        ])  # fmt: skip
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        said = _("The file is no text in UTF-8 (byte %(n)d). Save it as UTF-8, and choose it again.")
        raise Unreadable([said % {"n": wrong.start + 1}]) from None
    try:
        _guard(text)
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as wrong:
        raise Unreadable([_marked(wrong)]) from None
    except yaml.YAMLError:
        raise Unreadable([_("The file holds a character that YAML does not allow. Take it out.")]) from None
    if root is None:
        raise Unreadable([_("The file is empty.")])
    return _branch(root)


def _guard(text: str) -> None:
    """Look at the file event by event, before anything is built of it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=Loader)):
        at = {"line": event.start_mark.line + 1 if event.start_mark else 0}
        if count > MOST_EVENTS:
            raise Unreadable([_("The file holds more than a scenario can: it has too many parts.")])
        if getattr(event, "anchor", None) is not None:
            raise Unreadable([_("Line %(line)d: an anchor or alias (& or *). Write the text out instead.") % at])
        if getattr(event, "tag", None) not in (None, "!"):
            raise Unreadable([_("Line %(line)d: a type (!). A scenario is texts alone: take it out.") % at])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable([_("Line %(line)d: it lies too deep. A scenario has injects, and those have texts.") % at])


def _marked(wrong: yaml.MarkedYAMLError) -> str:
    mark = wrong.problem_mark or wrong.context_mark
    said = _(
        "Line %(line)d: this is no YAML (%(problem)s). Look at the indentation, and put texts with a colon in quotes."
    )
    return said % {"line": (mark.line if mark else 0) + 1, "problem": wrong.problem or wrong.context or ""}


def _branch(node: Any) -> Branch:
    at = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Branch(node.value, at)
    if isinstance(node, yaml.SequenceNode):
        return Branch([_branch(one) for one in node.value], at)
    found: dict[str, Branch] = {}
    twice = []
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in found:
            twice.append(name)
        found[name] = _branch(value)
    return Branch(found, at, twice)
