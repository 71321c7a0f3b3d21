"""Public warnings by mail for who has no account: ask, and confirm from the mailbox."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from members import subscribing
from members.categories import Category
from members.middleware import HubRequest
from members.models import Frequency, Subscriber
from members.refused import Refused
from members.toldforms import SubscribeForm
from members.views.told import OFTEN


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HubRequest) -> HttpResponse:
    """The answer is the same whether the address is known, was asked for today already, or not."""
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not ratelimit.consume(request, action="subscribe"):
        return render(request, "429.html", status=429)
    if not form.is_valid():
        return render(request, "members/subscribe.html", {"form": form})
    email = form.cleaned_data["email"].strip().lower()
    try:
        if ratelimit.consume(request, action="subscribe_address", key=email):
            subscribing.subscribe(email, request.at, form.cleaned_data["frequency"], form.cleaned_data["categories"])
    except Refused as refused:
        form.add_error("email", str(refused))
        return render(request, "members/subscribe.html", {"form": form})
    return render(request, "members/subscribe_asked.html")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HubRequest, token: str) -> HttpResponse:
    """Opening it changes nothing: mail scanners open every link."""
    posted = request.method == "POST"
    asked = subscribing.waiting(token, request.at)
    wish = _wish(asked) if asked is not None else {}
    found = subscribing.confirm(token, request.at) if posted else asked
    if found is None:
        said = render(request, "members/link_ended.html", status=404)
    else:
        said = render(request, "members/subscribe_confirm.html", {"done": posted, **wish})
    said.headers["Cache-Control"] = "no-store, private"  # a token stands in the address
    return said


def _wish(one: Subscriber) -> dict[str, object]:
    """What was asked for, in words; nothing where it is confirmed already."""
    if not one.choice:
        return {}
    subjects = [Category(name).label for name in one.choice["categories"]]
    return {"often": OFTEN[Frequency(one.choice["frequency"])], "subjects": subjects}
