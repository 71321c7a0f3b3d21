"""Whom an organisation must or should tell about an incident, beside its WARP: dated rows, and what is due of them."""

from advisories.statutory.due import Due, due
from advisories.statutory.duty import NATIONS, REPLACES_NONE, Duty, Nation
from advisories.statutory.rows import DUTIES

__all__ = ["DUTIES", "NATIONS", "REPLACES_NONE", "Due", "Duty", "Nation", "due"]
