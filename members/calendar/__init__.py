"""Sessions as calendars know them (RFC 5545, 5546): pure, from rows to bytes."""
