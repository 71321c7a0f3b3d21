"""The page of a course; and the doors to writing it, publishing it and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import kinds, stand
from members.middleware import HubRequest
from members.models import Kind, Office, Person, Standing
from members.refused import Refused
from members.training import booking, courses, reading
from members.training.courseforms import AudienceForm, CourseForm, NewCourseForm
from members.views.asking import for_coordinators, not_found, person_of, withdrawn
from members.views.training.asking import taught, teaches
from members.views.training.rows import rows

TEXT = ("title", "aims", "level", "form", "cpd_minutes", "pass_mark")
PAST = 20  # sessions that its page lists of those that were


@require_safe
def show(request: HubRequest, ref: str) -> HttpResponse:
    course = reading.courses(request.viewer, request.at).filter(item__reference=ref).first()
    if course is None:
        if (gone := withdrawn(request, ref, Kind.TRAINING)) is None:
            raise not_found(request, ref)
        signed_in = person_of(request) is not None
        return render(request, "training/withdrawn.html", {"ref": gone.reference, "signed_in": signed_in})
    standing, person = stand.in_force(course.item, request.at), person_of(request)
    every = reading.counted(course.sessions.all()).order_by("starts_at", "pk")
    ahead = list(every.filter(ends_at__gt=request.at).select_related("course__item"))
    over = every.filter(ends_at__lte=request.at).order_by("-starts_at", "-pk").select_related("course__item")
    shown = rows(request, [*ahead, *over[:PAST]])
    context = {
        "course": course,
        "item": course.item,
        "ref": course.item.reference,
        "page_label": standing.label if standing else "",
        "page_ref": course.item.reference,
        "label": standing.label if standing else course.item.marking,
        "draft": standing is None,
        "taken_back": standing is not None and standing.state == Standing.State.WITHDRAWN,
        "teaches": teaches(request, course),
        "ahead": shown[: len(ahead)],
        "over": shown[len(ahead) :],
        "houses": booking.comes_as(person, request.at) if person else [],
        "at": request.at,
    }
    return render(request, "training/course.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def new(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    of = {office.warp.slug: office for office in offices}
    warps = [office.warp for office in of.values()]
    form = NewCourseForm(request.POST if request.method == "POST" else None, warps=warps)
    if form.is_valid():
        text = {name: form.cleaned_data[name] for name in TEXT}
        try:
            made = courses.begin(person, of[form.cleaned_data["warp"]], request.at, **text)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. Publish it when it is ready."))
            return redirect(kinds.page(made.item))
    return render(request, "training/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HubRequest, ref: str) -> HttpResponse:
    person, course = taught(request, ref)
    was = {name: getattr(course, name) for name in TEXT}
    form = CourseForm(request.POST if request.method == "POST" else None, initial=was)
    if form.is_valid():
        try:
            courses.edit(person, course.item, request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("training:course", ref)
    return render(request, "training/edit.html", {"form": form, "course": course, "ref": ref})


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HubRequest, ref: str) -> HttpResponse:
    """Under which label and for whom: for the first time, or anew."""
    person, course = taught(request, ref)
    before = courses.released(course.item, request.at)
    given = courses.granted(before, request.at) if before else set()
    form = AudienceForm(
        request.POST if request.method == "POST" else None, by=person, at=request.at, given=given,
        initial={"label": before.label} if before else {},
    )  # fmt: skip
    if form.is_valid():
        try:
            courses.publish(person, course.item, request.at, form.cleaned_data["label"], form.targets())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Published. Those whom it is for are told as their ticks have it."))
            return redirect("training:course", ref)
    context = {"form": form, "course": course, "ref": ref, "before": before}
    return render(request, "training/publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HubRequest, ref: str) -> HttpResponse:
    person, course = taught(request, ref)
    if request.method == "POST":
        try:
            courses.withdraw(person, course.item, request.at)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Taken back. Those who had it are told."))
        return redirect("training:course", ref)
    return render(request, "training/withdraw.html", {"course": course, "ref": ref})
