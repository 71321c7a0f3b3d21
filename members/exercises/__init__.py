"""Exercises: an attack that a region plays through, by the hub's real channels and apart from everything real."""
