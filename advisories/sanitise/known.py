"""What the hub knows of who reports, and every form in which a text may say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from advisories.sanitise.lists import DIRECTIONS, ORDINARY, SUFFIXES, TITLES, TYPES
from advisories.sanitise.view import squeezed
from advisories.sanitise.words import Kind

LEAST = 2  # letters of a name that was given; of one that we made ourselves, three


@dataclass(frozen=True, slots=True)
class Known:
    """`organisation`: its names. `other`: whatever else it is known by (short forms, old names, systems, public
    addresses). `places`: where it is. `day`: when the report was filed, for dates without a year."""

    organisation: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    day: date | None = None


class Name(NamedTuple):
    """A form of a name, squeezed. `key`: what it is a name of. `capital`: it has to begin with one to be meant.
    `sure`: it was given, not made of what was given."""

    form: str
    kind: Kind
    key: str
    capital: bool = False
    sure: bool = True


def names(known: Known) -> tuple[Name, ...]:
    """Each form once, the first that gives it."""
    forms: dict[str, Name] = {}
    for name in _all(known):
        if len(name.form) >= (LEAST if name.sure else 3):
            forms.setdefault(name.form, name)
    return tuple(forms.values())


def _all(known: Known) -> Iterator[Name]:
    for given in (*known.organisation, *known.other):
        yield Name(squeezed(given), Kind.ORGANISATION, "")
    for given in known.places:
        yield Name(squeezed(given), Kind.PLACE, squeezed(given))
    for domain in known.domains:
        yield Name(squeezed(domain), Kind.ORGANISATION, "")
    for number, person in enumerate(known.people):
        yield Name(squeezed(person), Kind.PERSON, f"{number}")
    for number, person in enumerate(known.people):
        yield from _of_person(person, f"{number}")
    for made in _made(known):
        yield Name(squeezed(made), Kind.ORGANISATION, "", capital=squeezed(made) in ORDINARY, sure=False)


def _made(known: Known) -> Iterator[str]:
    for given in known.organisation:
        yield from _short_forms(_words(given))
    for domain in known.domains:
        label = domain.casefold().strip(".").removeprefix("www.")
        for suffix in SUFFIXES:
            label = label.removesuffix(f".{suffix}")
        yield from (part for part in label.split(".") if len(part) >= 3)


def _short_forms(words: list[str]) -> Iterator[str]:
    """Of "Example Borough Council": Example, Example Council, Example BC, EBC, ExBC."""
    own = [word for word in words if word.casefold() not in TYPES]
    types = [word for word in words if word.casefold() in TYPES and len(word) > 3]
    yield "".join(own)
    yield "".join(word[0] for word in words if word.casefold() not in {"of", "the", "and", "for", "&"})
    yield "".join(word[0] for word in words)
    if own and types:
        ending = "".join(word[0] for word in types)
        yield "".join(own) + types[-1]
        yield types[-1] + "of" + "".join(own)
        yield "".join(types) + "of" + "".join(own)
        yield "".join(own) + ending
        yield from (own[0][:length] + ending for length in (2, 3, 4))
    yield from (word for word in own if len(word) >= 4 and word.casefold() not in DIRECTIONS)


def _of_person(person: str, key: str) -> Iterator[Name]:
    words = [word for word in _words(person) if squeezed(word) not in TITLES]
    if not words:
        return
    fore, last = words[0], words[-1]
    yield Name(squeezed(last), Kind.PERSON, key)
    if len(words) == 1:
        return
    for form in (fore + last, last + fore, fore[0] + last, last + fore[0], "".join(w[0] for w in words[:-1]) + last):
        yield Name(squeezed(form), Kind.PERSON, key, sure=False)
    for part in _parts(words[:-1]):
        yield Name(squeezed(part), Kind.PERSON, key, capital=True, sure=False)
    for part in _parts([last]) if "-" in last else ():
        yield Name(squeezed(part), Kind.PERSON, key, capital=True, sure=False)


def _parts(words: Iterable[str]) -> Iterator[str]:
    return (part for word in words for part in re.split(r"[-‐–]", word))


def _words(name: str) -> list[str]:
    """The words that have a letter or digit in them."""
    return [word for word in re.split(r"[\s,/()]+", name) if squeezed(word)]
