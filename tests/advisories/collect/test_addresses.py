from __future__ import annotations

import socket
import time
from ipaddress import ip_network

import pytest

from advisories.collect.base import CollectError, Limits
from members.web import http
from members.web.addresses import refuse_address

_REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3 127.255.255.254
169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1
192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8
::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::169.254.169.254
64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:ffff::a00:1 100::1 100:0:0:1::1 2001::1 2001:0:7f00:1:: 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:808:808:: 3fff::1 5f00::1 fc00::1
fd00:ec2::254 fdff::1 fe80::1 fe80::1%lo febf::1 fec0::1 feff::1 ff02::1 ff0e::1 4000::1 8000::1 1::1
"""
REFUSED = _REFUSED.split()
TAKEN = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00::1",
]

# What a browser or resolver takes for an address of this machine or of a cloud's metadata service.
_ODD_HOSTS = """
2130706433 0x7f000001 0177.0.0.1 127.1 127.0.1 0x7f.1 017700000001 0 2852039166 0xa9fea9fe
0251.0376.0251.0376 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [64:ff9b::7f00:1]
[2002:7f00:1::] [fe80::1] [fec0::1] [::127.0.0.1] 127.0.0.1. localhost ①②⑦.0.0.1 １２７.0.0.1 127。0。0。1
169.254.169.254 10.0.0.1 192.168.1.1 100.64.0.1 [fd00:ec2::254]
"""
ODD_HOSTS = _ODD_HOSTS.split()


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_no_public_host_is_refused_with_a_reason(address: str) -> None:
    assert refuse_address(address)


@pytest.mark.parametrize("address", TAKEN)
def test_a_public_address_is_taken(address: str) -> None:
    assert refuse_address(address) is None


def test_an_allowed_network_overrides_the_list_and_nothing_beside_it() -> None:
    allow = (ip_network("10.1.0.0/16"), ip_network("::1/128"))
    assert refuse_address("10.1.2.3", allow) is None
    assert refuse_address("::1", allow) is None
    assert refuse_address("10.2.2.3", allow)
    assert refuse_address("::ffff:10.1.2.3", allow)


def test_what_is_no_address_is_refused() -> None:
    assert refuse_address("example.org")


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection that anything tries to open."""
    calls: list[object] = []

    def connect(*args: object, **kwargs: object) -> None:
        calls.append(args)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return calls


@pytest.mark.parametrize("host", [*ODD_HOSTS, *(f"[{a}]" if ":" in a else a for a in REFUSED)])
def test_no_connection_is_made_to_a_refused_address_in_any_spelling(host: str, dialled: list[object]) -> None:
    with pytest.raises(CollectError):
        http.fetch(f"http://{host}/feed.xml", user_agent="test")
    assert dialled == []


def test_the_recorder_of_connections_does_record_one(dialled: list[object]) -> None:
    with pytest.raises(CollectError):
        http.fetch("http://8.8.8.8/feed.xml", user_agent="test")
    assert len(dialled) == 1


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]])
def test_a_name_with_one_forbidden_address_among_its_own_is_refused(answer: list[str], dialled: list[object]) -> None:
    with pytest.raises(CollectError) as caught:
        http.fetch("http://mixed.example.org/", user_agent="test", resolve=lambda host, port: answer)
    assert caught.value.permanent and caught.value.refused
    assert "mixed.example.org leads to" in str(caught.value)
    assert dialled == []


def test_a_name_that_answers_otherwise_the_second_time_is_dialled_where_it_was_checked(dialled: list[object]) -> None:
    answers = [["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    with pytest.raises(CollectError):
        http.fetch("http://rebinding.example.org/", user_agent="test", resolve=rebinding)
    assert asked == ["rebinding.example.org"]
    assert [call[0] for call in dialled] == [("8.8.8.8", 80)]  # type: ignore[index]


def test_a_resolver_that_never_answers_does_not_hold_the_fetch() -> None:
    def silent(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["8.8.8.8"]

    started = time.monotonic()
    with pytest.raises(CollectError) as caught:
        http.fetch(
            "http://slow.example.org/",
            user_agent="test",
            limits=Limits(seconds=0.3),
            resolve=silent,
        )
    assert time.monotonic() - started < 2
    assert not caught.value.refused and "too slow" in str(caught.value)
