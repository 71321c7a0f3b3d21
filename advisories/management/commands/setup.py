from __future__ import annotations

import json
import smtplib
import sys
from typing import Any

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members import clock, joining
from members.models import Affiliation, Office, Organisation, Person, Warp

QUESTIONS = {
    "warp": "Name of the WARP",
    "prefix": "Prefix of its references, 2 to 4 letters, like WM",
    "organisation": "Name of the coordinator's organisation",
    "name": "Name of the coordinator",
    "email": "E-mail address of the coordinator",
}


class Command(BaseCommand):
    help = "Makes the first WARP, organisation and coordinator of a hub, prints the link by which the coordinator sets "
    help += "a password, and mails it to them as the first test of the mail. Asks for what the options don't say. Exit "
    help += "status: 0, 1 there is a WARP already, 2 wrong use, or all is made but the mail did not go out."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name}", default="", help=question)
        parser.add_argument("--no-mail", action="store_true", help="print the link alone")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_a_second()
        words = answers(options)
        with transaction.atomic():
            refuse_a_second()
            person = make(words)
        made: dict[str, Any] = {**words, "link": link(person), "mail": ""}
        if not options["no_mail"]:
            made["mail"] = mailed(person, made["link"], words["warp"]) or "sent"
        self.told(made, as_json=options["json"])
        if made["mail"] not in ("", "sent"):
            sys.exit(2)

    def told(self, made: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([made], ensure_ascii=False))
            return
        self.stdout.write(f"{made['warp']} is there, and {made['name']} of {made['organisation']} coordinates it.")
        self.stdout.write(f"To set a password, within three days: {made['link']}")
        if made["mail"] == "sent":
            self.stdout.write(f"The link was also mailed to {made['email']}: if it arrives, the hub's mail works.")
        elif made["mail"]:
            self.stderr.write(f"The mail to {made['email']} did not go out: {made['mail']}. Correct EMAIL_URL.")


def refuse_a_second() -> None:
    if warp := Warp.objects.order_by("pk").first():
        raise CommandError(f"This hub has a WARP already: {warp.name}. Its coordinators add people and organisations.")


def answers(options: dict[str, Any]) -> dict[str, str]:
    """What the options say, and what is asked of whoever sits before the terminal."""
    words = {name: str(options[name]).strip() for name in QUESTIONS}
    lacking = [name for name, said in words.items() if not said]
    if lacking and not sys.stdin.isatty():
        raise CommandError(f"Say also {', '.join(f'--{name}' for name in lacking)}.", returncode=2)
    words |= {name: input(f"{QUESTIONS[name]}: ").strip() for name in lacking}
    words["prefix"], words["email"] = words["prefix"].upper(), words["email"].lower()
    check(words)
    return words


def check(words: dict[str, str]) -> None:
    for name in ("warp", "organisation", "name"):
        if not slugify(words[name]) or len(words[name]) > 100:
            raise CommandError(f"--{name} takes a name of letters, at most 100.", returncode=2)
    if not (words["prefix"].isascii() and words["prefix"].isalpha() and 2 <= len(words["prefix"]) <= 4):
        raise CommandError("--prefix takes 2 to 4 letters, like WM: references begin with it.", returncode=2)
    try:
        validate_email(words["email"])
    except ValidationError:
        raise CommandError(f"--email {words['email']!r} is no e-mail address.", returncode=2) from None
    if Person.objects.filter(email=words["email"]).exists():
        raise CommandError(f"{words['email']} has an account already. Name another address.")
    if Organisation.objects.filter(name=words["organisation"]).exists():
        raise CommandError(f"There is an organisation {words['organisation']} already. Name another.")


def make(words: dict[str, str]) -> Person:
    at = clock.ask()
    warp = joining.add_warp(words["warp"], slugify(words["warp"])[:50], words["prefix"], at)
    house = joining.add_organisation(words["organisation"], slugify(words["organisation"])[:50], warp, at)
    person = joining.add_person(words["name"], words["email"], at)
    joining.affiliate(person, house, Affiliation.Role.LEAD, at)
    joining.appoint(person, warp, Office.Role.COORDINATOR, at)
    return person


def link(person: Person) -> str:
    """Where this person sets a password; good for a few days, and until it is used."""
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return f"{settings.BASE_URL}{path}"


def mailed(person: Person, link: str, warp: str) -> str:
    """Send the link; what went wrong, or ""."""
    subject = _("Your account on the hub of %(warp)s") % {"warp": warp}
    text = _("You coordinate %(warp)s on its new hub. Set your password here, within three days:\n\n%(link)s\n\n"
             "This is also the hub's test mail: that you read it shows that its mail works.\n")  # fmt: skip
    try:
        send_mail(subject, text % {"warp": warp, "link": link}, None, [person.email])
    except (OSError, smtplib.SMTPException) as error:
        return str(error) or type(error).__name__
    return ""
