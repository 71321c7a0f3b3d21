"""Indicators of compromise in text as people paste it: text in, frozen values out. No network, no database."""

from advisories.indicators.reading import MOST_FOUND, MOST_TEXT, parse
from advisories.indicators.shown import defanged
from advisories.indicators.values import Found, Kind, TooMany

__all__ = ["MOST_FOUND", "MOST_TEXT", "Found", "Kind", "TooMany", "defanged", "parse"]
