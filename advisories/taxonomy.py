"""The Reference Security Incident Taxonomy (ENISA and TF-CSIRT), version 1003: what kind of incident it was.

Slugs are the taxonomy's own, and stand in stored rows. Names are its names; the words beside them are ours, for
whoever reports at six in the evening. `stix`: what of the incident core extension's vocabulary says the same.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Type(NamedTuple):
    slug: str
    name: Words
    help: Words
    stix: tuple[str, ...] = ()


class Class(NamedTuple):
    """`words`: what it is, and what falls under it. `stix`: what is so of it whatever its type."""

    slug: str
    name: Words
    words: Words
    types: tuple[Type, ...]
    stix: tuple[str, ...] = ()


TAXONOMY: tuple[Class, ...] = (
    Class("abusive-content", _("Abusive content"),
          _("Abusive content: spam, harassment, violence"), (
        Type("spam", _("Spam"), _("Mail in bulk that nobody asked for.")),
        Type("harmful-speech", _("Harmful speech"), _("Bullying, threats or hatred against somebody.")),
        Type("violence", _("Sexual exploitation, sexual or violent content"),
             _("Content that is unlawful in itself. Don't attach it."))),
    ),
    Class("malicious-code", _("Malicious code"),
          _("Malicious code: an infected system, ransomware, command and control"), (
        Type("infected-system", _("Infected system"),
             _("Malware runs on one of our machines."), ("compromised-system",)),
        Type("c2-server", _("Command and control server"), _("A server that gives malware its orders.")),
        Type("malware-distribution", _("Malware distribution"), _("An address that hands out malware.")),
        Type("malware-configuration", _("Malware configuration"), _("An address that keeps malware's settings."))),
    ),
    Class("information-gathering", _("Information gathering"),
          _("Information gathering: scanning, sniffing, social engineering"), (
        Type("scanner", _("Scanning"), _("Somebody tries out what answers, and where it is weak.")),
        Type("sniffing", _("Sniffing"), _("Somebody listens on a network.")),
        Type("social-engineering", _("Social engineering"), _("Somebody is talked, tricked or pressed into telling."))),
    ),
    Class("intrusion-attempts", _("Intrusion attempts"),
          _("Intrusion attempt: a weakness or a sign-in tried, without success"), (
        Type("ids-alert", _("Exploitation of known vulnerabilities"), _("A known weakness was tried.")),
        Type("brute-force", _("Login attempts"), _("Many passwords were tried.")),
        Type("exploit", _("New attack signature"), _("A way in that nobody knew was tried."))),
    ),
    Class("intrusions", _("Intrusions"),
          _("Intrusion: an account, a system or an application taken over"), (
        Type("privileged-account-compromise", _("Privileged account compromise"),
             _("Somebody has an administrator's account."), ("unauthorized-access-system",)),
        Type("unprivileged-account-compromise", _("Unprivileged account compromise"),
             _("Somebody has a user's or a service's account."), ("unauthorized-access-system",)),
        Type("application-compromise", _("Application compromise"),
             _("Somebody got into an application."), ("unauthorized-access-system",)),
        Type("system-compromise", _("System compromise"),
             _("Somebody got into a machine."), ("unauthorized-access-system", "compromised-system")),
        Type("burglary", _("Burglary"), _("Somebody broke into a building or a room."))),
        ("unauthorized-access-system",),
    ),
    Class("availability", _("Availability"),
          _("Availability: denial of service, sabotage, an outage"), (
        Type("dos", _("Denial of service"), _("Requests that make a service slow or stop it."), ("denial-of-service",)),
        Type("ddos", _("Distributed denial of service"), _("The same from many machines."), ("denial-of-service",)),
        Type("misconfiguration", _("Misconfiguration"),
             _("A wrong setting stopped a service."), ("denial-of-service",)),
        Type("sabotage", _("Sabotage"), _("Something was broken on purpose."), ("destruction",)),
        Type("outage", _("Outage"), _("Power, cooling, a line or the weather failed."), ("denial-of-service",))),
        ("denial-of-service",),
    ),
    Class("information-content-security", _("Information content security"),
          _("Information: read, changed, lost or leaked by whoever should not"), (
        Type("unauthorised-information-access", _("Unauthorised access to information"),
             _("Somebody read what was not for them."), ("unauthorized-access-information",)),
        Type("unauthorised-information-modification", _("Unauthorised modification of information"),
             _("Somebody changed or encrypted our information: ransomware, defacement.")),
        Type("data-loss", _("Data loss"), _("Information is gone: a broken disk, a stolen laptop.")),
        Type("data-leak", _("Leak of confidential information"),
             _("Passwords, personal or secret information are out."), ("unauthorized-release",))),
    ),
    Class("fraud", _("Fraud"),
          _("Fraud: phishing, masquerade, unauthorised use"), (
        Type("unauthorised-use-of-resources", _("Unauthorised use of resources"),
             _("Our machines or accounts work for somebody else.")),
        Type("copyright", _("Copyright"), _("Unlicensed copies are offered or installed.")),
        Type("masquerade", _("Masquerade"), _("Somebody claims to be somebody else, to gain by it.")),
        Type("phishing", _("Phishing"), _("Somebody claims to be somebody else, to get passwords."))),
    ),
    Class("vulnerable", _("Vulnerable"),
          _("Vulnerable: open to abuse, and not known to be abused"), (
        Type("weak-crypto", _("Weak cryptography"), _("A service on the internet encrypts badly.")),
        Type("ddos-amplifier", _("DDoS amplifier"), _("A service on the internet can be made to flood others.")),
        Type("potentially-unwanted-accessible", _("Potentially unwanted accessible services"),
             _("A service can be reached that perhaps should not be.")),
        Type("information-disclosure", _("Information disclosure"), _("A service on the internet tells too much.")),
        Type("vulnerable-system", _("Vulnerable system"), _("A machine or its settings can be attacked."))),
    ),
    Class("other", _("Other"), _("Other, or not known yet"), (
        Type("other", _("Uncategorised"), _("None of these.")),
        Type("undetermined", _("Undetermined"), _("We don't know yet."))),
    ),
    Class("test", _("Test"), _("A test"), (Type("test", _("Test"), _("Not an incident: a test.")),)),
)  # fmt: skip

CLASSES: tuple[tuple[str, Words], ...] = tuple((one.slug, one.words) for one in TAXONOMY)  # what a row may say
OTHER = "other"
CLASS_TYPES = {one.slug: one.stix for one in TAXONOMY}  # as `incident_types`, where no more than the class is known
_TYPES = {(one.slug, kind.slug): kind for one in TAXONOMY for kind in one.types}


def choices() -> list[tuple[Words, list[tuple[str, Words]]]]:
    """For a field: `intrusions/burglary` and its name, in groups by class."""
    return [(one.name, [(f"{one.slug}/{kind.slug}", kind.name) for kind in one.types]) for one in TAXONOMY]


def type_of(key: str) -> Type:
    """The type of a stored `class/type`. Raises LookupError for what is none."""
    first, _slash, second = key.partition("/")
    try:
        return _TYPES[first, second]
    except KeyError:
        raise LookupError(f"{key!r} is no class/type of the incident taxonomy. Take one of choices().") from None


def machinetag(key: str) -> str:
    """As MISP has it: rsit:intrusions="burglary"."""
    kind = type_of(key)
    return f'rsit:{key.partition("/")[0]}="{kind.slug}"'


def incident_types(key: str) -> tuple[str, ...]:
    """For `incident_types` of STIX's incident core extension; empty where its vocabulary has no equivalent: leave
    the property out then."""
    return type_of(key).stix
