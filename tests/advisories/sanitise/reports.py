"""Incident reports as councils write them, of our own writing. What identifies the reporter is in [[ ]]; what has to
stay, because others need it, in {{ }}."""

# ruff: noqa: E501  each line is a line of somebody's report
from __future__ import annotations

from datetime import date

from advisories.sanitise import Known

EXAMPLETON = Known(
    organisation=("Exampleton Borough Council", "Cyngor Bwrdeistref Exampleton"),
    other=("Exampleton Leisure", "Parkwell"),
    domains=("exampleton.example.org", "exampletonleisure.example.com"),
    people=("Jane Smith", "Cllr Rhys Gwilym-Jones", "Siân O'Hara", "Priya Natarajan", "Li Ng"),
    places=("Kestrel House", "Nethercott"),
    day=date(2026, 11, 27),
)

REPORTS = {
    "phishing from a supplier": """
[[On Monday 23 November 2026 at 09:40]] a colleague in finance, [[Jane Smith]] ([[jane.smith@exampleton.example.org]]),
opened an invoice sent by accounts@{{supplier.example.net}}. The link led to {{https://login.example.net/o365}} and she
typed her password. [[Mrs Smith]] rang the desk [[at 9.55am]]; ticket [[INC0012345]]. The account [[jsmith]] was used from
{{203.0.113.77}} to send 1,400 mails. We ([[EBC]]) have reset it. Tenant [[exampletonbc.onmicrosoft.com]].
Contact: [[Priya Natarajan]], [[01632 960123]] ext. 4411.
""",
    "ransomware on a file server": """
Ransomware at [[Exampleton Borough Council]], note {{README_LOCKED.txt}}, extension {{.lockd}}. First hit [[SRV-FIN-01]], then
[[srv-fin-02.exampleton.example.org]], [[DC01]] and [[LAPTOP-8F3K2A]]. Came in over {{CVE-2026-12345}} on the VPN box
[[10.20.30.40]] and moved to [[192.168.4.0/24]] and [[172.20.1.9]]. [[EXAMPLETON\\psmythe]] was logged in. The tool lay in
C:\\Users\\[[jsmith]]\\AppData\\{{x.exe}}, {{SHA-256}} {{9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}}.
They ask for [[£1,250,000]] or [[12.5 BTC]]. Encrypted between [[02:10]] and [[04:35]] on [[24/11/26]]. C2 {{198.51.100.23}}.
""",
    "web defacement at a leisure trust": """
The site of [[Exampleton Leisure]] ([[www.exampletonleisure.example.com]]) showed a flag from [[midnight]]. [[Exampleton]]'s
web team at [[Kestrel House]], [[EX4 1MP]], took it down. Logs: [[2026-11-22T23:58:01Z]] POST {{/wp-login.php}} from
{{2001:db8:7::5}}. Host [[fd12:3456:789a::12]], card [[00:1A:2B:3C:4D:5E]]. Change [[CHG0099871]]. Told [[Cllr Gwilym-Jones]].
See [[https://intranet.exampleton.example.org/it/jobs?id=77]] and [[#48213]]. [[Exampleton Council]] runs it for [[Parkwell]].
""",
    "business e-mail compromise, told in haste": """
hi all, [[exampleton bc]] here. someone got into [[sian.ohara@exampleton.example.org]] mailbox yesterday [[at 16:20]], rule moved mails
to RSS feeds. payroll changed [[£4,312.87]]. attacker ua {{axios/1.7.2}}, ip {{192.0.2.14}}. user: [[ohara_s]]. laptop [[WKS-0231]].
[[rhys gwilym-jones]] had it too. ico ref [[IC-123456-A1B2]], action fraud [[NFRC261100123456]]. call [[+44 7700 900123]] or
[[Li Ng]] on [[020 7946 0000]]. [[sian o'hara]] is back on monday. spread to [[\\\\fs02\\payroll$]].
""",
    "hidden in all ways": """
[[E x a m p l e t o n]] and [[Example\u200bton]] and [[Exam\u00adpleton]] and [[Еxаmрlеtоn]] and [[ＥＸＡＭＰＬＥＴＯＮ]] and [[&#69;xampleton]].
[[Exampleton-Borough_Council]], [[exampletonboroughcouncil]], [[Exam-
pleton]], [[E.B.C.]], [[exampletonfs01]], [[EBC-DC-01]], [[@ExampletonBC]], the [[Borough Council of Exampleton]].
[[jane[.]smith[@]exampleton[.]example[.]org]], [[hxxps://vpn.exampleton[.]example[.]org/login]], [[exampleton%2Eexample.org]].
[[Smith, Jane]]; [[SMITH]]; [[J. Smith]]; [[Sian O’Hara]]; [[Sia\u0302n]]; [[Natarajan]]'s; [[Gwilym–Jones]].
""",
    "a supplier's hole": """
{{CVE-2026-4567}} in {{ExampleServe 4.2}} is used against us at [[Nethercott]]. [[Nov 25 14:02:11]] [[web-02]] sshd: accepted for
[[svc_backup]] from {{198.51.100.99}}; path /home/[[pnatarajan]]/.ssh. SID [[S-1-5-21-1004336348-1177238915-682003330-512]]. Job number
[[88213]], Jira [[SEC-1182]]. Ask [[Dr. Alan Bloggs]] ([[alan.bloggs@exampleton.example.org]]) or [[Ms Q. Doe]]. Since [[the 3rd of November]].
Found [[on 21 Nov at 7pm]], [[November 22nd, 2026]], [[22-11-2026]]. MAC [[001a.2b3c.4d5e]], [[169.254.10.1]], [[fe80::1ff:fe23:4567:890a%eth0]].
ftp://[[bob]]:pw@{{files.example.net}}/, {{KB5031356}}, {{T1059.001}}, {{MS17-010}}, {{TLP:GREEN}}, {{UTF-8}}. Account: [[bdoe7]]. [[1764000000]].
""",
}
