"""Whether any sender took over what another held. To ask before each message costs as good as nothing.

A lease that ran out by a clock which has jumped is no lease: another takes the row over, and moves the fence before it
reads in the journal what is out. Whoever held the row sees that before the next message, so the one on its way is all
that may be repeated. The fence is of one machine, as the journal is: from another machine's senders only the database
keeps apart, which is asked at each writing (accepted.MOST).
"""

from __future__ import annotations

import os
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


def stands() -> int:
    """Where it stands: another number after each move."""
    try:
        return _path().stat().st_size
    except FileNotFoundError:
        return 0


def move() -> None:
    """Some rows are another's from now on."""
    try:
        handle = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, b".")
        finally:
            os.close(handle)
    except OSError as error:
        log.error("the fence of the senders can't be moved: some messages may go out twice", error=str(error))


def _path() -> Path:
    return Path(settings.WARP_HOME) / "takeovers"
