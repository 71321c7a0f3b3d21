"""The subjects that a warning can have, and a person can tick. A WARP's words, few enough to be read in one glance."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    VULNERABILITY = "vulnerability", _("Vulnerabilities and patches")
    RANSOMWARE = "ransomware", _("Ransomware and malware")
    PHISHING = "phishing", _("Phishing and fraud")
    SUPPLIER = "supplier", _("Suppliers and shared services")
    BREACH = "breach", _("Data breaches and leaked credentials")
    OUTAGE = "outage", _("Outages and denial of service")
    GUIDANCE = "guidance", _("Guidance and good practice")
