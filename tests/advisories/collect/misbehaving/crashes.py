from __future__ import annotations

import os
import signal


def parse(body: bytes, context: object) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)
