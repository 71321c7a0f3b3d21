"""Secure by construction: what the code may not even say. Each exception is listed here with its reason.

Readers start at policy.visible_to; the managers called `rows` and Django's `_base_manager` hand out everything, and
`.objects` of what hangs on items is for what the rule has given already.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from advisories.models.text import Text
from members.models import Item
from tests import pages
from tests.members.world import World
from tests.pages import visitor

ROOT = Path(__file__).parent.parent
PACKAGES = ("members", "advisories", "warp")
UNSCOPED = {"rows", "_base_manager", "_default_manager"}
# Where everything may be had, whoever looks. `verb` and `collecting` act for the hub; a page is given ids by the rule.
ALLOWED = {
    "members/breakglass.py": "verb: the reference is looked up once two people said so, and nothing of it is told",
    "members/comparing.py": "the nightly comparison of items with the rule; numbers, or references to the operator",
    "members/facts.py": "the ancestors of items that the rule is asked of",
    "members/indexing.py": "the index of searches, written by the verbs; it says which rows are found, to no reader",
    "members/items.py": "verb: makes items, and holds one that was asked for",
    "members/nameless.py": "when something was last said in a thread; no more than an order comes of it",
    "members/place.py": "writes the rule's own rows, of an item and its children",
    "members/policy.py": "the rule itself",
    "members/search.py": "the index; what is found is asked of the rule in the same query",
    "advisories/activity/facts.py": "the state of incidents that the rule gave in the same query",
    "advisories/children/saying.py": "verb: writes the text of a child whose parent the rule gave",
    "advisories/children/attaching.py": "the same",
    "advisories/draft.py": "verb: reads its entries through policy.readable",
    "advisories/kinds.py": "planning: what the public sources of an item name; who is told by it reads the item",
    "advisories/fingerprint.py": "verb: of a version of an item that permits.can or the rule gave, and its files",
    "advisories/sharing/deciding.py": "verb: on an item that permits.can gave",
    "advisories/sharing/handing.py": "verb: on an item that permits.can gave",
    "advisories/sharing/review.py": "verb: on an item that permits.can gave",
    "advisories/evidence.py": "verb: on a report that is whoever acts's own",
    "advisories/reporting.py": "verb: on a report that is whoever acts's own",
    "advisories/together.py": "verb: on a report that is whoever acts's own",
    "advisories/incidents.py": "verb: on an item that permits.can gave",
    "advisories/indicating.py": "verb: on an item that permits.can gave",
    "advisories/made.py": "the labels of what an advisory was made from; a strictest label is all that comes of them",
    "advisories/questions.py": "verb: on a question that it makes, or that its own check gave",
    "advisories/talked.py": "planning: what an item says that whoever is told of it reads",
    "advisories/publish.py": "verb: on an item that permits.can gave",
    "advisories/collect/insert.py": "collecting: stores what a source said",
    "advisories/collect/shown.py": "collecting: releases what a source is set to show",
    "advisories/collect/store.py": "collecting: stores what a source said",
    "advisories/demo/build.py": "the demonstration writes itself",
    "advisories/demo/incidents.py": "the demonstration writes itself",
    "advisories/management/commands/demo.py": "whether there is anything yet",
    "advisories/management/commands/release.py": "an operator's door: the verb asks permits.can",
    "advisories/management/commands/who.py": "an operator's question, recorded",
    "advisories/sighted.py": "the daily count: numbers of items, told to whom the rule gives those",
    "advisories/sightings.py": "verb: what whoever acts said themselves, on an item that permits.can gave",
    "advisories/relaying/rule.py": "verb: the labels of what an item that permits.can gave was drafted from",
    "advisories/serve/told.py": "the state of an item that the rule gave",
    "advisories/triage/ranked.py": "asked with policy.handled in the same query",
    "advisories/triage/ranks.py": "collecting, and a verb: ranks what is stored, and tells nobody of it",
    "advisories/triage/byhand.py": "verb: moves entries between stories that lie on the desk of whoever decides",
    "advisories/triage/stories.py": "collecting: lays entries into stories by whoever reads them",
    "advisories/views/awaited.py": "a condition on what is asked with policy.readable in the same query",
    "advisories/views/sharing.py": "the text of an item that permits.can gave",
    "advisories/views/beneath.py": "what lies above comments that the rule gave",
    "advisories/views/seconds.py": "the same, to say whether its page asks for a step-up",
    "advisories/views/children.py": "the text of a child that the rule gave",
    "advisories/views/draft.py": "asked with policy.readable, and the text of an item that permits.can gave",
    "advisories/views/flash.py": "the text of an item that permits.can gave",
    "advisories/views/handling.py": "asked with policy.readable in the same query",
    "advisories/views/life.py": "the state of an item that the rule gave",
    "advisories/views/lists.py": "ids that listing.page gave",
    "advisories/views/overview.py": "which incidents are not closed: a condition on items that the rule gives",
    "advisories/views/release.py": "the text of an item that permits.can gave",
    "advisories/views/report.py": "the text of a report that the rule gave; its files with policy.readable",
    "advisories/views/reporting.py": "the text of a report that the rule gave, and that is whoever asks's own",
    "advisories/views/reports.py": "asked with policy.readable in the same query",
    "advisories/views/questionlist.py": "ids that listing.page, search or policy.visible_to gave",
    "advisories/views/thread.py": "the text of a question that the rule gave",
    "advisories/views/talk.py": "asked with policy.readable in the same query",
    "warp/backup/again.py": "a restore: does again what was done to an item; references to the operator alone",
    "warp/management/commands/prepare.py": "whether anybody has an account yet",
}
DOORS = ("members/views/", "advisories/views/", "members/context.py", "members/middleware.py", "members/templatetags/",
         "members/tasks.py", "advisories/tasks.py", "advisories/forms.py", "advisories/fields.py",
         "advisories/embargoforms.py", "advisories/childforms.py", "advisories/reportforms.py")  # fmt: skip
# At a door: which models' rows are read directly, and why that tells nothing.
AT_DOORS: dict[str, tuple[set[str], str]] = {
    "members/context.py": ({"Warp"}, "the hub's name"),
    "members/tasks.py": ({"Pulse"}, "the heartbeat"),
    "members/views/asking.py": ({"Embargo", "Standing"}, "of an item that the rule gave, or is asked beside it"),
    "members/views/training/planned.py": (
        {"Booking", "Session"}, "conditions on courses and sessions that the rule gives in the same query"
    ),
    "advisories/fields.py": ({"Person"}, "whoever names a person for a grant or an embargo types their whole address"),
    "advisories/forms.py": (
        {"Membership", "Organisation", "Person", "SharingGroup", "Warp"}, "whom a coordinator may grant to: all"
    ),
    "advisories/reportforms.py": ({"Membership"}, "whom they may grant to, by permits.grantables"),
    "advisories/views/questionlist.py": ({"Standing"}, "a condition on items that the rule gives in the same query"),
    "advisories/views/report.py": ({"Indicator", "Notified"}, "of a report that the rule gave"),
    "advisories/views/reports.py": ({"Derivation"}, "a condition on reports that the rule gives in the same query"),
    "advisories/views/awaited.py": (
        {"Consent", "Review", "Standing", "Version", "Word"},
        "of items that the rule gives in the same query",
    ),
    "advisories/views/consent.py": ({"Version"}, "of an item that the rule gave, to who reported it"),
    "advisories/views/advisories.py": ({"Embargo"}, "of an item that the rule gave"),
    "advisories/views/embargo.py": ({"Named"}, "of an item that permits.can gave"),
    "advisories/views/embargoed.py": (
        {"Affiliation", "Embargo", "Handler", "Named", "Standing", "Version"}, "of an item that permits.can gave"
    ),
    "advisories/views/handling.py": (
        {"Affiliation", "Embargo", "Response", "Version"}, "of an item that permits.can gave"
    ),
    "advisories/views/lists.py": ({"Version"}, "a condition on items that the rule gives in the same query"),
    "advisories/views/offer.py": ({"Named"}, "of whoever looks, by their own id"),
    "advisories/views/overview.py": (
        {"Derivation", "Embargo", "Extension", "Response", "Review", "Version"},
        "asked with policy.handled in the same query, or a condition in one that is",
    ),
    "advisories/views/rows.py": ({"Embargo", "Standing", "Version"}, "of items that the rule gave"),
    "advisories/views/tend.py": ({"Embargo"}, "of what whoever acts has just derived"),
    "advisories/views/tending.py": ({"Version"}, "of an item that permits.can gave"),
    "advisories/views/tendpages.py": ({"Indicator", "Version"}, "of an item that permits.can gave, or the rule"),
    "advisories/views/versions.py": ({"Version"}, "of an item that the rule gave"),
}  # fmt: skip


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def text_models() -> set[str]:
    return {"Item", *(model.__name__ for model in apps.get_models() if issubclass(model, Text))}


def managers(tree: ast.Module, names: set[str], of: set[str]) -> set[str]:
    """Models of `of` whose manager of one of `names` is used."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in names]
    return {node.value.id for node in found if isinstance(node.value, ast.Name) and node.value.id in of}


