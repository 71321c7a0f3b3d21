from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("advisories", "0002_stories_by_desk")]

    operations = [
        migrations.AddField(
            model_name="version",
            name="permission",
            field=models.TextField(
                blank=True,
                help_text="Who of the source allowed it, when and how.",
                verbose_name="permission for a lower label",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="withdrawn_because",
            field=models.TextField(blank=True, help_text="For its handlers; readers see the word alone."),
        ),
    ]
