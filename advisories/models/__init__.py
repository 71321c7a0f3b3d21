"""The texts, one-to-one to their items."""

from advisories.models.advisory import Advisory, DraftedFrom, Reference, Version
from advisories.models.entry import Dismissal, Entry, EntryKey, Story
from advisories.models.source import Fetch, Source

__all__ = [
    "Advisory",
    "Dismissal",
    "DraftedFrom",
    "Entry",
    "EntryKey",
    "Fetch",
    "Reference",
    "Source",
    "Story",
    "Version",
]