def test_everything_is_had_only_where_it_is_listed_with_a_reason() -> None:
    using = {path for path, tree in sources() if managers(tree, UNSCOPED, text_models())}
    using |= {
        path for path, tree in sources() if "get_user_model" in ast.dump(tree) and "_default_manager" in ast.dump(tree)
    }
    assert using - set(ALLOWED) == set(), "go through policy.visible_to, or list the file here with its reason"
    assert set(ALLOWED) - using == set(), "listed, and not needed any more"


def test_a_door_reads_rows_directly_only_where_it_is_listed_with_a_reason() -> None:
    every = {model.__name__ for model in apps.get_models()} | {"model", "TABLES"}
    found = {path: managers(tree, {"objects"}, every) for path, tree in sources() if path.startswith(DOORS)}
    found = {path: used for path, used in found.items() if used}
    assert found == {path: used for path, (used, _why) in AT_DOORS.items()}


@pytest.mark.parametrize("model", sorted(text_models()))
def test_no_default_manager_hands_out_a_row(model: str) -> None:
    found = next(one for one in apps.get_models() if one.__name__ == model)
    assert found._default_manager.all().query.is_empty(), f"{model}'s first manager hands out rows"
    assert not hasattr(found, "objects")


def tainted(node: ast.AST) -> bool:
    """Whether an expression is made of what came with a request."""
    words = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(node)}
    return bool(words & {"GET", "POST", "request", "cleaned_data", "body", "json", "headers", "META", "COOKIES"})


