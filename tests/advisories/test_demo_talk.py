"""The demonstration shows what members say beneath advisories, and each of its people meets no more than is theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from advisories.demo.asked import ASKED
from advisories.demo.talk import SAID
from advisories.models import Attachment, Comment, Report
from members import clock
from members.models import Kind, Person, Response
from members.policy import Answer, Viewer, may


@pytest.mark.django_db
@pytest.mark.usefixtures("folder")
def test_all_of_it_is_there_and_read_by_whom_it_is_for(settings: Any) -> None:
    settings.DEMO = True
    call_command("demo")
    answers = Comment.rows.filter(item__parent__kind=Kind.DISCUSSION)
    assert answers.count() == sum(len(one.answers) for one in ASKED)
    assert Comment.rows.count() + Attachment.rows.count() == len(SAID) + answers.count()
    assert Response.objects.count() > 9 and not Response.objects.filter(acknowledged_at=None).exists()
    readers = {
        comment.body[:7]: {
            person.name
            for person in Person.objects.all()
            if may(Viewer(person.pk), comment.item, clock.now()) == Answer.BODY
        }
        for comment in Comment.rows.select_related("item")
    }
    assert readers["We can’"] == {"Owen Marsh", "Cara Orr", "Deepa Nair"}
    assert {"Sam Reed", "Owen Marsh", "Karl Iversen"} <= readers["Updated"]
    assert "Bea Lund" in readers["We foun"] and "Owen Marsh" not in readers["We foun"]


@pytest.mark.django_db
@pytest.mark.usefixtures("folder")
def test_what_owen_reported_without_a_name_is_for_its_custodian_and_himself(settings: Any) -> None:
    settings.DEMO = True
    call_command("demo")
    item = Report.rows.select_related("item").get(item__anonymous=True).item
    read = {one.name for one in Person.objects.all() if may(Viewer(one.pk), item, clock.now()) == Answer.BODY}
    assert item.anonymous and read == {"Owen Marsh", "Tom Okafor"}
