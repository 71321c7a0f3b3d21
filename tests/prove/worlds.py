"""A drawn world as rows of the hub, each field of each item with a token of its own, placed, searched and announced."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from advisories.models import (
    Advisory,
    Attachment,
    Comment,
    Destination,
    Discussion,
    DraftedFrom,
    Entry,
    Fetch,
    Follow,
    Happened,
    Incident,
    Indicator,
    MadeFrom,
    Notified,
    Report,
    Sighting,
    Source,
    Story,
    Version,
)
from advisories.models import Reference as Link
from advisories.publish import indexed
from members import chance, clock, seal, search, tokens
from members.delivery.secret import Secret, close, made, shown
from members.models import (
    WRITTEN,
    Address,
    Affiliation,
    Announcement,
    BreakGlass,
    Contact,
    Course,
    Credential,
    Delivery,
    Derivation,
    Embargo,
    Escalation,
    Frequency,
    Handler,
    Item,
    Kind,
    Named,
    Office,
    Organisation,
    Origin,
    Person,
    Product,
    Realm,
    Response,
    Shift,
    Standing,
    Subscription,
    Terms,
    Tier,
    Tightening,
)
from members.place import adopt, new_pos, place
from members.policy import Viewer
from tests.members.world import BEGINNING, KINDS, World, span
from tests.prove import draw, taught
from tests.prove.draw import Words
from tests.prove.oracle import Oracle
from tests.prove.seeded import chance_seeded, seed
from tests.prove.talk import talks, with_talk
from tests.prove.tokens import Mint
from tests.prove.train import with_training

HOUSE = "house "
PEOPLE, HOUSES, SOURCES, LADDERS = 50, 70, 80, 110  # where their tokens begin


class Drawn(World):
    """The world of some words. `items` and `rows` by name; `mint.made` are its canaries."""

    def __init__(self, words: Words, key: object) -> None:
        self.words, self.key, self.mint = words, key, Mint()
        self.talks = isinstance(key, int) and talks(key)
        self.items: dict[str, Words] = {}
        self.rows: dict[str, Item] = {}
        self.machines: dict[str, tuple[Credential, str]] = {}
        self.sealed_files: list[tuple[str, str]] = []  # (reference of the report, of the file)
        self.sources: dict[str, Source] = {}
        seed(key, "world")
        super().__init__(words)
        for number, (name, person) in enumerate(self.people.items()):
            self._name(name, person, PEOPLE + number)
        for number, (name, house) in enumerate(self.organisations.items()):
            product = f"Widget {self.mint.make(HOUSES + number, 'kit', 'kit', name)}"
            Product.objects.create(organisation=house, name=product, words="title", head="title", added_at=BEGINNING)
        self.reached: dict[str, tuple[str, bool]] = {}  # by telephone or URL: whose it is, and whether it is private
        for number, name in enumerate(self.people):
            self._phone(number, name)
        for number, name in enumerate(self.organisations):
            self._channel(number, name)
        for name, facts in words.get("credentials", {}).items():
            self._machine(name, facts)
        for facts in words.get("tightened", []):
            warp, row, channel = facts["of"]
            chosen = {"warp": self.warps[warp], "row": row, "channel": channel}
            Tightening.objects.update_or_create(**chosen, defaults={"cell": facts["cell"]})
        for number, (name, facts) in enumerate(words.get("sources", {}).items()):
            self._source(name, facts, SOURCES + number)
        for number, (name, house) in enumerate(self.organisations.items()):
            self._contact(name, house, LADDERS + number)
        self._on_duty()
        self.destinations = [self._destination(name) for name in self.warps]

    def _name(self, name: str, person: Any, where: int) -> None:
        person.name = f"{name} {self.mint.make(where, 'name', 'person', name)}"
        address = f"{self.mint.make(where, 'address', 'person', name)}@example.org"
        Address.objects.filter(person=person).update(value=address)
        person.email = address
        person.save(update_fields=["name", "email"])

    def _phone(self, number: int, name: str) -> None:
        value, private = f"+447700900{number:03}", number % 2 == 0
        self._ticked(Address(person=self.people[name], channel="sms", value=value), private)
        self.reached[value] = name, private

    def _channel(self, number: int, name: str) -> None:
        channel = ("webhook", "teams", "slack")[number % 3]
        url, private = f"https://{channel}.example.org/{name}", number % 2 == 0
        address = Address(organisation=self.organisations[name], channel=channel, value=shown(url))
        address.secret = close(address, Secret(url, (made(),)))
        self._ticked(address, private)
        self.reached[url] = f"{HOUSE}{name}", private

    def _ticked(self, address: Address, private: bool) -> None:
        address.verified_at, address.private_since = BEGINNING, BEGINNING if private else None
        address.save()
        Subscription.objects.create(address=address, lowest=Tier.INFORMATION, frequency=Frequency.AT_ONCE)

    def _on_duty(self) -> None:
        """In each WARP, always everybody who coordinates it, while they do."""
        for office in Office.objects.filter(role=Office.Role.COORDINATOR).order_by("-pk"):
            Shift.objects.create(warp=office.warp, person=office.person, since=BEGINNING, until=clock.FOREVER)

    def _destination(self, name: str) -> str:
        """To whom each WARP may relay what it has released up to TLP:GREEN, by mail. Its code."""
        one = Destination.objects.create(
            warp=self.warps[name], code=f"DEST{name}", name="A sister", kind="mail", value="sister@example.org",
            strictest="GREEN", added_by=next(iter(self.people.values())), verified_at=BEGINNING,
        )  # fmt: skip
        return one.code

    def _contact(self, name: str, house: Organisation, where: int) -> None:
        """Somebody without an account, on the ladder of every organisation."""
        told = {field: self.mint.make(where, field, "ladder", name) for field in ("name", "telephone", "note")}
        mail = f"{self.mint.make(where, 'mail', 'ladder', name)}@example.org"
        address = Address.objects.create(contact=told["name"], value=mail, verified_at=BEGINNING)
        Contact.objects.create(organisation=house, position=0, role="deputy", address=address, **told)

    def _machine(self, name: str, facts: Words) -> None:
        of = {"person": self.people[facts["owner"]]} if "owner" in facts else {
            "organisation": self.organisations[facts["affiliations"][0]["organisation"]]
        }  # fmt: skip
        token = tokens.make()
        row = Credential.objects.create(
            **of, name=name, use=facts["use"], token_hash=tokens.hashed(token), **span(facts)
        )
        if "owner" in facts:
            hashed = tokens.hashed(taught.calendar_token(token))
            Credential.objects.create(**of, name=name, use="calendar", token_hash=hashed, **span(facts))
        self.machines[name] = row, token

    def _source(self, name: str, facts: Words, where: int) -> None:
        self.sources[name] = source = Source.objects.create(
            name=name, slug=name, kind="feed", url=f"https://{name}.example.org/feed", warp=self.warps[facts["warp"]],
            hub_wide=facts["hub_wide"], due_at=clock.FOREVER, last_good_at=BEGINNING,
        )  # fmt: skip
        source.red_handlers.set(self.people[one] for one in facts["red_handlers"])
        Fetch.objects.create(source=source, at=BEGINNING, outcome="ok", new=3)

    def viewers(self) -> dict[str, Viewer]:
        machines = {name: Viewer(credential=row.pk) for name, (row, _token) in self.machines.items()}
        return {**super().viewers(), **machines}

    def oracle(self, who: str, at: datetime) -> Oracle:
        """Of a house: what an organisation has without anybody's own grants, as its credential would."""
        if not who.startswith(HOUSE):
            return Oracle(self.words, who, at)
        house = {who: {"affiliations": [{"organisation": who.removeprefix(HOUSE)}]}}
        return Oracle({**self.words, "credentials": house}, who, at)

    # Items

    def add(self, words: Words) -> Item:
        """The rows of one drawn item, its text, and what was owed for it."""
        seed(self.key, words["name"])
        item = self._row(words)
        self.items[words["name"]], self.rows[words["name"]] = words, item
        self._origin(item, words)
        for facts in words["handlers"]:
            self._handler(item, facts)
        for facts in words.get("seconds", []):
            Handler.objects.create(item=item, person=self.people[facts["person"]], second=True, **span(facts))
        self._standings_of(item, words["standings"])
        self._embargo_of(item, words)
        WRITERS[Kind(item.kind)](self, item, words)
        place(item)
        if self.talks:
            self._said(item, words)
        if item.kind in (Kind.TRAINING, Kind.INJECT, Kind.EXERCISE) and words["standings"]:
            self._announced(item, draw.START)
        self._owed(item, words)
        return item

    def _row(self, words: Words) -> Item:
        capacity = self._written_as(words)
        author = self.people[words["author"]] if words["author"] and not sealed(words) else None
        item = Item.rows.create(
            reference=chance.code(8), kind=KINDS[words["kind"]], warp=self.warps[words["own_warp"]], author=author,
            parent=self.rows[words["parent"]["name"]] if words["parent"] else None, anonymous=words["anonymous"],
            affiliation=capacity if author and isinstance(capacity, Affiliation) else None,
            office=capacity if author and isinstance(capacity, Office) else None,
            hub_wide=words["hub_wide"], marking=words["marking"], created_at=BEGINNING,
            realm=Realm.EXERCISE if played(words) else Realm.REAL,
            submitted_at=BEGINNING if words["submitted"] else None, pos=new_pos(),
        )  # fmt: skip
        adopt(item)
        return item

    def _written_as(self, words: Words) -> Affiliation | Office | None:
        if not words["author"]:
            return None
        person, capacity = self.people[words["author"]], words["capacity"]
        if words["capacity_key"] == "affiliations":
            return Affiliation.objects.get(person=person, organisation=self.organisations[capacity["organisation"]])
        return Office.objects.get(person=person, warp=self.warps[capacity["warp"]], role=Office.Role.COORDINATOR)

    def _origin(self, item: Item, words: Words) -> None:
        if sealed(words):
            person, capacity = self.people[words["author"]], self._written_as(words)
            assert isinstance(capacity, Affiliation)
            Origin.objects.create(
                item=item, filer=seal.seal("person", person.pk), capacity=seal.seal("affiliation", capacity.pk),
                sealed=seal.close(person.pk, item.pk), label="A member of uk",
            )  # fmt: skip
        if words["derived"]:
            Derivation.objects.create(item=item, report=self.rows[words["derived"]["name"]])

    def _handler(self, item: Item, facts: Words) -> None:
        person = self.people[facts["person"]]
        if "glass" in facts:
            BreakGlass.objects.create(reference=item.reference, person=person, reason="x", approved_at=facts["from"])
        else:
            Handler.objects.create(item=item, person=person, **span(facts))

    def _standings_of(self, item: Item, standings: list[Words]) -> None:
        saved: list[Standing] = []
        for facts in standings:
            ended = saved[facts["of"]] if facts["state"] == "withdrawn" else None
            row = Standing.objects.create(
                item=item, version=facts["version"], label=facts["label"], state=facts["state"], withdraws=ended,
                **span(facts),
            )  # fmt: skip
            for grant in facts["grants"] if ended is None else []:
                self.grant(row, grant)
            saved.append(row)

    def _embargo_of(self, item: Item, words: Words) -> None:
        if (facts := words["embargo"]) is None:
            return
        text = {key: self.token(words, f"embargo {key}", "handler") for key in ("reason", "contingency")}
        text |= {"source": self.token(words, "source", "handler"),
                 "source_reference": self.token(words, "source reference", "handler"),
                 "source_contact": f"{self.token(words, 'source contact', 'handler')}@example.org"}  # fmt: skip
        embargo = Embargo.objects.create(
            item=item, state=facts["state"], ends_at=facts["ends_at"], proposed_at=facts["proposed_at"],
            terms=len(facts["terms"]), terms_since=facts["terms"][-1], original_end=facts["ends_at"], **text,
        )  # fmt: skip
        for number, since in enumerate(facts["terms"], 1):
            needs = "terms" if number == len(facts["terms"]) else "handler"
            Terms.objects.create(
                embargo=embargo, number=number, text=self.token(words, f"terms {number}", needs), since=since,
                handling=self.token(words, f"handling notes {number}", needs),
            )  # fmt: skip
        for one in facts["named"]:
            answered = None if one["answer"] == "unanswered" else one["from"]
            Named.objects.create(
                embargo=embargo, person=self.people[one["person"]], answer=one["answer"], terms=one["terms"],
                answered_at=answered, **span(one),
            )  # fmt: skip

    def token(self, words: Words, field: str, needs: str, version: int = 1) -> str:
        return self.mint.make(words["place"], field, needs, words, version)

    def _owed(self, item: Item, words: Words) -> None:
        """The announcements of its standings and its embargo, as the verbs would have left them."""
        if item.kind not in WRITTEN:
            return
        for number, facts in enumerate(words["standings"]):
            event = "withdrawn" if facts["state"] == "withdrawn" else "released" if number == 0 else "revised"
            self._announce(item, words, event, facts["from"], facts["version"])
        if words["embargo"]:
            for event in ("offered", "reminder"):
                self._announce(item, words, event, words["embargo"]["proposed_at"], 1)

    def _said(self, item: Item, words: Words) -> None:
        """Everybody wants to hear what is said of it, whether they read it or not; what was said is announced."""
        if item.kind in (*WRITTEN, Kind.DISCUSSION):
            Follow.objects.bulk_create(Follow(person=person, item=item) for person in self.people.values())
        if item.kind in (Kind.DISCUSSION, Kind.COMMENT):
            event = "released" if item.kind == Kind.DISCUSSION else "replied"
            standings = words["standings"] or words["parent"]["standings"]
            at = standings[0]["from"] if standings else BEGINNING
            Announcement.objects.create(
                event=event, item=item, version=1, tier=Tier.INFORMATION, created_at=at, due_at=at
            )

    def _announced(self, item: Item, at: datetime) -> None:
        told = {"event": "played", "words": "invited"} if item.kind == Kind.EXERCISE else {"event": "released"}
        Announcement.objects.create(
            item=item, version=1, realm=item.realm, tier=Tier.INFORMATION, created_at=at, due_at=at, **told
        )

    def _announce(self, item: Item, words: Words, event: str, at: datetime, version: int) -> None:
        announcement = Announcement.objects.create(
            event=event, item=item, version=version, tier=1 + (words["place"] + version) % 4, created_at=at, due_at=at,
            categories=["vulnerability"],
        )  # fmt: skip
        if event == "released":
            self._answered(announcement, words, at)

    def _answered(self, announcement: Announcement, words: Words, at: datetime) -> None:
        """Three organisations were asked, whether it reaches them or not, and one of them has answered in words."""
        item = self.rows[words["name"]]
        for number, (name, house) in enumerate(list(self.organisations.items())[words["place"] % 3 :][:3]):
            response = Response.objects.create(
                item=item, organisation=house, announcement=announcement, asked_at=at, due_at=at,
                acknowledged_at=None if number else at, applies="" if number else "affected",
            )  # fmt: skip
            for step in (1, 2) if number and words["place"] % 2 else ():  # whoever has not answered is asked for
                Escalation.objects.create(response=response, announcement=announcement, step=step, due_at=at)
            if number == 1 and words["place"] % 4 == 0:  # a message with a link went out to it
                for address in Address.objects.filter(person__affiliations__organisation=house).order_by("pk")[:1]:
                    Delivery.objects.create(announcement=announcement, address=address, state="sent", due_at=at)
            if number == 0:
                by = Person.objects.filter(affiliations__organisation=house).order_by("pk").first()
                said = self.token(words, f"answer of {name}", "handler")
                for what in ("confirmed", "applies"):
                    response.notes.create(at=at, by=by, what=what, words=said)

    # Texts

    def _advisory(self, item: Item, words: Words) -> None:
        advisory = Advisory.rows.create(item=item)
        for number in range(1, words["versions"] + 1):
            standing = next((s for s in words["standings"] if s["version"] == number), None)
            text = {
                field: self.token(words, field, "title" if field == "title" else "body", number)
                for field in ("title", "what_to_do", "who_it_hits", "what_is_known")
            }
            told = ("permission", "withdrawn_because")
            kept = {field: self.token(words, field, "handler", number) for field in told}
            version = Version.objects.create(
                advisory=advisory, number=number, **text, **kept, tier=1 + words["place"] % 4,
                label=standing["label"] if standing else words["marking"],
                written_at=BEGINNING, released_at=standing["from"] if standing else None,
                written_by=self.people[words["author"]] if words["author"] and not words["derived"] else None,
            )  # fmt: skip
            Link.objects.create(
                version=version, title=self.token(words, "reference title", "body", number),
                url=f"https://example.org/{self.token(words, 'reference address', 'body', number)}",
            )  # fmt: skip
        # Never from the item that only one of two twins has: what is drafted from an entry carries its label.
        entries = [row for name, row in self.rows.items() if row.kind == Kind.ENTRY and name != draw.HIDDEN]
        for row in entries[: words["place"] % 3]:
            DraftedFrom.objects.create(advisory=advisory, entry_id=row.pk)

    def _incident(self, item: Item, words: Words) -> None:
        """Its text, how it stands, and that every advisory until now was made from it."""
        self._advisory(item, words)
        incident = Incident.rows.create(item=item)
        for version in Version.objects.filter(advisory=item.pk).order_by("number"):
            self._beside(item, words, version)
        # Never from the one that only one of two twins has: what is made from an incident carries its label.
        for row in self.rows.values() if words["name"] != draw.HIDDEN else ():
            if row.kind == Kind.ADVISORY:
                MadeFrom.objects.create(advisory_id=row.pk, incident=incident)

    def _beside(self, item: Item, words: Words, version: Version) -> None:
        """What is told with one version, and with none before it."""
        version.lessons = self.token(words, "lessons", "body", version.number)
        version.save(update_fields=["lessons"])
        line = self.token(words, "timeline", "body", version.number)
        Happened.objects.create(version=version, on=BEGINNING.date(), words=line, written_at=BEGINNING)
        value = f"{self.token(words, 'indicator', 'body', version.number)}.example.org"
        Indicator.objects.create(item=item, version=version, kind=Indicator.Of.DOMAIN, value=value)

    def _report(self, item: Item, words: Words) -> None:
        said = {field: self.token(words, field, "body") for field in ("title", "body", "hit", "done", "wanted")}
        reason = self.token(words, "embargo_reason", "body")
        report = Report.rows.create(item=item, **said, embargo_reason=reason, saved_at=BEGINNING)
        told = self.token(words, "their reference", "body")
        Notified.objects.create(report=report, body="ico", done_at=BEGINNING, reference=told)
        Indicator.objects.create(item=item, kind="file", value=f"{self.token(words, 'indicator', 'body')}.exe")
        if words["anonymous"]:
            self._sealed_file(item, words)

    def _sealed_file(self, report: Item, words: Words) -> None:
        """A file of an anonymous report, sealed as that is: read by whoever reads it."""
        origin = Origin.objects.get(item=report)
        below = Item.rows.create(
            reference=chance.code(8), kind=Kind.ATTACHMENT, warp=report.warp, parent=report, anonymous=True,
            marking=report.marking, created_at=BEGINNING, submitted_at=BEGINNING, pos=new_pos(),
        )  # fmt: skip
        adopt(below)
        Origin.objects.create(item=below, filer=origin.filer, capacity=origin.capacity)
        content, stored = self.token(words, "sealed content", "body").encode(), chance.code(32)
        if not default_storage.exists(stored):
            default_storage.save(stored, ContentFile(content))
        Attachment.rows.create(
            item=below, name=f"{self.token(words, 'sealed name', 'body')}.txt", stored=stored, size=len(content),
            sha256=chance.code(64).lower(), added_at=BEGINNING,
        )  # fmt: skip
        self.sealed_files.append((report.reference, below.reference))

    def _comment(self, item: Item, words: Words) -> None:
        Comment.rows.create(item=item, body=self.token(words, "comment", "body"), written_at=BEGINNING)
        if not words["standings"]:  # the last is the accepted answer
            Discussion.rows.filter(item=item.parent).update(accepted=item)

    def _discussion(self, item: Item, words: Words) -> None:
        title, body = (self.token(words, field, field) for field in ("title", "body"))
        Discussion.rows.create(item=item, title=title, body=body, written_at=BEGINNING)

    def _sighting(self, item: Item, words: Words) -> None:
        note = self.token(words, "note", "body")
        Sighting.rows.create(item=item, seen_on=BEGINNING.date(), counted=True, note=note)

    def _attachment(self, item: Item, words: Words) -> None:
        content, stored = self.token(words, "file content", "body").encode(), chance.code(32)
        if not default_storage.exists(stored):
            default_storage.save(stored, ContentFile(content))
        Attachment.rows.create(
            item=item, name=f"{self.token(words, 'file name', 'body')}.txt", stored=stored, size=len(content),
            sha256=chance.code(64).lower(), added_at=BEGINNING,
        )  # fmt: skip

    def _entry(self, item: Item, words: Words) -> None:
        code = chance.code(8)
        told = {field: self.token(words, field, "body") for field in ("title", "summary", "author")}
        Entry.rows.create(
            item=item, source=self.sources[words["source"]], guid=code, content_hash=code, seen_at=BEGINNING,
            url=f"https://example.org/{self.token(words, 'address', 'body')}", **told,
            story=Story.objects.create(code=code, warp=None if words["hub_wide"] else item.warp),
        )  # fmt: skip

    # At a moment

    def search_at(self, at: datetime) -> None:
        """Index every advisory and incident by the text that stands at `at`, as its release had done by then."""
        for name, words in self.items.items():
            if words["kind"] in draw.WRITTEN:
                now: Words = self.oracle("nobody", at).now(words)[1] if not words["anonymous"] else {}
                number: Any = now.get("version", words["versions"])
                version = Version.objects.get(advisory=self.rows[name].pk, number=number)
                indexed(self.rows[name], version)
            elif words["kind"] == "discussion":
                text = Discussion.rows.get(item=self.rows[name])
                search.index(self.rows[name], text.title, text.body)
            elif words["kind"] == "comment" and words["parent"]["kind"] == "discussion":
                search.index(self.rows[name], "", Comment.rows.get(item=self.rows[name]).body)
            elif words["kind"] == "training":
                course = Course.rows.get(item=self.rows[name])
                search.index(self.rows[name], course.title, course.aims)


def sealed(words: Words) -> bool:
    """Whether who wrote it is in Origin alone."""
    return bool(words["anonymous"] or words.get("nameless"))


def played(words: Words) -> bool:
    """Whether it is of an exercise, and so of a realm that nothing real is in."""
    return bool(words.get("realm"))


WRITERS = {
    Kind.ADVISORY: Drawn._advisory, Kind.INCIDENT: Drawn._incident, Kind.REPORT: Drawn._report,
    Kind.DISCUSSION: Drawn._discussion, Kind.SIGHTING: Drawn._sighting,
    Kind.TRAINING: taught.course, Kind.EXERCISE: taught.exercise, Kind.INJECT: taught.inject,
    Kind.COMMENT: Drawn._comment, Kind.ATTACHMENT: Drawn._attachment, Kind.ENTRY: Drawn._entry,
}  # fmt: skip


def drawn(number: int, count: int = 14) -> Drawn:
    """World `number`, whole."""
    r = Random(number)
    words = draw.world(r)
    with chance_seeded():
        world = Drawn(words, number)
        for one in with_training(number, words, with_talk(number, words, draw.items(r, words, count))):
            world.add(one)
    return world