def test_no_key_of_a_request_becomes_a_lookup() -> None:
    """`filter(**request.GET)` lets whoever asks write the query (CVE-2025-64459)."""
    found = []
    for path, tree in sources():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if getattr(call.func, "attr", "") in {"filter", "exclude", "get", "update", "create", "annotate", "values"}:
                found += [(path, call.lineno) for key in call.keywords if key.arg is None and tainted(key.value)]
            if getattr(call.func, "id", "") == "Q":
                found += [(path, call.lineno) for key in call.keywords if key.arg is None and tainted(key.value)]
    assert found == []


def test_a_template_asks_the_database_nothing() -> None:
    asking = re.compile(r"\.(all|filter|exclude|objects|queryset|count|exists)\b|_set\b")
    tags = re.compile(r"{[{%].*?[%}]}", re.DOTALL)
    found = [
        (str(path.relative_to(ROOT)), tag)
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for tag in tags.findall(path.read_text())
        if asking.search(tag) and "forloop" not in tag
    ]
    assert found == []


def test_no_answer_is_kept_for_somebody_else() -> None:
    banned = re.compile(r"cache_page|CacheMiddleware|from django\.core\.cache|cache_control")
    found = [path for path, tree in sources() if banned.search((ROOT / path).read_text())]
    pages = (ROOT / "templates").rglob("*.html")
    templates = [path for path in pages if re.search(r"{%\s*cache\b", path.read_text())]
    assert (found, templates) == ([], [])
    assert not [name for name in settings.MIDDLEWARE if "cache" in name.lower()]


def patterns(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from (str(pattern.pattern) + rest for rest in patterns(pattern))
        elif isinstance(pattern, URLPattern):
            yield str(pattern.pattern)


def test_no_number_that_counts_rows_is_an_address() -> None:
    numbered = [route for route in patterns(get_resolver()) if "<int:" in route and not route.startswith("dev/mail/")]
    assert numbered == []


def test_references_are_drawn_and_never_counted() -> None:
    field = Item._meta.get_field("reference")
    assert isinstance(field, models.CharField) and field.unique


def held(value: object) -> bool:
    """Whether a template was handed something that asks the database when it is looked at."""
    if isinstance(value, dict):
        return any(held(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(held(one) for one in value)
    return isinstance(value, models.QuerySet | models.Manager)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["alice", "carol", "cuth", "nobody"])
def test_no_page_is_handed_a_queryset(world: World, name: str) -> None:
    """So a page shows what its view asked of the rule, once, and nothing that a template finds for itself."""
    amber = pages.advisory(world, {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}).item
    draft = pages.advisory(world, {"id": "draft", "label": None}).item
    entry = pages.entry(world, pages.source(world), "An entry")
    paths = ["/", "/advisories/", "/advisories/?q=title", "/desk/", "/desk/overview/", "/desk/activity/",
             f"/desk/stories/{entry.story.code}/",
             "/desk/sources/", "/desk/sources/feed/", "/glossary/", "/account/told/", "/account/told/times/",
             "/account/kit/brum/", "/subscribe/", "/incidents/", "/incidents/new/",
             "/questions/", "/questions/?q=title", "/questions/new/"]  # fmt: skip
    for item in (amber, draft):
        ref = item.reference
        paths += [f"/advisories/{ref}/", f"/desk/drafts/{ref}/", f"/desk/drafts/{ref}/release/",
                  f"/advisories/{ref}/embargo/propose/"]  # fmt: skip
    client, rendered = visitor(world.people.get(name), confirmed=True), 0
    for path in paths:
        contexts: Any = client.get(path).context or []
        for context in contexts:
            flat = {key: value for one in context.dicts for key, value in one.items()}
            rendered += 1
            assert {key for key, value in flat.items() if held(value)} == set(), path
    assert rendered > 10
