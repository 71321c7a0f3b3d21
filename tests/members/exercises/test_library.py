"""The scenarios that the hub brings: complete, playable, and with nothing in them that could be real."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from members.exercises.library import library
from members.exercises.reading import read
from members.exercises.scenario import TIERS, ScenarioFile
from members.exercises.writing import write
from members.views.exercises.play import BEGINS

DOCUMENTATION = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
NAME = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|uk|example|test|io|info|eu)\b", re.I)
TRUE_HELP = {"phishing.gov.uk"}  # where people are truly to report


@pytest.fixture(params=sorted(library()))
def scenario(request: pytest.FixtureRequest) -> ScenarioFile:
    return library()[request.param]


def test_there_are_the_three_that_councils_ask_for() -> None:
    assert set(library()) == {"ransomware-at-a-supplier", "leaked-credentials", "phishing-before-an-election"}


def test_each_is_complete(scenario: ScenarioFile) -> None:
    assert 12 <= len(scenario.injects) <= 20
    assert 90 <= scenario.minutes <= 150
    assert 4 <= len(scenario.teams) <= 6
    assert scenario.aims and len(scenario.briefing) > 400
    assert all(len(one.expects) > 60 for one in scenario.injects), "each says what good players do"
    assert sum(1 for one in scenario.injects if one.attachment) >= 2
    assert sum(1 for one in scenario.injects if one.asks and one.within) >= 4
    assert {one.channel for one in scenario.injects} == {"mail", "message", "page"}
    assert {TIERS["flash"], TIERS["information"]} <= {one.tier for one in scenario.injects}


def test_each_team_has_enough_to_do_and_nothing_comes_at_once(scenario: ScenarioFile) -> None:
    for team in scenario.teams:
        assert sum(1 for one in scenario.injects if team.slug in one.teams) >= 3, team
    offsets = [one.offset for one in scenario.injects]
    assert offsets[0] == 0 and all(after - before >= 300 for before, after in pairwise(offsets))
    assert [one.number for one in scenario.injects] == list(range(1, len(scenario.injects) + 1))


def test_no_address_or_name_in_it_can_be_real(scenario: ScenarioFile) -> None:
    text = write(scenario)
    addresses = set(ADDRESS.findall(text))
    assert all(any(ip_address(one) in net for net in DOCUMENTATION) for one in addresses), addresses
    names = {name.lower() for name in NAME.findall(text)}
    real = {one for one in names if not re.search(r"(^|\.)example(\.(com|net|org))?$", one)} - TRUE_HELP
    assert not real


def test_what_is_attached_says_that_it_is_an_exercise(scenario: ScenarioFile) -> None:
    assert all("EXERCISE EXERCISE EXERCISE" in one.attachment[:BEGINS] for one in scenario.injects if one.attachment)


def test_it_is_written_as_it_is_read(scenario: ScenarioFile) -> None:
    assert read(write(scenario).encode()) == scenario


def test_the_little_one_of_the_documentation_is_read_too() -> None:
    page = (Path(__file__).parents[3] / "docs/scenarios.md").read_text()
    block = page.split("```yaml\n")[1].split("```")[0]
    found = read(block.encode())
    assert (len(found.injects), found.minutes, found.injects[0].teams) == (2, 90, ("it", "press"))
