"""The doors to contact ladders: whose one may see, one of them, and changing it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import mandate
from members.contactforms import ContactForm
from members.directory import ladders_for
from members.middleware import HubRequest
from members.models import Address, Contact, Organisation, Person
from members.reach import prove
from members.reach.forms import CodeForm
from members.refused import Refused
from members.response import ladder
from members.views.asking import confirmed, not_found, person_of, to_confirm


@login_required
@require_safe
def index(request: HubRequest) -> HttpResponse:
    """The organisations whose contacts whoever looks may see; the only one of somebody at once."""
    found = list(ladders_for(request.viewer, request.at))
    if len(found) == 1:
        return redirect("contacts-of", found[0].slug)
    return render(request, "members/contacts_index.html", {"organisations": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of(request: HubRequest, slug: str) -> HttpResponse:
    """One ladder, and for whoever keeps it one more contact to add."""
    person, organisation = _asked(request, slug)
    keeps = _keeps(request, organisation)
    if request.method == "POST" and not keeps:
        raise not_found(request, slug)
    sure = confirmed(request)
    if request.method == "POST" and not sure:
        return to_confirm(request)
    people = list(ladder.people_of(organisation, request.at)) if keeps and sure else []
    form = ContactForm(request.POST or None, people=people) if keeps and sure else None
    if form is not None and form.is_valid():
        try:
            ladder.add(person, organisation, request.at, form.rung())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Added. Move them up to be reached earlier; under Change, verify their mail."))
            return redirect("contacts-of", slug)
    contacts = ladder.ladder(organisation)
    there = set(ladder.still_there(organisation, request.at))
    context = {
        "organisation": organisation, "form": form, "keeps": keeps,
        "contacts": [(one, one.pk in there) for one in contacts],
        "confirm_url": "" if sure or not keeps else to_confirm(request).headers["Location"],
    }  # fmt: skip
    return render(request, "members/contacts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HubRequest, slug: str, code: str) -> HttpResponse:
    """Change one contact, prove their address, move it up, or take it away: by whoever shows once more who they are."""
    person, organisation = _asked(request, slug)
    contact = next((one for one in ladder.ladder(organisation) if one.code == code), None)
    if contact is None or not _keeps(request, organisation):
        raise not_found(request, code)
    act = request.POST.get("act", "")
    if not confirmed(request):
        return to_confirm(request, reverse("contacts-of", args=[slug]) if act else "")
    people = list(ladder.people_of(organisation, request.at))
    form = ContactForm(request.POST if request.method == "POST" and not act else None, people=people, contact=contact)
    if act or form.is_valid():
        try:
            _act(act, person, contact, request, form)
        except Refused as refused:
            form.add_error(None, str(refused)) if form.is_bound else messages.error(request, str(refused))
        else:
            return redirect("contact", slug, code) if act == "code" else redirect("contacts-of", slug)
    context = {"organisation": organisation, "contact": contact, "form": form, "code_form": CodeForm()}
    return render(request, "members/contact.html", context)


def _act(act: str, person: Person, contact: Contact, request: HubRequest, form: ContactForm) -> None:
    if act == "remove":
        ladder.remove(person, contact, request.at)
        messages.success(request, _("%(name)s is on the list no more.") % {"name": contact.who})
    elif act == "up":
        ladder.move_up(person, contact, request.at)
    elif act in ("code", "confirm") and contact.address is not None:
        _prove(act, person, contact.address, request)
    else:
        ladder.change(person, contact, request.at, form.rung())
        messages.success(request, _("Saved."))


def _prove(act: str, person: Person, address: Address, request: HubRequest) -> None:
    """Whoever reads there is told a code, and tells it to whoever types it in here."""
    if act == "code":
        prove.send_code(address, person, request.at)
        messages.success(request, _("A code is on its way. Ask them for it, and type it in here."))
    elif prove.confirm_code(address, request.POST.get("code", ""), person, request.at):
        messages.success(request, _("Verified. They are told from now on that something waits."))
    else:
        raise Refused(_("That is not the code that was sent there last."))


def _asked(request: HubRequest, slug: str) -> tuple[Person, Organisation]:
    """Who asks, and the organisation, where they may see its contacts; 404 for others, and where there is none."""
    person, organisation = person_of(request), ladders_for(request.viewer, request.at).filter(slug=slug).first()
    if person is None or organisation is None:
        raise not_found(request, slug)
    return person, organisation


def _keeps(request: HubRequest, organisation: Organisation) -> bool:
    person = person_of(request)
    try:
        mandate.over_people(person, organisation, request.at)
    except Refused:
        return False
    return person is not None
