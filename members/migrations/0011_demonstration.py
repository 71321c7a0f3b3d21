from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0010_search_index")]

    operations = [
        migrations.AddField(
            model_name="warp",
            name="demonstration",
            field=models.BooleanField(default=False, editable=False, help_text="Made up, to look around in."),
        ),
    ]
