import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advisories", "0001_sources_and_texts"),
        ("members", "0001_people_and_items"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="lift",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="fetch",
            name="body_hash",
            field=models.CharField(blank=True, help_text="Of all bytes of a document that was taken.", max_length=64),
        ),
        migrations.AddField(
            model_name="story",
            name="into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="advisories.story",
            ),
        ),
        migrations.AddField(
            model_name="story",
            name="warp",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.warp"
            ),
        ),
    ]
