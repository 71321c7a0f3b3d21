"""Parsers that go astray, one each, for the worker to contain."""
