"""Helpers for tests of pages: who looks, and advisories with their texts in the world of the cast."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client

from advisories import files
from advisories.models import Advisory, Attachment, Comment, Entry, Fetch, Source, Story, Version
from members import chance
from members.middleware import DEMO_FLAG
from members.models import Item, Person
from tests.members.world import BEGINNING, World


def visitor(person: Person | None = None, *, confirmed: bool = False) -> Client:
    """A browser: nobody's, or that of someone signed in with a second factor, who may just have shown it again."""
    client = Client(SERVER_NAME="localhost")
    if person is None:
        return client
    Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(person)
    if confirmed:
        confirm(client, person)
    return client


def confirm(client: Client, person: Person, *, ago: float = 0) -> None:
    """As if they had entered a code again, `ago` seconds before now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - ago, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def demonstrator(person: Person) -> Client:
    """Somebody who came in through the demonstration's door."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    session = client.session
    session[DEMO_FLAG] = True
    session.save()
    return client


def advisory(world: World, case: dict[str, Any], **text: Any) -> Advisory:
    """An advisory as a case words it, with one version."""
    item = world.item(case)
    return write(item, **text)


def write(item: Item, number: int = 1, **text: Any) -> Advisory:
    """One more text for an item."""
    made = Advisory.rows.get_or_create(item=item)[0]
    text = {"title": f"Title of {item.reference}", "what_is_known": "What is known.", "written_at": BEGINNING, **text}
    Version.objects.create(advisory=made, number=number, released_at=BEGINNING, **text)
    return made


def comment(world: World, parent: Item, body: str, **case: Any) -> Comment:
    """Something said beneath `parent`, by whom and for whom a case says; without a label for whoever reads that."""
    item = world.item({"label": None, **case, "kind": "comment", "parent": parent})
    return Comment.rows.create(item=item, body=body, written_at=BEGINNING)


def attachment(world: World, parent: Item, name: str, content: bytes, **case: Any) -> Attachment:
    """A file beneath `parent`, likewise."""
    item = world.item({"label": None, **case, "kind": "attachment", "parent": parent})
    kept = files.keep(ContentFile(content))
    return Attachment.rows.create(item=item, name=name, added_at=BEGINNING, **kept._asdict())


def source(world: World, slug: str = "feed", **fields: Any) -> Source:
    fields = {"warp": world.warps["wm"], "url": "https://feed.example.org/", "kind": "feed", **fields}
    return Source.objects.create(slug=slug, name=slug.title(), **fields)


def fetch(of: Source, **fields: Any) -> Fetch:
    return Fetch.objects.create(source=of, **{"outcome": "ok", "at": BEGINNING, **fields})


def entry(world: World, of: Source, title: str, story: Story | None = None, **fields: Any) -> Entry:
    """What a source said, on the desk of its WARP."""
    case = {"kind": "entry", "label": None, "author": None, "import_label": fields.pop("import_label", "CLEAR")}
    case |= {"handlers": fields.pop("handlers", [])}
    item = world.item(case)
    code = chance.code(8)
    return Entry.rows.create(
        item=item, source=of, guid=code, content_hash=code, story=story or Story.objects.create(code=code),
        title=title, **{"summary": "", "seen_at": BEGINNING, **fields},
    )  # fmt: skip
