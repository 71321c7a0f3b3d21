"""The Celery application: it moves the work, and remembers nothing that matters."""

from __future__ import annotations

import os
from logging.config import dictConfig
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

app = Celery("warp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Celery would install its own handlers, which write more than our allow-list."""
    dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def stop_if_wrong(**_: Any) -> None:
    """A worker that stands alone on its machine meets wrong settings here first."""
    from warp import checks  # needs the apps, which are loaded by now

    checks.stop_if_wrong()
