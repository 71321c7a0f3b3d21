from __future__ import annotations

from typing import TypeVar

from django.db import models

from members.models import Item

M = TypeVar("M", bound=models.Model)


class Nothing(models.Manager[M]):
    """The default manager of every text, which hands out nothing: texts are reached from an item that was asked for."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().none()


class Text(models.Model):
    """What an item says, one-to-one beside its envelope. Readers come here from policy.visible_to alone.

    Each has `readable = Nothing()` first, and `rows` for the verbs that act for the hub itself.
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True)

    class Meta:
        abstract = True
