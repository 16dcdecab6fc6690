"""What a response asks of our next visit: how long to wait, and what to ask "has it changed?" with.

Pure: headers and the moment go in, values come out; a header that makes no sense asks for nothing.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from news.types import Advice, Validators

MAX_VALIDATOR = 8 * 1024  # bytes
LONGEST = timedelta(days=3650)  # what a header can ask for: beyond it a date cannot be computed any more

_SECONDS = re.compile(r"[0-9]+")
_DIRECTIVE = re.compile(r'([a-z\-]+)\s*(?:=\s*("[^"]*"|[^\s,]*))?', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def advice_of(headers: Iterable[tuple[str, str]], *, now: datetime) -> Advice:
    """What the headers (lower case names) ask for: Retry-After, and the freshness of RFC 9111, 4.2."""
    said = _first(headers)
    return Advice(retry_after=_retry_after(said.get("retry-after"), now), fresh_for=_fresh_for(said, now))


def validators_of(headers: Iterable[tuple[str, str]]) -> Validators:
    """ETag and Last-Modified byte for byte. None in place of one that could not be sent back as it came."""
    said = _first(headers)
    return Validators(etag=_returnable(said.get("etag")), last_modified=_returnable(said.get("last-modified")))


def conditional_headers(validators: Validators) -> tuple[tuple[str, str], ...]:
    """The headers that ask "has it changed?". What must not be sent is left out, wherever it came from."""
    etag, last_modified = _returnable(validators.etag), _returnable(validators.last_modified)
    asked = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return tuple((name, value) for name, value in asked if value is not None)


def _first(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in headers:
        # Cache-Control is a list and may come in several lines (RFC 9110, 5.3); of all others the first counts.
        if name == "cache-control" and name in said:
            said[name] += "," + value
        else:
            said.setdefault(name, value)
    return said


def _returnable(value: str | None) -> str | None:
    if not value or _CONTROL.search(value):
        return None
    try:
        return value if len(value.encode()) <= MAX_VALIDATOR else None
    except UnicodeEncodeError:  # bytes that were no UTF-8: they would not go back as they came
        return None


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    if value is None:
        return None
    seconds = _seconds(value.strip())
    if seconds is not None:
        return seconds
    date = _http_date(value)
    return None if date is None else _within(date - now)


def _fresh_for(said: dict[str, str], now: datetime) -> timedelta | None:
    lifetime = _lifetime(said, now)
    if lifetime is None:
        return None
    age = _seconds(said.get("age", "").strip()) or timedelta(0)
    return _within(lifetime - age)


def _lifetime(said: dict[str, str], now: datetime) -> timedelta | None:
    directives: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(said.get("cache-control", "")):
        directives.setdefault(name.lower(), value.strip('"'))
    if "no-cache" in directives or "no-store" in directives:
        return timedelta(0)
    if "max-age" in directives:  # wins over Expires (RFC 9111, 5.3); one that is no number is stale (4.2.1)
        return _seconds(directives["max-age"]) or timedelta(0)
    if "expires" in said:
        expires = _http_date(said["expires"])
        if expires is None:  # "0" and the like mean "already expired" (RFC 9111, 5.3)
            return timedelta(0)
        return _within(expires - (_http_date(said.get("date", "")) or now))
    return None


def _seconds(value: str) -> timedelta | None:
    if not _SECONDS.fullmatch(value):
        return None
    return timedelta(seconds=int(value)) if len(value) <= 8 else LONGEST


def _http_date(value: str) -> datetime | None:
    """All three forms of RFC 9110, 5.6.7."""
    if not 0 < len(value) <= 64 or not value.isascii():
        return None
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _within(length: timedelta) -> timedelta:
    return min(max(length, timedelta(0)), LONGEST)
