"""By mail: the text under its label, the STIX bundle as a file, and a link by which whoever reads it says so."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from advisories.models import Destination, Relay
from advisories.relaying.outcome import Outcome, State
from advisories.relaying.parcel import Parcel
from advisories.serve.exchange.naming import moment
from members import tlp
from members.delivery.channels.base import ChannelError
from members.delivery.channels.smtp import Smtp
from members.delivery.compose import address, headers, one_line, wrapped
from members.delivery.openpgp import Encrypted, Unfit
from members.refused import Refused

MIME = "application/json"  # mail programs open it as text; what it is says its name
PLACE = "…"


def send(relay: Relay, parcel: Parcel) -> Outcome:
    to = relay.destination
    link = address(reverse("relay-receipt", args=[relay.code]))
    message = _message(to, *text(to, parcel, link), key=f"relay/{relay.code}")
    message.attach(parcel.file, parcel.bundle, MIME)
    return _handed(message)


def text(to: Destination, parcel: Parcel, link: str = PLACE) -> tuple[str, str]:
    """Subject and text; the page shows the same, with no link yet. In the hub's own language, whoever looks."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {"label": tlp.display(parcel.label), "meaning": tlp.MEANING[parcel.label], "facts": parcel.facts,
                   "to": to.name, "parts": parcel.lines(), "file": parcel.file, "link": link,
                   "released": moment(parcel.facts.modified)[:10]}  # fmt: skip
        subject = one_line(render_to_string("mail/relay.subject", context))
        return subject, wrapped(render_to_string("mail/relay.txt", context).strip() + "\n")


def send_code(to: Destination, code: str) -> None:
    """Raises Refused where it does not get there."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {"code": code, "warp": to.warp.name, "home": f"{settings.BASE_URL}/"}
        subject = one_line(render_to_string("mail/relay_code.subject", context))
        said = wrapped(render_to_string("mail/relay_code.txt", context).strip() + "\n")
    outcome = _handed(_message(to, subject, said, key=f"relay-code/{to.code}/{to.code_sent_at}"))
    if outcome.state != State.DONE:
        raise Refused(_("It did not get there. %(why)s") % {"why": outcome.said})


def _message(to: Destination, subject: str, said: str, *, key: str) -> EmailMultiAlternatives:
    told: dict[str, Any] = {"to": [to.value], "headers": headers(key)}
    if to.certificate:
        return Encrypted(bytes(to.certificate), subject, said, **told)
    return EmailMultiAlternatives(subject, said, **told)


def _handed(message: EmailMultiAlternatives) -> Outcome:
    channel = Smtp()
    try:
        return Outcome(State.DONE, channel.post(message).said)
    except Unfit:
        return Outcome(State.FAILED, _("Their public key can't be used any more. Add them anew with another."))
    except ChannelError as error:
        return Outcome(State.FAILED if error.permanent else State.DUE, str(error), wait=error.wait or 0)
    finally:
        channel.close()
