from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from advisories.collect import frames, isolate, keeper, kinds
from advisories.collect.base import CollectError, Limits, Parsed, RawEntry, Refusal
from tests.advisories.collect.conftest import NOW, context
from tests.advisories.collect.test_feed import item, rss

HERE = "tests.advisories.collect.misbehaving"


def ends(kind: str, **limits: int) -> str:
    """The words in which a misbehaving parser's end is reported."""
    with pytest.raises(CollectError) as caught:
        isolate.run(f"{HERE}.{kind}", b"x", context(limits=Limits(**limits)))
    assert caught.value.refused
    return str(caught.value)


def test_a_document_comes_back_from_the_child_as_it_was_parsed() -> None:
    body = rss(item("Größe [TLP:GREEN] CVE-2026-1234", pubDate="Sun, 01 Feb 2026 10:00:00 GMT"), "<item></item>")
    there = kinds.parse("feed", body, url="https://feeds.example.org/all.xml", fetched_at=NOW)
    assert there == kinds.KINDS["feed"].parse(body, context())
    assert len(there.entries) == len(there.refusals) == 1


def test_a_refusal_comes_back_in_words() -> None:
    with pytest.raises(CollectError) as caught:
        kinds.parse("feed", rss(*(item(guid=str(n)) for n in range(9))), Limits(entries=5))
    assert caught.value.refused and str(caught.value) == "The feed has 9 entries; the hub takes at most 5 at once."


def test_frames_carry_everything() -> None:
    entry = RawEntry.of(guid="g", title="t", published=NOW, cves=("CVE-2026-1234",), facts={"a": "b"}, label="RED")
    parsed = Parsed((entry, RawEntry.of(guid="h", title="u")), (Refusal("i", "%(a)d is bad", {"a": 1}),), complete=True)
    assert frames.outcome_from(frames.parsed_to(parsed)) == parsed
    asked = context(content_type="text/xml", limits=Limits(entries=7))
    assert frames.context_from(frames.question(b"body", asked).partition(b"\n")[0]) == asked


@pytest.mark.parametrize(
    ("kind", "limits", "words"),
    [
        ("spins", {"cpu_seconds": 1}, "busy for more than 1 seconds"),
        ("sleeps", {"cpu_seconds": 1}, "busy for more than 3 seconds"),
        ("hoards", {"memory": 200_000_000}, "more than 200 MB"),
        ("crashes", {}, "broke the program"),
        ("raises", {}, "broke the program that reads it (ValueError: on purpose)"),
        ("recurses", {}, "broke the program"),
        ("exits", {}, "broke the program that reads it (status 3)"),
    ],
)
def test_a_child_that_goes_astray_is_ended_and_its_end_is_told(kind: str, limits: dict[str, int], words: str) -> None:
    started = time.monotonic()
    assert words in ends(kind, **limits)
    assert time.monotonic() - started < 8


def test_what_a_library_prints_does_not_reach_the_answer() -> None:
    assert isolate.run(f"{HERE}.chatters", b"x", context()) == Parsed(())


def test_the_child_knows_no_django_and_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    (entry,) = isolate.run(f"{HERE}.tells", b"x", context()).entries
    assert "django" not in entry.facts["modules"].split()
    assert "SECRET_KEY" not in entry.facts["environment"]


def facts() -> dict[str, str]:
    (entry,) = isolate.run(f"{HERE}.remembers", b"x", context()).entries
    return dict(entry.facts)


def test_the_children_of_one_keeper_know_nothing_of_one_another() -> None:
    one, two = facts(), facts()
    assert one["keeper"] == two["keeper"] != str(os.getpid()), "the parser was loaded twice"
    assert one["seen"] == two["seen"] == "1", "what one document left, another met"


def test_a_keeper_that_is_gone_is_replaced() -> None:
    gone = int(facts()["keeper"])
    os.kill(gone, signal.SIGKILL)
    assert facts()["keeper"] not in (str(gone), str(os.getpid()))


def test_a_keeper_ends_when_nobody_asks_and_when_the_hub_is_gone() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.settimeout(0.01)
        assert keeper._asked(there) is None
        here.close()
        assert keeper._asked(there) is None


def test_every_parser_loads_without_django() -> None:
    modules = [kind.path for kind in kinds.KINDS.values()] + ["advisories.collect.worker"]
    code = f"import sys; {'; '.join(f'import {module}' for module in modules)}; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=isolate.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_document_that_takes_for_ever_is_put_aside_and_others_go_on() -> None:
    outcome: list[str] = []

    def parse_it() -> None:
        try:
            isolate.run(f"{HERE}.spins", b"x", context(limits=Limits(cpu_seconds=2)))
            outcome.append("taken")
        except CollectError as error:
            outcome.append(str(error))

    thread = threading.Thread(target=parse_it)
    started = time.monotonic()
    thread.start()
    assert len(kinds.parse("feed", rss(item())).entries) == 1
    assert thread.is_alive(), "the harmless feed waited for the hostile document"
    thread.join()
    assert "busy for more than 2 seconds" in outcome[0]
    assert time.monotonic() - started < 8


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted in /proc")
def test_no_file_is_left_open() -> None:
    def open_files() -> int:
        gc.collect()  # what others have left to be closed some time
        return len(list(Path("/proc/self/fd").iterdir()))

    for kind in ("raises", "exits"):
        ends(kind)  # now a keeper of each waits
    before = open_files()
    for kind in ("raises", "exits") * 5:  # more often than anything else of this process can close a file meanwhile
        ends(kind)
    assert open_files() <= before


def test_an_answer_that_is_no_frame_is_a_crash_in_words() -> None:
    for noise in (b"", b"{", b"{}", b'{"parsed": {"entries": 7}}'):
        with pytest.raises((ValueError, KeyError, TypeError)):
            frames.outcome_from(noise)
