from __future__ import annotations

import json
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisories.collect.base import CollectError, Link, Parsed, RawEntry
from advisories.collect.exchange import taxii
from tests.advisories.collect.conftest import NOW, Answer, Site, context, get
from tests.advisories.collect.hostile import DEEP, as_json, documents, outcome, samples, twisted
from tests.advisories.collect.test_samples import HOME
from tests.advisories.collect.test_stix import ident, thing

Thing = dict[str, Any]
SIGN_IN = ("hub", "a fictional passphrase")
API = "https://taxii.example.org/api/"
OBJECTS = API + "collections/one/objects/"
ADDED = "2026-02-01T10:00:00.000000Z"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


# A TAXII server, small but true to the standard where the hub looks. Its contents have the shape of medallion's data.


class Anywhere(dict[str, Answer]):
    """Routes that one function answers, whatever the path."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def __missing__(self, path: str) -> Answer:
        return self.answer


class Server:
    def __init__(self, site: Site, data: Thing, *, page: int = 100, names_next: bool = True) -> None:
        self.site, self.data, self.page, self.names_next = site, data, page, names_next
        self.users = dict([SIGN_IN])
        site.routes = Anywhere(self.answer)
        self.url = site.url("/taxii2/")

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        status, document, added = self.look(handler)
        body = orjson.dumps(document)
        handler.send_response(status)
        handler.send_header("Content-Type", taxii.ACCEPT)
        handler.send_header("Content-Length", str(len(body)))
        if added:
            handler.send_header("X-TAXII-Date-Added-First", added[0])
            handler.send_header("X-TAXII-Date-Added-Last", added[-1])
        handler.end_headers()
        handler.wfile.write(body)

    def look(self, handler: BaseHTTPRequestHandler) -> tuple[int, Thing, list[str]]:
        tokens = {"Basic " + b64encode(":".join(user).encode()).decode() for user in self.users.items()}
        if handler.headers.get("Accept") != taxii.ACCEPT:
            return 406, {"title": "Not acceptable", "http_status": "406"}, []
        if handler.headers.get("Authorization") not in tokens:
            return 401, {"title": "Who are you?", "http_status": "401"}, []
        asked = urlsplit(handler.path)
        match asked.path.split("/"):
            case ["", "taxii2", ""]:
                return 200, self.data["/discovery"], []
            case ["", root, ""] if root in self.data:
                return 200, self.data[root]["information"], []
            case ["", root, "collections", ""] if root in self.data:
                rows = [_public(one) for one in self.data[root]["collections"]]
                return 200, {"collections": rows} if rows else {}, []
            case ["", root, "collections", name, ""] if collection := self.collection(root, name):
                return 200, _public(collection), []
            case ["", root, "collections", name, "objects", ""] if collection := self.collection(root, name):
                return self.objects(collection, {key: one[0] for key, one in parse_qs(asked.query).items()})
        return 404, {"title": "Nothing here", "http_status": "404"}, []

    def collection(self, root: str, name: str) -> Thing | None:
        there = self.data.get(root, {}).get("collections", [])
        return next((one for one in there if one["id"] == name and one["can_read"]), None)

    def objects(self, collection: Thing, asked: dict[str, str]) -> tuple[int, Thing, list[str]]:
        rows = [
            (one["date_added"], obj) for one, obj in zip(collection["manifest"], collection["objects"], strict=True)
        ]
        there = sorted((row for row in rows if row[0] > asked.get("added_after", "")), key=itemgetter(0))
        start, size = int(asked.get("next", 0)), min(self.page, int(asked.get("limit", self.page)))
        some, more = there[start : start + size], len(there) > start + size
        following = {"next": str(start + size)} if more and self.names_next else {}
        if not some:
            return 200, {}, []
        return 200, {"more": more, **following, "objects": [one for _, one in some]}, [at for at, _ in some]


def _public(collection: Thing) -> Thing:
    return {key: value for key, value in collection.items() if key not in ("objects", "manifest")}


def served(*things: Thing, added: list[datetime] | None = None) -> Thing:
    """Contents with one collection of these objects, added a second apart unless told otherwise."""
    times = added or [EPOCH + timedelta(seconds=number) for number in range(len(things))]
    manifest = [{"id": one["id"], "date_added": iso(at)} for one, at in zip(things, times, strict=True)]
    stix = {"media_types": ["application/stix+json;version=2.1"], "can_write": False}
    rows = [
        {"id": "one", "title": "Made up", "can_read": True, **stix, "objects": list(things), "manifest": manifest},
        {"id": "two", "title": "Secret", "can_read": False, **stix, "objects": [], "manifest": []},
    ]
    return {
        "/discovery": {"title": "Example", "default": "/api/", "api_roots": ["/api/", "/empty/"]},
        "api": {
            "information": {"title": "Root", "versions": [taxii.ACCEPT], "max_content_length": 10},
            "collections": rows,
        },
        "empty": {"information": {"title": "Empty", "versions": [taxii.ACCEPT]}, "collections": []},
    }


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def walk(url: str, state: dict[str, str], sign_in: tuple[str, str] = SIGN_IN) -> Iterator[Parsed]:
    """Every document from the address on, each once, as the hub's engine goes; `state` is written to."""
    waiting, named = deque(taxii.begin(url, state, NOW)), set[str]()
    while waiting:
        link = waiting.popleft()
        if link.url in named:
            continue
        named.add(link.url)
        got = get(link.url, accept=taxii.ACCEPT, credentials=sign_in)
        known = {"url": got.url, "content_type": got.content_type, "headers": got.headers}
        parsed = taxii.parse(got.body, context(**known, role=link.role, state=dict(state)))
        state |= parsed.state
        waiting += parsed.links
        yield parsed


