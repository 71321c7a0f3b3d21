"""What every answer carries, and how long a sign-in lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from warp.middleware import policy_headers, signed_in

PAGE = HttpResponse
BY_ITSELF = {"Hub-Renews": "1", "HX-Request": "true"}


class Session(dict[str, Any]):
    """As much of a session as the middleware uses."""

    def flush(self) -> None:
        self.clear()


def visit(
    session: Session,
    path: str = "/",
    page: Callable[[HttpRequest], HttpResponse] | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    request = RequestFactory().get(path, headers=headers)
    request.session = session  # type: ignore[assignment]
    return signed_in(page or (lambda _request: PAGE()))(request)


@pytest.mark.django_db
def test_every_answer_says_what_may_run_in_it(client: Client) -> None:
    for path in ("/healthz", "/no-such-page"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert "camera=()" in headers["Permissions-Policy"]


def test_a_page_may_be_stricter_than_the_rest() -> None:
    answer = policy_headers(lambda _: PAGE(headers={"Content-Security-Policy": "sandbox"}))(RequestFactory().get("/"))
    assert answer.headers["Content-Security-Policy"] == "sandbox"


def test_what_a_signed_in_person_sees_is_kept_nowhere() -> None:
    assert visit(Session({SESSION_KEY: "1"})).headers["Cache-Control"] == "no-store, private"
    assert visit(Session(), "/account/login/").headers["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in visit(Session()).headers


def test_a_page_cannot_loosen_it() -> None:
    answer = visit(Session({SESSION_KEY: "1"}), page=lambda _: PAGE(headers={"Cache-Control": "public"}))
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_signing_in_and_out() -> None:
    def sign_in(request: HttpRequest) -> HttpResponse:
        request.session[SESSION_KEY] = "1"
        return PAGE()

    def sign_out(request: HttpRequest) -> HttpResponse:
        request.session.flush()
        return PAGE()

    session = Session()
    assert "no-store" in visit(session, page=sign_in).headers["Cache-Control"]
    answer = visit(session, page=sign_out)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in answer.headers["Cache-Control"]


def test_half_an_hour_without_a_page_ends_it() -> None:
    session = Session({SESSION_KEY: "1"})
    with time_machine.travel("2026-11-01T09:00Z", tick=False) as clock_hand:
        visit(session)
        clock_hand.shift(settings.SESSION_IDLE_SECONDS)
        visit(session)
        assert SESSION_KEY in session
        clock_hand.shift(settings.SESSION_IDLE_SECONDS + 1)
        visit(session)
        assert session == {}


def test_what_a_page_asks_for_by_itself_is_no_use_of_it_and_ends_with_it() -> None:
    left, sat_at = Session({SESSION_KEY: "1"}), Session({SESSION_KEY: "1"})
    with time_machine.travel("2026-11-01T09:00Z", tick=False) as clock_hand:
        visit(left)
        visit(sat_at)
        for _ in range(settings.SESSION_IDLE_SECONDS // 60):
            clock_hand.shift(60)
            visit(left, headers=BY_ITSELF)
            visit(sat_at, headers={"HX-Request": "true"})
        assert SESSION_KEY in left, "until then it is given what it asks for"
        clock_hand.shift(1)
        visit(left, headers=BY_ITSELF)
        visit(sat_at)
        assert left == {} and SESSION_KEY in sat_at


def test_twelve_hours_end_it_however_busy() -> None:
    session = Session({SESSION_KEY: "1"})
    with time_machine.travel("2026-11-01T09:00Z", tick=False) as clock_hand:
        for _ in range(12 * 6):
            visit(session)
            clock_hand.shift(600)
        assert SESSION_KEY in session
        clock_hand.shift(1)
        visit(session)
        assert session == {}


def test_not_every_page_writes_the_session() -> None:
    session = Session({SESSION_KEY: "1"})
    with time_machine.travel("2026-11-01T09:00Z", tick=False) as clock_hand:
        visit(session)
        first = session["seen"]
        clock_hand.shift(59)
        visit(session)
        assert session["seen"] == first
        clock_hand.shift(1)
        visit(session)
        assert session["seen"] == first + 60
