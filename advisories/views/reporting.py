"""The doors by which a member reports an incident: begin one, and what is done on its page, which is saved first."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisories import evidence, files, reporting, together
from advisories.models import Report
from advisories.places import kept_by, places_of
from advisories.reportforms import ChecklistForm, ReportForm, StartForm
from advisories.reporting import Changes
from advisories.views import clashes
from advisories.views.kept import kept
from advisories.views.report import filed, is_theirs, seen, told_of, written
from members import kinds
from members.middleware import HubRequest
from members.models import Item, Kind, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, readable, to_confirm, unconfirmed

ACTS = {"", "paste", "attach", "out", "drop", "file"}  # "": it is saved


def new(request: HttpRequest) -> HttpResponse:
    """For whom, to which WARP, by name or not. What was chosen as the sign-in ended is shown again."""
    if request.method == "POST" and person_of(request) is None:
        return kept(request)
    return _new(request)


@login_required
def _new(request: HttpRequest) -> HttpResponse:
    asked, person = cast("HubRequest", request), person_of(request)
    places = places_of(person, asked.at) if person else []
    form = StartForm(request.POST if request.method == "POST" else None, places=places)
    if person and places and form.is_valid():
        affiliation, warp, anonymous = form.chosen()
        try:
            item = reporting.begin(person, affiliation, warp, asked.at, anonymous=anonymous)
        except Refused as refused:
            form.add_error("how", str(refused))
        else:
            return redirect(kinds.page(item))
    keepers = kept_by({warp.pk: warp for _one, warp in places}, asked.at)
    return render(request, "incidents/new.html", {"form": form, "places": places, "keepers": keepers})


@require_POST
def write(request: HubRequest, ref: str) -> HttpResponse:
    """Save what was typed, then do what was asked for besides. Who is signed out gets all of it back."""
    person = person_of(request)
    if person is None:
        return kept(request, ref)
    item = readable(request, ref, Kind.REPORT)
    if item is None or not is_theirs(person, item):
        raise not_found(request, ref)
    return _Writing(request, person, item).answer()


class _Writing:
    """One request of the author's. What is stored is shown to nobody who has yet to say that it is they."""

    def __init__(self, request: HubRequest, person: Person, item: Item) -> None:
        self.request, self.person, self.item, self.at = request, person, item, request.at
        self.report = Report.rows.get(item=item)
        told = told_of(self.report)
        self.form: ChecklistForm = ChecklistForm(request.POST, request.FILES, told=told)
        if item.submitted_at is None:
            self.form = ReportForm(request.POST, request.FILES, by=person, at=request.at, report=self.report, told=told)
        self.missed: dict[int, str] = {}
        self.given = together.read(request.POST.get("given", ""))
        self.typed: dict[str, Any] = {}
        self.clashing: frozenset[str] = frozenset()

    def answer(self) -> HttpResponse:
        try:
            self.form.is_valid()
            self._save()
            done = None if self.request.headers.get("HX-Request") else self._act()
        except reporting.Incomplete as incomplete:
            for name, said in incomplete.fields.items():
                self.form.add_error(name, said)
        except Refused as refused:
            self.form.add_error(None, str(refused))
        else:
            if done is not None:
                return done
        if self.request.headers.get("HX-Request"):
            return self._saved()
        if self.form.errors:
            return self._again()
        return redirect(kinds.page(self.item))

    def _save(self) -> None:
        """Whatever of it can be read: what can't is said at its field, and keeps nothing else from being saved.
        Nor does what was changed elsewhere since the page was opened."""
        changes = self.form.changes() if isinstance(self.form, ReportForm) else Changes()
        self.typed = together.typed(changes, self.form.told())
        typing = "HX-Request" in self.request.headers
        kept = together.keep(self.person, self.item, self.at, self.given, self.typed, typing=typing)
        self.report, self.clashing = kept.report, kept.clashing
        said = clashes.SOON if typing else clashes.HERE
        clashes.say(self.form, kept.clashing - kept.seen, said if self._may_show() else clashes.UNSURE)
        clashes.say(self.form, kept.seen, clashes.SHOWN)

    def _act(self) -> HttpResponse | None:
        """What was pasted and chosen is taken whichever button it was: nothing is lost by the wrong one."""
        post = self.request.POST
        act, _colon, what = post.get("act", "").partition(":")
        if act not in ACTS:
            raise Refused(_("There is no such button on this page. What you typed is saved."))
        if act == "drop":
            evidence.drop(self.person, self.item, self.at, what)
        if act == "out":
            gone = [(kind, value) for kind, _space, value in (one.partition(" ") for one in post.getlist("out"))]
            if not all(value for _kind, value in gone):
                raise Refused(_("There is no such indicator in it. Tick those that you want to take out."))
            evidence.take_out(self.person, self.item, self.at, gone)
        self._paste(self.form.cleaned_data.get("indicators") or "")
        self._attach(self.form.cleaned_data.get("file"), asked=act == "attach")
        return self._file() if act == "file" and not self.form.errors else None

    def _paste(self, text: str) -> None:
        if not text.strip():
            return
        try:
            came = evidence.paste(self.person, self.item, self.at, text)
        except Refused as refused:
            self.form.add_error("indicators", str(refused))
            return
        self.missed = came.missed
        said = ngettext("%(count)d indicator understood", "%(count)d indicators understood", came.understood)
        said = said % {"count": came.understood} + _(", %(fresh)d of them new.") % {"fresh": came.fresh}
        messages.success(self.request, said)
        if came.missed:  # what was understood is kept, and need not be pasted again
            typed = self.request.POST.copy()
            typed["indicators"] = "\n".join(came.missed.values())
            self.form.data = typed
            self.form.add_error("indicators", _not_understood(came.missed))

    def _attach(self, file: files.Upload | None, *, asked: bool) -> None:
        """Of what is too large nothing arrives, nor of what was sent after it."""
        large = int(self.request.META.get("CONTENT_LENGTH") or 0) > settings.LARGEST_FILE
        try:
            if file is not None:
                added = evidence.attach(self.person, self.item, self.at, file.name or "", file)
                said = _("The file is there.")
                if self.item.anonymous and added.name.endswith((".txt", ".csv")):
                    said = _("The file is there. Characters that can’t be seen, and blanks of odd widths, are taken"
                             " out of it: they could tell whose copy it is.")  # fmt: skip
                messages.success(self.request, said)
            elif asked or large:
                raise Refused(str(files.TooLarge()) if large else _("Choose a file, then add it."))
        except Refused as refused:
            self.form.add_error("file", str(refused))

    def _file(self) -> HttpResponse:
        if unconfirmed(self.request, self.item):
            messages.warning(self.request, _("It is saved. Confirm that it is you, then file it."))
            return to_confirm(self.request, kinds.page(self.item))
        reporting.file(self.person, self.item, self.at)
        messages.success(self.request, _("It is filed. Those who keep it can read it now."))
        return redirect(kinds.page(self.item))

    def _saved(self) -> HttpResponse:
        """What a page that saves as one types puts in its place: that it is saved, and who will see what."""
        shown = seen(self.request, self.person, self.item, self.report, self.form) if self._may_show() else {}
        context = {**shown, "form": self.form, "saved_at": self.at, "filed": self.item.submitted_at}
        return render(self.request, "incidents/saved.html", context)

    def _may_show(self) -> bool:
        return confirmed(self.request) or not unconfirmed(self.request, self.item)

    def _again(self) -> HttpResponse:
        """The page once more, with what was typed and what is the matter with it."""
        context: dict[str, Any]
        if not self._may_show():
            context = {"ref": self.item.reference, "report": None, "anonymous": True, "warp": self.item.warp}
        elif isinstance(self.form, ReportForm):
            context = written(self.request, self.person, self.item, self.report, self.form)
        else:
            context = filed(self.request, self.person, self.item, self.report, theirs=True, form=self.form)
        may = self._may_show()
        context["given"] = clashes.given_again(self.form, self.given, self.report, self.typed, self.clashing, seen=may)
        context["elsewhere"] = clashes.shown(self.form, self.report, self.clashing) if may else ()
        name = "incidents/report.html" if isinstance(self.form, ReportForm) else "incidents/reported.html"
        return render(self.request, name, {**context, "form": self.form})


def _not_understood(missed: dict[int, str]) -> str:
    """Which lines, by number; they stay in the field."""
    said = ngettext(
        "Nothing was understood in line %(lines)s.", "Nothing was understood in lines %(lines)s.", len(missed)
    )
    first = ", ".join(map(str, list(missed)[:10]))
    more = _(" and %(count)d more") % {"count": len(missed) - 10} if len(missed) > 10 else ""
    return said % {"lines": first + more}
