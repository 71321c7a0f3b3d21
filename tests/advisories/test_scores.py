"""EPSS scores are kept by vulnerability: only what differs is written, and nothing is taken for 0."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from advisories.collect import scores
from advisories.collect.run import collect
from advisories.models import Entry, Score
from tests.advisories.collect.conftest import Site
from tests.advisories.feeds import AT, source
from tests.members.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = (("CVE-2026-1001", "0.94321", "0.99999"), ("CVE-2026-1002", "0.00043", ""))


def test_only_what_differs_is_written_and_what_is_missing_stays(world: World) -> None:
    epss = source(world.warps["uk"], kind="epss")
    assert scores.keep(epss, FIRST, AT) == (2, 0, 0)
    assert scores.keep(epss, FIRST, AT + DAY) == (0, 0, 2)
    assert scores.keep(epss, (("CVE-2026-1001", "0.5", "0.9"),), AT + DAY) == (0, 1, 0)
    assert dict(Score.objects.values_list("cve", "probability")) == {
        "CVE-2026-1001": Decimal("0.5"), "CVE-2026-1002": Decimal("0.00043"),
    }  # fmt: skip
    assert Score.objects.get(pk="CVE-2026-1002").at == AT and Score.objects.get(pk="CVE-2026-1002").percentile is None


def test_the_daily_table_is_collected_like_any_source(world: World, site: Site) -> None:
    table = b"#model_version:v2026.03.01,score_date:2026-11-01T00:00:00+0000\ncve,epss,percentile\n"
    url = site.gives("/epss.csv", table + b"CVE-2026-1001,0.94321,0.99999\nCVE-2026-1002,0.00043,0.10000\n")
    epss = source(world.warps["uk"], kind="epss", url=url)
    (fetch,) = collect(epss, AT)
    assert (fetch.outcome, fetch.items, fetch.new, fetch.error) == ("ok", 2, 2, "")
    assert not Entry.rows.exists() and Score.objects.count() == 2
