"""What in a text could identify its reporter: everything that was found, once, in order, with what to say instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from advisories.sanitise import moments, naming, network, persons, words
from advisories.sanitise.hit import Hit
from advisories.sanitise.known import Known, Name, names
from advisories.sanitise.view import View, squeezed, view
from advisories.sanitise.words import Kind


@dataclass(frozen=True, slots=True)
class Suspect:
    """text[start:end] of the original could identify the reporter. `replacement`: what redacting puts there."""

    start: int
    end: int
    text: str
    kind: Kind
    why: str
    replacement: str


Numbers = dict[tuple[Kind, str], int]


def find(text: str, known: Known) -> tuple[Suspect, ...]:
    return find_all((text,), known)[0]


def find_all(texts: Sequence[str], known: Known) -> tuple[tuple[Suspect, ...], ...]:
    """Of several texts that belong together: "host 1" of the title is "host 1" of the body."""
    forms = names(known)
    numbers: Numbers = {}
    people = {name.form: name.key for name in forms if name.kind == Kind.PERSON}
    return tuple(tuple(_suspects(view(text), forms, known, people, numbers)) for text in texts)


def _suspects(
    seen: View, forms: Iterable[Name], known: Known, people: dict[str, str], numbers: Numbers
) -> Iterator[Suspect]:
    instead, reasons = words.replacements(), words.reasons()
    for hit in _apart(_hits(seen, forms, known)):
        start, end = seen.original(hit.start, hit.end)
        kind, key = _what(hit, people)
        said = hit.instead or instead[kind] % {"n": _number(numbers, kind, key)}
        yield Suspect(start, end, seen.text[start:end], kind, reasons[kind], said)


def _what(hit: Hit, people: dict[str, str]) -> tuple[Kind, str]:
    """A title or a user name may be of somebody who is known."""
    if hit.kind in {Kind.PERSON, Kind.USERNAME} and (person := people.get(squeezed(hit.key))):
        return Kind.PERSON, person
    return hit.kind, hit.key


def _hits(seen: View, forms: Iterable[Name], known: Known) -> Iterator[Hit]:
    return chain(
        naming.found(seen, forms),
        naming.domains(seen, known.domains),
        network.found(seen),
        persons.found(seen),
        moments.found(seen, known.day),
    )


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """What overlaps becomes one, so that nothing of either is left; it is called what the longest is, then the most
    certain."""
    best: Hit | None = None
    start = end = 0
    for hit in sorted(hits, key=lambda one: (one.start, -one.end, -one.certain, one.kind, one.key)):
        if best is None or hit.start >= end:
            if best:
                yield best._replace(start=start, end=end)
            best, start, end = hit, hit.start, hit.end
            continue
        end = max(end, hit.end)
        if (hit.end - hit.start, hit.certain) > (best.end - best.start, best.certain):
            best = hit
    if best:
        yield best._replace(start=start, end=end)


def _number(numbers: Numbers, kind: Kind, key: str) -> int:
    if (kind, key) not in numbers:
        numbers[kind, key] = 1 + numbers.get((kind, "\0last"), 0)
        numbers[kind, "\0last"] = numbers[kind, key]
    return numbers[kind, key]
