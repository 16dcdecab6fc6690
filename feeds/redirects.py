"""Where a redirect leads, and what may go with us: hop by hop, each address checked like the first.

Pure: knows nothing of sockets; whether a machine may be reached is judged in feeds/guard.py.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from feeds.address import BasicAuth, CheckedUrl, check_url
from news.types import Failed, Reason

MAX_REDIRECTS = 5
STATUSES = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})

_RAW_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One address on the way from the one asked for to the one that answers."""

    address: CheckedUrl  # without user name and password
    auth: BasicAuth | None
    before: tuple[str, ...] = ()  # the addresses that led here
    permanent: bool = True  # all hops so far may be remembered

    @property
    def moved_to(self) -> str | None:
        """The address to ask for from now on, if another."""
        return self.address.url if self.before and self.permanent else None


def first_hop(address: CheckedUrl) -> Hop:
    """The address asked for. With credentials nothing moves for good: the store keeps addresses, never secrets."""
    return Hop(address=address.bare, auth=address.auth, permanent=address.auth is None)


def next_hop(hop: Hop, status: int, location: str | None) -> Hop | Failed:
    """Where ``location`` leads from ``hop``, or why we do not go on. ``status`` is one of STATUSES."""
    if location is None:
        return Failed(reason=Reason.PROTOCOL, message=f"HTTP {status} without a Location", status=status)
    here = hop.address
    try:
        there = check_url(urljoin(here.url, _tolerated(location)))
    except ValueError:
        there = Failed(reason=Reason.BAD_URL, message="the address cannot be understood")
    if isinstance(there, Failed):
        return replace(there, message=f"redirected where nothing can be read: {there.message}", status=status)
    there = there.bare  # a publisher does not choose the credentials we show
    before = (*hop.before, here.url)
    if there.url in before:
        return Failed(reason=Reason.TOO_MANY_REDIRECTS, message="the redirects go round in a circle", status=status)
    if len(before) > MAX_REDIRECTS:
        return Failed(reason=Reason.TOO_MANY_REDIRECTS, message=f"more than {MAX_REDIRECTS} redirects", status=status)
    downgrade = here.parsed.scheme == "https" and there.parsed.scheme == "http"
    if downgrade and hop.auth is not None:
        message = "redirected from https to http, where the password would be readable"
        return Failed(reason=Reason.REFUSED, message=message, status=status)
    return Hop(
        address=there,
        auth=hop.auth if _same_machine(here, there) else None,
        before=before,
        # Whoever sits between may answer in plain http: to be led there is not remembered.
        permanent=hop.permanent and status in PERMANENT and not downgrade,
    )


def _tolerated(location: str) -> str:
    """Spaces and bytes that are no UTF-8, which browsers encode and old servers send. Controls stay and are refused."""
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in location):
        raise ValueError(location)  # urljoin would drop them
    return _RAW_BYTE.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location.strip().replace(" ", "%20"))


def _same_machine(here: CheckedUrl, there: CheckedUrl) -> bool:
    ports = (here.port, there.port)
    upgrade = here.parsed.scheme == "http" and there.parsed.scheme == "https"
    return here.host == there.host and (ports[0] == ports[1] or (upgrade and ports == (80, 443)))
