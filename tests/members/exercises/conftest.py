"""A real SMTP server, as the tests of the outbox have it."""

from tests.members.delivery.conftest import post

__all__ = ["post"]
