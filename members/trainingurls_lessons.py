"""Addresses below /training/ of a self-paced course's lessons; part of members/trainingurls.py."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members.views.training import bank, lessonedit, lessons, quiz

LESSONS, LESSON = "<ref:ref>/lessons/", "<ref:ref>/lessons/<ref:code>/"
QUIZ, BANK = LESSON + "quiz/", LESSON + "questions/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(LESSONS, lessons.overview, name="lessons"),
    path(LESSONS + "edit/", lessonedit.index, name="lessons-edit"),
    path(LESSONS + "new/", lessonedit.new, name="lesson-new"),
    path(LESSONS + "certificate/", lessons.claim, name="lessons-claim"),
    path(LESSON, lessons.lesson, name="lesson"),
    path(LESSON + "read/", lessons.read, name="lesson-read"),
    path(LESSON + "edit/", lessonedit.change, name="lesson-edit"),
    path(LESSON + "move/", lessonedit.move, name="lesson-move"),
    path(LESSON + "remove/", lessonedit.remove, name="lesson-remove"),
    path(QUIZ, quiz.show, name="quiz"),
    path(QUIZ + "begin/", quiz.begin, name="quiz-begin"),
    path(QUIZ + "<ref:attempt>/", quiz.result, name="quiz-result"),
    path(QUIZ + "<ref:attempt>/hand-in/", quiz.hand_in, name="quiz-hand-in"),
    path(BANK, bank.index, name="bank"),
    path(BANK + "new/", bank.new, name="question-new"),
    path(BANK + "<ref:question>/", bank.change, name="question-edit"),
    path(BANK + "<ref:question>/retire/", bank.retire, name="question-retire"),
]
