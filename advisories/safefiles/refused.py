"""Why a file is not taken, and what to do instead, for whoever sent it."""

from __future__ import annotations

from advisories.safefiles.what import Kind, What
from members.web.words import Params, gettext_noop, in_words

TOO_MANY = gettext_noop(
    "The picture has %(pixels)s million pixels; at most %(most)d million are taken. Send a smaller one."
)
BROKEN = gettext_noop("The picture is broken or cut short. Open it, save it anew and send that, or take a screenshot.")
INSTEAD = gettext_noop("Paste the text into the report, or take a screenshot and send that.")
_HIDDEN = gettext_noop(
    "This is %(what)s. Such a file can name you where nobody sees it (author, organisation, earlier versions), and the "
    "hub can't take that out yet. So it isn't taken with an anonymous report."
)
_WHY = {
    Kind.EICAR: gettext_noop(
        "This is %(what)s. It does no harm, but every scanner on its way would stop it, so the hub does not take it."
    ),
    Kind.EMPTY: gettext_noop("The file is empty. Look whether it was saved, and send it again."),
    Kind.PROGRAM: gettext_noop("This is %(what)s. Programs aren't taken with an anonymous report."),
    Kind.ARCHIVE: gettext_noop(
        "This is %(what)s. The hub never opens archives, and can't see whether something in it names you. So it isn't "
        "taken with an anonymous report."
    ),
    Kind.MAIL: gettext_noop(
        "This is %(what)s. Its headers and its encoded parts name people and servers. So it isn't taken with an "
        "anonymous report."
    ),
    Kind.UNKNOWN: gettext_noop(
        "The hub does not know what kind of file this is, and can't see whether it names you. So it isn't taken with "
        "an anonymous report."
    ),
}
_DO = {
    Kind.EICAR: gettext_noop("Say in the report that it was used."),
    Kind.EMPTY: "",
    Kind.PROGRAM: gettext_noop("Send its SHA-256 as an indicator."),
    Kind.PICTURE: gettext_noop("Save it as PNG or JPEG, or take a screenshot, and send that."),
    Kind.ARCHIVE: gettext_noop("Send the text files, tables and pictures in it one by one."),
}


class Refused(Exception):
    """A file that is not taken; `str()` says what it is, why, and what to do."""

    def __init__(self, template: str, params: Params | None = None, instead: str = "") -> None:
        super().__init__(template)
        self.template, self.params, self.instead = template, params or {}, instead

    def __str__(self) -> str:
        return " ".join(in_words(one, self.params) for one in (self.template, self.instead) if one)


def because(what: What) -> Refused:
    return Refused(_WHY.get(what.kind, _HIDDEN), {"what": what.words}, _DO.get(what.kind, INSTEAD))
