"""Out to machines: what each format says, and the addresses where it is asked for."""
