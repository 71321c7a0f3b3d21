"""The time zone of every event, as calendars are told it.

Written here and not by the library: that gives a list of dates which ends some day, and moves each spring's change by
an hour. The rule holds since 1996; a test compares it with the tables of the machine for decades ahead.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

NAME = "Europe/London"
GMT, BST = timedelta(0), timedelta(hours=1)


def zone() -> Timezone:
    made = Timezone()
    made.add("tzid", NAME)
    # Each begins at what clocks show until then: at one in the morning in spring, at two in autumn.
    made.add_component(_half(TimezoneDaylight(), "BST", datetime(1996, 3, 31, 1), GMT, BST))
    made.add_component(_half(TimezoneStandard(), "GMT", datetime(1996, 10, 27, 2), BST, GMT))
    return made


def _half(
    half: TimezoneDaylight | TimezoneStandard, name: str, since: datetime, before: timedelta, after: timedelta
) -> TimezoneDaylight | TimezoneStandard:
    half.add("dtstart", since)
    half.add("tzname", name)
    half.add("tzoffsetfrom", before)
    half.add("tzoffsetto", after)
    half.add("rrule", vRecur(freq="YEARLY", bymonth=since.month, byday="-1SU"))
    return half
