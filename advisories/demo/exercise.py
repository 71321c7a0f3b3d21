"""An exercise of the demonstration: from the library, with players and an observer, all invited. Cara starts it."""

from __future__ import annotations

from datetime import datetime, timedelta

from members.exercises import enrolling, preparing
from members.exercises.library import library
from members.exercises.taking import take
from members.models import Person, Warp

SCENARIO, LEADS, WARP = "ransomware-at-a-supplier", "cara.orr@severn.example.org", "demo-severn"
# By team: who plays in it. Each for the one organisation that they are of.
PLAYERS = {
    "it": ("sam.reed@avonbridge.example.org", "owen.marsh@clunmoor.example.org", "joss.hale@oxbow.example.org"),
    "leadership": ("lena.fox@avonbridge.example.org",),
    "services": ("priya.shah@avonbridge.example.org", "ana.petrov@eastmarl.example.org"),
    "communications": ("bea.lund@thornmere.example.org",),
    "data-protection": ("mags.tulloch@marlshire.example.org",),
}
OBSERVER = "tom.okafor@severnfire.example.org"


def exercise(at: datetime) -> None:
    """Prepared three days ago, and invited the day before yesterday."""
    cara, warp = Person.objects.get(email=LEADS), Warp.objects.get(slug=WARP)
    made = take(cara, warp, library()[SCENARIO], at - timedelta(days=3))
    teams = {team.slug: team for team in made.teams.all()}
    for slug, addresses in PLAYERS.items():
        enrolling.players(cara, made, at - timedelta(hours=60), addresses, teams[slug], None)
    enrolling.observers(cara, made, at - timedelta(hours=60), [OBSERVER])
    preparing.invite(cara, made, at - timedelta(days=2))
