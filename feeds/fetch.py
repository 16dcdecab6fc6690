"""The only place that speaks HTTP to others: one GET, under caps and a deadline; whatever they answer is a value.

Knows sessions and statuses. What a header asks of us is read in manners, where a redirect leads in redirects, what
comes out of a Content-Encoding in unpack, which machines may be reached in guard, and whose turn it is in turns.
"""

import asyncio
import os
import re
import ssl
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver

from feeds.address import CheckedUrl, check_url, host_group
from feeds.guard import AddressRefused, Guard, SystemNames
from feeds.manners import advice_of, conditional_headers, validators_of
from feeds.redirects import STATUSES, Hop, first_hop, next_hop
from feeds.turns import Turns
from feeds.unpack import ACCEPTED, too_large, unpacker_for
from news.schedule import LONGEST, in_words
from news.types import (
    Failed,
    Fetched,
    FetchResult,
    FetchSettings,
    HostWait,
    NotModified,
    Postponed,
    Reason,
    Validators,
)

# Feeds first, but a page too: `khulasa add` looks for feeds in it.
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)

Headers = tuple[tuple[str, str], ...]
NO_VALIDATORS = Validators()

_NOT_IN_A_COMMENT = re.compile(r"[^\x20-\x7e]|[()\\;]")  # RFC 9110, 5.6.5
_RAW_BYTES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elsewhere:
    status: int
    location: str | None


