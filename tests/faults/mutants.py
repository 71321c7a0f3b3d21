"""Wrong changes that a tired person could make, each of which must be caught by a cell of the matrix.

`old` stands exactly once in the file, or the mutant is out of date and that is an error.
"""

# ruff: noqa: E501 - the lines are those of the files they are put into
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any, NamedTuple

from tests.faults.result import UNPROVED
from tests.prove.mutate import ROOT, copied


class Mutant(NamedTuple):
    file: str
    old: str
    new: str
    why: str
    cell: str  # by which it is caught


SEND, CLAIM, JUDGE = "members/delivery/send.py", "members/delivery/claim.py", "members/delivery/judge.py"
MUTANTS = (
    Mutant(SEND, "        receipt = channel.send(message)\n",
           '        mark.sent(message, one.now(), type("Early", (), {"said": ""}))\n        receipt = channel.send(message)\n',
           "a message is marked as sent before it is", "after RCPT × worker -9"),
    Mutant(JUDGE, "theirs = (address.person_id in people,",
        "theirs = (True, address.person_id in people,",
           "the claim asks no right", "in a sweep × right revoked"),
    Mutant(CLAIM, "free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=at + FAR)",
           "free = Q(lease_until=None)", "a lease never ends", "claimed × worker -9"),
    Mutant(CLAIM, "free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=at + FAR)", "free = Q()",
           "what one holds another takes", "after RCPT × beats"),
    Mutant("warp/settings.py", '        ("sweep", "members.tasks.sweep", 15),\n', "",
           "nobody looks for what is due", "after commit × all -9"),
    Mutant("members/delivery/channels/smtp.py", "return ChannelError(said, refused=code >= 500)",
           "return ChannelError(said, refused=code >= 400)", "“come back later” is taken for “never”",
           "after RCPT × smtp 451"),
    Mutant("members/delivery/gate.py", "over = server.paused_until <= at or server.paused_until > at + FAR",
           "over = False", "a server that was busy once rests for ever", "after RCPT × smtp 421"),
    Mutant("members/delivery/compose.py", 'f"message:{key}".encode()', "secrets.token_bytes(8)",
           "a message that is sent again has another Message-ID", "after 250, before mark × worker -9"),
    Mutant(JUDGE, "address.organisation_id in houses)", "address.organisation_id is not None)",
           "a webhook is told whatever right its organisation has", "in a sweep × right revoked"),
    Mutant("members/delivery/channels/webhook.py", 'f"webhook:{key}".encode()', "datetime.now().isoformat().encode()",
           "a webhook that is sent again has another id", "webhook posted, before 200 × worker -9"),
    Mutant("members/delivery/channels/byweb.py", "        if 200 <= answer.status < 300:\n", "        if answer.status < 600:\n",
           "any answer of a web server counts as taken", "webhook posted, before 200 × web 500"),
    Mutant("members/response/escalate.py", "owed = Escalation.objects.filter(done_at=None, due_at__lte=at, announcement",
           "owed = Escalation.objects.filter(done_at=None, due_at__lte=at, due_at__gte=at.replace(second=0), announcement",
           "a step that came due while nobody looked is never done", "escalation due while down × none"),
    Mutant("members/response/again.py", "Response.objects.filter(announcement=announcement, acknowledged_at=None, closed_at=None)",
           "Response.objects.filter(announcement=announcement, closed_at=None)",
           "who confirmed is asked by what was written before", "escalation due while down × all -9"),
    Mutant("members/delivery/accepted.py", "if message_key(key) in sent}", "if message_key(key) in sent and not key}",
           "whoever takes over asks no journal", "in the journal, before mark × worker -9"),
    Mutant("warp/broker.py", "        raise Empty from error", "        raise",
           "one unreadable message ends the worker", "received × poison"),
)  # fmt: skip


def judge(mutant: Mutant) -> dict[str, Any]:
    """Whether its cell, on SQLite, is a breach in a copy of the hub that has the mutant."""
    began = time.monotonic()
    row = {"kind": "mutant", "caught": False, "said": "", "lost": 0, "duplicates": 0}
    with copied(None, "benchmarks") as copy:
        path = copy / mutant.file
        text = path.read_text()
        if text.count(mutant.old) != 1:
            return {**row, "said": f"its text stands there {text.count(mutant.old)} times", "seconds": 0.0}
        path.write_text(text.replace(mutant.old, mutant.new))
        command = [sys.executable, "-m", "tests.faults.run", "sqlite", mutant.cell]
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    row["seconds"] = round(time.monotonic() - began, 1)
    if done.returncode or not found:
        return {**row, "said": f"it breaks the hub instead: {done.stderr[-2000:]}"}
    last = found[-1]
    breach = last["breach"] and not UNPROVED & {*last["said"]}
    words = f"lost {len(last['lost'])}, revoked {len(last['revoked'])}, twice {last['duplicates']} {last['said'] or ''}"
    return {**row, "caught": breach, "said": words}


def outdated() -> list[str]:
    counts = [(mutant, (ROOT / mutant.file).read_text().count(mutant.old)) for mutant in MUTANTS]
    return [f"{mutant.why}: {count} times" for mutant, count in counts if count != 1]
