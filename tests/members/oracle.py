"""The rule once more, from the page that states it: plain words in, an answer out. Imports nothing of the hub.

A world and an item are the dictionaries of policy-cases.yaml, with every time an aware datetime. One line per sentence.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

Words = dict[str, Any]
ORDER = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


def live(span: Words, at: datetime) -> bool:
    return ("from" not in span or span["from"] <= at) and ("until" not in span or at < span["until"])


class Oracle:
    def __init__(self, world: Words) -> None:
        self.w = world

    # Who somebody is at a moment
    def orgs(self, who: str, at: datetime) -> list[str]:
        affiliations = self.w["people"][who].get("affiliations", []) if self.active(who) else []
        return [a["organisation"] for a in affiliations if live(a, at)]

    def active(self, who: str) -> bool:
        return bool(who in self.w["people"] and self.w["people"][who].get("active", True))

    def office(self, who: str, key: str, at: datetime) -> list[str]:
        offices = self.w["people"][who].get(key, []) if self.active(who) else []
        return [o["warp"] for o in offices if live(o, at)]

    def warps_of(self, org: str, at: datetime) -> list[str]:
        memberships = self.w["organisations"][org]["memberships"]
        return [m["warp"] for m in memberships if m.get("state", "active") == "active" and live(m, at)]

    def below(self, warp: str, top: str) -> bool:
        parent = self.w["warps"][warp].get("parent")
        return warp == top or (parent is not None and self.below(parent, top))

    # Reached by a grant
    def org_reached(self, org: str, grant: Words, at: datetime) -> bool:
        if not self.warps_of(org, at):
            return False
        if "group" in grant:
            return any(m["organisation"] == org and live(m, at) for m in self.w["groups"][grant["group"]])
        if "warp" in grant:
            return any(self.below(warp, grant["warp"]) for warp in self.warps_of(org, at))
        return bool(grant.get("organisation") == org)

    def reached(self, who: str, grant: Words, at: datetime, clients: bool) -> bool:
        if not live(grant, at) or not self.active(who):
            return False
        if "person" in grant:
            return bool(grant["person"] == who)
        if "warp" in grant and any(self.below(w, grant["warp"]) for w in self.office(who, "coordinates", at)):
            return True
        if any(self.org_reached(org, grant, at) for org in self.orgs(who, at)):
            return True
        links = [link for link in self.w["client_links"] if link["pass_on_amber"] and live(link, at)]
        mine = [org for org in self.orgs(who, at) if self.warps_of(org, at)]
        return clients and any(x["client"] in mine and self.org_reached(x["provider"], grant, at) for x in links)

    def by_label(self, who: str, label: str, grants: list[Words], at: datetime) -> bool:
        if label == "CLEAR":
            return True
        if label == "GREEN" and not grants:
            member = any(self.warps_of(org, at) for org in self.orgs(who, at)) if self.active(who) else False
            return member or (self.active(who) and bool(self.office(who, "coordinates", at)))
        if label == "RED":
            return any("person" in g and self.reached(who, g, at, False) for g in grants)
        return any(self.reached(who, g, at, label == "AMBER") for g in grants)

    # The item at a moment
    def standing(self, item: Words, at: datetime) -> Words | None:
        return next((s for s in item["standings"] if live(s, at)), None)

    def guarded(self, item: Words, at: datetime) -> bool:
        standing, embargo = self.standing(item, at), item.get("embargo")
        released = standing is not None and standing["state"] == "released"
        return embargo is not None and (at < embargo["ends_at"] or not released)

    def handler(self, who: str, item: Words, at: datetime, red: bool) -> bool:
        if red or self.guarded(item, at):
            return self.active(who) and who in item["handlers"]
        coordinated = self.office(who, "coordinates", at)
        return bool(coordinated) if item["hub_wide"] else item["own_warp"] in coordinated

    def author(self, who: str, item: Words, at: datetime) -> bool:
        if who != item["author"] or not self.active(who):
            return False
        return live(item["capacity"], at) or (item["submitted"] and item["report"])

    def may(self, who: str, item: Words, at: datetime) -> str:
        if item["parent"] is not None and self.may(who, item["parent"], at) != "body":  # 0
            return "nothing"
        if self.author(who, item, at) or (who in item["reporters"] and self.active(who)):  # 2
            return "body"
        if item["anonymous"]:  # 3
            return (
                "body" if item["submitted"] and item["own_warp"] in self.office(who, "custodian_of", at) else "nothing"
            )
        if item["inherits"]:
            return self.inherited(who, item, item["parent"], at)
        return self.own(who, item, at)

    def inherited(self, who: str, item: Words, parent: Words, at: datetime) -> str:
        if parent["inherits"]:
            parent = {**parent["parent"], "green": parent.get("green") or parent["kind"] == "comment"}
        green = item["kind"] == "comment" or parent.get("green")
        standing = self.standing(parent, at)
        if not item["submitted"] or parent["anonymous"]:
            return "nothing"
        if green and standing and standing["label"] == "CLEAR" and standing["state"] == "released":
            standings = [{**s, "label": "GREEN"} if s is standing else s for s in parent["standings"]]
            parent = {**parent, "standings": standings}
        return "body" if self.own(who, parent, at) == "body" else "nothing"

    def own(self, who: str, item: Words, at: datetime) -> str:
        standing = self.standing(item, at)
        red = (standing["label"] if standing else item["marking"]) == "RED"
        if standing and standing["state"] == "withdrawn":  # 4
            if self.handler(who, item, at, red):
                return "body"
            before = standing["from"] - datetime.resolution
            had = self.may(who, item, before) == "body"
            still = self.by_label(who, standing["label"], standing["grants"], at)
            return "withdrawn" if had and still else "nothing"
        if self.guarded(item, at):  # 5
            if who in item["handlers"] and self.active(who):
                return "body"
            named = item["embargo"]["named"].get(who) if self.active(who) else None
            if named is None or named["answer"] in ("declined", "left"):
                return "nothing"
            current = named["answer"] == "accepted" and named["terms"] >= item["embargo"]["terms"]
            return "body" if current else "offer"
        if standing is None:  # 6
            return "body" if item["submitted"] and self.handler(who, item, at, red) else "nothing"
        if self.handler(who, item, at, red):  # 7
            return "body"
        return "body" if self.by_label(who, standing["label"], standing["grants"], at) else "nothing"