def collected(url: str, state: dict[str, str]) -> dict[str, RawEntry]:
    documents = list(walk(url, state))
    assert not [refused.reason for one in documents for refused in one.refusals]
    return {entry.guid: entry for one in documents for entry in one.entries}


def tools(count: int) -> list[Thing]:
    return [thing("tool", f"Tool {number}") for number in range(count)]


# From a server's address to its objects


def test_from_its_discovery_on_a_server_is_read_whole_and_then_only_what_is_new(site: Site) -> None:
    server, state = Server(site, served(*tools(3))), dict[str, str]()
    assert {entry.title for entry in collected(server.url, state).values()} == {"Tool 0", "Tool 1", "Tool 2"}
    assert state == {f"added_after {site.url('/api/collections/one/objects/')}": "2026-01-01T00:00:02.000000Z"}
    assert collected(server.url, state) == {}
    server.data = served(*tools(4))
    assert [entry.title for entry in collected(server.url, state).values()] == ["Tool 3"]
    assert site.seen[-1][0] == "/api/collections/one/objects/?added_after=2026-01-01T00:00:02.000000Z"


@pytest.mark.parametrize(
    "path", ["", "/", "/taxii2", "/api/", "/api/collections/", "/api/collections/one/", "/api/collections/one/objects/"]
)
def test_any_document_of_a_server_may_be_where_the_hub_begins(site: Site, path: str) -> None:
    Server(site, served(*tools(3)))
    state: dict[str, str] = {}
    assert len(collected(site.url(path), state)) == 3
    assert collected(site.url(path), state) == {}


@pytest.mark.parametrize("names_next", [True, False])
def test_ten_thousand_objects_come_whole_over_their_pages(site: Site, names_next: bool) -> None:
    server, state = Server(site, served(*tools(10_000)), page=250, names_next=names_next), dict[str, str]()
    assert len(collected(server.url, state)) == 10_000
    assert state.popitem()[1] == iso(EPOCH + timedelta(seconds=9_999))
    assert len(site.seen) == 5 + 40 + (0 if names_next else 1)  # 249 new ones on a page where the edge comes twice


