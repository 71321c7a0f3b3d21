"""How a page of training asks for a course, a session or who may teach it. What is hidden, and what is not there, look
alike and take the same statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from members import permits
from members.middleware import HubRequest
from members.models import Course, Kind, Person, Session
from members.training import reading
from members.views.asking import handled, not_found, person_of


def course_of(request: HubRequest, ref: str) -> Course:
    """The course, where whoever asks reads it; else 404."""
    found = reading.courses(request.viewer, request.at).filter(item__reference=ref).first()
    if found is None:
        raise not_found(request, ref)
    return found


def session_of(request: HubRequest, ref: str, code: str) -> Session:
    """The session of that course, where whoever asks reads it; else 404."""
    found = reading.sessions(request.viewer, request.at).filter(course__item__reference=ref, code=code).first()
    if found is None:
        raise not_found(request, f"{ref}/{code}")
    return found


def taught(request: HubRequest, ref: str) -> tuple[Person, Course]:
    """Who asks and the course, where they are a coordinator of its WARP; 404 for everybody else."""
    person, item = handled(request, ref, "teach", (Kind.TRAINING,))
    return person, Course.rows.select_related("item__warp").get(item=item)


def session_taught(request: HubRequest, ref: str, code: str) -> tuple[Person, Session]:
    """Who asks and the session, where they teach it; 404 for everybody else."""
    person, found = person_of(request), session_of(request, ref, code)
    if person is None or not permits.can(person, "teach", found.course.item, request.at):
        raise not_found(request, f"{ref}/{code}")
    return person, found


def teaches(request: HubRequest, course: Course) -> bool:
    """Whether whoever asks coordinates the WARP of the course."""
    person = person_of(request)
    return person is not None and permits.can(person, "teach", course.item, request.at)


def posted_from(page: str, *names: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A door that takes only what is posted, by who is signed in. Whoever isn't, since their sign-in ended meanwhile,
    comes back to the `page` that posts it, of the same `names` in the address: here they would bring nothing."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HubRequest, **said: Any) -> HttpResponse:
            if person_of(request) is None:
                return redirect_to_login(reverse(page, args=[said[name] for name in names]))
            return require_POST(view)(request, **said)

        return wrapped

    return decorate
