"""Seeded leaks: each is a small wrong change that a tired person could make, and the proof must catch every one.

`old` stands exactly once in the file, or the mutant is out of date and that is an error. Two kinds: a clause of the
rule that is dropped, and an exit that goes round it.
"""

# ruff: noqa: E501 - the lines are those of the files they are put into
from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A leak: in which file, what is written there, what instead, and what it would let out."""

    file: str
    old: str
    new: str
    why: str


PLACING, KEYS, POLICY = "members/placing.py", "members/keys.py", "members/policy.py"
SHOWS, JUDGE, RIGHT, LINES = ("members/shows.py", "members/delivery/judge.py", "members/delivery/right.py",
                              "members/delivery/lines.py")  # fmt: skip
VIEWS = "advisories/views/"

RULE = [
    # the item's side
    Mutant(
        PLACING,
        'freed = meet((Span(clock.micro(self.embargo.ends_at)),), self.in_force("released"))',
        "freed = (Span(clock.micro(self.embargo.ends_at)),)",
        "an embargo's end opens a draft to its WARP's whole desk",
    ),
    Mutant(
        PLACING,
        "guarded = less(facts.guarded(), withdrawn)",
        "guarded = NEVER",
        "the named people lose their item; an embargoed one is placed as if there were no embargo",
    ),
    Mutant(
        PLACING,
        "open_desk = NEVER if red else less(spans, facts.guarded())",
        "open_desk = less(spans, facts.guarded())",
        "every coordinator of a WARP handles what is RED",
    ),
    Mutant(
        PLACING,
        "if label == tlp.RED and kind != Bucket.PERSON:",
        "if False:",
        "a RED item granted to an organisation is for all its people",
    ),
    Mutant(
        PLACING,
        "if facts.item.anonymous:  # line 3",
        "if False:  # line 3",
        "an anonymous report lies on the desk of its WARP",
    ),
    Mutant(
        PLACING,
        "elif label == tlp.GREEN and not grants:",
        "elif label == tlp.GREEN:",
        "a GREEN item that was narrowed is for the whole community",
    ),
    Mutant(
        PLACING,
        "yield kind.of(number), (span(grant),)",
        "yield kind.of(number), ALWAYS",
        "a grant that has ended, or not begun, still reaches",
    ),
    Mutant(
        PLACING,
        "        if label == tlp.AMBER:\n",
        "        if label != tlp.CLEAR:\n",
        "AMBER+STRICT passes on to clients",
    ),
    Mutant(
        PLACING,
        "level = Level.WITHDRAWN if withdrawn else Level.BODY",
        "level = Level.BODY",
        "what is withdrawn is still read",
    ),
    Mutant(
        PLACING,
        "if item.author_id is not None and item.kind == Kind.REPORT:",
        "if item.author_id is not None:",
        "an author who has left still reads what they wrote in office",
    ),
    Mutant(PLACING, "bucket, label = Bucket.COMMUNITY.of(), tlp.GREEN", "pass", "a comment on a CLEAR item is public"),
    Mutant(
        PLACING,
        "if row.level < Level.BODY or parent.item.anonymous:",
        "if row.level < Level.BODY:",
        "what hangs on an anonymous report is read by whoever its mistaken standing reaches",
    ),
    Mutant(
        PLACING,
        "standingless = less(facts.filed(), (",
        "standingless = less(ALWAYS, (",
        "a member's draft lies on the desk before it is submitted",
    ),
    Mutant(
        PLACING,
        "if named.answer == Named.Answer.ACCEPTED:",
        "if named.answer != Named.Answer.UNANSWERED:",
        "who declined an embargo's terms, or left, reads it",
    ),
    Mutant(
        PLACING,
        "yield Level.OFFER, less(ALWAYS, answered)",
        "yield Level.BODY, less(ALWAYS, answered)",
        "who is offered an embargoed item reads it before they accept",
    ),
    Mutant(
        PLACING,
        "changed = NEVER if named.terms >= embargo.terms else (Span(clock.micro(embargo.terms_since)),)",
        "changed = NEVER",
        "who accepted earlier terms reads on under new ones",
    ),
    # the viewer's side
    Mutant(
        KEYS,
        "ON a.person_id = m.person AND a.since <= m.t AND m.t < a.until",
        "ON a.person_id = m.person AND a.since <= m.t",
        "who has left an organisation keeps its keys",
    ),
    Mutant(
        KEYS,
        "ON s.organisation_id = f.org AND s.state = 'active' AND s.since <= f.t AND f.t < s.until",
        "ON s.organisation_id = f.org AND s.since <= f.t AND f.t < s.until",
        "a suspended organisation reads on",
    ),
    Mutant(
        KEYS,
        "ON p.id = %s AND p.active_since <= m.t AND m.t < p.active_until\n),\nhouse AS (SELECT i, t, 0",
        "ON p.id = %s AND p.active_since <= m.t\n),\nhouse AS (SELECT i, t, 0",
        "a closed account reads on",
    ),
    Mutant(
        KEYS,
        "ON c.id = %s AND c.since <= m.t AND m.t < c.until",
        "ON c.id = %s AND c.since <= m.t",
        "a credential that was ended is still good",
    ),
    Mutant(
        KEYS,
        "ON p.id = c.person AND p.active_since <= c.t AND c.t < p.active_until",
        "ON p.id = c.person",
        "the token of a closed account is still good",
    ),
    Mutant(
        KEYS,
        "ON l.client_id = o.org AND l.pass_on_amber AND l.since",
        "ON l.client_id = o.org AND l.since",
        "AMBER passes on over links that do not pass it on",
    ),
    Mutant(
        KEYS,
        "ON o.person_id = m.person AND o.since <= m.t AND m.t < o.until",
        "ON o.person_id = m.person AND o.since <= m.t",
        "a former coordinator keeps the desk",
    ),
    Mutant(KEYS, "    WHERE h.role = 'coordinator'\n", "", "a custodian is granted what is granted to their WARP"),
    # where the two meet
    Mutant(
        POLICY,
        "    if len(read) < len(above) or not own:\n",
        "    if not own:\n",
        "a child is read without its parent, one by one",
    ),
    Mutant(
        POLICY,
        'f"NOT EXISTS (SELECT 1 FROM members_ancestry a WHERE a.item_id = {item}"',
        'f"NOT EXISTS (SELECT 1 FROM members_ancestry a WHERE 1 = 0 AND a.item_id = {item}"',
        "a child is read without its parent, in lists",
    ),
    Mutant(
        POLICY,
        'f" AND p.level >= {int(level)} AND p.since <= {t} AND {t} < p.until)"',
        'f" AND p.level >= {int(level)} AND {t} < p.until)"',
        "lists show what is to be released later",
    ),
    Mutant(
        POLICY,
        "clock.moment(since - 1)) < Answer.BODY:",
        "clock.moment(since - 1)) < Answer.NOTHING:",
        "who never had an item reads that it was withdrawn",
    ),
    Mutant(
        POLICY,
        "return {version for version, standing in last.items() if held & given(standing, grants, clock.micro(at))}",
        "return set(last)",
        "an earlier, wider version is read by those it was never for",
    ),
    Mutant(
        "members/listing.py",
        'f" AND p.level >= {int(Level.BODY)} AND p.since <= {t} AND {t} < p.until"',
        'f" AND p.since <= {t} AND {t} < p.until"',
        "the list shows what is only offered, or was withdrawn",
    ),
    Mutant(
        "members/listing.py",
        "f\" AND {parents_open(self.viewer, self.at, 'p.item_id')}\"",
        'f""',
        "the list shows a child without its parent",
    ),
    Mutant(
        "members/embargo/state.py",
        "        ahead.update(since=ends_at)\n",
        "        pass\n",
        "an extension leaves the release that was approved where it was",
    ),
]

EXITS = [
    Mutant(VIEWS + "advisories.py", "page_or_gone(request, ref, readable(request, ref, Kind.ADVISORY), Kind.ADVISORY)",
           "page_or_gone(request, ref, Item.rows.filter(reference=ref, kind=Kind.ADVISORY).first(), Kind.ADVISORY)",
           "an advisory's page asks no rule"),
    Mutant(VIEWS + "incidents.py", "    item = readable(request, ref, Kind.INCIDENT, Kind.REPORT)\n",
           "    from members.models import Item\n"
           "    item = Item.rows.filter(reference=ref, kind__in=[Kind.INCIDENT, Kind.REPORT]).first()\n",
           "the page of an incident, or of a report, asks no rule"),
    Mutant(VIEWS + "advisories.py", "            raise not_found(request, ref)\n",
           "            if Item.rows.filter(reference=ref).exists():\n"
           "                return HttpResponse(\"It is not for you.\", status=403)\n            raise not_found(request, ref)\n",
           "what is hidden answers 403, what is not there 404"),
    Mutant(VIEWS + "advisories.py", "    if guarded(item, standing, request.at) and not confirmed(request):\n        return to_confirm(request)\n",
           "", "a RED or embargoed page asks for no step-up"),
    Mutant(VIEWS + "versions.py", "    if not handles:\n", "    if False:\n", "every earlier version is shown to every reader"),
    Mutant(VIEWS + "versions.py", "        return versions.get(number=standing.version)\n", "        pass\n",
           "the next version is shown before it is released"),
    Mutant(VIEWS + "children.py", "    mine = policy.visible_to(request.viewer, request.at)\n    found = mine.filter(",
           "    found = Item.rows.filter(", "a file is handed out without asking the rule"),
    Mutant(VIEWS + "children.py", "parent__reference=ref, parent__kind__in=beneath)", ")",
           "a child is found beneath any other item's address"),
    Mutant("advisories/made.py", "visible_to(viewer, at, incident.realm).filter(", "Item.rows.filter(",
           "an incident's page names every advisory that was made from it"),
    Mutant("advisories/made.py", "visible_to(viewer, at, advisory.realm).filter(", "Item.rows.filter(",
           "an advisory's page names every incident that it was made from"),
    Mutant("advisories/made.py", "    if stand.row == EMBARGOED:\n        return tlp.RED\n", "",
           "an advisory made from what is kept back is released under a lower label"),
    Mutant(VIEWS + "life.py", "    return list(text.timeline.order_by(",
           "    text = type(text).objects.filter(advisory=text.advisory_id).order_by(\"-number\")[0]\n"
           "    return list(text.timeline.order_by(", "readers see a line of an incident's timeline before it is released"),
    Mutant(VIEWS + "tending.py", "    if last.label == tlp.RED and not confirmed(request):\n", "    if False:\n",
           "the next version of an incident, which is to be RED, shows its lines without a step-up"),
    Mutant(VIEWS + "tendpages.py", "policy.visible_to(request.viewer, request.at).filter(derivatives__item=item, kind=Kind.REPORT)",
           "Item._base_manager.filter(derivatives__item=item, kind=Kind.REPORT)",
           "who tends an incident reads what its anonymous report names"),
    Mutant(VIEWS + "exports.py", " or told.why_not(item, request.at):", ":",
           "what is under an embargo or withdrawn goes to machines"),
    Mutant("advisories/serve/told.py", "advisory=item.pk, number=standing.version\n",
           "advisory=item.pk, number=Version.objects.filter(advisory=item.pk).count()\n",
           "machines are given the next version before it is released"),
    Mutant("advisories/publish.py", ", *_beside(version)]", "]",
           "a line that was added meanwhile is released unseen"),
    Mutant(VIEWS + "talk.py", "texts.filter(mine, item__parent=item)", "texts.filter(item__parent=item)",
           "every comment and file is shown to whoever reads the advisory"),
    Mutant(VIEWS + "talk.py", "if not stands[text.item_id].asks]", "if stands[text.item_id].row not in shows.STEP_UP]",
           "a file that is to be RED is named without a step-up"),
    Mutant(VIEWS + "rows.py", "red = tlp.RED in {text.label, item.marking, text.stands_label}",
           "red = tlp.RED in {text.label, item.marking}", "the desk titles the next version of what is RED without a step-up"),
    Mutant("members/views/asking.py", " or (item.parent_id and shows.stands([item], at)[item.pk].asks)", "",
           "what takes an embargo from above is shown without a step-up"),
    Mutant("members/facts.py", "    above = Ancestry", "    if not any(item.parent_id for item in asked.values()):\n"
           "        return asked\n    above = Ancestry", "an act takes longer where something hidden lies below"),
    Mutant(VIEWS + "handling.py", "Entry.rows.filter(mine, drafts__advisory=item.pk)", "Entry.rows.filter(drafts__advisory=item.pk)",
           "a handler sees entries that are not theirs to read"),
    Mutant(VIEWS + "offer.py", "    if person is None or named is None:\n        raise not_found(request, code)\n    if not confirmed(request):\n        return to_confirm(request)\n",
           "    if person is None or named is None:\n        raise not_found(request, code)\n", "an offer's terms are read without a step-up"),
    Mutant("members/embargo/people.py", "filter(code=code, person=person, embargo__item__in=offered)", "filter(code=code)",
           "an offer's address works for whoever has it"),
    Mutant(VIEWS + "desk.py", "        \"embargoes\": embargoes(request.viewer, request.at),\n",
           "        \"embargoes\": embargoes(request.viewer, request.at),\n        \"found\": Story.objects.count(),\n"
           "        \"dismissed\": dismissed or \" \" * Story.objects.count(),\n",
           "the desk's page differs by how many stories there are on all desks"),
    Mutant("members/views/asking.py", "items = policy.visible_to(request.viewer, request.at).filter(reference=ref, kind__in=kinds)",
           "items = Item.rows.filter(reference=ref, kind__in=kinds)", "no page that takes a reference asks the rule"),
    Mutant("members/views/asking.py", "    if person is None or item is None or not policy.can(person, verb, item, request.at):\n",
           "    if person is None or item is None:\n", "whoever reads an item may release it"),
    Mutant("members/views/asking.py", "    if label == tlp.RED or item.anonymous or (", "    if (",
           "what is RED asks nobody who they are"),
    Mutant("templates/advisories/offer.html", "{% block content %}", "{% block content %}{{ embargo.item.reference }} {{ embargo.reason }}",
           "an offer tells the reference and the reason"),
    Mutant("members/served.py", "& ~Q(Exists(_guarded(at).filter(item=OuterRef(\"pk\"))))", "",
           "a feed lists what an embargo guards"),
    Mutant("members/served.py", "return visible_to(viewer, at, realm).filter(wanted, anonymous=False)",
           "return Item.rows.realm(realm).filter(wanted, anonymous=False)", "a feed lists everything"),
    Mutant("advisories/serve/entries.py", "content(text, stand.cell(channel))", "content(text, 5)",
           "a feed with a token in its address holds the text of what is GREEN"),
    Mutant(SHOWS, "tlp.AMBER: (BODY, TITLE, TITLE, NIL, NOTICE, NIL, BODY),", "tlp.AMBER: (BODY, BODY, BODY, NIL, NOTICE, NIL, BODY),",
           "mails carry the text of what is AMBER"),
    Mutant(SHOWS, "EMBARGOED: (BODY, AWAITS, NIL, NIL, AWAITS, NIL, NIL),", "EMBARGOED: (BODY, TITLE, NIL, NIL, AWAITS, NIL, NIL),",
           "mails carry the title of what is embargoed"),
    Mutant(SHOWS, "return min(Cell.AWAITS, allowed) if answer == Answer.OFFER else Cell.NOTHING", "return allowed",
           "a channel says to whom it is nothing what it says to its readers"),
    Mutant(JUDGE, "        if not any(theirs):\n", "        if False:\n", "what was queued is sent to who has lost the right"),
    Mutant(JUDGE, "    return set(hear.filter(pk__in=asked).order_by().values_list(\"pk\", flat=True))\n",
           "    return {one for one in asked if one}\n", "an organisation's channel is told what it has lost the right to"),
    Mutant(JUDGE, "    return Cell.NOTHING if address.organisation_id and allowed < Cell.NOTICE else allowed\n",
           "    return stand.cell(way, private=True)\n", "a channel that anybody reads is told what is GREEN"),
    Mutant("members/delivery/message.py", "    if what.cell < Cell.TITLE:\n", "    if False:\n",
           "text messages and channels carry the title of what is AMBER"),
    Mutant("members/delivery/keys.py", "    if verdict.what.event == Announcement.Event.ACCOUNT:", "    if True:",
           "whose key expired is mailed the text in the clear"),
    Mutant("members/delivery/returned.py", "        if headers(key)[\"Message-ID\"] == report.message_id:\n",
           "        if True:\n", "whoever sends a report silences any address"),
    Mutant("members/delivery/returned.py", "bool(own := sender(key)) and own.lower() in report.returned_to", "True",
           "whoever was forwarded a mail silences its address by one report"),
    Mutant("members/reach/own.py", "    theirs = Q(person=person) | Q(organisation__in=", "    theirs = Q(pk__gt=0) | Q(organisation__in=",
           "whoever is signed in sees and changes everybody's addresses"),
    Mutant(JUDGE, "    if not there or not open_to_all(item, event, at):\n", "    if not there:\n",
           "subscribers without an account are mailed what is not CLEAR"),
    Mutant(LINES, "        if item is None or item.pk not in readable:\n", "        if item is None:\n",
           "a digest holds what its reader lost between its building and its sending"),
    Mutant(RIGHT, "buckets = {bucket for bucket in body_buckets(facts, at) if split(bucket)[0] != Bucket.SEALED}",
           "buckets = body_buckets(facts, at)", "the ledger names who filed the report, as one who was told"),
    Mutant(POLICY, "    needs, viewer = VERBS[verb], openly(Viewer(person.pk), at)\n", "    needs, viewer = VERBS[verb], Viewer(person.pk)\n",
           "who filed a report comments on what was derived from it, in their own name"),
    Mutant("members/audit.py", "    if pseudonym and may(openly(viewer or Viewer(person.pk), at), item, at) != Answer.BODY:\n",
           "    if False:\n", "the audit names who filed the report, as one who read it"),
    Mutant("members/verbs.py", '"see_responses": Needs.HANDLING', '"see_responses": Needs.READING',
           "every reader of an alert sees what each organisation answered"),
    Mutant("members/response/answer.py", 'policy.readable(viewer, at, "item_id"), acknowledged_at=None', "acknowledged_at=None",
           "the first page names an alert to who has lost the right to it"),
    Mutant("members/response/link.py", 'if not policy.can(person, "acknowledge", item, at):', "if False:",
           "the link of a message answers for who has lost the right"),
    Mutant("members/kit/lists.py", "affiliations.filter(person=person) if is_open(person, at) else affiliations.none()", "affiliations",
           "everybody who is signed in reads what an organisation runs"),
    Mutant("members/telling/month.py", 'readable(openly(viewer, at), at, "item_id"), ', "",
           "the page of what one is told lists what they can't read"),
    Mutant("members/telling/ticks.py", "return ticks(person).filter(pk__in=[0, *opened(TICK, text)]).first()",
           "return Subscription.objects.filter(pk__in=[0, *opened(TICK, text)]).first()",
           "another's list of what they are told is read by its handle"),
    Mutant("warp/middleware.py", "            response.headers[\"Cache-Control\"] = \"no-store, private\"\n", "            pass\n",
           "the browser's back button shows what was read after signing out"),
    Mutant(VIEWS + "reports.py", "Report.rows.filter(policy.readable(request.viewer, request.at, \"item_id\"), item__realm=0)",
           "Report.rows.filter(item__realm=0)", "whoever is signed in is told of every anonymous report that was filed"),
    Mutant(VIEWS + "reports.py", "text.title if sure or not stands[text.item_id].asks else None", "text.title",
           "the title of an anonymous report stands on a list of who was not asked once more who they are"),
    Mutant(VIEWS + "report.py", "    if guarded(item, stand.in_force(item, request.at), request.at):\n        if not confirmed(request):\n",
           "    if guarded(item, stand.in_force(item, request.at), request.at):\n        if False:\n",
           "an anonymous report opens without a step-up"),
    Mutant(VIEWS + "reporting.py", "        return confirmed(self.request) or not unconfirmed(self.request, self.item)\n",
           "        return True\n", "what is stored of an anonymous report is shown where somebody saves unasked"),
    Mutant("advisories/reporting.py", "(None, origin.pseudonym) if origin else (person, \"\")", "(person, \"\")",
           "the audit names who filed an anonymous report, as who added to it"),
    Mutant(VIEWS + "kept.py", "match.view_name in KEEPS and ours(request)", "match.view_name in KEEPS",
           "another site has its words shown in a form that is ready to be sent"),
]  # fmt: skip

MUTANTS = [*RULE, *EXITS]
