"""The texts, one-to-one to their items."""

from advisories.models.advisory import Advisory, DraftedFrom, Reference, Version
from advisories.models.child import Attachment, Comment
from advisories.models.discussion import Discussion, Follow, Mention
from advisories.models.entry import Dismissal, Entry, EntryKey, Story
from advisories.models.incident import Happened, Incident, MadeFrom
from advisories.models.indicator import Indicator
from advisories.models.ranking import RankRules, WarpRank
from advisories.models.relay import Destination, Relay
from advisories.models.report import Consent, Notified, Report, Severity, Word
from advisories.models.review import Finding, Review
from advisories.models.sighting import Sighting, SightingCount
from advisories.models.source import Document, Fetch, Score, Source

__all__ = [
    "Advisory",
    "Attachment",
    "Comment",
    "Consent",
    "Destination",
    "Discussion",
    "Dismissal",
    "Document",
    "DraftedFrom",
    "Entry",
    "EntryKey",
    "Fetch",
    "Finding",
    "Follow",
    "Happened",
    "Incident",
    "Indicator",
    "MadeFrom",
    "Mention",
    "Notified",
    "RankRules",
    "Reference",
    "Relay",
    "Report",
    "Review",
    "Score",
    "Severity",
    "Sighting",
    "SightingCount",
    "Source",
    "Story",
    "Version",
    "WarpRank",
    "Word",
]
