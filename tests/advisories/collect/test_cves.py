from __future__ import annotations

from advisories.collect.text.cves import cves_in
from advisories.collect.text.vulnfacts import cwes


def test_a_cve_in_fullwidth_letters_is_the_same_cve() -> None:
    written = "\uff23\uff36\uff25\uff0d\uff12\uff10\uff12\uff16\uff0d\uff11\uff12\uff13\uff14\uff15"
    assert cves_in(f"{written} and cve\u20112026\u201112345") == ("CVE-2026-12345",)


def test_digits_of_other_scripts_make_no_id() -> None:
    assert cves_in("CVE-\u0968\u0966\u0968\u096c-12345", "CVE-2026-\u0661\u0662\u0663\u0664") == ()
    assert cwes("CWE-7\u096f", "CWE-\uff17\uff19") == ()
