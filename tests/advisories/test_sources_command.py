from __future__ import annotations

import pytest

from advisories.models import Source
from tests.advisories.commands import run
from tests.members.world import World

pytestmark = pytest.mark.django_db


def test_what_a_source_sends_as_red_goes_to_those_named_for_it(world: World) -> None:
    url = "https://feed.example.org/x?token=abc"
    done = run("sources", "add", "feed", url, "--red-to", "carol@example.org", "--red-to", "kate@example.org")
    assert done.status == 0, done.error
    source = Source.objects.get()
    assert {person.email for person in source.red_handlers.all()} == {"carol@example.org", "kate@example.org"}
    assert source.shown_url == "https://feed.example.org/x?…", "a page tells no secret of the address"
    assert run("sources", "add", "feed", "https://b.example.org/", "--red-to", "none@example.org").status == 2
