from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.advisory import Version
from members.models import Item


class Indicator(models.Model):
    """An address, a name or a hash by which what happened is known again, of one item: read where that is read.

    Of what has versions it is told with its version, and of a draft it is for handlers alone.
    """

    class Of(models.TextChoices):
        IPV4 = "ipv4", _("IPv4 address")
        IPV6 = "ipv6", _("IPv6 address")
        DOMAIN = "domain", _("domain name")
        URL = "url", _("web address")
        EMAIL = "email", _("mail address")
        MD5 = "md5", _("MD5 of a file")
        SHA1 = "sha1", _("SHA-1 of a file")
        SHA256 = "sha256", _("SHA-256 of a file")
        SHA512 = "sha512", _("SHA-512 of a file")
        FILE = "file", _("file name")
        CVE = "cve", _("CVE")
        ASN = "asn", _("network (ASN)")

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, models.CASCADE, null=True, blank=True, related_name="indicators")
    kind = models.CharField(max_length=10, choices=Of)
    value = models.CharField(max_length=2000, help_text=_("As it is compared. No longer than 2000 bytes."))
    as_typed = models.CharField(max_length=2000, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["item", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind", "value"], condition=models.Q(version=None), name="indicator_once"
            ),
            models.UniqueConstraint(fields=["version", "kind", "value"], name="indicator_once_a_version"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="indicator_shared")]

    def __str__(self) -> str:
        return self.value
