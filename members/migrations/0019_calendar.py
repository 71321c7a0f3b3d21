from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0018_training_and_exercises")]

    operations = [
        migrations.AlterField(
            model_name="credential",
            name="use",
            field=models.CharField(
                choices=[
                    ("machine", "in a header: TAXII and API"),
                    ("atom", "in the address: Atom"),
                    ("calendar", "in the address: calendar"),
                ],
                max_length=10,
            ),
        ),
    ]
