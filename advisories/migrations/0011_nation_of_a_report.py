from django.db import migrations, models

NATIONS = [
    ("england", "England"), ("wales", "Wales"), ("scotland", "Scotland"), ("northern-ireland", "Northern Ireland"),
]  # fmt: skip


class Migration(migrations.Migration):
    """By which statutory checklist a report goes."""

    dependencies = [("advisories", "0010_life_of_an_incident")]

    operations = [
        migrations.AddField(
            "report",
            "nation",
            models.CharField(choices=NATIONS, default="england", max_length=20, verbose_name="nation"),
        ),
    ]
