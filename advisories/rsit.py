"""The Reference Security Incident Taxonomy (RSIT): its classes, by the names that machines know them by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CLASSES = (
    ("abusive-content", _("Abusive content: spam, harassment, violence")),
    ("malicious-code", _("Malicious code: an infected system, ransomware, command and control")),
    ("information-gathering", _("Information gathering: scanning, sniffing, social engineering")),
    ("intrusion-attempts", _("Intrusion attempt: a weakness or a sign-in tried, without success")),
    ("intrusions", _("Intrusion: an account, a system or an application taken over")),
    ("availability", _("Availability: denial of service, sabotage, an outage")),
    ("information-content-security", _("Information: read, changed, lost or leaked by whoever should not")),
    ("fraud", _("Fraud: phishing, masquerade, unauthorised use")),
    ("vulnerable", _("Vulnerable: open to abuse, and not known to be abused")),
    ("other", _("Other, or not known yet")),
    ("test", _("A test")),
)
OTHER = "other"
