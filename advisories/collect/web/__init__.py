"""Ask a server for a document: addresses that are refused, one request, its bytes decoded."""
