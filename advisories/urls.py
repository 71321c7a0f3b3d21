from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from advisories.serve import atom
from advisories.views import (
    advisories,
    answers,
    byhand,
    children,
    demo,
    desk,
    draft,
    embargo,
    entrance,
    exports,
    feedtokens,
    flash,
    home,
    incidents,
    known,
    mail,
    messages,
    offer,
    ranking,
    release,
    sources,
    tend,
    tendpages,
    why,
)
from members.views.asking import ReferenceConverter

register_converter(ReferenceConverter, "ref")

desk_urls = [
    path("advisories/", advisories.index, name="list"),
    path("advisories/<ref:ref>/", advisories.detail, name="detail"),
    path("advisories/<ref:ref>/respond/", answers.respond, name="respond"),
    path("advisories/<ref:ref>/why/", why.show, name="why"),
    path("advisories/<ref:ref>/responses/", answers.show, name="responses"),
    path("advisories/<ref:ref>/responses/rung/", answers.rung, name="rung"),
    path("advisories/<ref:ref>/responses.csv", answers.export, name="responses-csv"),
    path("advisories/<ref:ref>/comment/", children.comment, name="comment"),
    path("advisories/<ref:ref>/attach/", children.attach, name="attach"),
    path("advisories/<ref:ref>/files/<ref:child>/", children.attachment, name="attachment"),
    path("advisories/<ref:ref>/talk/<ref:child>/remove/", children.remove, name="remove"),
    path("advisories/<ref:ref>/embargo/", embargo.show, name="embargo"),
    path("advisories/<ref:ref>/embargo/leave/", offer.leave, name="embargo-leave"),
    path("advisories/<ref:ref>/embargo/decide/<slug:name>/", embargo.decide, name="embargo-decide"),
    path("advisories/<ref:ref>/embargo/named/<ref:code>/remove/", embargo.remove, name="embargo-remove"),
    path("advisories/<ref:ref>/embargo/<slug:name>/", embargo.act, name="embargo-act"),
    path("desk/", desk.index, name="desk"),
    path("desk/stories/<ref:code>/", desk.story, name="story"),
    path("desk/stories/<ref:code>/dismiss/", desk.dismiss, name="dismiss"),
    path("desk/stories/<ref:code>/restore/", desk.restore, name="restore"),
    path("desk/stories/<ref:code>/join/", byhand.join, name="join"),
    path("desk/stories/<ref:code>/split/", byhand.split, name="split"),
    path("desk/drafts/new/", draft.new, name="draft-new"),
    path("desk/drafts/<ref:ref>/", draft.edit, name="draft-edit"),
    path("desk/drafts/<ref:ref>/release/", release.release, name="release"),
    path("desk/drafts/<ref:ref>/withdraw/", release.withdraw, name="withdraw"),
    path("flash/", flash.write, name="flash"),
    path("flash/<ref:ref>/", flash.release, name="flash-release"),
    path("flash/<ref:ref>/change/", flash.change, name="flash-change"),
    path("desk/ranking/<slug:slug>/", ranking.rules, name="ranking"),
    path("desk/sources/", sources.index, name="sources"),
    path("desk/sources/known/", known.index, name="known-sources"),
    path("desk/sources/known/<slug:slug>/on/", known.on, name="known-on"),
    path("desk/sources/<slug:slug>/", sources.one, name="source"),
    path("desk/sources/<slug:slug>/settings/", sources.settings, name="source-settings"),
    path("desk/sources/<slug:slug>/off/", known.off, name="source-off"),
]

incident_urls = [
    path("incidents/", incidents.index, name="list"),
    path("incidents/<ref:ref>/", incidents.detail, name="detail"),
    # its life, for those who tend it
    path("incidents/<ref:ref>/derive/", tend.derive, name="derive"),
    path("incidents/<ref:ref>/state/", tend.state, name="state"),
    path("incidents/<ref:ref>/timeline/", tend.note, name="note"),
    path("incidents/<ref:ref>/timeline/strike/", tend.strike, name="strike"),
    path("incidents/<ref:ref>/take/", tend.take, name="take"),
    path("incidents/<ref:ref>/close/", tendpages.close, name="close"),
    path("incidents/<ref:ref>/indicators/", tendpages.indicators, name="indicators"),
    path("incidents/<ref:ref>/advisory/", tend.become, name="become"),
    # for machines
    path("incidents/<ref:ref>/stix.json", exports.as_stix, name="stix"),
    path("incidents/<ref:ref>/misp.json", exports.as_misp, name="misp"),
    path("incidents/<ref:ref>/indicators.csv", exports.as_csv, name="csv"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include((desk_urls, "advisories"))),
    path("", include((incident_urls, "incidents"))),
    path("feeds/advisories.atom", atom.advisories, name="feed-advisories"),
    path("account/feeds/", feedtokens.index, name="feed-tokens"),
    path("account/feeds/<ref:code>/end/", feedtokens.end, name="feed-token-end"),
    path("account/messages/", messages.index, name="messages"),
    path("offers/<ref:code>/", offer.offer, name="offer"),
    path("account/login/", entrance.Entrance.as_view(), name="account_login"),
    path("demo/sign-in", demo.sign_in, name="demo-sign-in"),
    path("demo/confirm", demo.confirm, name="demo-confirm"),
    path("dev/mail/", mail.index, name="dev-mail"),
    path("dev/mail/<ref:file>/<int:place>/", mail.one, name="dev-mail-one"),
    path("dev/mail/<ref:file>/<int:place>/html/", mail.html, name="dev-mail-html"),
]
