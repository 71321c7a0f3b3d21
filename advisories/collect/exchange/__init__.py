"""What partners exchange: STIX, TAXII and MISP."""
