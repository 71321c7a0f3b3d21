"""Bookings as calendars know them (RFC 5545, 5546): small values (values.py), what writes them (write.py, london.py),
and what somebody's own calendar is told (booked.py)."""