class Fetcher:
    """Asks for addresses, each in its turn. Use as ``async with``.

    ``names`` answers name lookups in place of the system's resolver. ``waits`` are the host groups that asked to be
    left alone, by name; what is heard of them is added. ``room`` returns when there is room for another body.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        version: str,
        site_url: str,
        names: AbstractResolver | None = None,
        waits: MutableMapping[str, HostWait] | None = None,
        room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._user_agent = user_agent(version, site_url, settings.contact)
        self._names = names
        self._guard = Guard(settings.allow_networks)
        self._session: aiohttp.ClientSession | None = None
        self._turns = Turns(settings)
        self._waits = {} if waits is None else waits
        self._room = room

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # the turns are the limit
                resolver=self._names or SystemNames(),
                socket_factory=self._guard.make_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # one deadline of our own holds for all
            auto_decompress=False,
            trust_env=False,  # no proxies, no .netrc
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, now: datetime, alone: bool = False
    ) -> FetchResult:
        """GET ``url``, redirects followed, unless ``validators`` still hold. Their faults come back as Failed.

        The deadline covers lookups, connecting, redirects and the whole body; waiting for its turn does not count.
        ``alone``: what others of its host group were told does not concern it, nor they what it is told.
        """
        checked = check_url(url)
        if isinstance(checked, Failed):
            return checked
        hop = first_hop(checked)
        clock = asyncio.get_running_loop().time
        left = self._settings.deadline.total_seconds()
        while True:
            refused = self._guard.refusal_before_lookup(hop.address)
            if refused is not None:
                return _at(hop, refused)
            ours = self._guard.is_ours(hop.address)
            group = host_group(hop.address)
            async with self._turns.turn(group):
                wait = self._waits.get(group)
                # None is longer than LONGEST: what reaches further was told to a clock that ran ahead.
                if wait is not None and now < wait.until <= now + LONGEST and not alone:
                    return Postponed(wait=wait)
                if self._room is not None:
                    await self._room()
                if not ours:
                    self._turns.rest(group)
                began = clock()
                answer = await self._ask(hop, validators, now, left)
                left -= clock() - began
            if isinstance(answer, Failed):
                return _at(hop, answer if alone or ours else self._heard(group, answer, now))
            if not isinstance(answer, _Elsewhere):
                return answer
            following = next_hop(hop, answer.status, answer.location)
            if isinstance(following, Failed):
                return following
            hop = following

    def _heard(self, group: str, failure: Failed, now: datetime) -> Failed:
        """A refusal with a Retry-After (RFC 6585, 4; RFC 9110, 15.6.4) concerns the whole host group."""
        asked = failure.advice.retry_after
        if failure.status not in (429, 503) or not asked:
            return failure
        span = min(asked, LONGEST)
        why = f"{group} asks to be left alone for {in_words(span)} (HTTP {failure.status})"
        wait = HostWait(group=group, until=now + span, why=why)
        if group not in self._waits or self._waits[group].until < wait.until:
            self._waits[group] = wait
        return replace(failure, wait=self._waits[group])

    async def _ask(self, hop: Hop, validators: Validators, now: datetime, seconds: float) -> FetchResult | _Elsewhere:
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(hop, validators, now)
        except TimeoutError:
            message = f"no complete answer within {self._settings.deadline.total_seconds():g} seconds"
            return Failed(reason=Reason.TIMEOUT, message=message)
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return failure_of(fault)

    async def _exchange(self, hop: Hop, validators: Validators, now: datetime) -> FetchResult | _Elsewhere:
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        asked = conditional_headers(validators)
        sent = {"User-Agent": self._user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPTED, **dict(asked)}
        if hop.auth is not None:
            sent["Authorization"] = hop.auth.header
        response = await self._session.get(hop.address.parsed, headers=sent, allow_redirects=False)
        try:
            headers = tuple((name.lower(), value) for name, value in response.headers.items())
            if response.status in STATUSES:
                return _Elsewhere(status=response.status, location=response.headers.get("Location"))
            verdict = judged(response.status, headers, conditional=bool(asked), now=now)
            if verdict is not None:
                return verdict
            body = await self._body(response)
        finally:
            if response.content.at_eof():
                response.release()
            else:
                response.close()
        if isinstance(body, Failed):
            return replace(body, status=response.status, advice=advice_of(headers, now=now))
        return Fetched(
            url=hop.address.url,
            headers=tuple((name, _RAW_BYTES.sub("\N{REPLACEMENT CHARACTER}", value)) for name, value in headers),
            body=body,
            validators=validators_of(headers),
            advice=advice_of(headers, now=now),
            moved_to=hop.moved_to,
        )

    async def _body(self, response: aiohttp.ClientResponse) -> bytes | Failed:
        limit = self._settings.max_body
        unpacker = unpacker_for(",".join(response.headers.getall("Content-Encoding", ())), max_body=limit)
        if isinstance(unpacker, Failed):
            return unpacker
        if (response.content_length or 0) > limit:
            return too_large(limit)
        async for piece in response.content.iter_any():
            failure = unpacker.take(piece)
            if failure is not None:
                return failure
        body = unpacker.finish()
        if not body or (isinstance(body, bytes) and body.isspace()):
            return Failed(reason=Reason.EMPTY, message="the answer has no body")
        return body


def judged(status: int, headers: Headers, *, conditional: bool, now: datetime) -> NotModified | Failed | None:
    """What a status other than a redirect means; None: read the body. Header names are lower case."""
    advice = advice_of(headers, now=now)

    def failed(reason: Reason, message: str) -> Failed:
        return Failed(reason=reason, message=message, status=status, advice=advice)

    # Cloudflare marks its challenge pages, whatever status they come with.
    if any(name == "cf-mitigated" and value.strip().lower() == "challenge" for name, value in headers):
        return failed(Reason.BLOCKED, f"HTTP {status}: a challenge page meant for browsers came in its place")
    match status:
        case 200:
            return None
        case 304 if conditional:
            return NotModified(validators=validators_of(headers), advice=advice)
        case 304:
            return failed(Reason.PROTOCOL, "HTTP 304, though nothing was asked conditionally")
        case 404:
            return failed(Reason.NOT_FOUND, "HTTP 404: not found")
        case 410:
            return failed(Reason.GONE, "HTTP 410: gone for good")
        case 401 | 403 | 451:
            return failed(Reason.REFUSED, f"HTTP {status}: we are refused")
        case 429:
            return failed(Reason.RATE_LIMITED, "HTTP 429: we ask too often")
        case _ if status >= 500:
            return failed(Reason.SERVER_ERROR, f"HTTP {status}: the server failed")
        case _:
            return failed(Reason.HTTP_ERROR, f"HTTP {status}")


def failure_of(fault: Exception) -> Failed:
    """What an exception of the client means. The message quotes nothing they sent."""
    match fault:
        case aiohttp.ClientConnectorDNSError():
            return Failed(reason=Reason.DNS, message="the name of the host cannot be resolved")
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as cause):
            return Failed(reason=Reason.TLS, message=f"the certificate is not valid: {cause.verify_message}")
        case aiohttp.ClientSSLError() | aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return Failed(reason=Reason.TLS, message="no secure connection could be agreed on")
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused):
            return Failed(reason=refused.reason, message=str(refused))
        case aiohttp.ClientConnectorError(os_error=cause):
            why = os.strerror(cause.errno) if cause.errno else "every address failed"
            return Failed(reason=Reason.CONNECT, message=f"no connection: {why}")
        case aiohttp.ServerDisconnectedError() | OSError():
            return Failed(reason=Reason.CONNECT, message="the connection was closed before the answer was complete")
        case aiohttp.ClientPayloadError():
            return Failed(reason=Reason.PROTOCOL, message="the body ended early or is badly framed")
        case aiohttp.InvalidURL():
            return Failed(reason=Reason.BAD_URL, message="the address cannot be understood")
        case _:
            return Failed(reason=Reason.PROTOCOL, message="the answer is not proper HTTP, or its headers are too large")


def user_agent(version: str, site_url: str, contact: str | None) -> str:
    """Who we are, where to read about us and whom to write to: ``Khulasa/1.0 (+https://…/; ops@…)``."""
    site = check_url(site_url)
    about = ["+" + site.bare.url] if isinstance(site, CheckedUrl) else []
    about += [contact] if contact else []
    said = [_NOT_IN_A_COMMENT.sub("", part).strip()[:200] for part in about]
    comment = f" ({'; '.join(part for part in said if part)})" if any(said) else ""
    return f"Khulasa/{_NOT_IN_A_COMMENT.sub('', version)}{comment}"


def _at(hop: Hop, failure: Failed) -> Failed:
    """The failure, with the host that redirects led to."""
    if not hop.before:
        return failure
    return replace(failure, message=f"redirected to {hop.address.host}: {failure.message}")
