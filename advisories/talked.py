"""What mails and searches ask of a question and of what is said beneath an item, registered with members at start."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from advisories.models import Comment, Discussion
from members import clock, kinds
from members.kinds import Content, Section
from members.models import Cell, Item
from members.shows import Exit, Stand, stands

TELLING = (Exit.MAIL, Exit.DIGEST, Exit.MESSAGE)


def question(item: Item, version: int, cell: Cell) -> Content:
    text = Discussion.rows.get(item=item)
    return _content(text.title, _("Question"), text.body, cell)


def question_text(item: Item, version: int) -> str:
    text = Discussion.rows.get(item=item)
    return f"{text.title}\n{text.body}"


def titles(versions: Mapping[int, int]) -> dict[int, str]:
    return dict(Discussion.rows.filter(item__in=versions).values_list("item", "title"))


def reply(item: Item, version: int, cell: Cell) -> Content:
    """Under the title of what it is about, which whoever reads it reads too, where its WARP lets that be told."""
    parent, stand = _parent(item), stands([item, _parent(item)], clock.now())
    # a version that is approved for later has a title nobody knows yet
    above = kinds.titles({parent: stand[parent.pk].version}).get(parent.pk, "")
    if not _may_head(stand[parent.pk], stand[item.pk]):
        above = _("What you follow")
    return _content(above or parent.reference, _("What was said"), Comment.rows.get(item=item).body, cell)


def reply_text(item: Item, version: int) -> str:
    return Comment.rows.get(item=item).body


def reply_url(item: Item) -> str:
    return f"{kinds.page(_parent(item))}#{item.reference}"


def _may_head(above: Stand, said: Stand) -> bool:
    """Whether the title of what stands so may go wherever what was `said` beneath it goes. It was narrowed since, and
    what was said has a label of its own, or its WARP lets less be told of one label than of the other."""
    ways = [(way, private) for way in TELLING for private in (True, False)]
    return all(
        said.cell(way, private=private) < Cell.TITLE or above.cell(way, private=private) >= Cell.TITLE
        for way, private in ways
    )


def _parent(item: Item) -> Item:
    parent = item.parent
    assert parent is not None  # a comment
    return parent


def _content(title: str, heading: str, body: str, cell: Cell) -> Content:
    if cell < Cell.TITLE:
        raise ValueError("nothing of this may be said here, not even its title")
    if cell < Cell.BODY or not body:
        return Content(title)
    return Content(title, (Section(heading, tuple(line.strip() for line in body.splitlines() if line.strip())),))
