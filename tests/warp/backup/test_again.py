"""After a restore nothing that was sent is sent again, and nothing is back that had ended: with the journal by itself,
without it by the operator's word."""

from __future__ import annotations

from pathlib import Path

from tests.members.delivery.conftest import PostOffice
from tests.warp.backup.conftest import Hub

OWE = """
from members.delivery.plan import plan
from advisories.models import Advisory
item = Item.rows.filter(kind=Kind.ADVISORY, standings__state="released", standings__label="GREEN").first()
made = Announcement.objects.create(event="revised", item=item, version=1, tier={tier}, created_at=clock.ask(),
                                   due_at=clock.ask())
{more}
print(json.dumps(Delivery.objects.filter(announcement=made, state="due").count()))"""
PLANNED = OWE.format(tier=3, more="plan(clock.ask())")
LINES = "print(json.dumps(DigestLine.objects.filter(delivery=None).count()))"
TOMORROW = "from datetime import timedelta; print(json.dumps((clock.ask() + timedelta(days=1)).isoformat()))"


def test_what_the_journal_knows_was_sent_is_not_sent_again(hub: Hub, sink: PostOffice, tmp_path: Path) -> None:
    due = hub.ask(PLANNED)
    assert due > 2
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    assert hub.send()["sent"] == due == len(sink.taken)

    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace", "--json").json()
    assert restored["known"] == due
    assert hub.send()["sent"] == 0 and len(sink.taken) == due
    sent = "Delivery.objects.filter(state='sent', sent_at__isnull=False, outcome__contains='journal').count()"
    assert hub.ask(f"print(json.dumps({sent}))") == due


def test_without_a_journal_all_that_was_due_waits_for_the_operator(hub: Hub, sink: PostOffice, tmp_path: Path) -> None:
    due = hub.ask(PLANNED)
    unplanned = hub.ask(OWE.format(tier=3, more=""))
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0 and unplanned == 0
    assert hub.send()["sent"] == 2 * due == len(sink.taken)
    (hub.home / "journal").unlink()

    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace")
    assert restored.status == 1 and "There is no journal" in restored.out and "held list" in restored.out
    assert hub.send()["sent"] == 0 and len(sink.taken) == 2 * due
    listed = hub.tell("held", "list")
    assert listed.status == 1 and f"{due} messages were due when the backup was made; they may have gone out" in (
        listed.out.replace(", 0 lines", "")
    )
    codes = [line.split()[0] for line in listed.out.splitlines()]
    assert len(codes) == 2

    refused = hub.tell("held", "drop", "--all")
    assert refused.status == 1 and refused.error.count("is not dropped unless you name it") == 1, "unconfirmed"
    assert refused.out.count("dropped: Urgent, revised") == 1, "the other was overtaken: nobody is asked by it"
    (code,) = [code for code in codes if code not in refused.out]
    assert hub.send()["sent"] == 0 and len(sink.taken) == 2 * due
    assert hub.tell("held", "release", code).status == 0
    assert hub.send()["sent"] == due and len(sink.taken) == 3 * due
    assert hub.tell("held", "list").out == "Nothing is held.\n"


def test_what_is_announced_after_a_restore_goes_out_as_ever(hub: Hub, sink: PostOffice, tmp_path: Path) -> None:
    due = hub.ask(PLANNED)
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    assert hub.run("restore", str(tmp_path / "one.backup"), "--replace").status == 1
    assert hub.ask(PLANNED) == due
    assert hub.send()["sent"] == due == len(sink.taken)


def test_a_digest_that_went_out_is_not_written_again(hub: Hub, sink: PostOffice, tmp_path: Path) -> None:
    hub.ask(OWE.format(tier=2, more="plan(clock.ask())"))
    waiting, tomorrow = hub.ask(LINES), hub.ask(TOMORROW)
    assert waiting > 2
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    assert hub.tell("digest", f"--at={tomorrow}").status == 0
    sent = hub.ask("from members.delivery.send import sweep; from datetime import timedelta;"
                   "print(json.dumps(sweep(clock.ask() + timedelta(days=1)).sent))")  # fmt: skip
    assert sent == len(sink.taken) > 2

    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace", "--json").json()
    assert restored["known"] == waiting and restored["held"] == 0
    assert hub.tell("digest", f"--at={tomorrow}").status == 0
    assert hub.ask(LINES) == 0 and hub.send()["sent"] == 0 and len(sink.taken) == sent

    (hub.home / "journal").unlink()
    assert hub.run("restore", str(tmp_path / "one.backup"), "--replace", "--json").json()["held"] == 1
    assert hub.tell("digest", f"--at={tomorrow}").status == 0
    assert hub.ask(LINES) == waiting and hub.send()["sent"] == 0


