"""What an incident's readers are told is told with a version: its timeline, its lessons and its indicators."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

import members.clock


def to_the_newest(apps, _editor):
    """What stood beside all versions stands with the newest."""
    happened, version = apps.get_model("advisories", "Happened"), apps.get_model("advisories", "Version")
    incident = apps.get_model("advisories", "Incident")
    newest = version._base_manager.filter(advisory=OuterRef("incident")).order_by("-number").values("pk")[:1]
    happened._base_manager.update(version=Subquery(newest))
    lessons = incident._base_manager.filter(item=OuterRef("advisory")).values("lessons")[:1]
    told = version._base_manager.filter(advisory__in=incident._base_manager.exclude(lessons="").values("item"))
    told.update(lessons=Subquery(lessons))


class Migration(migrations.Migration):

    dependencies = [
        ('advisories', '0009_incidents_and_sharing'),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='lessons',
            field=models.TextField(blank=True, verbose_name='lessons learned'),
        ),
        migrations.AddField(
            model_name='happened',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='timeline', to='advisories.version'),
        ),
        migrations.RunPython(to_the_newest, migrations.RunPython.noop),
        migrations.AlterModelOptions(name='happened', options={'ordering': ['version', 'on', 'id']}),
        migrations.RemoveField(model_name='happened', name='incident'),
        migrations.AlterField(
            model_name='happened',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timeline', to='advisories.version'),
        ),
        migrations.RemoveField(model_name='incident', name='lessons'),
        migrations.AddField(
            model_name='incident',
            name='state_at',
            field=models.DateTimeField(default=members.clock.now),
        ),
        migrations.AddField(
            model_name='indicator',
            name='version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='advisories.version'),
        ),
        migrations.RemoveConstraint(model_name='indicator', name='indicator_once'),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.UniqueConstraint(condition=models.Q(('version', None)), fields=('item', 'kind', 'value'), name='indicator_once'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.UniqueConstraint(fields=('version', 'kind', 'value'), name='indicator_once_a_version'),
        ),
    ]
