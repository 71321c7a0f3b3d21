"""The Celery application: it moves the work, and remembers nothing that matters."""

from __future__ import annotations

import os
from logging.config import dictConfig
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

app = Celery("warp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Celery would install its own handlers, which write more than our allow-list."""
    dictConfig(settings.LOGGING)
