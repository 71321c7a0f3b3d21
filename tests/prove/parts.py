"""The parts of the proof that a mutant is judged by, and which of them are about which rooms of the hub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PAGES = (
    "pages_advisory",
    "pages_incident",
    "incidents",
    "incident_versions",
    "incident_exports",
    "pages_tend",
    "reporting",
    "evidence",
    "pages_report",
    "pages_embargo",
    "pages_talk",
    "questions",
    "pages_questions",
    "sightings",
    "shared",
    "pages_overview",
    "awaiting",
    "pages_desk",
    "children",
    "attachment",
    "atom",
    "activity_hidden",
)
EXERCISES = ("told", "pages_play", "pages_report", "running", "figures", "flash", "pages_lead")
ORDINARY = {"test", "py", "member", "advisorie", "view", "page", ""}
TOLD = ("telling/test_pages_told", "telling/test_month", "kit/test_lists")


class Proof(NamedTuple):
    name: str
    targets: list[str]
    worlds: int  # how many drawn worlds it looks at
    of: tuple[str, ...] = ()  # the rooms it is about: a change there meets it first


# The quickest first: a mutant that dies there costs a few seconds.
PROOFS = (
    Proof("cases and oracle", ["tests/members/test_policy_cases.py", "tests/prove/test_oracle.py"], 20),
    Proof("directions", ["tests/members/test_directions.py"], 12),
    Proof("training", ["tests/members/training"], 3, ("members/training/", "members/views/training/")),
    Proof(
        "exercises",
        [f"tests/members/exercises/test_{name}.py" for name in EXERCISES],
        3,
        ("members/exercises/", "members/views/exercises/"),
    ),
    Proof(
        "pages",
        [
            "tests/prove/test_found.py",
            "tests/members/test_embargo.py",
            *(f"tests/advisories/test_{name}.py" for name in PAGES),
            "tests/advisories/sharing",
        ],
        3,
        (
            "advisories/",
            "members/views/",
            "templates/",
            "members/embargo/",
            "members/verbs",
            "members/permits",
            "members/audit",
            "members/nameless",
        ),
    ),
    Proof(
        "answers",
        ["tests/members/response", "tests/advisories/test_pages_answers.py"],
        3,
        ("members/response/",),
    ),
    Proof("what is told", [f"tests/members/{name}.py" for name in TOLD], 3, ("members/telling/", "members/kit/")),
    Proof(
        "the outbox",
        ["tests/members/test_subscribing.py", "tests/members/calendar", "tests/members/delivery"],
        3,
        ("members/delivery/", "members/calendar/"),
    ),
    Proof(
        "addresses, keys and what comes back",
        ["tests/members/test_pages_reach.py", "tests/members/test_openpgp.py", "tests/advisories/test_bounces.py"],
        3,
        ("members/reach/", "members/delivery/returned", "members/delivery/keys", "members/delivery/openpgp"),
    ),
    Proof("what machines are served", ["tests/members/test_served.py"], 8, ("advisories/serve/", "members/served")),
    Proof("canaries, twins and swap", ["tests/prove/test_canaries.py"], 3, ("members/listing",)),
    Proof("states and times", ["tests/prove/test_stateful.py", "tests/prove/test_times.py"], 3),
    Proof("canaries, twins and swap of more worlds", ["tests/prove/test_canaries.py"], 12),
)


def nearest(changed: str) -> list[Proof]:
    """All of them, those about the room of the file that was `changed` first, and of these those about the least room;
    "" is in none."""

    def room(proof: Proof) -> int:
        return max((len(one) for one in proof.of if changed.startswith(one)), default=0)

    return sorted(PROOFS, key=room, reverse=True)  # stable: those that are about no such room stay the quickest first


def likest(targets: list[str], changed: str, root: Path) -> list[str]:
    """The files of tests of `targets` below `root`, those first that are called as the file that was `changed` is: a
    leak of a page dies in that page's tests, and the rest of a part takes minutes. The same files, whatever it is."""
    files = [file for target in targets for file in _files(target, root)]
    return sorted(files, key=lambda file: -len(_words(file) & _words(changed)))


def _files(target: str, root: Path) -> list[str]:
    if not (root / target).is_dir():
        return [target]
    return sorted(str(path.relative_to(root)) for path in (root / target).rglob("test_*.py"))


def _words(path: str) -> set[str]:
    """Of a file's path, without those that tell nothing of what it is about, and without their plural."""
    return {word.removesuffix("s") for word in re.split(r"[/_.:]", path)} - ORDINARY
