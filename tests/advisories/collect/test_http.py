from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import httpx2
import pytest

from advisories.collect.base import CollectError, Limits
from members.web.guard import system_addresses
from members.web.request import next_target
from tests.advisories.collect.conftest import Site, get


def failure(url: str, **options: object) -> CollectError:
    with pytest.raises(CollectError) as caught:
        get(url, **options)
    return caught.value


def streams(site: Site, path: str, piece: bytes, pause: float, head: bytes = b"") -> str:
    """An answer without end."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head or b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)

    site.routes[path] = answer
    return site.url(path)


def test_a_document_comes_with_its_validators(site: Site) -> None:
    url = site.gives(
        "/feed.xml", b"<rss/>", ETag='"v1"', Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT", Content_Type="text/xml"
    )
    fetched = get(url)
    assert (fetched.status, fetched.body, fetched.url) == (200, b"<rss/>", url)
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Sun, 01 Mar 2026 10:00:00 GMT")
    assert fetched.content_type == "text/xml" and not fetched.moved_permanently


def test_validators_are_sent_as_they_were_given_and_304_is_success(site: Site) -> None:
    url = site.gives("/feed.xml", status=304, ETag='W/"v1"')
    fetched = get(url, etag='W/"v1"', last_modified="Sun, 01 Mar 2026 10:00:00 GMT")
    sent = site.seen[0][1]
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"v1"', "Sun, 01 Mar 2026 10:00:00 GMT")
    assert (fetched.status, fetched.body) == (304, b"")


def test_a_304_that_nobody_asked_for_is_no_success(site: Site) -> None:
    assert "304" in str(failure(site.gives("/feed.xml", status=304)))


def test_the_hub_says_who_it_is_and_asks_for_gzip_or_deflate_only(site: Site) -> None:
    get(site.gives("/feed.xml", b"x"), user_agent="WARP-hub/1 (+https://warp.example.org)")
    sent = site.seen[0][1]
    assert sent["User-Agent"] == "WARP-hub/1 (+https://warp.example.org)"
    assert sent["Accept-Encoding"] == "gzip, deflate"
    assert sent["Host"] == f"127.0.0.1:{site.port}"


def test_a_proxy_in_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(site.gives("/feed.xml", b"x")).body == b"x"


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_only_a_lasting_one_counts_as_moved(site: Site, status: int) -> None:
    new = site.gives("/new", b"found")
    fetched = get(site.gives("/old", status=status, Location="/new"))
    assert (fetched.body, fetched.url) == (b"found", new)
    assert fetched.moved_permanently == (status in (301, 308))


def test_a_lasting_redirect_to_a_passing_one_has_not_moved_for_good(site: Site) -> None:
    site.gives("/c", b"found")
    site.gives("/b", status=302, Location="/c")
    assert not get(site.gives("/a", status=301, Location="/b")).moved_permanently


def test_three_redirects_are_followed_and_a_fourth_is_not(site: Site) -> None:
    for step in range(4):
        site.gives(f"/{step}", status=302, Location=f"/{step + 1}")
    site.gives("/4", b"found")
    assert get(site.url("/1")).body == b"found"
    assert "redirects more than 3 times" in str(failure(site.url("/0")))
    assert [path for path, _ in site.seen][-4:] == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    "inside",
    ["http://127.0.0.1:{port}/secret", "http://169.254.169.254/latest/meta-data/", "http://[::1]:{port}/secret",
     "http://localhost:{port}/secret", "http://2130706433:{port}/secret", "//10.0.0.1/"],
)  # fmt: skip
def test_a_redirect_to_the_inside_is_refused_and_not_dialled(site: Site, inside: str) -> None:
    """The first hop has a public-looking name; where it leads is checked like any other address."""
    other = Site()  # stands for the inside: its loopback address is not allowed
    try:
        site.gives("/feed.xml", status=302, Location=inside.format(port=other.port))
        answers = {"feeds.example.org": ["127.0.0.2"]}

        def resolve(host: str, port: int) -> list[str]:
            return answers.get(host) or system_addresses(host, port)

        relay = ip_network("127.0.0.2/32")
        with _listening_on("127.0.0.2", site) as port:
            error = failure(f"http://feeds.example.org:{port}/feed.xml", allow=(relay,), resolve=resolve)
        assert error.refused and error.permanent and "does not collect from there" in str(error)
        assert [path for path, _ in site.seen] == ["/feed.xml"]
        assert other.seen == []
    finally:
        other.server.shutdown()
        other.server.server_close()


@contextmanager
def _listening_on(address: str, site: Site) -> Iterator[int]:
    """The same answers as `site` on another loopback address; gives the port."""
    server = ThreadingHTTPServer((address, 0), site.server.RequestHandlerClass)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://127.0.0.1/",
        "javascript:1",
        "http://u:p@127.0.0.1/",
    ],
)
def test_a_redirect_to_anything_but_a_web_address_is_refused(site: Site, location: str) -> None:
    failure(site.gives("/feed.xml", status=302, Location=location))
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "",
        "feed.xml",
        "http://",
        "//x/",
        "http://[::1/",
        "http://a:b@example.org/",
        "http://example.org:99999/",
    ],
)
def test_what_is_no_web_address_is_refused_before_anything_is_sent(url: str) -> None:
    assert failure(url).permanent


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(CollectError) as caught:
        next_target(httpx2.URL("https://feeds.example.org/a"), "http://feeds.example.org/a")
    assert caught.value.refused and "from https to http" in str(caught.value)
    assert next_target(httpx2.URL("http://feeds.example.org/a"), "https://feeds.example.org/a").scheme == "https"


def test_credentials_and_validators_reach_the_first_origin_only(site: Site) -> None:
    other = Site()
    try:
        other.gives("/feed.xml", b"x")
        site.gives("/b", status=302, Location=other.url("/feed.xml"))
        url = site.gives("/a", status=302, Location="/b")
        get(url, credentials=("warp", "secret"), headers={"X-Token": "secret"}, etag='"v"')
    finally:
        other.server.shutdown()
        other.server.server_close()
    assert len(site.seen) == 2
    for _, sent in site.seen:
        assert sent["Authorization"] == "Basic d2FycDpzZWNyZXQ=" and sent["X-Token"] == "secret"
    ((_, sent),) = other.seen
    assert not {"authorization", "x-token", "if-none-match"} & {name.lower() for name in sent}
    assert "secret" not in str(sent)


# Answers that are no document


def test_gone_is_for_good_and_other_answers_are_not(site: Site) -> None:
    assert failure(site.gives("/gone", status=410)).permanent
    for status in (400, 401, 403, 404, 429, 500, 503, 206, 300):
        error = failure(site.gives(f"/{status}", status=status))
        assert not error.permanent and not error.refused and str(status) in str(error)


def test_a_server_that_asks_for_patience_is_heard_up_to_a_day(site: Site) -> None:
    assert failure(site.gives("/a", status=429, Retry_After="120")).retry_after == 120
    assert failure(site.gives("/b", status=503, Retry_After="99999999")).retry_after == 86_400
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3_500 < (failure(site.gives("/c", status=503, Retry_After=later)).retry_after or 0) <= 3_600
    assert failure(site.gives("/d", status=503, Retry_After="Thu, 01 Jan 2015 00:00:00 GMT")).retry_after == 0
    for unreadable in ("soon", "-5", "٣", "1e9"):
        assert (
            failure(site.gives("/e", status=429, Retry_After=unreadable.encode().decode("latin-1"))).retry_after is None
        )


# Slow, huge, compressed, broken


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: "], ids=["body", "header"])
def test_one_byte_at_a_time_does_not_outlast_the_deadline(site: Site, head: bytes) -> None:
    url = streams(site, "/slow", b"x", 0.05, head)
    started = time.monotonic()
    error = failure(url, limits=Limits(seconds=0.5))
    assert 0.4 < time.monotonic() - started < 2
    assert not error.refused and "too slow" in str(error)


def test_the_deadline_covers_all_redirects_together(site: Site) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /slow\r\nContent-Length: 0\r\n\r\n")

    site.routes["/slow"] = slowly
    started = time.monotonic()
    assert "too slow" in str(failure(site.url("/slow"), limits=Limits(seconds=0.5)))
    assert time.monotonic() - started < 1.5


def test_an_endless_body_is_refused_at_the_limit(site: Site) -> None:
    error = failure(streams(site, "/endless", b"x" * 50_000, 0), limits=Limits(wire=1_000_000))
    assert error.refused and "too large" in str(error)


def test_endless_headers_are_not_read_to_the_end(site: Site) -> None:
    error = failure(streams(site, "/headers", b"X-A: 1\r\n" * 5_000, 0, b"HTTP/1.1 200 OK\r\n"))
    assert "127.0.0.1" in str(error) or error.refused


def test_a_body_at_the_limit_is_taken(site: Site) -> None:
    assert len(get(site.gives("/big", b"x" * 90_000), limits=Limits(wire=100_000)).body) == 90_000


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress),
     ("deflate", lambda data: zlib.compress(data)[2:-4]), ("identity", bytes),
     ("gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]) + bytes(20))],
)  # fmt: skip
def test_compressed_documents_are_unpacked(site: Site, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    document = b"<rss>" + os.urandom(400_000).hex().encode() + b"</rss>"
    assert get(site.gives("/feed.xml", compress(document), Content_Encoding=encoding)).body == document


def test_a_bomb_is_refused_long_before_it_has_gone_off(site: Site) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    error = failure(site.gives("/bomb", bomb, Content_Encoding="gzip"))
    assert error.refused and "more than 100 times its size" in str(error)


def test_a_document_too_large_when_unpacked_is_refused(site: Site) -> None:
    half_random = b"".join(os.urandom(1_000) + bytes(9_000) for _ in range(300))
    error = failure(
        site.gives("/big", gzip.compress(half_random), Content_Encoding="gzip"), limits=Limits(decoded=2_000_000)
    )
    assert error.refused and "when unpacked" in str(error)


def test_a_small_text_may_compress_as_well_as_it_likes(site: Site) -> None:
    assert len(get(site.gives("/small", gzip.compress(bytes(900_000), 9), Content_Encoding="gzip")).body) == 900_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_a_compression_that_was_not_asked_for_is_refused(site: Site, encoding: str) -> None:
    assert failure(site.gives("/feed.xml", b"x", Content_Encoding=encoding)).refused


def test_damaged_compression_is_refused_and_a_cut_one_is_a_failure(site: Site) -> None:
    whole = gzip.compress(os.urandom(5_000))
    assert failure(site.gives("/a", b"not gzip at all", Content_Encoding="gzip")).refused
    cut = failure(site.gives("/b", whole[:2_000], Content_Encoding="gzip"))
    assert not cut.refused and "cut short" in str(cut)


def test_a_body_shorter_than_announced_is_a_failure(site: Site) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")

    site.routes["/cut"] = cut
    assert "stopped in the middle" in str(failure(site.url("/cut")))


def test_what_does_not_speak_http_is_a_failure_in_words(site: Site) -> None:
    def ssh(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    site.routes["/ssh"] = ssh
    assert "does not speak HTTP" in str(failure(site.url("/ssh")))


def test_https_to_a_server_without_it_is_a_failure_in_words(site: Site) -> None:
    error = failure(f"https://127.0.0.1:{site.port}/")
    assert "could not prove who it is" in str(error) and not error.refused


def test_a_closed_port_and_an_unknown_name_are_failures_in_words() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        error = failure(f"http://127.0.0.1:{deaf.getsockname()[1]}/")
    assert "could not be reached" in str(error) and not error.permanent
    unknown = failure("http://nowhere.invalid/", resolve=lambda host, port: [])
    assert "could not be looked up" in str(unknown) and not unknown.permanent


def test_a_header_that_would_split_the_request_is_never_sent(site: Site) -> None:
    error = failure(site.gives("/feed.xml", b"x"), etag='"v"\r\nX-Evil: 1')
    assert "could not be written" in str(error) and site.seen == []
