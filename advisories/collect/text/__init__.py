"""What several formats have in common: HTML, CVE ids, markings, JSON records, facts of vulnerabilities."""
