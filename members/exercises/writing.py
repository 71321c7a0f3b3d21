"""Write a scenario as a file that reading.py reads to the same: texts as blocks that people edit."""

from __future__ import annotations

from typing import Any

import yaml

from members.exercises.scenario import TIERS, VERSION, InjectFile, ScenarioFile
from members.exercises.spelling import spelled

WIDTH = 4096  # no line is broken for them
TIER_NAMES = {number: name for name, number in TIERS.items()}


class Block(str):
    """A text of lines, written as it reads."""

    __slots__ = ()


class Quoted(str):
    """A word that other readers of YAML would take for a number."""

    __slots__ = ()


class Short(list[str]):
    """A list on one line."""


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


Dumper.add_representer(Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|"))
Dumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
Dumper.add_representer(
    Short, lambda dumper, words: dumper.represent_sequence("tag:yaml.org,2002:seq", words, flow_style=True)
)


def write(scenario: ScenarioFile) -> str:
    """The file, as text."""
    told: dict[str, Any] = {"version": VERSION, "title": scenario.title}
    told |= {name: Block(said) for name in ("aims", "briefing") if (said := getattr(scenario, name))}
    told["teams"] = {team.slug: team.name for team in scenario.teams}
    told["injects"] = [_inject(one) for one in sorted(scenario.injects, key=lambda one: (one.offset, one.number))]
    text = yaml.dump(told, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
    return str(text)


def _inject(one: InjectFile) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": one.number, "at": Quoted(spelled(one.offset)), "title": one.title, "teams": Short(one.teams),
        "channel": one.channel, "tier": TIER_NAMES[one.tier],
    }  # fmt: skip
    if one.asks:
        said["acknowledge"] = True
    if one.within is not None:
        said["within"] = Quoted(spelled(one.within, ""))
    said["text"] = Block(one.text)
    if one.attachment_name:
        said["attachment"] = {"name": one.attachment_name, "text": Block(one.attachment)}
    if one.expects:
        said["expects"] = Block(one.expects)
    return said
