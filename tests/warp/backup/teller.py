"""A process of a hub that does what it is told, line by line, and holds no connection in between."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback
from pathlib import Path

import django
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connections

sys.path.insert(0, str(Path.cwd()))
django.setup()


def do(words: list[str], python: str) -> tuple[int, str, str]:
    out, error, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            if python:
                exec(python, {})
            else:
                call_command(*words, stdout=out, stderr=error)
        except SystemExit as ended:
            status = int(ended.code or 0)
        except SystemCheckError as found:
            status = 1
            error.write(str(found))
        except CommandError as refused:
            status = refused.returncode
            error.write(str(refused))
        except Exception:
            status = 1
            error.write(traceback.format_exc())
    connections.close_all()
    return status, out.getvalue(), error.getvalue()


answers = sys.stdout
for line in sys.stdin:
    answers.write(json.dumps(do(*json.loads(line))) + "\n")
    answers.flush()
