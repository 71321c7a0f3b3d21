from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from advisories.views import advisories, desk, draft, home, mail, release, sources


desk_urls = [
    path("advisories/", advisories.index, name="list"),
    path("advisories/<str:ref>/", advisories.detail, name="detail"),
    path("desk/", desk.index, name="desk"),
    path("desk/stories/<str:code>/", desk.story, name="story"),
    path("desk/stories/<str:code>/dismiss/", desk.dismiss, name="dismiss"),
    path("desk/stories/<str:code>/restore/", desk.restore, name="restore"),
    path("desk/drafts/new/", draft.new, name="draft-new"),
    path("desk/drafts/<str:ref>/", draft.edit, name="draft-edit"),
    path("desk/drafts/<str:ref>/release/", release.release, name="release"),
    path("desk/drafts/<str:ref>/withdraw/", release.withdraw, name="withdraw"),
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
