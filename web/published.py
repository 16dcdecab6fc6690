"""The published files over HTTP: what is asked for by name, whole, with true validators.

Knows files, conditional requests (RFC 9110 §13) and gzip; knows nothing of feeds. Anything that is no published name
is not found: there is no listing and no path to walk.
"""

import asyncio
import gzip
import os
import re
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from feeds.publish import open_published

CACHE_CONTROL = "public, max-age=60"
CACHE_BYTES = 32 * 1024 * 1024  # of bodies and their gzip forms together
INDEX = "index.html"
MEDIA_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
}

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LONGEST_DATE = 64  # characters

Version = tuple[int, int, int]  # inode, mtime_ns and size: publishing replaces the file, so a new body is a new inode


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One version of a published file in memory. ``packed`` is None where gzip gains nothing."""

    version: Version
    body: bytes
    packed: bytes | None
    digest: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed or b"")

    @property
    def modified(self) -> int:
        """Seconds since the epoch."""
        return self.version[1] // 1_000_000_000


class PublishedFiles:
    """An ASGI application over the folder ``public``. Answers GET and HEAD; its caller refuses other methods."""

    def __init__(self, public: Path) -> None:
        self._public = public
        self._copies: OrderedDict[str, Copy] = OrderedDict()  # the longest unused first
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        name = INDEX if path == "/" else path[1:]
        try:
            copy = await self._copy(name)
        except FileNotFoundError:
            await (await self._elsewhere(name))(scope, receive, send)
            return
        await _response(name, copy, Headers(scope=scope), scope["method"])(scope, receive, send)

    async def _elsewhere(self, name: str) -> Response:
        """Where an unknown name leads: codes of countries are often written in capitals, as in ``sources.yml``."""
        small = name.lower()
        with suppress(FileNotFoundError):
            if small != name:
                await self._copy(small)
                return RedirectResponse(f"/{small}", 301)
        return PlainTextResponse("not found\n", 404)

    async def _copy(self, name: str) -> Copy:
        """The file's present version, from memory if that is still it. Raises FileNotFoundError."""
        descriptor = open_published(self._public, name)
        try:
            known = self._copies.get(name)
            if known is not None and known.version == _version(descriptor):
                self._copies.move_to_end(name)
                return known
        finally:
            os.close(descriptor)
        async with self._reading:  # one reads, the others who want the same find it read
            known = self._copies.get(name)
            copy = await asyncio.to_thread(_read, self._public, name, known)
            self._copies[name] = copy
            self._copies.move_to_end(name)
            while len(self._copies) > 1 and sum(copy.size for copy in self._copies.values()) > CACHE_BYTES:
                self._copies.popitem(last=False)
        return copy


def _read(public: Path, name: str, known: Copy | None) -> Copy:
    """Read the whole file through one descriptor: whatever takes its place meanwhile, this stays one version."""
    with os.fdopen(open_published(public, name), "rb") as file:
        version = _version(file.fileno())
        if known is not None and known.version == version:
            return known
        body = file.read()
    packed = gzip.compress(body, mtime=0)
    return Copy(
        version=version,
        body=body,
        packed=packed if len(packed) < len(body) else None,
        digest=sha256(body).hexdigest()[:32],
    )


def _version(descriptor: int) -> Version:
    found = os.fstat(descriptor)
    return found.st_ino, found.st_mtime_ns, found.st_size


def _response(name: str, copy: Copy, asked: Headers, method: str) -> Response:
    packed = copy.packed if accepts_gzip(asked.getlist("accept-encoding")) else None
    # Two encodings of one file are two representations: a strong tag names one of them (RFC 9110 §8.8.3.3).
    tag = f'"{copy.digest}"' if packed is None else f'"{copy.digest}-gzip"'
    headers = {
        "etag": tag,
        "last-modified": formatdate(copy.modified, usegmt=True),
        "cache-control": CACHE_CONTROL,
        "vary": "Accept-Encoding",
    }
    if is_unchanged(asked, tag=tag, modified=copy.modified):
        return Response(status_code=304, headers=headers)
    body = copy.body if packed is None else packed
    if packed is not None:
        headers["content-encoding"] = "gzip"
    headers["content-type"] = MEDIA_TYPES[name.rpartition(".")[2]]
    headers["content-length"] = str(len(body))
    return Response(b"" if method == "HEAD" else body, headers=headers)


def is_unchanged(asked: Headers, *, tag: str, modified: int) -> bool:
    """Has the client this very version? If-None-Match decides where it is given, else If-Modified-Since.

    ``modified`` in seconds since the epoch. A condition that cannot be read is no condition.
    """
    tags = asked.getlist("if-none-match")
    if tags:
        given = ", ".join(tags)
        return given.strip() == "*" or tag in _ENTITY_TAG.findall(given)
    since = _seconds(asked.get("if-modified-since"))
    return since is not None and modified <= since


def _seconds(date: str | None) -> int | None:
    """An HTTP date in seconds since the epoch."""
    if date is None or len(date) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())


def accepts_gzip(accepted: Iterable[str]) -> bool:
    """Does Accept-Encoding (RFC 9110 §12.5.3) allow gzip? Its own weight counts before that of ``*``."""
    weights: dict[str, bool] = {}
    for part in ",".join(accepted).lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
