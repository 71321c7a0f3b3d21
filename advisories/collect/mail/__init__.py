"""Warnings that come by mail: a mailbox, a message, its label."""
