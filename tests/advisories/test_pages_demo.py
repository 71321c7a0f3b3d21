"""The demonstration's doors exist on this machine alone, let in its own people alone, and show the mails it wrote."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from django.urls import reverse

from advisories.views import demo, entrance
from tests import pages
from tests.members.world import World
from tests.pages import demonstrator, visitor

SIGN_IN, CONFIRM, MAILS = reverse("demo-sign-in"), reverse("demo-confirm"), reverse("dev-mail")
ELSEWHERE: list[dict[str, str]] = [
    {"REMOTE_ADDR": "192.0.2.7"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
    {"HTTP_HOST": "testserver"},
]


@pytest.fixture(autouse=True)
def of_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = {"name": "Alice", "line": "reads for Birmingham", "key": "alice@example.org"}
    groups = [{"heading": "Readers", "people": [alice]}]
    for page in (demo, entrance):
        monkeypatch.setattr(page, "sign_in_groups", lambda: groups)


@pytest.fixture
def client() -> Client:
    return visitor()


def test_one_click_signs_in_and_leads_where_they_were_going(world: World, client: Client) -> None:
    page = client.get(reverse("account_login"), {"next": "/advisories/"}).content.decode()
    assert "reads for Birmingham" in page and 'value="alice@example.org"' in page
    answer = client.post(SIGN_IN, {"person": "alice@example.org", "next": "/advisories/"})
    assert answer["Location"] == "/advisories/"
    assert client.get("/").wsgi_request.user == world.people["alice"]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_from_elsewhere_there_is_no_such_door(world: World, client: Client, where: dict[str, Any]) -> None:
    assert b"reads for Birmingham" not in client.get(reverse("account_login"), **where).content
    assert client.post(SIGN_IN, {"person": "alice@example.org"}, **where).status_code == 404
    assert client.get(MAILS, **where).status_code == 404
    assert client.get("/", **where).wsgi_request.user.is_anonymous


def test_a_real_hub_has_no_such_door(world: World, client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert client.post(SIGN_IN, {"person": "alice@example.org"}).status_code == 404
    assert client.get(MAILS).status_code == 404
    assert demonstrator(world.people["alice"]).get(CONFIRM)["Location"] == reverse("mfa_activate_totp")


def test_only_its_own_people_come_in(world: World, client: Client) -> None:
    for key in ("bob@example.org", "nobody@example.org", ""):
        assert client.post(SIGN_IN, {"person": key}).status_code == 404
    assert client.get(SIGN_IN).status_code == 405


def test_nobody_is_led_off_the_hub(world: World, client: Client) -> None:
    for wanted in ("https://evil.example.org/", "//evil.example.org", "javascript:alert(1)"):
        answer = client.post(SIGN_IN, {"person": "alice@example.org", "next": wanted})
        assert answer["Location"] == "/"


def test_one_click_stands_in_for_the_code_and_the_page_follows(world: World) -> None:
    red = {"id": "red", "label": "RED", "grants": [{"person": "alice"}]}
    path = reverse("advisories:detail", args=[pages.advisory(world, red, title="For Alice").item.reference])
    alice = demonstrator(world.people["alice"])
    asked = alice.get(path)
    assert asked["Location"].startswith(CONFIRM)
    page = alice.get(asked["Location"]).content.decode()
    assert f'name="next" value="{path}"' in page
    read = alice.post(CONFIRM, {"next": path}, follow=True)
    assert b"For Alice" in read.content


def test_a_real_sign_in_cannot_confirm_by_one_click(world: World) -> None:
    alice = visitor(world.people["alice"])
    assert alice.get(CONFIRM).status_code == 404
    assert alice.post(CONFIRM).status_code == 404
    assert visitor().post(CONFIRM).status_code == 404


@pytest.fixture
def mails(settings: Any, tmp_path: Path) -> Path:
    """Two mails over one connection in one file, as the outbox sends them, and one more in a later file."""
    settings.EMAIL_FILE_PATH, settings.EMAIL_MISSING = str(tmp_path), True
    backend = EmailBackend(file_path=str(tmp_path))
    for n in (1, 2):
        mail = EmailMultiAlternatives(f"Mail {n}", f"Text of {n}", "hub@example.org", [f"reader{n}@example.org"])
        mail.attach_alternative(f"<p onclick='alert(1)'>HTML of {n} – ü</p>", "text/html")
        backend.send_messages([mail])
    later = EmailMessage()
    later["Subject"], later["To"] = "Mail 3", "reader3@example.org"
    later.set_content("Text of 3")
    (tmp_path / "99991231-235959-1.log").write_bytes(bytes(later) + b"\n" + b"-" * 79 + b"\n")
    return tmp_path


@pytest.mark.django_db
def test_its_mails_are_listed_newest_first(mails: Path, client: Client) -> None:
    content = client.get(MAILS).content.decode()
    assert content.index("Mail 3") < content.index("Mail 2") < content.index("Mail 1")
    assert "reader2@example.org" in content


@pytest.mark.django_db
def test_one_mail_shows_its_text_and_its_html_in_a_sandbox(mails: Path, client: Client) -> None:
    file = next(path for path in sorted(mails.iterdir()) if "9999" not in path.name).stem
    text = client.get(reverse("dev-mail-one", args=[file, 1]))
    assert b"Text of" in text.content and b"onclick" not in text.content
    html = client.get(reverse("dev-mail-html", args=[file, 1]))
    assert "– ü</p>" in html.content.decode()
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.django_db
def test_a_mail_that_is_not_there_is_not_there(mails: Path, client: Client) -> None:
    for file, place in (("none", 1), ("99991231-235959-1", 2), ("..", 1)):
        assert client.get(reverse("dev-mail-one", args=[file, place])).status_code == 404


@pytest.mark.django_db
def test_where_mails_leave_there_is_no_such_page(mails: Path, client: Client, settings: Any) -> None:
    settings.EMAIL_MISSING = False
    assert client.get(MAILS).status_code == 404


@pytest.mark.django_db
def test_who_opened_a_link_before_signing_in_is_led_back_to_it(client: Client) -> None:
    came = client.get(reverse("account_login"), HTTP_REFERER="http://localhost/advisories/WM-2ABCD/")
    assert came["Location"] == f"{reverse('account_login')}?next=%2Fadvisories%2FWM-2ABCD%2F"
    for other in ("http://evil.example.org/advisories/", "http://localhost/desk/", ""):
        assert client.get(reverse("account_login"), HTTP_REFERER=other).status_code == 200
