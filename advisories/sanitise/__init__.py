"""What in a text could identify its reporter, and the text without it. Pure: texts in, values out."""

from advisories.sanitise.find import Suspect, find, find_all
from advisories.sanitise.known import Known
from advisories.sanitise.redact import Choice, Decision, Own, Undecided, redacted
from advisories.sanitise.words import HELP_NOT_GUARANTEE, Kind

__all__ = [
    "HELP_NOT_GUARANTEE",
    "Choice",
    "Decision",
    "Kind",
    "Known",
    "Own",
    "Suspect",
    "Undecided",
    "find",
    "find_all",
    "redacted",
]
