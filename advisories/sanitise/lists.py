"""Words that mean something to more than one of the patterns, as data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# what an organisation is, in its name
TYPES = _words("""
    borough city county district metropolitan unitary royal london town parish community council councils
    authority combined fire rescue service services nhs trust foundation university police constabulary national
    park housing association group plc ltd limited partnership board the of and for & cyngor sir dinas bwrdeistref
""")

# words of names that are nobody's own
DIRECTIONS = _words("""
    new old saint upon under with hill valley green bridge port home digital information
""")

# short words that an acronym of ours may happen to be: only with a capital
ORDINARY = _words("""
    able ace act add age aid aim air also and any are arm art ask back bad bag bed been best bet big bit both box
    but buy call came can cap car case cat come cup cut day did die does dog done down due each ear eat end even
    eye far few find fit for from full gave get give good got has have help her here high him his hit home how ice
    ill into its job just keep key last law led less let like list live long look lot low made make many map may
    men met more most much must name need next nor not now odd off old once one only open our out over own part
    pay per plan put ran red run same saw say sea see seen send sent set she sir sit site six some sure take tax
    ten than that the them then they this time told too took top try two type unit use used very want was way ways
    week well were what when who why will with work year yes you your
""")

# what stands before a person's name
TITLES = _words("""
    mr mrs ms miss mx dr prof professor cllr councillor sir dame lord lady baroness rev reverend ald
""")

# what stands behind an organisation's label in a domain, the longer first
SUFFIXES = tuple(
    sorted(
        _words("""
    example.org example.com example.net gov.uk nhs.uk nhs.net org.uk co.uk ac.uk police.uk
    fire.uk gov.wales gov.scot com org net uk wales
"""),
        key=lambda one: (-len(one), one),
    )
)

# how service desks begin the number of a ticket
DESKS = _words("""
    inc nfrc chg req ritm sctask prb tkt case sr cr wo hd ic im ticket
""")

# what begins like a host or a ticket, and is known to everybody
PUBLIC = _words("""
    CVE CWE CAPEC GHSA USN DSA DLA RHSA SHA MD AES RSA MS KB RFC ISO UTF TLS SSL COVID TA APT UNC FIN ZDI EMV BS
    EN IEC NIST PCI SP ED TLP CVSS IPV WIN HTTP DES ECDSA SNMP USB WPA OWASP CAF OSV PYSEC GO RUSTSEC ICSA VU JVN
    ADV
""")

# parts of the names of machines
WORN = _words("""
    srv svr server dc pdc bdc fs file sql db ws wks lap laptop desktop desk pc lt web app mail exch exchange mx
    vpn fw firewall rtr router sw switch prn prt printer print adfs ad vm esx esxi hv host nas san sccm bkp backup
    dev prod uat test rds rdp ts citrix ctx dns dhcp proxy log siem nps ca wsus hyperv veeam node wap ap cam voip
    pbx gw
""")

# accounts that every machine has, and words after "user"
NOBODY = _words("""
    public default administrator admin root system all users localservice networkservice service the a an and is
    was user account of to
""")
