"""The doors to where somebody is reached: their own addresses, and for a lead those of the organisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.delivery.channels import offered
from members.middleware import HubRequest
from members.models import OF_ORGANISATIONS, Address, Channel, Person
from members.reach import prove, register
from members.reach.forms import ChangeForm, ChannelForm, CodeForm, PhoneForm
from members.reach.own import address_of, addresses_of, code_of, led_by, lowest_of
from members.refused import Refused
from members.views.asking import Plain, confirmed, not_found, person_of, to_confirm

P = ParamSpec("P")
Door = Callable[Concatenate[HubRequest, Person, P], HttpResponse]


class Row(NamedTuple):
    address: Address
    code: str
    state: str
    fine: bool


def for_owner(view: Door[P]) -> Plain[P]:
    """A page on which somebody changes where the hub reaches them: they show once more that it is they."""

    @login_required
    @wraps(view)
    def wrapped(request: HubRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        assert person is not None  # login_required
        if not confirmed(request):
            return to_confirm(request)
        return view(request, person, *args, **kwargs)

    return wrapped  # type: ignore[return-value]  # our middleware makes every request a HubRequest


def state_of(address: Address) -> str:
    """How it stands, in words."""
    if address.bad_since is not None:
        return _("nothing goes there: it refused, or came back")
    if address.verified_at is None:
        return _("nothing goes there yet: not verified")
    return _("verified")


@login_required
@require_safe
def index(request: HubRequest) -> HttpResponse:
    person = person_of(request)
    assert person is not None
    rows = [
        Row(one, code_of(one), state_of(one), one.verified_at is not None and one.bad_since is None)
        for one in addresses_of(person, request.at)
    ]
    houses = list(led_by(person, request.at).order_by("name", "pk"))
    context = {
        "own": [row for row in rows if row.address.organisation_id is None],
        "houses": [(house, [row for row in rows if row.address.organisation_id == house.pk]) for house in houses],
        "texts": Channel.SMS in offered(),
    }
    return render(request, "members/reach.html", context)


@for_owner
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HubRequest, person: Person) -> HttpResponse:
    if Channel.SMS not in offered():
        raise not_found(request, "phone")
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        try:
            said = form.cleaned_data
            address = register.add_phone(person, said["number"], request.at, private=said["private"])
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            return _begun(request, address, person)
    return render(request, "members/reach_phone.html", {"form": form})


def _begun(request: HubRequest, address: Address, person: Person) -> HttpResponse:
    """A number is worth nothing without its code: it is sent at once."""
    try:
        prove.send_code(address, person, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A code is on its way. Type it in here."))
    return redirect("reach-one", code_of(address))


@for_owner
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HubRequest, person: Person, slug: str) -> HttpResponse:
    house = led_by(person, request.at).filter(slug=slug).first()
    if house is None:
        raise not_found(request, slug)
    form = ChannelForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        asked = (person, house, said["channel"], said["name"], said["url"], request.at)
        try:
            made = register.add_channel(*asked, private=said["private"], lowest=said["lowest"])
        except Refused as refused:
            form.add_error("url", str(refused))
        else:
            if made.signing:
                return _shown_once(request, made)
            messages.success(request, _("Kept. Test it now: nothing goes there before."))
            return redirect("reach-one", code_of(made.address))
    return render(request, "members/reach_new.html", {"form": form, "house": house})


def _shown_once(request: HubRequest, made: register.Registered) -> HttpResponse:
    context = {"signing": made.signing, "code": code_of(made.address), "address": made.address}
    said = render(request, "members/reach_secret.html", context)
    said.headers["Cache-Control"] = "no-store, private"
    return said


@for_owner
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HubRequest, person: Person, code: str) -> HttpResponse:
    address = address_of(person, code, request.at)
    if address is None:
        raise not_found(request, code)
    forms = Forms(address, request)
    if request.method == "POST" and (said := _act(request, address, person, forms)) is not None:
        return said
    context = {
        "address": address, "state": state_of(address), "change": forms.change, "code_form": forms.code,
        "form": forms.wrong, "of_house": address.channel in OF_ORGANISATIONS,
        "signs": address.channel == Channel.WEBHOOK, "mail": address.channel == Channel.MAIL,
        "proved": address.verified_at is not None and address.bad_since is None,
    }  # fmt: skip
    return render(request, "members/reach_one.html", context)


class Forms:
    """The two forms of an address's page; `wrong` is the one that was sent and is shown again."""

    def __init__(self, address: Address, request: HubRequest) -> None:
        act = request.POST.get("act", "") if request.method == "POST" else ""
        now = {"name": address.name, "private": address.private_since is not None, "lowest": lowest_of(address)}
        house = address.organisation_id is not None
        data: dict[str, Any] = {act: request.POST}
        self.change = ChangeForm(data.get("change"), organisation=house, initial=now)
        self.code = CodeForm(data.get("confirm"))
        self.wrong = {"change": self.change, "confirm": self.code}.get(act)


def _act(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse | None:
    """Do what was asked for. None: the page is shown again, with what is wrong."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or (forms.wrong is not None and not forms.wrong.is_valid()):
        return None
    try:
        return act(request, address, person, forms)
    except Refused as refused:
        if forms.wrong is not None:
            forms.wrong.add_error(None, str(refused))
            return None
        messages.error(request, str(refused))
    return redirect("reach-one", code_of(address))


def _change(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    said = forms.change.cleaned_data
    told = {"name": said.get("name", ""), "url": said.get("url", ""), "lowest": said.get("lowest", 0)}
    register.change(address, person, request.at, private=said["private"], **told)
    messages.success(request, _("Kept. Test it now: nothing goes there before.") if told["url"] else _("Kept."))
    return redirect("reach-one", code_of(address))


def _code(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    return _begun(request, address, person)


def _confirm(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    if not prove.confirm_code(address, forms.code.cleaned_data["code"], person, request.at):
        raise Refused(_("That is not the code that was sent there last."))
    messages.success(request, _("Verified. The hub reaches you there from now on."))
    return redirect("reach")


def _test(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    said = prove.try_out(address, person, request.at)
    messages.success(request, _("The test got there (%(said)s). It is verified.") % {"said": said})
    return redirect("reach-one", code_of(address))


def _rotate(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    return _shown_once(request, register.rotate(address, person, request.at))


def _off(request: HubRequest, address: Address, person: Person, forms: Forms) -> HttpResponse:
    register.take_off(address, person, request.at)
    messages.success(request, _("Taken off. Nothing goes there any more."))
    return redirect("reach")


ACTS: dict[str, Callable[[HubRequest, Address, Person, Forms], HttpResponse]] = {
    "change": _change, "code": _code, "confirm": _confirm, "test": _test, "rotate": _rotate, "off": _off,
}  # fmt: skip
