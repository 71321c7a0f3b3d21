"""How a page of training asks for a course, a session or who may teach it. What is hidden, and what is not there, look
alike and take the same statements."""

from __future__ import annotations

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
