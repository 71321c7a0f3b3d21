"""The demonstration: made by the hub's own verbs on an empty database, alive at first sight, never anywhere else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from advisories.demo import build, sources
from advisories.demo.people import sign_in_groups
from advisories.models import Advisory, Source
from members import clock
from members.models import (
    Person,
    Warp,
)
from tests.advisories.commands import run
from tests.members.world import World

pytestmark = pytest.mark.django_db


def test_it_is_made_once_and_a_second_time_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.HOME, settings.DEMO = tmp_path, True
    ran = run("demo")
    assert ran.status == 0 and f"{Person.objects.count()} people" in ran.out
    again = run("demo")
    assert again.status == 1 and "not empty" in again.error
    assert Advisory.rows.count() == 17


@pytest.mark.parametrize("moment", ["2026-11-28T00:03Z", "2026-07-01T23:30Z", "2026-03-29T01:30Z"])
def test_it_is_made_at_any_hour(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    settings.HOME, settings.DEMO = tmp_path, True
    monkeypatch.setattr(clock, "ask", lambda: datetime.fromisoformat(moment))
    assert run("demo").status == 0


def test_it_is_never_mixed_with_a_real_hub(world: World, settings: Settings) -> None:
    settings.DEMO = True
    assert run("demo").status == 1
    assert not Warp.objects.filter(demonstration=True).exists()
    assert not Source.objects.exists()


def test_a_real_hub_never_gets_it(settings: Settings, tmp_path: Path) -> None:
    settings.HOME, settings.DEMO = tmp_path, False
    ran = run("demo")
    assert ran.status == 1 and "real hub" in ran.error
    assert not Warp.objects.exists() and not Person.objects.exists() and not list(tmp_path.iterdir())


def test_half_a_demonstration_is_none(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME, settings.DEMO = tmp_path, True

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(build, "_told_long_ago", fails)
    with pytest.raises(OSError, match="no space"):
        run("demo")
    assert not Warp.objects.exists() and not Advisory.rows.exists()
    monkeypatch.undo()
    settings.HOME, settings.DEMO = tmp_path, True
    assert run("demo").status == 0


def test_its_files_are_dated_anew_for_each_demonstration(settings: Settings, tmp_path: Path) -> None:
    settings.HOME, settings.DEMO = tmp_path, True
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "exploited-catalogue.json").write_text("of an earlier demonstration")
    (tmp_path / "drop" / "mine.txt").write_text("somebody's own")
    assert run("demo").status == 0
    for file in sources.FILES.iterdir():
        text = (tmp_path / "drop" / file.name).read_text()
        assert text == sources.dated(file.read_text(), Source.objects.earliest("pk").due_at)
        assert not sources._DATE.search(text)
    assert (tmp_path / "drop" / "mine.txt").read_text() == "somebody's own"


def test_nobody_is_offered_where_no_demonstration_was_made(world: World, settings: Settings) -> None:
    settings.DEMO = True
    world.people["alice"].email = "lena.fox@avonbridge.example.org"
    world.people["alice"].save()
    assert sign_in_groups() == []
