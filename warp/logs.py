"""Logs to standard error, one line an event, with only the fields of an allow-list.

Logs go to more people, and stay longer, than what the hub guards. So no titles, names or addresses: of our
own events the listed fields pass; of other libraries' records only the bare template, since what is filled in
may be a member's address, a private link or a row's content. Exceptions keep type and place, not their message.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# fmt: off
FIELDS = frozenset({
    "timestamp", "level", "logger", "event", "error", "at", "status_code",
    "source", "kind", "outcome", "run", "items", "new", "changed", "same", "refused",
    "task", "task_id", "announcement", "delivery", "channel", "version", "due", "sent", "tries",
    "count", "seconds",
})
# fmt: on
# Their messages are about processes and never about what the hub holds, unlike those of Celery's consumer.
PROCESS_LOGGERS = ("celery.apps", "celery.beat", "warp.")


def bare(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of a record from the standard library's logging: its template, its level, and listed extras."""
    record: logging.LogRecord = event["_record"]
    if record.name.startswith(PROCESS_LOGGERS):
        return event
    return {**event, "event": str(record.msg), **{k: v for k, v in vars(record).items() if k in FIELDS}}


def place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it passed through, without its message."""
    info: Any = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info if isinstance(info, BaseException) else info[1] if info else None
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        event["error"] = type(error).__name__
        places = (f"{frame.filename.rsplit('site-packages/')[-1]}:{frame.lineno}" for frame in frames)
        event["at"] = " > ".join(places)
    return event


def allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The listed fields and nothing else."""
    return {key: value for key, value in event.items() if key in FIELDS}


STAMPS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*STAMPS, bare],
            "processors": [
                place,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                allowed,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"]),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        **{name: {"level": "INFO"} for name in ("warp", "members", "advisories")},
    },
}

structlog.configure(
    processors=[*STAMPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
