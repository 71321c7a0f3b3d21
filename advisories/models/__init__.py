"""The texts, one-to-one to their items."""

from advisories.models.advisory import Advisory, DraftedFrom, Reference, Version
from advisories.models.child import Attachment, Comment
from advisories.models.entry import Dismissal, Entry, EntryKey, Story
from advisories.models.ranking import RankRules, WarpRank
from advisories.models.report import Report
from advisories.models.source import Document, Fetch, Score, Source

__all__ = [
    "Advisory",
    "Attachment",
    "Comment",
    "Dismissal",
    "Document",
    "DraftedFrom",
    "Entry",
    "EntryKey",
    "Fetch",
    "RankRules",
    "Reference",
    "Report",
    "Score",
    "Source",
    "Story",
    "Version",
    "WarpRank",
]
