"""Telling people: what is owed becomes deliveries (plan, digest), which are claimed, asked again, and sent.

The record of what is owed is the database; queue and workers only move it. See docs of each module.
"""
