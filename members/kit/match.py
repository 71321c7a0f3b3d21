"""Which organisations' kit an announcement concerns: worked out when it is planned, and kept as rows for its ticks.

By what the text says and what the item's sources name: CPE, package URL, and words, since CPEs come late or never.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members import kinds
from members.delivery.insert import write
from members.kit.naming import concerns, cpe_key, identifiers, purl_key
from members.models import Announcement, Item, Organisation, Product
from members.words import MOST_WORDS, words

MATCHES = """
    INSERT INTO members_kitmatch (announcement_id, organisation_id)
    SELECT %s, r.id FROM ({recipients}) r WHERE 1 = 1
    ON CONFLICT (announcement_id, organisation_id) DO NOTHING"""
MOST_KEYS = 5_000  # of what an item names


def match(announcement: Announcement, item: Item, version: int) -> QuerySet[Organisation] | None:
    """Write down whose kit `version` of `item` concerns, and answer those organisations; None where it is nobody's.

    As many statements however many organisations and products there are.
    """
    if not Product.objects.exists():
        return None
    found = _products(kinds.naming(item, version))
    if found is None:
        return None
    houses = Organisation.objects.filter(pk__in=found.order_by().values("organisation"))
    write(MATCHES, [announcement.pk], houses)
    return matched(announcement)


def matched(announcement: Announcement) -> QuerySet[Organisation]:
    """The organisations whose kit it was found to concern."""
    return Organisation.objects.filter(pk__in=announcement.kit_matches.order_by().values("organisation"))


def _products(naming: kinds.Naming) -> QuerySet[Product] | None:
    lines = [words(line) for line in naming.text.splitlines()]
    cpes, purls = identifiers(naming.text)
    by_cpe = {key for cpe in [*cpes, *naming.cpes] if (key := cpe_key(cpe))}
    by_purl = {key for purl in [*purls, *naming.purls] if (key := purl_key(purl))}
    by_words = _worded(lines)
    if not (by_cpe or by_purl or by_words):
        return None
    return Product.objects.filter(
        Q(words__in=sorted(by_words)) | Q(cpe_key__in=sorted(by_cpe)[:MOST_KEYS])
        | Q(purl_key__in=sorted(by_purl)[:MOST_KEYS])
    )  # fmt: skip


def _worded(lines: list[list[str]]) -> set[str]:
    """The names, as their telling words, that the text speaks of."""
    every = dict.fromkeys(word for line in lines for word in line)
    listed = Product.objects.filter(head__in=list(every)[:MOST_WORDS]).order_by()
    return {told for told in listed.values_list("words", flat=True).distinct() if concerns(told, lines)}
