from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from advisories.views import advisories, home, mail, sources

desk_urls = [
    path("advisories/", advisories.index, name="list"),
    path("advisories/<str:ref>/", advisories.detail, name="detail"),
    path("desk/sources/", sources.index, name="sources"),
    path("desk/sources/<slug:slug>/", sources.one, name="source"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include((desk_urls, "advisories"))),
    path("dev/mail/", mail.index, name="dev-mail"),
    path("dev/mail/<str:file>/<int:place>/", mail.one, name="dev-mail-one"),
    path("dev/mail/<str:file>/<int:place>/html/", mail.html, name="dev-mail-html"),
]
