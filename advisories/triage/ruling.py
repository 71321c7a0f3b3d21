"""The rules by which a WARP ranks what comes to its desk: its coordinators change them, for their own desk alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advisories.models import RankRules, Source
from advisories.triage import ranks
from advisories.triage.rules import (
    CHOICES,
    DEFAULT,
    LONGEST_WORD,
    MOST_POINTS,
    MOST_WORDS,
    NUMBERS,
    Rules,
    changes,
    rules_of,
)
from members.audit import record
from members.mandate import over_warp
from members.models import Person, Warp
from members.refused import Refused

SHORTEST_WORD = 2


def rules_for(warp: Warp) -> Rules:
    """By which its desk is ranked now."""
    own = RankRules.objects.filter(warp=warp).first()
    return rules_of(own.changed) if own else DEFAULT


@transaction.atomic
def change(warp: Warp, new: Rules, at: datetime, *, by: Person | None) -> Rules:
    """From now on its desk is ranked by `new`; DEFAULT takes back whatever was changed.

    Raises Refused where `by` does not coordinate `warp`, or something is out of bounds.
    """
    over_warp(by, warp, at)
    _check(new)
    new = replace(new, watchwords=words_of(new.watchwords))
    _hold(warp)
    before = rules_for(warp)
    if told := changes(new):
        RankRules.objects.update_or_create(warp=warp, defaults={"changed": told})
    else:
        RankRules.objects.filter(warp=warp).delete()
    ranks.rerank(warp, new if told else None)
    differs = [name for name, value in asdict(new).items() if value != getattr(before, name)]
    points = {name: getattr(new, name) for name in differs if name in NUMBERS}  # never a watchword
    record("change_ranking", at, by=by, reference=warp.slug, changed=sorted(differs), points=points)
    return new


def words_of(lines: Iterable[str]) -> tuple[str, ...]:
    """Watchwords as they are kept: each once, whatever its case. Raises Refused."""
    found = {word.casefold(): word for line in lines if (word := " ".join(line.split()))}
    if len(found) > MOST_WORDS:
        raise Refused(_("At most %(most)d watchwords are looked for.") % {"most": MOST_WORDS})
    for word in found.values():
        if len(word) > LONGEST_WORD:
            raise Refused(_("A watchword has at most %(most)d characters.") % {"most": LONGEST_WORD})
        if len(re.findall(r"\w", word)) < SHORTEST_WORD or not word.isprintable():
            raise Refused(_("“%(word)s” is no watchword: it needs two letters or digits.") % {"word": word})
    return tuple(found.values())


def _check(new: Rules) -> None:
    if not all(0 <= getattr(new, name) <= MOST_POINTS for name in NUMBERS):
        raise Refused(_("Points go from 0 to %(most)d.") % {"most": MOST_POINTS})
    if not all(getattr(new, name) in offered for name, offered in CHOICES.items()):
        raise Refused(_("Choose one of what is offered."))


def _hold(warp: Warp) -> None:
    """So that nothing comes to the desk meanwhile which is ranked by the old rules: a fetch holds its source, too."""
    heard = Q(hub_wide=True) | Q(warp=warp) | Q(kind=Source.Kind.EPSS)
    list(Source.objects.select_for_update().filter(heard).order_by("pk").values_list("pk"))
