"""Out to partners' machines: an incident as STIX 2.1 and as MISP JSON. Pure: facts in, bytes out."""