ENDING = """
from members import leaving, credentials, journal, subscribing
from members.stand import withdraw
from members.joining import end
people = list(Person.objects.filter(offices=None, affiliations__isnull=False).distinct().order_by("pk")[:3])
at = clock.ask()
leaving.disable(people[0], at, None); leaving.erase(people[0], at, None)
leaving.disable(people[1], at, None)
end(Affiliation.objects.filter(person=people[2]), at)
credentials.revoke(Credential.objects.get(), at, None)
subscribing.leave(subscribing.leave_token(Subscriber.objects.get()), at)
item = Item.rows.filter(kind=Kind.ADVISORY, standings__state="released", standings__label="GREEN").first()
withdraw(item, at)
print(json.dumps([people[0].email, item.reference]))"""
NARROWING = """
from members import tighten
from members.reach import key, register
from members.response import ladder
from members.shows import Exit
from members.stand import in_force, release
at = clock.ask()
lead = Affiliation.objects.at(at).filter(role="lead").select_related("person", "organisation").first()
{setting}
print(json.dumps({said}))"""
WIDE = NARROWING.format(
    setting="""
Contact.objects.create(organisation=lead.organisation, position=9, name="Porter", telephone="01632 960 105")
Address.objects.create(organisation=lead.organisation, channel="webhook", value="left", verified_at=at)
Address.objects.create(organisation=lead.organisation, channel="slack", value="kept", verified_at=at, private_since=at)
for person in Person.objects.order_by("pk")[:2]:
    PublicKey.objects.create(person=person, certificate=b"x", fingerprint="F", added_at=at)""",
    said="0",
)
NARROW = NARROWING.format(
    setting="""
office = Office.objects.at(at).filter(role="coordinator").select_related("person", "warp").first()
tighten.tighten(office.person, office.warp, "GREEN", Exit.MAIL, Cell.NOTICE, at)
ladder.remove(lead.person, Contact.objects.get(name="Porter"), at)
register.take_off(Address.objects.get(value="left"), lead.person, at)
register.change(Address.objects.get(value="kept"), lead.person, at, private=False)
key.take_off_key(Person.objects.order_by("pk").first(), at)
item = Item.rows.filter(kind=Kind.ADVISORY, standings__state="released", standings__label="CLEAR").first()
by = Office.objects.at(at).filter(role="coordinator", warp=item.warp).first().person
release(item, in_force(item, at).version, "AMBER", [("person", by.pk)], at, by=by)""",
    said="item.reference",
)
SHOWN = """
from members.policy import Viewer, visible_to
from members.place import misplaced
at = clock.ask()
item = Item.rows.get(reference="%s")
keys = PublicKey.objects.order_by("person")
handler = Office.objects.at(at).filter(role="coordinator", warp=item.warp).first()
print(json.dumps({
    "public": visible_to(Viewer(), at).filter(pk=item.pk).exists(),
    "handler": visible_to(Viewer(handler.person_id), at).filter(pk=item.pk).exists(),
    "contacts": Contact.objects.filter(name="Porter").count(), "tightened": Tightening.objects.count(),
    "channels": Address.objects.filter(value__in=["left", "kept"], verified_at__isnull=False).count(),
    "private": Address.objects.filter(private_since__isnull=False).count(),
    "mail": Address.objects.filter(channel="mail", contact="", verified_at__isnull=False).count(),
    "keys": [key.expires_at is None for key in keys], "misplaced": len(misplaced(Item.rows.all())),
}))"""
BEFORE = """
from members import subscribing, credentials
token = subscribing.ask("reader@example.org", clock.ask()); subscribing.confirm(token, clock.ask())
owner = Person.objects.filter(offices=None, affiliations__isnull=False).order_by("-pk").first()
credentials.issue(owner, Credential.Use.ATOM, "reader", clock.ask(), None)
person = Person.objects.filter(offices=None, affiliations__isnull=False).distinct().order_by("pk").first()
print(json.dumps([person.name, person.email]))"""
STATE = """
from members.policy import audience
from members.place import misplaced
at = clock.ask()
people = list(Person.objects.filter(offices=None, affiliations__isnull=False).distinct().order_by("pk")[:3])
item = Item.rows.get(reference="%s")
print(json.dumps({
    "erased": [people[0].name, people[0].email], "closed": [p.active_until <= at for p in people],
    "of": Affiliation.objects.at(at).filter(person=people[2]).count(),
    "tokens": Credential.objects.at(at).count(), "subscribers": Subscriber.objects.at(at).count(),
    "readers": audience(item, at).exclude(offices__isnull=False).count(), "misplaced": len(misplaced(Item.rows.all())),
}))"""


