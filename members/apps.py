from __future__ import annotations

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    label = "members"
    verbose_name = "Members: people, trust, and how they are reached"
    default_auto_field = "django.db.models.BigAutoField"
