"""What the hub's template tags write, as a reader or a screen reader meets it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template

from members import tlp
from members.templatetags import hub


def render(source: str, **context: object) -> str:
    return Template("{% load hub %}" + source).render(Context(context))


@pytest.mark.parametrize("label", tlp.LABELS)
def test_a_label_is_always_there_as_text_and_says_what_it_means(label: str):
    html = render("{% tlp label %}", label=label)
    assert f">TLP:{label}</strong>" in html
    assert f'title="{tlp.MEANING[label]}"' in html


def test_both_ambers_have_a_class_of_their_own():
    assert 'class="tlp tlp--amber-strict"' in render("{% tlp 'AMBER+STRICT' %}")
    assert 'class="tlp tlp--amber"' in render("{% tlp 'AMBER' %}")


def test_an_unknown_label_or_tier_is_a_bug_and_says_so():
    with pytest.raises(KeyError):
        render("{% tlp 'PURPLE' %}")
    with pytest.raises(KeyError):
        render("{% tier 'soon' %}")


@pytest.mark.parametrize(
    ("name", "word"),
    [("flash", "Flash"), ("urgent", "Urgent"), ("advisory", "Advisory"), ("information", "Information")],
)
def test_a_tier_is_a_word_and_a_shape(name: str, word: str):
    html = render("{% tier name %}", name=name)
    assert f'class="tier tier--{name}"' in html
    assert f">{word}</span>" in html


def test_moments_are_shown_as_london_clocks_show_them():
    winter, summer = datetime(2026, 11, 23, 14, 5, tzinfo=UTC), datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert render("{{ at|moment }}", at=winter) == "23 November 2026, 14:05"
    assert render("{{ at|moment }}", at=summer) == "1 July 2026, 00:30"
    assert render("{{ at|moment_zone }}", at=winter) == "23 November 2026, 14:05 GMT"
    assert render("{{ at|moment_zone }}", at=summer) == "1 July 2026, 00:30 BST"
    assert render("{{ at|day }}", at=summer) == "1 July 2026"
    assert render("{{ on|day }}", on=date(2026, 6, 30)) == "30 June 2026"


def test_the_hour_that_comes_twice_is_told_apart():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert hub.moment(first) == hub.moment(second)
    assert hub.moment_zone(first).endswith("01:30 BST")
    assert hub.moment_zone(second).endswith("01:30 GMT")


def test_no_moment_is_nothing_and_a_naive_one_is_refused():
    assert render("{{ at|moment }}{{ at|moment_zone }}{{ at|day }}", at=None) == ""
    with pytest.raises(ValueError, match="aware"):
        hub.moment(datetime(2026, 11, 23, 14, 5))


class Draft(forms.Form):
    title = forms.CharField(help_text="In one line.", widget=forms.TextInput(attrs={"placeholder": "Title"}))
    todo = forms.CharField(label="What to do", widget=forms.Textarea)
    label = forms.ChoiceField(label="Label", choices=tlp.CHOICES, widget=forms.RadioSelect)
    groups = forms.MultipleChoiceField(choices=[("a", "A")], required=False, widget=forms.CheckboxSelectMultiple)
    tier = forms.ChoiceField(choices=[("flash", "Flash")])
    agreed = forms.BooleanField(label="I read it again")
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_keeps_its_label_hint_and_what_was_typed():
    html = render("{% field form.title %}", form=Draft({"title": "A <b>hole</b>"}))
    assert '<label class="govuk-label govuk-label--s" for="id_title">Title</label>' in html
    assert 'class="govuk-input"' in html
    assert 'value="A &lt;b&gt;hole&lt;/b&gt;"' in html
    assert 'id="id_title_helptext">In one line.' in html
    assert 'aria-describedby="id_title_helptext"' in html
    assert "placeholder" not in html


def test_a_field_in_error_is_described_by_hint_and_error():
    html = render("{% field form.title %}", form=Draft({}))
    assert "govuk-form-group--error" in html
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert "Fill in “Title”." in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("todo", "govuk-textarea"),
        ("tier", "govuk-select"),
        ("agreed", "govuk-checkboxes__input"),
        ("label", "govuk-radios__input"),
        ("groups", "govuk-checkboxes__input"),
        ("secret", "govuk-js-password-input-input"),
    ],
)
def test_every_kind_of_widget_gets_its_component(name: str, expected: str):
    html = render("{% field bound %}", bound=Draft()[name])
    assert expected in html
    assert html.count("<label") == (len(tlp.LABELS) if name == "label" else 1)


def test_choices_stand_in_a_fieldset_that_says_what_is_asked():
    html = render("{% field form.label %}", form=Draft({}))
    assert '<fieldset class="govuk-fieldset" aria-describedby="id_label_error">' in html
    assert "Label</legend>" in html
    assert 'for="id_label_0"' in html
    assert 'id="id_label_0"' in html


def test_a_hidden_field_is_itself_alone():
    assert render("{% field form.seen %}", form=Draft()).strip() == '<input type="hidden" name="seen" id="id_seen">'


def test_drawing_a_field_twice_changes_nothing():
    form = Draft()
    assert render("{% field form.title %}", form=form) == render("{% field form.title %}", form=form)


def test_inputs_without_labels_of_their_own_are_refused():
    class Split(forms.Form):
        at = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="single fields"):
        render("{% field form.at %}", form=Split())


def test_the_summary_links_each_error_to_its_field():
    html = render("{% error_summary form %}", form=Draft({}))
    assert '<a href="#id_title">Fill in “Title”.</a>' in html
    assert '<a href="#id_label_0">Choose “Label”.</a>' in html
    assert '<a href="#id_agreed">Tick “I read it again”.</a>' in html
    assert html.count("<li>") == 5


def test_what_concerns_the_whole_form_leads_to_its_first_field():
    form = Draft({})
    form.add_error(None, "Say <more>.")
    assert '<a href="#id_title">Say &lt;more&gt;.</a>' in render("{% error_summary form %}", form=form)


def test_the_summary_is_silent_without_errors_or_without_a_form():
    assert not render("{% error_summary form %}", form=Draft()).strip()
    assert not render("{% error_summary nothing %}").strip()


def test_two_forms_share_one_summary():
    html = render("{% error_summary a b %}", a=Draft({}, prefix="a"), b=Draft({}, prefix="b"))
    assert "#id_a-title" in html
    assert "#id_b-title" in html
    assert html.count("There is a problem") == 1


def test_pages_before_and_after_are_linked_where_they_exist():
    both = render("{% pagination before after %}", before="?after=1&q=a", after="?before=2")
    assert 'href="?after=1&amp;q=a" rel="prev"' in both
    assert 'href="?before=2" rel="next"' in both
    assert 'rel="prev"' not in render("{% pagination next='?before=2' %}")
    assert not render("{% pagination %}").strip()
