"""The doors to a place: for oneself, for somebody else, and giving one up."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members.middleware import HubRequest
from members.models import Booking, Organisation, Person, Session
from members.refused import Refused
from members.training import booking, reading
from members.training.clashing import clashes
from members.training.own import own_people
from members.training.places import State
from members.training.sessionforms import OtherForm, OwnForm
from members.views.asking import not_found, person_of
from members.views.training.asking import posted_from, session_of, teaches
from members.views.training.sessions import page

Form = OtherForm | OwnForm


@posted_from("training:session", "ref", "code")
def book(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """A place for whoever asks."""
    person, session = _asked(request, ref, code)
    try:
        made = booking.book(person, session, request.at, **_for_which(request, person))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _said(request, made, own=True))
    return redirect("training:session", ref, code)


class For(TypedDict, total=False):
    """For which they come, as the verb takes it."""

    organisation: Organisation | None
    for_warp: bool


def _for_which(request: HubRequest, person: Person) -> For:
    """What was chosen of all that they may come for; nothing, where the page offered no choice. Raises Refused: for
    another than they chose nobody is booked."""
    house = request.POST.get("house")
    if house is None:
        return {}
    theirs = {one.slug if one else "": one for one in booking.comes_as(person, request.at)}
    if house not in theirs:
        raise Refused(_("You can’t come for that any more. Look at the session again, and choose."))
    return {"organisation": theirs[house]} if house else {"for_warp": True}


@posted_from("training:session", "ref", "code")
def others(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """A place for somebody else: by whoever teaches it anybody who reads it, by a lead their own people."""
    person, session = _asked(request, ref, code)
    teacher = teaches(request, session.course)
    people = [] if teacher else own_people(person, session, request.at)
    if not teacher and not people:
        raise not_found(request, f"{ref}/{code}")
    form: Form = OtherForm(request.POST) if teacher else OwnForm(request.POST, people=people)
    if form.is_valid():
        try:
            form, made = _booked(request, person, session, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if made is not None:
                messages.success(request, _said(request, made, own=False))
                return redirect("training:session", ref, code)
    counted = reading.counted(reading.sessions(request.viewer, request.at)).get(pk=session.pk)
    return render(request, "training/session.html", page(request, counted, form))


def _booked(request: HubRequest, by: Person, session: Session, form: Form) -> tuple[Form, Booking | None]:
    """The booking; or the form, where something is to be said or asked first. Raises Refused."""
    house: Organisation | None
    if isinstance(form, OwnForm):
        chosen = form.people[form.cleaned_data["who"]]
        person, house = chosen.person, chosen.organisation
    else:
        person = booking.at_address(form.cleaned_data["email"], request.at)
        theirs = booking.may_be_booked(person, by, session, request.at)
        house = next((one for one in theirs if one.slug == request.POST.get("house")), None)
        if len(theirs) > 1 and house is None:
            form = OtherForm(request.POST, houses=theirs)
            form.is_valid()
            form.add_error("house", _("They are of several organisations. Choose for which of them they come."))
            return form, None
    booking.may_be_booked(person, by, session, request.at, house)
    if not form.cleaned_data["seen"] and clashes(person, [session], request.viewer, request.at)[session.pk]:
        form.data = request.POST.copy()  # with what was posted, the next press is the second
        form.data["seen"] = "1"
        form.add_error(
            None, _("They have something else at that time. Press the button again to book it all the same.")
        )
        return form, None
    return form, booking.book(person, session, request.at, by=by, organisation=house)


@posted_from("training:session", "ref", "code")
def unbook(request: HubRequest, ref: str, code: str, place: str) -> HttpResponse:
    """They come no more: themselves, their lead or whoever teaches says so."""
    person, session = _asked(request, ref, code)
    one = session.bookings.select_related("session", "person", "organisation").filter(code=place).first()
    if one is None or not booking.may_cancel(one, person, session, request.at):
        raise not_found(request, f"{ref}/{code}/{place}")
    try:
        booking.cancel(one, request.at, by=person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        own = one.person_id == person.pk
        messages.success(request, _("Your booking is cancelled.") if own else _("The booking is cancelled."))
    return redirect("training:session", ref, code)


def _asked(request: HubRequest, ref: str, code: str) -> tuple[Person, Session]:
    person, session = person_of(request), session_of(request, ref, code)
    assert person is not None  # login_required
    return person, session


def _said(request: HubRequest, made: Booking, *, own: bool) -> str:
    """What came of it, and with what it clashes."""
    if made.state == State.PLACED:
        said = [_("You have a place.") if own else _("They have a place, and are told.")]
    else:
        said = [_("It is full: you are on the waiting list, and move up by yourself when a place is free.") if own
                else _("It is full: they are on the waiting list, and are told.")]  # fmt: skip
    for what in clashes(made.person, [made.session], request.viewer, request.at)[made.session_id]:
        clash = _("At the same time you have a place in: %(what)s.") if own else _("At that time they have %(what)s.")
        said.append(clash % {"what": what})
    return " ".join(said)
