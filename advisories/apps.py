from __future__ import annotations

from django.apps import AppConfig


class AdvisoriesConfig(AppConfig):
    name = "advisories"
    label = "advisories"
    verbose_name = "Advisories: warnings, incidents, and the talk about them"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from advisories import kinds

        kinds.register()
