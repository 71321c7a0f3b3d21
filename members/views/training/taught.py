"""How a page asks for a session that whoever looks teaches: 404 for everybody else, and where there is none."""

from __future__ import annotations

from members import policy
from members.middleware import HubRequest
from members.models import Person, Session
from members.training import reading
from members.views.asking import not_found, person_of


def session_taught(request: HubRequest, ref: str, code: str) -> tuple[Person, Session]:
    found = reading.sessions(request.viewer, request.at).filter(course__item__reference=ref, code=code).first()
    person = person_of(request)
    if person is None or found is None or not policy.can(person, "teach", found.course.item, request.at):
        raise not_found(request, f"{ref}/{code}")
    return person, found
