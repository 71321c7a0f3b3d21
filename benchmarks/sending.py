"""F4: what is owed leaves by SMTP: claimed, the right asked, the real template rendered, written down after each 250.

Beside Django's mail connection, kept open, whose messages are written already; django-mailer, with its queue filled;
and `smtp-source`, which only speaks SMTP. One process each, to the same mail server: postfix's `smtp-sink`, or ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter, sleep
from typing import Any

from benchmarks.services import Sink
from benchmarks.startup import free_port

MESSAGES = int(os.environ.get("MESSAGES", "1000"))
ROUNDS = 5


@contextmanager
def mail_server() -> Iterator[int]:
    """A server that takes everything, in a process of its own; its port."""
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        sink = Sink()
        try:
            yield sink.port
        finally:
            sink.stop()
        return
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL) as server:
        sleep(0.5)
        try:
            yield port
        finally:
            server.kill()


def django(port: int) -> None:
    """The hub's own settings, and django-mailer beside them."""
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "mailer"]
    settings.MAILER_EMAIL_BACKEND = settings.EMAIL_BACKEND
    from benchmarks import hub

    hub.setup()
    import logging

    logging.getLogger("mailer").setLevel(logging.ERROR)


def owe() -> None:
    """One urgent advisory, and a message due to each of MESSAGES people."""
    from django.db import connection

    from benchmarks import hub
    from benchmarks.texts import NOW, Writer
    from members import clock
    from members.delivery.plan import plan
    from members.items import create
    from members.models import Address, Announcement, Kind, Person, Tier, Warp
    from members.stand import release

    hub.fill(100)
    Address.objects.exclude(person__in=Person.objects.order_by("pk")[:MESSAGES]).delete()
    author = Person.objects.get(email="coordinator@example.org")
    item = create(Kind.ADVISORY, Warp.objects.earliest("pk"), NOW, author=author)
    _write(item, Writer(1).text(0).body)
    release(item, 1, "GREEN", [], NOW, by=author)
    Announcement.objects.create(event="released", item=item, version=1, tier=Tier.URGENT, due_at=NOW)
    plan(clock.ask())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself where many rows are new


def _write(item: Any, body: str) -> None:
    from advisories.models import Advisory, Version

    advisory = Advisory.rows.create(item=item)
    Version.objects.create(
        advisory=advisory, number=1, title="Patch the mail gateway", what_to_do="Install update 4.2\nRestart it",
        who_it_hits=body, what_is_known=body, written_by=item.author,
    )  # fmt: skip


def ours() -> None:
    from members.delivery.send import sweep

    assert sweep().sent == MESSAGES


def due_again() -> None:
    from members.models import Delivery

    Delivery.objects.update(state="due", lease_until=None)


def written() -> list[Any]:
    """The same mails, as Django has them once they are written."""
    from django.core.mail import EmailMultiAlternatives

    from members import clock
    from members.delivery.claim import claim, waiting
    from members.delivery.compose import Composer, addressed, headers

    due_at = clock.ask()
    (announcement,) = waiting(due_at, "mail")
    composer, mails = Composer(), []
    for one in claim(announcement, due_at, "mail", MESSAGES).ours:
        text = addressed(composer.written(one.what), one.token, one.leave)
        mail = EmailMultiAlternatives(text.subject, text.text, None, [one.to], headers=headers(one.key, one.leave))
        mail.attach_alternative(text.html, "text/html")
        mails.append(mail)
    assert len(mails) == MESSAGES
    return mails


def one_connection(mails: list[Any]) -> None:
    from django.core.mail import get_connection

    with get_connection() as connection:
        assert connection.send_messages(mails) == len(mails)


def queue(mails: list[Any]) -> None:
    from django.core.mail import get_connection

    get_connection("mailer.backend.DbBackend").send_messages(mails)


def mailer() -> None:
    from mailer.engine import send_all
    from mailer.models import Message

    send_all()
    assert not Message.objects.exists()


def source(port: int) -> None:
    subprocess.run(
        ["/usr/sbin/smtp-source", "-d", "-m", str(MESSAGES), "-l", "2048", "-f", "hub@example.org", "-t",
         "p@example.org", f"127.0.0.1:{port}"], check=True,
    )  # fmt: skip


def shares() -> dict[str, float]:
    """Of one pass of ours, by what its time goes: seconds."""
    from members.delivery import accepted, frame, send
    from members.delivery.channels import smtp

    spent: dict[str, float] = defaultdict(float)
    timed = [(send, "_claim", "claim and right"), (smtp.Smtp, "_written", "render"), (frame.Frame, "filled", "filled"),
             (accepted.Accepted, "note", "ledger"), (accepted.Accepted, "write", "ledger"),
             (smtp, "hand_over", "socket")]  # fmt: skip
    for holder, name, share in timed:
        setattr(holder, name, _timed(getattr(holder, name), share, spent))
    due_again()
    began = perf_counter()
    ours()
    filled = spent.pop("filled")  # while the server looks at the addresses
    spent["render"], spent["socket"] = spent["render"] + filled, spent["socket"] - filled
    spent["all else"] = perf_counter() - began - sum(spent.values())
    return spent


def _timed(sound: Callable[..., Any], share: str, spent: dict[str, float]) -> Callable[..., Any]:
    def wrapped(*words: Any, **named: Any) -> Any:
        began = perf_counter()
        try:
            return sound(*words, **named)
        finally:
            spent[share] += perf_counter() - began

    return wrapped


def main() -> None:
    with mail_server() as port:
        django(port)
        from django.db import connection

        from benchmarks.measure import Figure, emit, race

        owe()
        mails = written()
        before: dict[str, Callable[[], object]] = {
            "ours": due_again, "django-mailer": partial(queue, mails), "Django, one connection": int,
        }  # fmt: skip
        ways: dict[str, Callable[[], object]] = {
            "Django, one connection": partial(one_connection, mails), "ours": ours, "django-mailer": mailer,
        }  # fmt: skip
        if shutil.which("smtp-source", path="/usr/sbin"):
            ways["smtp-source"] = partial(source, port)
        taken = race(ways, ROUNDS, before=before)
        spent = shares()
    work, base = f"F4 {MESSAGES:,} mails by SMTP", MESSAGES / taken["Django, one connection"] * 1000
    figures = [
        Figure(work, connection.vendor, way, MESSAGES / ms * 1000, MESSAGES / ms * 1000 / base,
               ">=2" if way == "ours" else "", "/s") for way, ms in taken.items()
    ]  # fmt: skip
    ratio = taken["django-mailer"] / taken["ours"]
    figures.append(Figure(work, connection.vendor, "ours against django-mailer", ratio, ratio, ">=5", "x"))
    total = sum(spent.values())
    figures += [
        Figure("F4 where ours spends its time", connection.vendor, share, 100 * s / total, s / total, "", "%")
        for share, s in spent.items()
    ]
    emit(figures)


if __name__ == "__main__":
    main()
