"""What whoever answers for a source may set of it: its name, its pace, its label, its limits, how the hub signs in.

Its kind and its address never change: another address is another source.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.collect import signin
from advisories.collect.csaf.csafprovider import is_of_provider
from advisories.collect.kinds import KINDS
from advisories.collect.mail.mailfacts import AUTHSERV
from advisories.models import Source
from members import tlp
from members.audit import record
from members.mandate import over_warp
from members.models import Person
from members.refused import Refused

MB = 1_000_000
# The least and the most that a source may be given: (what it counts in, least, most).
BOUNDS: dict[str, tuple[int, int, int]] = {
    "wire": (MB, 1, 200), "decoded": (MB, 1, 500), "entries": (1, 10, 500_000), "seconds": (1, 5, 300),
}  # fmt: skip
CHANGED = ["name", "every", "at_most", "default_label", "limits", "state", "pace", "secret", "due_at"]
SLOWEST = 14 * 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Settings:
    """`every`, `at_most`: minutes. `label`: of what comes unmarked, "" for AMBER+STRICT. `limits`: by the names of
    BOUNDS and counted as those, what is otherwise than for its kind. `sign_in`: None leaves it, "" forgets it.
    `authserv`: the name of the own mail server. `trust_anew`: forget the keys of a CSAF provider, and pin those that it
    names next.
    """

    name: str
    every: int
    at_most: int | None
    label: str
    limits: dict[str, int]
    sign_in: str | None = None
    authserv: str = ""
    trust_anew: bool = False


@transaction.atomic
def change(source: Source, new: Settings, at: datetime, *, by: Person | None) -> Source:
    """Raises Refused where `by` does not coordinate its WARP, something is out of bounds, or the label would be looser
    and they are none of those whom the source names for what comes RED, or RED and it names nobody.
    """
    over_warp(by, source.warp, at)
    source = Source.objects.select_for_update().select_related("warp").get(pk=source.pk)
    _check(new)
    _check_label(source, new.label, by)
    before = told(source)
    source.name, source.every, source.at_most, source.default_label = new.name, new.every, new.at_most, new.label
    source.limits = {name: value * BOUNDS[name][0] for name, value in new.limits.items()}
    source.state = _state(source.state, new)
    source.pace = None  # its rhythm is learnt anew within its new bounds
    if new.sign_in is not None:
        source.secret = signin.close(source, new.sign_in)
    source.due_at = min(source.due_at, at)  # what is changed is tried at once
    source.save(update_fields=CHANGED)
    changed = sorted(name for name, value in told(source).items() if before[name] != value)
    changed += ["sign_in"] * (new.sign_in is not None) + ["trust_anew"] * new.trust_anew
    labels = [before["label"] or tlp.STRICT, new.label or tlp.STRICT]
    record("change_source", at, by=by, reference=source.slug, changed=changed, labels=labels)
    return source


def told(source: Source) -> dict[str, object]:
    """How it is set now, as a form shows it. How the hub signs in is never among it."""
    limits = {name: value // BOUNDS[name][0] for name, value in source.limits.items() if name in BOUNDS}
    return {
        "name": source.name, "every": source.every, "at_most": source.at_most, "label": source.default_label,
        "authserv": source.state.get(AUTHSERV, ""), **dict.fromkeys(BOUNDS), **limits,
    }  # fmt: skip


def usual(kind: str) -> dict[str, int]:
    """The limits of a kind, counted as in BOUNDS."""
    limits = asdict(KINDS[kind].limits)
    return {name: int(limits[name]) // unit for name, (unit, _least, _most) in BOUNDS.items()}


def has_keys(source: Source) -> bool:
    return any(value for name, value in source.state.items() if is_of_provider(name))


def _check(new: Settings) -> None:
    if not new.name.strip():
        raise Refused(_("A source needs a name."))
    if not 1 <= new.every <= SLOWEST or (new.at_most is not None and not new.every <= new.at_most <= SLOWEST):
        raise Refused(_("Minutes between fetches go from 1 to %(most)d, and the most is no less than the least.")
                      % {"most": SLOWEST})  # fmt: skip
    for name, value in new.limits.items():
        _unit, least, most = BOUNDS[name]
        if not least <= value <= most:
            raise Refused(_("Limits go from %(least)d to %(most)d.") % {"least": least, "most": most})
    if new.sign_in and len(new.sign_in) > signin.LONGEST:
        raise Refused(_("That is longer than any password or token."))


def _check_label(source: Source, label: str, by: Person | None) -> None:
    named = set(source.red_handlers.values_list("pk", flat=True))
    if label == tlp.RED and not named:
        raise Refused(_("Nobody is named for what comes RED from this source, so nobody would read it. Choose another "
                        "label, or ask whoever runs the hub to name people."))  # fmt: skip
    before, after = (text or tlp.STRICT for text in (source.default_label, label))
    looser = after != before and tlp.strictest([after, before]) == before
    if looser and named and by is not None and by.pk not in named:
        raise Refused(_("Only those who are named for what comes RED from this source may give it a looser label."))


def _state(state: dict[str, str], new: Settings) -> dict[str, str]:
    kept = {name: value for name, value in state.items() if name != AUTHSERV}
    if new.trust_anew:
        kept = {name: value for name, value in kept.items() if not is_of_provider(name)}
    return kept | ({AUTHSERV: new.authserv} if new.authserv else {})
