from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from members.views import calendar, contacts, duty, ending, key, kit, reach, subscribe, told
from members.views.answer import answer
from members.views.glossary import glossary

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("members.exerciseurls")),
    path("glossary/", glossary, name="glossary"),
    path("a/<str:token>/", answer, name="answer"),
    path("account/told/", told.show, name="told"),
    path("account/told/times/", told.times, name="told-times"),
    path("account/told/lines/<str:tick>/", told.change, name="told-change"),
    path("account/told/lines/<str:tick>/remove/", told.remove, name="told-remove"),
    path("account/told/to/<str:address>/", told.add, name="told-add"),
    path("account/kit/<slug:slug>/", kit.show, name="kit"),
    path("account/kit/<slug:slug>/remove/", kit.remove, name="kit-remove"),
    path("stop/<str:token>/", ending.stop, name="stop"),
    path("subscribe/", subscribe.ask, name="subscribe"),
    path("subscribe/confirm/<str:token>/", subscribe.confirm, name="subscription-confirm"),
    path("subscribe/leave/<str:token>/", ending.leave, name="subscription-leave"),
    path("account/reached/", reach.index, name="reach"),
    path("account/reached/phone/", reach.phone, name="reach-phone"),
    path("account/reached/key/", key.key, name="reach-key"),
    path("account/reached/of/<slug:slug>/new/", reach.new, name="reach-new"),
    path("account/reached/at/<str:code>/", reach.one, name="reach-one"),
    path("calendar/<ref:token>.ics", calendar.feed, name="calendar-feed"),
    path("account/calendar/", calendar.addresses, name="training-calendar-feed"),
    path("account/calendar/<ref:code>/end/", calendar.end, name="training-calendar-feed-end"),
    path("contacts/", contacts.index, name="contacts"),
    path("contacts/<slug:slug>/", contacts.of, name="contacts-of"),
    path("contacts/<slug:slug>/<ref:code>/", contacts.one, name="contact"),
    path("duty/", duty.index, name="duty"),
    path("duty/<slug:slug>/", duty.of, name="duty-of"),
    path("duty/<slug:slug>/<ref:code>/off/", duty.off, name="duty-off"),
    path("training/", include("members.trainingurls")),
]
