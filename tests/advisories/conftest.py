from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.advisories.collect.conftest import LOOPBACK, Site


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A real HTTP server on loopback, which the hub is allowed to collect from."""
    settings.COLLECT_ALLOW = list(LOOPBACK)
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()
