"""By what a product is known again: whole words of its name, CPE and package URL, and nothing that fits everything."""

from __future__ import annotations

import pytest

from members.kit.naming import concerns, cpe_key, identifiers, line, named, purl_key
from members.refused import Refused
from members.words import words

CPE = "cpe:2.3:a:fortinet:fortios:7.2.0:*:*:*:*:*:*:*"


def spoken_of(name: str, *text: str) -> bool:
    return concerns(named(name).words, [words(one) for one in text])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FortiGate", "Attackers get into FortiGate firewalls"),
        ("Fortinet FortiGate", "FortiGate, made by Fortinet, lets anybody in"),
        ("fortigate", "FORTIGATE"),
        ("FortiOS 7.2", "FortiOS 7.0 to 7.4 are affected"),
        ("Citrix NetScaler ADC v13", "Patch NetScaler ADC and Gateway (Citrix)"),
        ("Microsoft Exchange Server 2019", "Exchange Server from Microsoft is exploited"),
        ("Office 365", "Sign-ins to Office 365 are phished"),
        ("Active Directory", "An attack on Active Directory"),
        ("Ivanti Connect Secure", "Ivanti’s Connect Secure"),
        ("Server 2019", "Windows Server 2019 is affected"),
        ("Café Müller", "CAFE MULLER is affected"),
    ],
)
def test_a_text_speaks_of_what_it_names_in_whole_words(name: str, text: str) -> None:
    assert spoken_of(name, "Something else", text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ivanti", "Servants are told"),
        ("Veeam", "The veeams of Veeambackup"),
        ("FortiGate", "FortiGateway is another"),
        ("Fortinet FortiGate", "Fortinet makes many things"),
        ("Office 365", "The office is open 365 days"),
        ("Active Directory", "The directory has an active attack"),
        ("Server 2019", "The server ran until 2019"),
        ("Windows Server 2019", "A server, and windows"),
        ("Citrix NetScaler", "Citrix\nand of another line NetScaler"),
    ],
)
def test_a_part_of_a_word_or_half_a_name_is_none(name: str, text: str) -> None:
    assert not spoken_of(name, *text.splitlines())


@pytest.mark.parametrize("name", ["Windows", "word", "Office", "Microsoft", "7", "R", "The"])
def test_a_name_that_stands_in_every_text_is_refused_but_with_an_identifier(name: str) -> None:
    with pytest.raises(Refused, match="too many texts"):
        named(name)
    kept = named(name, CPE)
    assert (kept.words, kept.head, kept.cpe_key) == ("", "", "fortinet:fortios")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "name"), (" | ", "name"), ("—", "name"), ("x" * 201, "200 characters"), ("a\x07bell", "one line"),
        ("Widget | cpe:2.3:a:acme", "CPE 2.3"), ("Widget | cpe:/a:acme:widget", "CPE 2.3"),
        ("Widget | cpe:2.3:a:acme:*:*:*:*:*:*:*:*:*", "no vendor or no product"),
        ("Widget | cpe:2.3:a:*:widget:*:*:*:*:*:*:*:*", "no vendor or no product"),
        ("Widget | cpe:2.3:a:-:widget:*:*:*:*:*:*:*:*", "no vendor or no product"),
        (f"Widget | {CPE}x y", "CPE 2.3"), (f"Widget | {CPE}{'a' * 300}", "CPE 2.3"),
        ("Widget | acme widget", "package URL"), ("Widget | pkg:", "package URL"), ("Widget | pkg:pypi", "package URL"),
        ("Widget | pkg:pypi/django\x00", "package URL"),
    ],
)  # fmt: skip
def test_what_is_not_written_right_is_refused(typed: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        line(typed)


def test_a_line_is_a_name_and_by_what_it_is_known() -> None:
    assert line(f"  Fortinet   FortiOS | {CPE} ")[:3] == ("Fortinet FortiOS", CPE, "")
    assert line("Django | pkg:pypi/django@4.2").purl_key == "pkg:pypi/django"
    assert line("Fortinet FortiOS").head == "fortinet"


@pytest.mark.parametrize(
    ("cpe", "key"),
    [
        (CPE, "fortinet:fortios"),
        ("cpe:/o:Fortinet:FortiOS:7", "fortinet:fortios"),
        (r"cpe:2.3:a:acme\:co:wid\-get:*:*:*:*:*:*:*:*", "acme:co:wid-get"),
        ("cpe:2.3:a:acme:*:*:*:*:*:*:*:*:*", ""),
        ("cpe:2.3:a:acme:wid*:*:*:*:*:*:*:*:*", ""),
        ("cpe:/a:acme", ""),
        ("… +3", ""),
    ],
)
def test_two_cpe_names_of_one_product_have_one_key(cpe: str, key: str) -> None:
    assert cpe_key(cpe) == key


def test_a_package_is_the_same_in_every_version() -> None:
    keys = {purl_key(f"pkg:npm/%40angular/core{rest}") for rest in ("", "@12.3", "?arch=x#sub")}
    assert len(keys) == 1 and "" not in keys
    assert purl_key("pkg:npm/core") not in keys and purl_key("nothing") == ""


def test_identifiers_are_found_in_a_text() -> None:
    assert identifiers(f"See {CPE}, and pkg:pypi/django. ") == ([CPE], ["pkg:pypi/django"])
