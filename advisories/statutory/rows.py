"""The rows. Each was read on the page that it names, in November 2026; what could not be supported is not here.

A rule that changes gets an `until`, and a new row beside it: what held when an incident began holds for it.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from advisories.statutory.duty import Duty, Nation

_ALL = frozenset(Nation)
_ENGLAND, _SCOTLAND = frozenset({Nation.ENGLAND}), frozenset({Nation.SCOTLAND})
_NORTHERN_IRELAND = frozenset({Nation.NORTHERN_IRELAND})
_NOT_SCOTLAND = _ALL - _SCOTLAND
_COUNCILS = (
    _("Local Digital: guidance for councils using the Cyber Incident Response service"),
    "https://www.localdigital.gov.uk/cyber/defend-as-one/guidance-for-councils-using-the-cyber-incident-response-service",
)
_SCOTTISH = (
    _("Scottish Government: public sector cyber incident co-ordination procedure, revised December 2025"),
    "https://www.gov.scot/publications/scottish-public-sector-cyber-incident-co-ordination-procedure/pages/5/",
)
_REPORT_FRAUD = (
    _("Report Fraud service goes live, 4 December 2025"),
    "https://www.wired-gov.net/wg/news.nsf/articles/report+fraud+service+goes+live+04122025143000?open",
)

DUTIES: tuple[Duty, ...] = (
    Duty(
        "ncsc", _ENGLAND, _("National Cyber Security Centre (NCSC)"),
        _("First of all: the NCSC passes it on to MHCLG, around the clock."),
        _("The NCSC's incident reporting portal, from ncsc.gov.uk"), _COUNCILS,
    ),
    Duty(
        "ncsc-scotland", _SCOTLAND, _("National Cyber Security Centre (NCSC)"),
        _("A notifiable incident: the same form, at the same time as to SC3. Ring to make sure that it came."),
        _("Incidents@ncsc.gov.uk, then 03000 200 973"), _SCOTTISH,
    ),
    Duty(
        "ncsc-uk", _ALL - _ENGLAND - _SCOTLAND, _("National Cyber Security Centre (NCSC)"),
        _("A significant incident: help, and warning others across the United Kingdom."),
        _("The NCSC's incident reporting portal, from ncsc.gov.uk"),
        (_("NCSC: incident management"), "https://www.ncsc.gov.uk/incident-management"),
    ),
    Duty(
        "ico", _ALL, _("Information Commissioner's Office (ICO)"),
        _("A breach of personal data, unless a risk to people is unlikely. Without undue delay, and where feasible"
          " within 72 hours after becoming aware; later, say why. What is not known yet may follow."),
        _("Online at ico.org.uk/for-organisations/report-a-breach, or 0303 123 1113"),
        (_("UK GDPR, Article 33; ICO: personal data breach"),
         "https://ico.org.uk/for-organisations/report-a-breach/personal-data-breach/"),
        within=timedelta(hours=72), since=date(2018, 5, 25),
    ),
    Duty(
        "mhclg", _ENGLAND, _("Ministry of Housing, Communities and Local Government (MHCLG)"),
        _("A severe incident of a council: funded Cyber Incident Response. It is asked for by the report to the NCSC,"
          " which MHCLG sees around the clock."),
        _("Through the report to the NCSC"), _COUNCILS,
    ),
    Duty(
        "sc3", _SCOTLAND, _("Scottish Cyber Coordination Centre (SC3)"),
        _("A notifiable incident of a Scottish public body, as early as possible: one form, sent to all of them at"
          " once. Ring to make sure that it came."),
        _("SC3@gov.scot, then 0300 244 9700 in office hours"), _SCOTTISH,
    ),
    Duty(
        "police-scotland", _SCOTLAND, _("Police Scotland"),
        _("Crime. Ring rather than write."),
        _("101, and ask for the Cyber Crime Unit's officer on call"), _SCOTTISH, since=date(2025, 12, 1),
    ),
    Duty(
        "action-fraud", _NOT_SCOTLAND, _("Action Fraud"),
        _("Fraud and cyber crime, for the police and the National Crime Agency."), _("0300 123 2040"),
        _REPORT_FRAUD, since=date(2013, 4, 1), until=date(2025, 12, 3),
    ),
    Duty(
        "report-fraud", _NOT_SCOTLAND, _("Report Fraud: the police and the National Crime Agency (NCA)"),
        _("Fraud and cyber crime. It replaced Action Fraud."), _("0300 123 2040, or reportfraud.police.uk"),
        _REPORT_FRAUD, since=date(2025, 12, 4),
    ),
    Duty(
        "psni", _NORTHERN_IRELAND, _("Police Service of Northern Ireland (PSNI)"),
        _("While the incident goes on."), _("101"),
        (_("Northern Ireland Cyber Security Centre: reporting a cyber security incident"),
         "https://www.nicybersecuritycentre.gov.uk/reporting-cyber-security-incident"),
    ),
    Duty(
        "warp", _ALL, _("Your Warning, Advice and Reporting Point (WARP)"),
        _("So that others are warned, and advice comes back. This is what you do here."),
        _("This page"), _COUNCILS,
    ),
)  # fmt: skip
