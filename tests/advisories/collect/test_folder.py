from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisories.collect import folder, kinds
from advisories.collect.base import CollectError, Limits
from advisories.collect.detect import detect
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_feed import atom, item, rss
from tests.advisories.collect.test_kev import catalogue, row
from tests.advisories.collect.test_stix import bundle, thing


def read(directory: Path, **limits: int) -> dict[str, bytes | CollectError]:
    return dict(folder.read(directory, Limits(**limits)))


def test_files_come_by_name_and_the_unfinished_and_hidden_stay(tmp_path: Path) -> None:
    for name in ("b.xml", "a.json", ".hidden", "c.part", "d.TMP", "e~", "Ä.xml"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside.xml").write_bytes(b"x")
    assert read(tmp_path) == {name: name.encode() for name in ("a.json", "b.xml", "Ä.xml")}
    assert list(read(tmp_path)) == ["a.json", "b.xml", "Ä.xml"]


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    home, outside = tmp_path / "drop", tmp_path / "secret"
    home.mkdir()
    outside.write_bytes(b"secret")
    (home / "inside.xml").write_bytes(b"x")
    (home / "near.xml").symlink_to(home / "inside.xml")
    (home / "far.xml").symlink_to(outside)
    (home / "farther.xml").symlink_to("../secret")
    (home / "lost.xml").symlink_to(home / "nowhere")
    found = read(home)
    assert found["inside.xml"] == found["near.xml"] == b"x"
    for name in ("far.xml", "farther.xml"):
        error = found[name]
        assert isinstance(error, CollectError) and error.refused and "leads out of the folder" in str(error)
    assert isinstance(found["lost.xml"], CollectError)
    assert b"secret" not in [body for body in found.values() if isinstance(body, bytes)]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    assert isinstance(read(tmp_path)["pipe.xml"], CollectError)


def test_a_file_over_the_limit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(bytes(101))
    (tmp_path / "b.xml").write_bytes(bytes(100))
    found = read(tmp_path, wire=100)
    assert isinstance(found["a.xml"], CollectError) and "too large" in str(found["a.xml"])
    assert found["b.xml"] == bytes(100)


def test_a_folder_that_is_not_there_is_a_failure_in_words(tmp_path: Path) -> None:
    with pytest.raises(CollectError) as caught:
        read(tmp_path / "nowhere")
    assert not caught.value.refused and "nowhere" in str(caught.value)


DOCUMENTS = {
    "feed": [rss(item()), b"\xef\xbb\xbf\n" + rss(), atom(""),
             b"<!-- x --><?x y?><!DOCTYPE rss [<!ENTITY a 'b>'>]><rss/>", rss().decode().encode("utf-16"),
             b'<rdf:RDF xmlns:rdf="x"></rdf:RDF>'],
    "kev": [catalogue(row()), b"\xef\xbb\xbf \n" + catalogue(row())],
    "stix": [bundle(), bundle(thing("tool", "t")), b'{"objects": [' + bundle()[1:-1] + b"]}"],
    None: [b"", b"<html><body>x</body></html>", b"{}", b"[]", b"hello", b"PK\x03\x04", b"<opml/>",
           b'{"type": "event"}'],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), [(kind, body) for kind, bodies in DOCUMENTS.items() for body in bodies])
def test_a_document_is_known_by_its_contents_whatever_it_is_called(kind: str | None, body: bytes) -> None:
    assert {detect(body), detect(body, "x.json"), detect(body, "feed.xml")} == {kind}


def test_a_dropped_file_is_read_by_what_it_is() -> None:
    for body, guid in (
        (rss(item()), "id-1"),
        (catalogue(row()), "CVE-2026-10001"),
        (bundle(thing("tool", "t")), thing("tool", "t")["id"]),
    ):
        parsed = kinds.KINDS["folder"].parse(body, context())
        assert [entry.guid for entry in parsed.entries] == [guid]
        assert not parsed.complete, "a file dropped beside others removes nothing"


@pytest.mark.parametrize(
    ("body", "words"), [(b"<html></html>", "web page"), (b"hello", "does not know"), (b"", "does not know")]
)
def test_a_dropped_file_of_no_known_kind_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(CollectError) as caught:
        kinds.parse("folder", body)
    assert caught.value.refused and words in str(caught.value)


def test_every_kind_has_a_name_to_show_and_a_parser() -> None:
    for name, kind in kinds.KINDS.items():
        assert kind.name == name and kind.title
        with pytest.raises(CollectError):
            kind.parse(b"", context())
