"""Which machines we may knock at: judged on the address really connected to, when its socket is made.

Knows addresses and ports, nothing of HTTP. A name may answer differently each time it is asked (DNS rebinding), so
names are never judged; aiohttp asks no resolver for addresses in numbers, so these are judged here too.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.address import CheckedUrl
from news.types import Failed, Reason

Address = IPv4Address | IPv6Address
SocketAddress = tuple[Any, ...]
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, SocketAddress]

PORTS = frozenset({80, 443, 8080, 8443})
LOOPBACK: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
# Not public, though some Python versions call them so: the 6to4 relay (RFC 7526), documentation (RFC 9637), site-local.
NEVER_PUBLIC = (ip_network("192.88.99.0/24"), ip_network("3fff::/20"), ip_network("fec0::/10"))
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


class AddressRefused(OSError):
    """We do not connect there. An OSError, so that the connector goes on to the next address of a name."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Guard:
    """Refuses everything but public machines on the usual ports, and the networks the operator allows (CIDR)."""

    def __init__(self, allow_networks: Iterable[str] = ()) -> None:
        self._allowed = tuple(ip_network(network, strict=False) for network in allow_networks)

    def refusal(self, address: Address, port: int) -> Failed | None:
        """Why we do not connect there, or None. Any port is right inside an allowed network."""
        meant = unwrapped(address)
        if any(meant in network for network in self._allowed):
            return None
        if not is_public(meant):
            return Failed(reason=Reason.PRIVATE_ADDRESS, message="the address is not on the public internet")
        if port not in PORTS:
            return Failed(reason=Reason.BAD_PORT, message=f"port {port} is not one that feeds are served on")
        return None

    def is_ours(self, url: CheckedUrl) -> bool:
        """Whether a machine of an allowed network is named, as far as is known without asking a name server."""
        addresses = LOOPBACK if url.is_localhost else (url.literal,) if url.literal else ()
        return any(unwrapped(address) in network for address in addresses for network in self._allowed)

    def refusal_before_lookup(self, url: CheckedUrl) -> Failed | None:
        """What is known without asking a name server: addresses in numbers, localhost, and impossible ports."""
        if url.literal is not None:
            return self.refusal(url.literal, url.port)
        if url.is_localhost:
            refusals = [self.refusal(address, url.port) for address in LOOPBACK]
            return refusals[0] if all(refusals) else None
        if not self._allowed and url.port not in PORTS:
            return Failed(reason=Reason.BAD_PORT, message=f"port {url.port} is not one that feeds are served on")
        return None

    def make_socket(self, info: AddressInfo) -> socket.socket:
        """aiohttp's ``socket_factory``. Raises AddressRefused before there is a socket."""
        family, kind, protocol, _, target = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise AddressRefused(Reason.PRIVATE_ADDRESS, "the address is not on the public internet")
        refused = self.refusal(ip_address(target[0]), int(target[1]))
        if refused is not None:
            raise AddressRefused(refused.reason, refused.message)
        return socket.socket(family, kind, protocol)


def unwrapped(address: Address) -> Address:
    """The IPv4 address meant by an IPv6 one that carries it: mapped, NAT64, 6to4 (RFC 3056).

    IPv4-compatible and Teredo addresses need no unwrapping: all of ``::/96`` and ``2001::/32`` is refused.
    """
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Whether the whole internet means one machine by it."""
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not address.is_link_local
        and not any(address in network for network in NEVER_PUBLIC)
    )


class SystemNames(AbstractResolver):
    """The system's resolver, each lookup in a thread of its own.

    getaddrinfo cannot be cancelled: in a shared pool a few name servers that never answer would hold up everybody
    else's lookups, and the end of the process.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of ``host``. Raises socket.gaierror."""

        def lookup() -> Sequence[AddressInfo]:
            try:
                return socket.getaddrinfo(
                    host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
                )
            except UnicodeError as fault:
                raise socket.gaierror(socket.EAI_NONAME, "no such name") from fault

        return [
            ResolveResult(
                hostname=host,
                host=str(target[0]),
                port=port,
                family=int(found),
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, _, protocol, _, target in await _in_thread(lookup)
        ]

    async def close(self) -> None:
        """Nothing is held: lookups under way end by themselves."""


async def _in_thread(lookup: Callable[[], Sequence[AddressInfo]]) -> Sequence[AddressInfo]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[AddressInfo]] = loop.create_future()

    def settle(found: Sequence[AddressInfo] | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def work() -> None:
        found: Sequence[AddressInfo] | OSError
        try:
            found = lookup()
        except OSError as fault:
            found = fault
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=work, name="name lookup", daemon=True).start()
    return await answer
