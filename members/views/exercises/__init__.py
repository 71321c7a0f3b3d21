"""The doors to exercises: preparing one, playing, watching and leading it, and what came of it."""
