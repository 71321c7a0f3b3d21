from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class MembersConfig(AppConfig):
    name = "members"
    label = "members"
    verbose_name = "Members: people, trust, and how they are reached"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from members import appendonly, guards
        from members.exercises import kinds as of_exercises
        from members.training import kinds as training

        pre_migrate.connect(guards.remove, sender=self, dispatch_uid="guards.remove")
        post_migrate.connect(guards.install, sender=self, dispatch_uid="guards.install")
        pre_migrate.connect(appendonly.remove, sender=self, dispatch_uid="appendonly.remove")
        post_migrate.connect(appendonly.install, sender=self, dispatch_uid="appendonly.install")
        of_exercises.register()
        training.register()
