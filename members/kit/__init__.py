"""What an organisation runs: its list, kept by its own people alone, and which announcements concern it."""
