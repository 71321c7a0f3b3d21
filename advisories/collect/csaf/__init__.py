"""CSAF: a provider's domain, its documents, their proof and their tests."""
