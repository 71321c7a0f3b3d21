"""A sighting can be taken back, and how many there are is counted once a day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advisories', '0014_talk'),
        ('members', '0012_incidents'),
    ]

    operations = [
        migrations.AddField(
            model_name='sighting',
            name='taken_back_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='SightingCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(blank=True, max_length=2000)),
                ('organisations', models.PositiveIntegerField()),
                ('since', models.DateTimeField(help_text='The run that found this number first.')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'indicator'), name='sighting_count_once')],
            },
        ),
    ]
