"""`manage.py audit verify`: 0 sound, 1 broken, 2 wrong use; it shows no row."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members import appendonly, clock
from members.models import AuditRow
from members.sealing import heads
from tests.members import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chain(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WARP_HOME = tmp_path
    monkeypatch.setattr(clock, "ask", lambda: tampering.LATER)
    tampering.lay(30, random.Random(1))


def test_a_sound_chain_is_said_with_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "verify")
    out = capsys.readouterr().out
    assert "30 rows, each as it was sealed" in out and str(heads.latest()) in out
    assert not {row.reference for row in AuditRow.objects.all()} & set(out.replace(":", " ").split())


def test_a_broken_one_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    appendonly.remove()
    tampering.TAMPERINGS["a row deleted"](random.Random(1))
    with pytest.raises(SystemExit, match="1"):
        call_command("audit", "verify", "--json")
    (told,) = json.loads(capsys.readouterr().out)
    assert told["sound"] is False and "is gone" in told["said"] and told["rows"] < 30
    assert set(told) == {"sound", "said", "rows", "head", "notes", "seconds"}


def test_a_head_from_a_mail_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "verify", head=str(heads.latest()))
    with pytest.raises(SystemExit, match="1"):
        call_command("audit", "verify", head=f"31:{'0' * 64}")
    assert "its tail was cut off" in capsys.readouterr().out


def test_what_is_no_head_is_wrong_use() -> None:
    with pytest.raises(CommandError, match="Copy NUMBER:DIGEST") as error:
        call_command("audit", "verify", head="yesterday")
    assert error.value.returncode == 2
