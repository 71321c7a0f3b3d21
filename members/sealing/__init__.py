"""The chain over the audit: each row is sealed by the digest of itself and of the link before it.

What it proves and what not: docs/operators.md.
"""

from members.sealing.heads import Head, Unreadable
from members.sealing.sealer import seal
from members.sealing.verdict import Verdict, verify

__all__ = ["Head", "Unreadable", "Verdict", "seal", "verify"]
