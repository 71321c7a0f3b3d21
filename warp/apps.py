"""The wiring as an app: it brings commands and system checks, and no models."""

from __future__ import annotations

from django.apps import AppConfig


class WarpConfig(AppConfig):
    name = "warp"
    verbose_name = "WARP hub"

    def ready(self) -> None:
        # Registers the checks; and whoever asks for a task, pages and commands too, reaches the hub's own queue.
        from warp import celery, checks  # noqa: F401