def test_what_ended_or_was_erased_after_the_backup_is_so_again(hub: Hub, tmp_path: Path) -> None:
    name, email = hub.ask(BEFORE)
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    _erased, reference = hub.ask(ENDING)
    ended = hub.ask(STATE % reference)
    journal = (hub.home / "journal").read_text()
    assert name not in journal and email not in journal and reference not in journal

    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace", "--json").json()
    assert {word: restored["again"][word] for word in ("closed", "erased", "withdrawn")} == {
        "closed": 2, "erased": 1, "withdrawn": 1,
    }  # fmt: skip
    again = hub.ask(STATE % reference)
    assert again["erased"][0] == "a former member" and again["erased"][1].startswith("erased-")
    assert {**again, "erased": 0} == {**ended, "erased": 0}
    assert again["misplaced"] == again["of"] == again["tokens"] == again["subscribers"] == again["readers"] == 0

    (hub.home / "journal").unlink()
    assert hub.run("restore", str(tmp_path / "one.backup"), "--replace").status in (0, 1)
    back = hub.ask(STATE % reference)
    assert back["erased"] == [name, email] and back["tokens"] == back["subscribers"] == 1 and back["readers"] > 0


def test_what_was_narrowed_after_the_backup_is_no_wider_after_the_restore(hub: Hub, tmp_path: Path) -> None:
    """A revision under a stricter label, and the addresses, keys, contacts and channels that somebody made less of."""
    hub.ask(WIDE)
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    reference = hub.ask(NARROW)
    mail = hub.ask(SHOWN % reference)["mail"]

    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace")
    assert f"Released anew since then: {reference}. None of them stands released" in restored.out
    assert "verified again" in restored.out and "Passwords and second factors are what they were" in restored.out
    again = hub.ask(SHOWN % reference)
    assert again == {"public": False, "handler": True, "contacts": 0, "tightened": 1, "channels": 0, "private": 0,
                     "mail": mail, "keys": [False, True], "misplaced": 0}  # fmt: skip

    (hub.home / "journal").unlink()
    assert hub.run("restore", str(tmp_path / "one.backup"), "--replace").status in (0, 1)
    back = hub.ask(SHOWN % reference)
    assert back == {**again, "public": True, "contacts": 1, "tightened": 0, "keys": [True, True]}


def test_a_release_approved_ahead_does_not_come_by_itself_after_a_restore(hub: Hub, tmp_path: Path) -> None:
    """The embargo may have been extended since, which the restored database does not know."""
    embargoed = hub.ask("""
from datetime import timedelta
from members.place import place
from advisories.models import Advisory
item = Item.rows.filter(embargo__isnull=False, kind=Kind.ADVISORY).first()
at = clock.ask()
Embargo.objects.filter(item=item).update(ends_at=at + timedelta(hours=1), state="active")
Standing.objects.create(item=item, version=1, label="GREEN", since=at + timedelta(hours=1))
place(item)
print(json.dumps(item.reference))""")
    later = f"""
from datetime import timedelta
from members.policy import audience
item = Item.rows.get(reference="{embargoed}")
print(json.dumps(audience(item, clock.ask() + timedelta(hours=2)).count()))"""
    readers = hub.ask(later)
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    restored = hub.run("restore", str(tmp_path / "one.backup"), "--replace", "--json").json()
    assert restored["again"]["ahead"] == [embargoed]
    assert hub.ask(later) < readers
