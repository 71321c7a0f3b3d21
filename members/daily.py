"""Once a day the hub looks at itself and writes to whoever operates it: the audit's head, and whether all is sound.

When it was done stands in the audit: never twice for one day, and after an outage as soon as somebody looks.
"""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from members import clock
from members.alone import Work, alone
from members.audit import day_of, record
from members.comparing import Compared, compare
from members.models import AuditRow
from members.sealing import Verdict, seal, verify

HOUR = timedelta(hours=4)  # UTC: the quietest of the day
LEASE = timedelta(minutes=30)  # after which a report that was begun and not finished is begun again
SECONDS = 300.0  # for comparing: less than a task may take
BEGUN, DONE, ABOUT = "daily_report", "daily_reported", "audit"
log = structlog.get_logger(__name__)


def report(at: datetime) -> bool:
    """Seal, verify, compare and tell the operator, where that is due; whether it was done."""
    if (last := _begin(at)) is None:
        return False
    seal(at)
    verdict = verify(at)
    compared = compare(last.get("row", 0), last.get("after", 0), SECONDS)
    _log(verdict, compared)
    if not _told(verdict, compared):
        return False
    record(
        DONE, clock.ask(), reference=ABOUT, day=_day(at), row=_newest(), after=compared.after, sound=verdict.sound,
        head=str(verdict.head or ""), compared=compared.looked,
    )  # fmt: skip
    return True


@transaction.atomic
def _begin(at: datetime) -> dict[str, Any] | None:
    """What the last report left to know; None where none is due, or another has begun on it."""
    if not alone(Work.DAILY):
        return None
    rows = AuditRow.objects.filter(reference=ABOUT).order_by("-pk")
    last = rows.filter(verb=DONE).values_list("detail", flat=True).first() or {}
    begun = rows.filter(verb=BEGUN).values_list("at", "detail").first()
    if last.get("day") == _day(at):
        return None
    if begun is not None and begun[1].get("day") == _day(at) and at < begun[0] + LEASE:
        return None
    record(BEGUN, at, reference=ABOUT, day=_day(at))
    return last


def _day(at: datetime) -> str:
    """The day whose report is the latest due: it begins at HOUR."""
    return day_of(at - HOUR).date().isoformat()


def _newest() -> int:
    return AuditRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _log(verdict: Verdict, compared: Compared) -> None:
    """For whoever has no mail, too. No reference: logs go further than what the hub guards."""
    if not verdict.sound:
        log.error("the audit is broken: run manage.py audit verify", count=verdict.rows)
    for wrong in ("misplaced", "misfiled", "astray"):
        if found := getattr(compared, wrong):
            log.error(f"items are {wrong}: run manage.py audit compare", count=len(found))


def _told(verdict: Verdict, compared: Compared) -> bool:
    """Whether the mail went out, or nobody is there to get one."""
    if not settings.OPERATOR_EMAIL:
        return True
    words = {"verdict": verdict, "compared": compared, "address": settings.BASE_URL}
    subject = render_to_string("mail/operator.subject", words).strip()
    try:
        send_mail(subject, render_to_string("mail/operator.txt", words), None, [settings.OPERATOR_EMAIL])
    except (OSError, smtplib.SMTPException) as error:
        log.error("the operator's daily mail did not go out", error=type(error).__name__)
        return False
    return True
