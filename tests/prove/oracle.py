"""The rule once more, from the words of policy.md, about a line for a sentence. It imports nothing of the hub."""
from datetime import datetime, timedelta
from tests.prove.draw import Words  # a world, an item, or a dated row of either
ROWS = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", "embargoed", "unreleased"]
CELLS = ["nothing", "awaits", "withdrawn", "notice", "title", "body"]  # by number; 0 where a row of the table ends
TABLE = dict(page="5555555", mail="5543111", digest="5543", subscriber="5", message="443311", atom="54", machine="5555")
class Oracle:
    def __init__(self, world: Words, who: str, at: datetime) -> None:
        self.w, self.at, self.asked, viewers = world, at, who, {**world["people"], **world.get("credentials", {})}
        if self.live(viewers.get(who, {})): who = viewers.get(who, {}).get("owner", who)  # a token sees what they see
        facts, self.homes = viewers.get(who, {}), world["organisations"]
        self.who = who if self.live(facts) and facts.get("active", "owner" not in facts) else "nobody"  # line 1
        self.orgs, self.desks, self.custody = ([row.get("organisation") or row["warp"] for row in facts.get(key, [])
            if self.who == who and self.live(row)] for key in ("affiliations", "coordinates", "custodian_of"))
    def live(self, x: Words) -> bool: return x.get("from", self.at) <= self.at < x.get("until", self.at + timedelta(1))
    def below(self, warp: str | None, top: str | None) -> bool:
        return warp is not None and (warp == top or self.below(self.w["warps"][warp].get("parent"), top))
    def warps(self, org: str) -> list[str]:
        return [m["warp"] for m in self.homes[org]["memberships"] if m["state"] == "active" and self.live(m)]
    def reached(self, grant: Words, one_step: bool) -> bool:
        orgs = {org for org in self.orgs if self.warps(org)}  # only while it has an active membership somewhere
        links = [row for row in self.w["client_links"] if one_step and row["pass_on_amber"] and self.live(row)]
        orgs |= {row["provider"] for row in links if row["client"] in orgs and self.warps(row["provider"])}
        named = {row["organisation"] for row in self.w["groups"].get(grant.get("group"), []) if self.live(row)}
        warps = self.desks + [warp for org in orgs for warp in self.warps(org)]
        met = grant.get("person") == self.who or bool(({grant.get("organisation")} | named) & orgs)
        return self.live(grant) and (met or any(self.below(warp, grant.get("warp")) for warp in warps))
    def given(self, standing: Words, label: str) -> bool:  # line 7
        if label == "GREEN" and not standing["grants"]:  # one that was ever given a grant stays narrowed
            return bool(self.desks) or any(self.warps(org) for org in self.orgs)
        grants = [grant for grant in standing["grants"] if label != "RED" or "person" in grant]
        return label == "CLEAR" or any(self.reached(grant, label == "AMBER") for grant in grants)
    def now(self, item: Words) -> tuple[Words, Words, bool]:  # whose standing it takes, that one, whether it is guarded
        while item["parent"] and not (item["standings"] or item["embargo"] or item["anonymous"]): item = item["parent"]
        rows, embargo = ([], {}) if item["anonymous"] else (item["standings"], item["embargo"] or {})  # line 3
        now = next((row for row in rows if self.live(row)), {"state": "", "label": item["marking"]})
        over = embargo and embargo["ends_at"] <= self.at and now["state"] == "released"
        return item, now, bool(embargo) and embargo["proposed_at"] <= self.at and not over
    def row(self, item: Words) -> str:
        stem, now, guarded = self.now(item)
        above = "" if stem is item else self.row(item["parent"])  # a comment or sighting on a CLEAR item takes GREEN
        if above: return "GREEN" if above == "CLEAR" and item["kind"] in ("comment", "sighting") else above
        label = now["label"] if now["state"] else "unreleased"
        return "embargoed" if guarded and now["state"] != "withdrawn" else str(label)  # line 4 comes before line 5
    def handler(self, item: Words) -> bool:  # coordinators of its own WARP; of RED and embargoed items, those named
        stem, now, guarded = self.now(item)
        named_only, desks = guarded or now["label"] == "RED", self.desks
        names = {row["person"] for row in stem["handlers"] if self.live(row) and (named_only or "glass" in row)}
        return self.who in names or (not named_only and bool(desks if stem["hub_wide"] else stem["own_warp"] in desks))
    def may(self, item: Words) -> str:
        (stem, now, guarded), filed, file = self.now(item), item["submitted"], item["kind"] == "attachment"
        kept, up = self.live(item["capacity"]) or (filed and item["report"]), item if stem is item else item["parent"]
        if item["parent"] and self.may(item["parent"]) != "body": return "nothing"  # line 0
        if (self.who == item["author"] and kept) or self.who in (up if file else item)["reporters"]: return "body"  # 2
        if item["anonymous"]: return "body" if filed and item["own_warp"] in self.custody else "nothing"  # line 3
        if stem["anonymous"] or (stem is not item and not filed): return "nothing"
        if self.handler(item) and (now["state"] or filed or guarded): return "body"  # lines 4 to 7
        if now["state"] == "withdrawn":  # line 4
            had = Oracle(self.w, self.asked, now["from"] - timedelta(microseconds=1)).may(item) == "body"
            return "withdrawn" if stem is item and had and self.given(now, now["label"]) else "nothing"
        if guarded:  # line 5
            said: Words = next((x for x in stem["embargo"]["named"] if x["person"] == self.who and self.live(x)), {})
            late = said.get("terms", 0) < sum(since <= self.at for since in stem["embargo"]["terms"])
            if said.get("answer") not in ("unanswered", "accepted"): return "nothing"
            return "body" if said["answer"] == "accepted" and not late else "offer" if stem is item else "nothing"
        looks = not now["state"] and stem["reporters"] and filed and stem["submitted"]  # a second person, at a draft
        if looks and any(row["person"] == self.who and self.live(row) for row in stem.get("seconds", [])): return "body"
        return "body" if now["state"] and self.given(now, self.row(item)) else "nothing"  # lines 6 and 7
    def versions(self, item: Words) -> set[int]:  # for whoever has the item itself
        last = {x["version"]: x for x in item["standings"] if x["state"] == "released" and x["from"] <= self.at}
        now = self.now(item)[1].get("version", item["versions"])
        mine = {now, *(number for number, row in last.items() if number < now and self.given(row, row["label"]))}
        return {number for number in range(1, item["versions"] + 1) if number in mine or self.handler(item)}
    def shows(self, item: Words, channel: str, private: bool = False, confirmed: bool = True) -> str:
        row, answer, (_stem, now, _guarded) = self.row(item), self.may(item), self.now(item)
        tighter = [x["cell"] for x in self.w.get("tightened", []) if x["of"] == [item["own_warp"], row, channel]]
        cells = [int(TABLE[channel].ljust(7, "0")[ROWS.index(row)]), *tighter]
        asks = channel == "page" and not confirmed and ({row, now["label"]} & {"RED", "embargoed"} or item["anonymous"])
        if asks or answer == "nothing" or (row, channel, private) == ("GREEN", "message", False): cells.append(0)
        if answer == "offer": cells.append(1)
        word = answer == "withdrawn" or (now["state"] == "withdrawn" and channel in ("atom", "machine"))
        return CELLS[min(cells) // 4 * 2 if word else min(cells)]
