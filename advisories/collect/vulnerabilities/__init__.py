"""Catalogues of vulnerabilities: CVE, OSV and GHSA, NVD, EPSS and KEV."""
