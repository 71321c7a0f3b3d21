"""What the demonstration's members asked their WARP, and who answered. Made up, like all the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from advisories import children, questions
from advisories.demo.talk import BEA, LENA, SAM
from advisories.demo.writings import CARA, days
from members.models import Person, Warp
from members.tlp import GREEN


@dataclass(frozen=True)
class Asking:
    """Asked so long `ago`; `answers`: by whom, how long after, and what; the one at `accepted` was what they needed."""

    by: str
    warp: str
    ago: timedelta
    title: str
    body: str
    answers: tuple[tuple[str, timedelta, str], ...]
    accepted: int | None = None


OWEN, JOSS = "owen.marsh@clunmoor.example.org", "joss.hale@oxbow.example.org"
ASKED = (
    Asking(OWEN, "demo-severn", days(10.3), "How do you hand out a second factor to people without a telephone?",
           "Forty people at our depots have none from us, and want no work on their own.", (
        (SAM, timedelta(hours=2), "We bought keys for the depots: one each, on the ring with the van’s. A spare in the"
         " safe. Nobody has asked for a telephone since."),
        (LENA, timedelta(hours=26), "Who lost theirs comes to the desk with their pass. Never by telephone."),
    ), accepted=0),
    Asking(JOSS, "demo-severn", days(4.6), "Who has moved their backups where an administrator can’t delete them?",
           "We look after two councils and would like to see it done before we write the paper.", (
        (CARA, timedelta(hours=5), "Wyreford did last spring. I have asked whether you may come and look."),
    )),
    Asking(SAM, "demo-severn", days(1.3), "Does your mail filter open archives with a password in the text?",
           "Ours lets them through. The maker says that it is meant so.", ()),
    Asking(BEA, "demo-humber", days(6.2), "Which words do you use when a supplier will not say what happened?", "", ()),
)  # fmt: skip


def ask(at: datetime) -> None:
    for one in ASKED:
        _ask(one, at - one.ago)


def _ask(one: Asking, then: datetime) -> None:
    asker, warp = Person.objects.get(email=one.by), Warp.objects.get(slug=one.warp)
    item = questions.ask(asker, warp, then, one.title, one.body, label=GREEN).item
    answered = [(Person.objects.get(email=by), then + after, words) for by, after, words in one.answers]
    said = [children.comment(person, item, later, words).item for person, later, words in answered]
    if one.accepted is not None:
        questions.accept(asker, item, said[one.accepted], then + timedelta(hours=30))
