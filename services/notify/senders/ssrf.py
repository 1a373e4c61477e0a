"""The guard against requests to inner networks: names are resolved at the moment of connecting, every address
must be public, and the connection goes to the address that was judged.

Source: IANA special-purpose address registries (RFC 6890 and successors); RFC 6052 (NAT64).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

import httpcore2

_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_V6 = IPv6Network("2000::/3")
# Within 2000::/3: protocol assignments with Teredo and ORCHID, documentation, 6to4 (which hides an IPv4
# address that a relay would reach for us), AS112.
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddress(httpcore2.ConnectError):
    """The name has an address that must not be asked; nothing was connected."""


class Unresolved(httpcore2.ConnectError):
    """The name has no address at present."""


def is_public(address: str) -> bool:
    """Whether an address, in any form, belongs to the public Internet.

    Mapped (::ffff:a.b.c.d) and NAT64 (64:ff9b::a.b.c.d) forms are judged by the IPv4 address inside; an
    address with a scope, 6to4 and Teredo are never public.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = _inner(parsed)
        if inner is None:
            return parsed.scope_id is None and _public_v6(parsed)
        parsed = inner
    return not any(parsed in net for net in _NOT_PUBLIC_V4)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def _public_v6(address: IPv6Address) -> bool:
    return address in _GLOBAL_V6 and not any(address in net for net in _NOT_PUBLIC_V6)


def choose(addresses: Iterable[str], *, loopback_allowed: bool) -> str:
    """The address to connect to. Raises Unresolved if there is none, ForbiddenAddress if any is unfit.

    One inner address among public ones is enough to refuse: a rebinding name would offer it sooner or later.
    """
    found = tuple(addresses)
    if not found:
        raise Unresolved("no address")
    fit = _is_loopback if loopback_allowed else is_public
    if not all(fit(address) for address in found):
        raise ForbiddenAddress("an address is not public")
    return found[0]


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects for httpcore, which keeps the name for the Host header and for TLS.

    `allowed`: `host:port` pairs that must resolve to loopback instead, for demo and tests.
    """

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(allowed)
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.AsyncNetworkStream:
        address = choose(await _resolve(host, port), loopback_allowed=f"{host}:{port}" in self._allowed)
        return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Unresolved("no such name") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
