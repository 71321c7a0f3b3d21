"""Relaying what is released to a sister WARP or a national body, by mail or into a TAXII collection, under its label.

A coordinator keeps the list (destinations.py); a handler asks for one relay and is shown what goes (asking.py,
parcel.py, rule.py); the worker asks everything again and sends (sending.py); what the other side said is its receipt.
"""
