"""RSS, Atom, RDF and JSON Feed; the feed that a page names; OPML."""
