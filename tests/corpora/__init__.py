"""Documents that others wrote, whole folders of them, and what the hub makes of each. Never a part of the project."""
