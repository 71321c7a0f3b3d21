"""What is typed about lessons and questions, and what is chosen in a quiz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members.models import Attempt, Question
from members.training import bank, lessons, marking


class LessonForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=lessons.LONGEST_TITLE)
    text = forms.CharField(
        label=_("Text"), max_length=lessons.LONGEST_TEXT, widget=forms.Textarea({"rows": 16}),
        help_text=_("A blank line ends a paragraph. Begin a heading with “## ” and each line of a list with “- ”."
                    " Addresses that begin with https:// become links."),
    )  # fmt: skip
    asks = forms.IntegerField(
        label=_("How many questions its quiz asks"), min_value=1, max_value=lessons.MOST_ASKED, initial=3,
        widget=forms.NumberInput({"class": "govuk-input--width-3", "inputmode": "numeric"}),
        help_text=_("They are drawn from the lesson’s questions each time. Without questions, reading is enough."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """The answers are typed apart, the right ones and the wrong ones: each quiz shows them in an order of its own."""

    text = forms.CharField(label=_("Question"), max_length=bank.LONGEST_QUESTION, widget=forms.Textarea({"rows": 2}))
    right = forms.CharField(
        label=_("Right answers, one on each line"), widget=forms.Textarea({"rows": 3}), max_length=5000,
        help_text=_("Where there are several, all of them are to be chosen."),
    )  # fmt: skip
    wrong = forms.CharField(
        label=_("Wrong answers, one on each line"), widget=forms.Textarea({"rows": 4}), max_length=5000, required=False,
        help_text=_("They are mixed with the right ones, in another order each time: write none like “all of these”."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why (optional)"), required=False, max_length=bank.LONGEST_WHY, widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown with the right answers, once the quiz is handed in."),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """As the verbs take it."""
        typed = self.cleaned_data
        right, wrong = _each(typed["right"]), _each(typed["wrong"])
        return {
            "text": typed["text"],
            "choices": [*right, *wrong],
            "right": list(range(len(right))),
            "why": typed["why"],
        }


def written(question: Question) -> dict[str, str]:
    """A question as the form shows it."""
    right = [choice for place, choice in enumerate(question.choices) if place in question.right]
    wrong = [choice for place, choice in enumerate(question.choices) if place not in question.right]
    return {"text": question.text, "right": "\n".join(right), "wrong": "\n".join(wrong), "why": question.why}


def _each(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


class QuizForm(forms.Form):
    """All that an attempt asks. What is sent is the place at which a choice is shown: the position under which it is
    kept could tell which is right."""

    def __init__(self, *args: Any, attempt: Attempt, asked: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orders = {one.code: marking.order(attempt.code, one) for one in asked}
        for number, one in enumerate(asked, 1):
            self.fields[f"q-{one.code}"] = _field(number, one, self.orders[one.code])

    def chosen(self) -> dict[str, list[int]]:
        """By code of a question, the positions that were chosen."""
        found = {code: self.cleaned_data[f"q-{code}"] for code in self.orders}
        every = {code: [said] if isinstance(said, str) else said for code, said in found.items()}
        return {code: [self.orders[code][int(place)] for place in places] for code, places in every.items()}


def _field(number: int, question: Question, order: Sequence[int]) -> forms.ChoiceField | forms.MultipleChoiceField:
    choices = [(str(place), question.choices[position]) for place, position in enumerate(order)]
    label = _now("%(number)d. %(question)s") % {"number": number, "question": question.text}
    of = {"number": number}
    messages = {
        "required": _now("Answer question %(number)d.") % of,
        "invalid_choice": _now("Choose one of the answers that question %(number)d has.") % of,
        "invalid_list": _now("Choose one of the answers that question %(number)d has.") % of,
    }
    if len(question.right) > 1:
        return forms.MultipleChoiceField(
            label=label, choices=choices, error_messages=messages, help_text=_("Choose all that apply."),
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    return forms.ChoiceField(label=label, choices=choices, error_messages=messages, widget=forms.RadioSelect)
