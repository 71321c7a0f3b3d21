"""Addresses that the hub never connects to on anybody else's behalf.

An own list, because `ipaddress.is_global` is true for NAT64, 6to4 and IPv4-compatible forms of 127.0.0.1.
Prefixes that carry an IPv4 address inside are refused whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from members.web.words import gettext_noop

Network = IPv4Network | IPv6Network

PRIVATE = gettext_noop("a private network")
SELF = gettext_noop("this machine itself")
LINK = gettext_noop("the local link, where cloud metadata lives")
MANY = gettext_noop("multicast or broadcast")
RESERVED = gettext_noop("reserved, not a public host")
DOCUMENTATION = gettext_noop("reserved for documentation or tests")
EMBEDDED = gettext_noop("an IPv6 form that hides an IPv4 address")

# IANA special-purpose address registries, and what is deprecated but still routed by some stacks.
DENIED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(prefix), reason)
    for prefix, reason in (
        ("0.0.0.0/8", SELF),
        ("10.0.0.0/8", PRIVATE),
        ("100.64.0.0/10", PRIVATE),
        ("127.0.0.0/8", SELF),
        ("169.254.0.0/16", LINK),
        ("172.16.0.0/12", PRIVATE),
        ("192.0.0.0/24", RESERVED),
        ("192.0.2.0/24", DOCUMENTATION),
        ("192.31.196.0/24", RESERVED),
        ("192.52.193.0/24", RESERVED),
        ("192.88.99.0/24", EMBEDDED),
        ("192.168.0.0/16", PRIVATE),
        ("192.175.48.0/24", RESERVED),
        ("198.18.0.0/15", DOCUMENTATION),
        ("198.51.100.0/24", DOCUMENTATION),
        ("203.0.113.0/24", DOCUMENTATION),
        ("224.0.0.0/4", MANY),
        ("240.0.0.0/4", RESERVED),
        ("::/96", EMBEDDED),
        ("::ffff:0:0/96", EMBEDDED),
        ("::ffff:0:0:0/96", EMBEDDED),
        ("64:ff9b::/96", EMBEDDED),
        ("64:ff9b:1::/48", EMBEDDED),
        ("100::/64", RESERVED),
        ("100:0:0:1::/64", RESERVED),
        ("2001::/23", EMBEDDED),
        ("2001:db8::/32", DOCUMENTATION),
        ("2002::/16", EMBEDDED),
        ("3fff::/20", DOCUMENTATION),
        ("5f00::/16", RESERVED),
        ("fc00::/7", PRIVATE),
        ("fe80::/10", LINK),
        ("fec0::/10", PRIVATE),
        ("ff00::/8", MANY),
    )
)
PUBLIC_V6 = IPv6Network("2000::/3")  # all that IANA has given out; the rest is nobody's


def refuse_address(address: str | IPv4Address | IPv6Address, allow: Iterable[Network] = ()) -> str | None:
    """Why the hub will not connect there (a template for gettext), or None where it may.

    `allow`: networks that the operator has allowed although private (COLLECT_ALLOW).
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return RESERVED
    if any(ip in network for network in allow):
        return None
    for network, reason in DENIED:
        if ip in network:
            return reason
    return RESERVED if ip.version == 6 and ip not in PUBLIC_V6 else None
