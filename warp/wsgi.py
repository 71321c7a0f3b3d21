"""The door for gunicorn."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")

from django.core.wsgi import get_wsgi_application

from warp.checks import stop_if_wrong

application = get_wsgi_application()
stop_if_wrong()
