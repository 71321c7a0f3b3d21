"""The Celery application: it moves the work, and remembers nothing that matters."""

from __future__ import annotations

import gc
import os
import sys
from logging.config import dictConfig
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")

from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_init, worker_ready
from django.conf import settings
from django.db import close_old_connections

app = Celery("warp")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Celery would close the database's connection before and after every task. On PostgreSQL a new one knows nothing of the
# tables, and a Flash would wait while it learns. Kept by the rule of a page instead: until it is old, or broken.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Celery would install its own handlers, which write more than our allow-list."""
    dictConfig(settings.LOGGING)


@task_prerun.connect
@task_postrun.connect
def keep_what_works(task: Any = None, **_: Any) -> None:
    """Close the connection of this thread to the database, if it is old or broken."""
    if task is not None and not task.request.is_eager:  # inside another's transaction, it may be
        close_old_connections()


@worker_init.connect
@beat_init.connect
def stop_if_wrong(**_: Any) -> None:
    """A worker that stands alone on its machine meets wrong settings here first."""
    from warp import checks  # needs the apps, which are loaded by now

    checks.stop_if_wrong()


@worker_ready.connect
def keep_what_is_loaded(**_: Any) -> None:
    """What a worker is made of stays: Python need not look through it for what is not used any more, which takes a
    tenth of a second and always comes amid something."""
    gc.collect()
    gc.freeze()
