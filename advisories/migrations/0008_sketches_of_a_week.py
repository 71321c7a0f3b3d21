"""A sketch of a text is kept once, by its week, not twice by fortnights: half the rows of an entry.

The kept ones can't be turned into those of today, so they are made again of the texts, whatever near.py makes by then.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

from advisories.collect.base import RawEntry
from advisories.triage import near

AT_A_TIME = 500


def sketch_again(apps: Any, _schema: Any) -> None:
    Entry, EntryKey = apps.get_model("advisories", "Entry"), apps.get_model("advisories", "EntryKey")
    # `joins` is the same for all keys of an entry: it was set apart by hand, or not.
    sketched = dict(EntryKey.objects.filter(key__startswith=near.KIND).values_list("entry", "joins"))
    EntryKey.objects.filter(key__startswith=near.KIND).delete()
    every = sorted(sketched)
    for start in range(0, len(every), AT_A_TIME):
        told = Entry._base_manager.filter(pk__in=every[start : start + AT_A_TIME]).values_list("pk", "summary", "published", "updated")
        EntryKey.objects.bulk_create(
            EntryKey(entry_id=pk, key=key, joins=sketched[pk])
            for pk, summary, published, updated in told
            for key in sorted(near.keys(RawEntry.of(guid="", title="", summary=summary, published=published,
                                                    updated=updated)))
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("advisories", "0007_rank_rules")]
    operations = [migrations.RunPython(sketch_again, migrations.RunPython.noop, elidable=True)]
