from __future__ import annotations

from django.db import models

from members import chance, clock
from members.models.person import Person


def alias_code() -> str:
    return chance.code(12)


class Alias(models.Model):
    """The random name under which a person stands in the audit. Erasing them deletes this row, never an audit row."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="alias")
    code = models.CharField(max_length=12, unique=True, default=alias_code)

    class Meta:
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return self.code


class AuditRow(models.Model):
    """One act: who (by alias; "" is the hub itself), what, to which reference. Only ever added to."""

    at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=12, blank=True)
    verb = models.CharField(max_length=30)
    reference = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["reference", "id"], name="audit_of")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor or 'hub'} {self.verb} {self.reference}"


class Seal(models.Model):
    """One link of the chain over the audit rows: SHA-256 of the link before and of the row. Only ever added to.

    In the order in which rows were sealed: a transaction that commits late is chained late, and its row has a lower
    id. Where the chain ends is written outside the database too, so that a cut tail is found.
    """

    number = models.BigIntegerField(primary_key=True)
    row = models.OneToOneField(AuditRow, models.DO_NOTHING, related_name="seal", db_constraint=False)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:12]}"


class Unsealed(models.Model):
    """A row that is still to be sealed: noted by the database itself in the transaction that adds it."""

    row = models.OneToOneField(
        AuditRow, models.DO_NOTHING, primary_key=True, related_name="unsealed", db_constraint=False
    )

    class Meta:
        verbose_name_plural = "unsealed"

    def __str__(self) -> str:
        return f"{self.row_id} is to be sealed"


class Pulse(models.Model):
    """The last time that beat's signal came out of the queue at a worker: proof that both are alive."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
