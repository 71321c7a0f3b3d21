"""The activity report of a WARP for a month or a quarter: periods, what happened in one, and the figures of it.

It is made of what whoever asks handles, and of no name.
"""
