"""Addresses of machines and of networks, in their one right form."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

Address = IPv4Address | IPv6Address
_EXAMPLES = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")))


class Machine(NamedTuple):
    value: str
    version: int
    internal: bool
    example: bool


def machine(text: str) -> Machine | None:
    """`1.2.3.4`, `2001:DB8::1`, either with `/24`. None where it is neither: no octal, no whole internet."""
    written, slash, length = text.partition("/")
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    if address.is_unspecified:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    network = None if mapped or not slash else _network(address, length)
    value = str(network if network and network.prefixlen < network.max_prefixlen else address)
    example = any(address.version == one.version and address in one for one in _EXAMPLES)
    return Machine(value, address.version, not example and not address.is_global and not address.is_multicast, example)


def _network(address: Address, length: str) -> IPv4Network | IPv6Network | None:
    """None for what is no length of one: a path may follow an address as well."""
    if not (length.isascii() and length.isdigit()) or not 8 <= int(length) <= address.max_prefixlen:
        return None
    network = ip_network((address, int(length)), strict=False)
    return None if network.network_address.is_unspecified else network
