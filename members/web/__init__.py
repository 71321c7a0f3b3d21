"""Ask a server: addresses that are refused, one request, its bytes decoded. The way out for sources and channels."""
