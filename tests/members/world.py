"""Build a world, and items in it, from the words of policy-cases.yaml. All names are fictional."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from members import chance, clock, seal, tlp
from members.joining import add_warp, give_address
from members.models import (
    Affiliation,
    ClientLink,
    Derivation,
    Embargo,
    Grant,
    GroupMember,
    Handler,
    Item,
    Kind,
    Membership,
    Named,
    Office,
    Organisation,
    Origin,
    Person,
    SharingGroup,
    Standing,
    Warp,
)  # fmt: skip
from members.place import adopt, new_pos, place
from members.policy import Viewer

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
KINDS = {kind.name.lower(): kind for kind in Kind}


def moment(text: Any) -> datetime:
    if isinstance(text, datetime):  # YAML reads some times by itself, and says so without a zone
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    parsed = parse_datetime(str(text))
    assert parsed is not None and parsed.tzinfo is not None, text
    return parsed


def span(facts: Any) -> dict[str, datetime]:
    facts = facts if isinstance(facts, dict) else {}
    return {
        "since": moment(facts["from"]) if "from" in facts else BEGINNING,
        "until": moment(facts["until"]) if "until" in facts else clock.FOREVER,
    }


def name_of(facts: Any, key: str) -> str:
    return str(facts[key] if isinstance(facts, dict) else facts)


class World:
    def __init__(self, words: dict[str, Any]) -> None:
        self.warps: dict[str, Warp] = {}
        self.organisations: dict[str, Organisation] = {}
        self.groups: dict[str, SharingGroup] = {}
        self.people: dict[str, Person] = {}
        for name, facts in words["warps"].items():
            self.warp(name, facts.get("parent"))
        for name, facts in words["organisations"].items():
            self.organisation(name, facts["memberships"])
        for link in words.get("client_links", []):
            ClientLink.objects.create(
                provider=self.organisations[link["provider"]], client=self.organisations[link["client"]],
                pass_on_amber=link["pass_on_amber"], **span(link),
            )  # fmt: skip
        for name, members in words.get("groups", {}).items():
            self.groups[name] = SharingGroup.objects.create(name=name, slug=name)
            for member in members:
                GroupMember.objects.create(
                    group=self.groups[name], organisation=self.organisations[name_of(member, "organisation")],
                    **span(member),
                )  # fmt: skip
        for name, facts in words["people"].items():
            self.person(name, facts)

    def warp(self, name: str, parent: str | None) -> None:
        above = self.warps[parent] if parent else None
        self.warps[name] = add_warp(name, name, name[:2].upper(), BEGINNING, above)

    def organisation(self, name: str, memberships: list[Any]) -> None:
        self.organisations[name] = organisation = Organisation.objects.create(name=name, slug=name)
        for facts in memberships:
            Membership.objects.create(
                organisation=organisation, warp=self.warps[facts["warp"]], state=facts.get("state", "active"),
                **span(facts),
            )  # fmt: skip

    def person(self, name: str, facts: dict[str, Any]) -> None:
        self.people[name] = person = Person.objects.create(
            email=f"{name}@example.org", name=name.title(), is_superuser=facts.get("superuser", False),
            active_since=BEGINNING, active_until=clock.FOREVER if facts.get("active", True) else BEGINNING,
        )  # fmt: skip
        give_address(person, person.email, BEGINNING)
        for affiliation in facts.get("affiliations", []):
            Affiliation.objects.create(
                person=person, organisation=self.organisations[name_of(affiliation, "organisation")],
                **span(affiliation),
            )  # fmt: skip
        for key, role in (("coordinates", Office.Role.COORDINATOR), ("custodian_of", Office.Role.CUSTODIAN)):
            for office in facts.get(key, []):
                Office.objects.create(
                    person=person, warp=self.warps[name_of(office, "warp")], role=role, **span(office)
                )

    def viewers(self) -> dict[str, Viewer]:
        people = {name: Viewer(person.pk) for name, person in self.people.items()}
        return {**people, "subscriber": Viewer(), "nobody": Viewer()}

    # Items

    def item(self, case: dict[str, Any]) -> Item:
        """One item as a case words it, placed; its parent, where it has one, is there or made from such words too."""
        parent = case.get("parent")
        if isinstance(parent, dict):
            parent = self.item({"id": "parent", **parent})
        item = self._envelope(case, parent)
        adopt(item)
        if not case.get("inherits") and case.get("label"):
            self._standings(item, case)
        for name in [*case.get("handlers", []), *case.get("embargo", {}).get("handlers", [])]:
            Handler.objects.create(item=item, person=self.people[name], since=BEGINNING)
        for name in case.get("seconds", []):
            Handler.objects.create(item=item, person=self.people[name], since=BEGINNING, second=True)
        if "embargo" in case:
            self._embargo(item, case["embargo"])
        if "derived_from_report_of" in case:
            report = self.item({"id": "report", "anonymous": True, "label": None, "kind": "report",
                                "author": case["derived_from_report_of"]})  # fmt: skip
            Derivation.objects.create(item=item, report=report)
        place(item)
        return item

    def _envelope(self, case: dict[str, Any], parent: Item | None) -> Item:
        author = self.people[case.get("author", "pat")] if case.get("author", "pat") else None
        capacity = self._capacity(author, case)
        anonymous = case.get("anonymous", False)
        item = Item.rows.create(
            reference=chance.code(8), kind=KINDS[case.get("kind", "advisory")], realm=0,
            warp=self.warps[case.get("own_warp", "wm")], parent=parent, anonymous=anonymous,
            hub_wide=case.get("hub_wide", False), marking=case.get("import_label", tlp.STRICT),
            author=None if anonymous else author,
            affiliation=capacity if isinstance(capacity, Affiliation) and not anonymous else None,
            office=capacity if isinstance(capacity, Office) and not anonymous else None,
            created_at=BEGINNING, submitted_at=BEGINNING if case.get("submitted", True) else None, pos=new_pos(),
        )  # fmt: skip
        if anonymous:
            assert author is not None and isinstance(capacity, Affiliation)
            Origin.objects.create(
                item=item, filer=seal.seal("person", author.pk), capacity=seal.seal("affiliation", capacity.pk)
            )
        return item

    def _capacity(self, author: Person | None, case: dict[str, Any]) -> Affiliation | Office | None:
        """Written under `written_as`, else an office where the author has one, else their latest affiliation."""
        if author is None:
            return None
        affiliations = Affiliation.objects.filter(person=author).order_by("-since", "-pk")
        if "written_as" in case:
            return affiliations.get(organisation=self.organisations[case["written_as"]])
        return Office.objects.filter(person=author).first() or affiliations.first()

    def _standings(self, item: Item, case: dict[str, Any]) -> None:
        since = moment(case.get("standing_from", "2026-10-01T00:00Z"))
        ended = moment(case["withdrawn_at"]) if "withdrawn_at" in case else clock.FOREVER
        released = Standing.objects.create(item=item, version=1, label=case["label"], since=since, until=ended)
        for grant in case.get("grants", []):
            self.grant(released, grant)
        if ended != clock.FOREVER:
            Standing.objects.create(
                item=item, version=1, label=case["label"], state="withdrawn", withdraws=released, since=ended
            )

    def grant(self, standing: Standing, words: dict[str, Any]) -> Grant:
        tables: dict[str, dict[str, Any]] = {
            "warp": self.warps, "group": self.groups, "organisation": self.organisations, "person": self.people,
        }  # fmt: skip
        target = {key: table[words[key]] for key, table in tables.items() if key in words}
        return Grant.objects.create(standing=standing, **target, **span(words))

    def _embargo(self, item: Item, words: dict[str, Any]) -> None:
        terms = words.get("terms", 1)
        embargo = Embargo.objects.create(
            item=item, state=words["state"], ends_at=moment(words["ends_at"]), proposed_at=BEGINNING,
            terms=terms, terms_since=datetime(2025, 6, 1, tzinfo=UTC),
        )  # fmt: skip
        for name, answer in words["named"].items():
            accepted = answer["accepted_terms"] if isinstance(answer, dict) else terms
            answer = "accepted" if isinstance(answer, dict) else answer
            Named.objects.create(
                embargo=embargo, person=self.people[name], answer=answer, since=BEGINNING,
                terms=0 if answer == "unanswered" else accepted,
                answered_at=None if answer == "unanswered" else datetime(2025, 5, 1, tzinfo=UTC),
            )  # fmt: skip