@pytest.mark.parametrize("names_next", [True, False])
def test_objects_that_were_added_at_one_time_are_not_lost_at_the_edge_of_a_page(site: Site, names_next: bool) -> None:
    added = [EPOCH + timedelta(seconds=number // 3) for number in range(20)]
    server = Server(site, served(*tools(20), added=added), page=4, names_next=names_next)
    assert len(collected(server.url, {})) == 20


def test_more_at_one_time_than_a_page_holds_is_said_where_the_server_names_no_next_page(site: Site) -> None:
    server = Server(site, served(*tools(9), added=[EPOCH] * 8 + [NOW]), page=3, names_next=False)
    parsed = list(walk(server.url, {}))
    assert {entry.title for one in parsed for entry in one.entries} == {"Tool 0", "Tool 1", "Tool 2", "Tool 8"}
    assert ["at one moment" in refused.reason for one in parsed for refused in one.refusals] == [True]
    server.names_next = True
    assert len(collected(server.url, {})) == 9


@pytest.mark.parametrize("names_next", [True, False])
def test_a_walk_that_ends_early_goes_on_where_it_stopped(site: Site, names_next: bool) -> None:
    added = [EPOCH + timedelta(seconds=number // 3) for number in range(40)]
    server, state = Server(site, served(*tools(40), added=added), page=4, names_next=names_next), dict[str, str]()
    first: set[str] = set()
    for parsed in walk(server.url, state):
        first |= {entry.guid for entry in parsed.entries}
        if len(first) > 15:
            break
    assert len(first) < 40 and len(first | collected(server.url, state).keys()) == 40


def test_the_source_s_own_words_in_an_address_stay_on_every_page(site: Site) -> None:
    Server(site, served(*tools(9)))
    assert len(collected(site.url("/api/collections/one/objects/?limit=4&match[type]=tool"), {})) == 9
    asked = [parse_qs(urlsplit(path).query) for path, _ in site.seen]
    assert [(one["limit"], one["match[type]"], one.get("next")) for one in asked] == [
        (["4"], ["tool"], None), (["4"], ["tool"], ["4"]), (["4"], ["tool"], ["8"])
    ]  # fmt: skip


def test_without_the_right_sign_in_nothing_is_read(site: Site) -> None:
    server = Server(site, served(*tools(3)))
    with pytest.raises(CollectError, match="sign-in"):
        list(walk(server.url, {}, ("hub", "wrong")))
    assert len(collected(server.url, {})) == 3


@samples
@pytest.mark.skipif(not (HOME / "taxii").is_dir(), reason="no samples")
def test_medallion_s_own_data_is_read_from_a_server_that_serves_it(site: Site) -> None:
    text = (HOME / "taxii" / "medallion-default_data.json").read_text("utf-8")
    server = Server(site, json.loads(text.replace("http://localhost:5000", site.url(""))))
    settings = json.loads((HOME / "taxii" / "medallion-config.json").read_text("utf-8"))
    server.users, server.page = settings["users"], settings["taxii"]["max_page_size"]
    for sign_in in settings["users"].items():
        state: dict[str, str] = {}
        parsed = list(walk(server.url, state, sign_in))
        assert sorted(entry.guid.partition("--")[0] for one in parsed for entry in one.entries) == [
            "indicator", "indicator", "malware"
        ]  # fmt: skip
        assert not [refused for one in parsed for refused in one.refusals]
        assert list(state.values()) == ["2017-12-31T13:49:53.935000Z"]
        assert not [entry for one in walk(server.url, state, sign_in) for entry in one.entries]
    server.page = 2
    assert len({entry.guid for one in walk(server.url, {}, sign_in) for entry in one.entries}) == 3


# What each document says


def parse(document: Any, role: str = "", url: str = API, added_last: str = "", **options: Any) -> Parsed:
    headers = {"x-taxii-date-added-last": added_last} if added_last else {}
    return taxii.parse(as_json(document), context(role=role, url=url, headers=headers, **options))


def refusal(document: Any, role: str = "", **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(document, role, **options)
    assert caught.value.refused
    return str(caught.value)


def reasons(parsed: Parsed) -> list[str]:
    return [one.reason for one in parsed.refusals]


def collection(**changes: Any) -> Thing:
    return {
        "id": "91a7",
        "title": "Made up",
        "can_read": True,
        "media_types": ["application/stix+json;version=2.1"],
        **changes,
    }


def test_api_roots_may_be_anywhere_on_the_web_and_come_once_the_default_first() -> None:
    roots = ["/one/", "two", "http://plain.example.org/", "https://else.example.net/three", "javascript:1", 7, "/one/"]
    parsed = parse({"title": "t", "api_roots": roots, "default": "https://else.example.net/three/"}, url=API)
    assert [link.url for link in parsed.links] == [
        "https://else.example.net/three/", "https://taxii.example.org/one/", "https://taxii.example.org/api/two/",
    ]  # fmt: skip
    assert {link.role for link in parsed.links} == {"root"}
    assert len(parsed.refusals) == 3
    assert "not encrypted" in reasons(parsed)[0] and "api_roots[4]" in reasons(parsed)[1]


def test_more_api_roots_and_collections_than_the_hub_reads_are_counted() -> None:
    parsed = parse({"title": "t", "api_roots": [f"/{number}/" for number in range(30)]})
    assert len(parsed.links) == 20 and "names 30 API roots" in reasons(parsed)[0]
    parsed = parse({"collections": [collection(id=str(number)) for number in range(300)]})
    assert len(parsed.links) == 200 and "has 300 collections" in reasons(parsed)[0]


def test_of_the_collections_those_with_stix_that_may_be_read_are_asked_for() -> None:
    rows: list[Any] = [
        collection(), collection(id="old", media_types=["application/vnd.oasis.stix+json; version=2.0"]),
        collection(id="any", media_types=None), collection(id="mine", can_read=False),
        collection(id="other", title="Rules", media_types=["application/yara"]), collection(id="../../x"), 7,
        collection(id="?", can_read="yes"), collection(can_read=None),
    ]  # fmt: skip
    parsed = parse({"collections": rows}, "collections", url=API + "collections/")
    assert [link.url for link in parsed.links] == [
        f"{API}collections/{name}/objects/" for name in ("91a7", "old", "any")
    ]
    said = reasons(parsed)
    assert "Rules" in said[0] and [words.split()[0] for words in said[1:]] == [
        "collections[5].id", "collections[6].id", "collections[7].id", "collections[8].can_read",
    ]  # fmt: skip


def test_a_server_that_lets_nothing_be_read_is_said_to() -> None:
    assert "none of the 2" in refusal({"collections": [collection(can_read=False)] * 2})
    assert "how the hub signs in" in refusal(collection(can_read=False))
    assert parse({}, "collections").links == ()


def test_an_api_root_of_another_version_is_refused() -> None:
    assert parse({"title": "t", "versions": ["application/taxii+json; version=2.1"]}).links == (
        Link(API + "collections/", "collections"),
    )
    assert "taxii-2.0" in refusal({"title": "t", "versions": ["taxii-2.0"]})


def test_an_empty_page_gives_nothing_and_forgets_nothing() -> None:
    empty: list[Thing] = [{}, {"more": False}, {"objects": []}]
    for document in empty:
        assert parse(document, "objects", url=OBJECTS) == Parsed(())


def test_a_page_with_odd_objects_only_loses_those_and_holds_up_no_other() -> None:
    parsed = parse({"more": True, "next": "2", "objects": [{"type": "tool", "id": "x"}, 7]}, "objects", url=OBJECTS)
    assert len(parsed.refusals) == 2 and parsed.links[0].url == OBJECTS + "?next=2"


def test_objects_of_stix_2_0_in_a_page_are_read() -> None:
    old = thing("indicator", "Old")
    del old["spec_version"]
    assert [entry.title for entry in parse({"objects": [old]}, "objects", url=OBJECTS).entries] == ["Old"]


def test_a_forged_label_refuses_the_page_and_it_is_asked_for_again() -> None:
    forged = thing("marking-definition", "TLP:CLEAR", definition_type="tlp", definition={"tlp": "clear"})
    assert "OASIS" in refusal({"more": True, "next": "2", "objects": [forged]}, "objects", url=OBJECTS)


@pytest.mark.parametrize("following", [{"next": "a b&c"}, {"next": 7}])
def test_a_next_page_is_asked_for_in_the_server_s_words(following: Thing) -> None:
    url = OBJECTS + "?limit=5&added_after=2026-01-01T00:00:00Z&next=0"
    (link,) = parse({"more": True, "objects": tools(1), **following}, "objects", url=url).links
    query = parse_qs(urlsplit(link.url).query)
    assert query == {"limit": ["5"], "added_after": ["2026-01-01T00:00:00Z"], "next": [str(following["next"])]}


@pytest.mark.parametrize("circle", [1, 2, 7])
def test_a_server_that_leads_in_circles_is_followed_once_round(circle: int) -> None:
    link = Link(OBJECTS, "objects")
    for number in range(1, circle + 2):
        document = {"more": True, "next": str(number % circle), "objects": tools(1)}
        parsed = parse(document, link.role, url=link.url, added_last=ADDED)
        assert parsed.entries
        if parsed.links:
            (link,) = parsed.links
    assert not parsed.links and "circles" in reasons(parsed)[0]
    assert parsed.state == {f"added_after {OBJECTS}": "2026-02-01T09:59:59.999999Z"}


def test_a_collection_ends_for_the_hub_after_a_thousand_pages() -> None:
    link, count = Link(OBJECTS, "objects"), 0
    while True:
        count += 1
        parsed = parse({"more": True, "next": str(count), "objects": []}, link.role, url=link.url)
        if not parsed.links:
            break
        (link,) = parsed.links
    assert count == 1_000 and "more than 1000 pages" in reasons(parsed)[0]


@pytest.mark.parametrize("following", [{}, {"next": ""}, {"next": None}, {"next": {}}, {"next": "x" * 3_000}])
def test_a_page_that_goes_on_nowhere_is_said_to(following: Thing) -> None:
    parsed = parse({"more": True, "objects": tools(1), **following}, "objects", url=OBJECTS)
    assert len(parsed.entries) == 1 and not parsed.links and "not where" in reasons(parsed)[0]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (ADDED, ADDED), ("2026-02-01T11:00:00+01:00", ADDED), ("2999-01-01T00:00:00Z", iso(NOW)),
        ("0001-01-01T00:00:00Z", None), ("9999-12-31T23:59:59-14:00", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_the_time_to_ask_from_is_a_time_and_not_in_the_future(said: str, kept: str | None) -> None:
    state = parse({"objects": tools(1)}, "objects", url=OBJECTS + "?limit=3", added_last=said).state
    assert state == ({f"added_after {OBJECTS}": kept} if kept else {})


def test_what_was_kept_wrongly_is_not_asked_with() -> None:
    for kept in ("x&y=1", "", "2026-13-01T00:00:00Z"):
        assert taxii.begin(OBJECTS, {f"added_after {OBJECTS}": kept}, NOW) == (Link(OBJECTS),)
    assert taxii.begin("no address", {}, NOW) == (Link("no address"),)


# What is no TAXII


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("text/html; charset=utf-8", "web page"), ("application/json", "application/json"),
        ("application/vnd.oasis.taxii+json; version=2.0", "TAXII 2.0"),
        ("application/taxii+json;version=2.0", "TAXII 2.0"),
    ],
)  # fmt: skip
def test_an_answer_of_another_type_is_refused_in_words(said: str, words: str) -> None:
    assert words in refusal({"objects": tools(1)}, content_type=said)


@pytest.mark.parametrize("said", ["", "application/taxii+json", taxii.ACCEPT, 'Application/TAXII+JSON; version="2.1"'])
def test_the_types_of_taxii_are_taken(said: str) -> None:
    assert parse({"objects": tools(1)}, content_type=said).entries


def test_a_server_s_error_is_told_in_its_words() -> None:
    assert "Try <later>" in refusal({"title": "Try <later>", "http_status": "500"})
    assert refusal({"title": DEEP, "http_status": 500})


@pytest.mark.parametrize(
    ("document", "role"),
    [
        ([], ""), (7, ""), ({"a": 1}, ""), ({"title": "t"}, ""), ({"type": "bundle", "objects": []}, ""),
        ({"objects": {}}, ""), ({"objects": {}}, "objects"), ({"title": "t", "api_roots": ["/x/"]}, "root"),
        ({"title": "t", "api_roots": []}, ""), ({"title": "t", "versions": [taxii.ACCEPT]}, "collections"),
        ({"collections": [collection()]}, "objects"), ({"collections": 7}, "collections"), ({"versions": []}, ""),
    ],
)  # fmt: skip
def test_what_is_not_what_was_asked_for_is_refused_in_words(document: Any, role: str) -> None:
    assert refusal(document, role)


def test_what_names_others_needs_an_address_of_its_own() -> None:
    assert "not known" in refusal({"collections": [collection()]}, url="")
    assert parse({"objects": tools(1)}, url="", added_last=ADDED).state == {}
    assert reasons(parse({"objects": tools(1), "more": True, "next": "2"}, url=""))


UNNAMED = {"type": "tool", "id": ident("tool", "Tool"), "labels": ["x"]}
WHOLE: list[tuple[str, Thing]] = [
    ("", {"title": "t", "default": "/a/", "api_roots": ["/a/", "https://example.net/"], "description": "d"}),
    ("root", {"title": "t", "versions": [taxii.ACCEPT]}),
    ("collections", {"collections": [collection()]}),
    ("", collection()),
    (
        "objects",
        {"more": True, "next": "2", "objects": [{"type": "tool", "id": ident("tool", "Tool"), "labels": ["x"]}]},
    ),
    ("", {"title": "t", "http_status": "500"}),
]


@pytest.mark.parametrize(("role", "document"), WHOLE)
def test_a_document_that_is_odd_in_any_place_ends_in_a_stated_outcome(role: str, document: Thing) -> None:
    for odd in twisted(document):
        outcome(taxii.parse, as_json(odd), role=role, url=API)


@settings(deadline=None)
@given(
    documents("api_roots", "default", "versions", "collections", "can_read", "id", "objects", "more", "next", "title"),
    st.sampled_from(["", "root", "collections", "objects", "objects 1 2"]),
    st.sampled_from(["", ADDED, "9999-12-31T23:59:59.999999Z"]) | st.text(max_size=30),
)
def test_no_json_breaks_the_reader(document: Any, role: str, added: str) -> None:
    outcome(taxii.parse, as_json(document), role=role, url=OBJECTS, headers={"x-taxii-date-added-last": added})


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=60))
def test_no_bytes_and_no_type_break_the_reader(body: bytes, said: str) -> None:
    outcome(taxii.parse, body, content_type=said)
