"""The wiring as an app: it brings commands and system checks, and no models."""

from __future__ import annotations

from django.apps import AppConfig


class WarpConfig(AppConfig):
    name = "warp"
    verbose_name = "WARP hub"

    def ready(self) -> None:
        from warp import checks  # noqa: F401  (registers)
