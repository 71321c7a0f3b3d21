"""What was said beneath advisories and incidents before a search looked there is found by it, too."""

from types import SimpleNamespace

from django.db import migrations

from members import indexing
from members.models import WRITTEN, shelf
from members.words import Row

BODY = 3  # the level from which a placement gives the text
MANY = 500


def find(apps, schema_editor):
    comments = apps.get_model("advisories", "Comment")._base_manager.filter(
        item__parent__kind__in=[int(kind) for kind in WRITTEN]
    )
    placements = apps.get_model("members", "Placement")._base_manager.filter(level__gte=BODY)
    rows = []
    said = comments.order_by("pk").values_list("item", "item__reference", "item__pos", "item__kind", "item__realm", "body")
    for pk, reference, pos, kind, realm, body in said.iterator():
        item = SimpleNamespace(pk=pk, reference=reference, pos=pos, shelf=shelf(kind, realm))
        buckets = placements.filter(item=pk).values_list("bucket", flat=True)
        rows.append(Row.of(item, buckets, "", body))
        if len(rows) == MANY:
            indexing.add(rows)
            rows = []
    if rows:
        indexing.add(rows)


class Migration(migrations.Migration):
    dependencies = [("advisories", "0016_relay"), ("members", "0017_second_person")]

    operations = [migrations.RunPython(find, migrations.RunPython.noop)]
