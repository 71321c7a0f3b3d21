"""What a file really is, and files of anonymous reports made again with nothing in them that names anybody."""

from advisories.safefiles.making import Safe, looked_at, made_safe, shown_as
from advisories.safefiles.refused import Refused
from advisories.safefiles.what import Kind, What, sniff

__all__ = ["Kind", "Refused", "Safe", "What", "looked_at", "made_safe", "shown_as", "sniff"]
