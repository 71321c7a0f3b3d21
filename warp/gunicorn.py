"""How the web server runs: threads, since pages wait for the database, and logs by the same allow-list."""

from __future__ import annotations

from warp.logs import LOGGING

worker_class = "gthread"
workers = 1
threads = 8
graceful_timeout = 5
control_socket_disable = True
loglevel = "warning"
logconfig_dict = LOGGING | {
    "loggers": {
        **LOGGING["loggers"],
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "ERROR", "handlers": [], "propagate": False},
    }
}
