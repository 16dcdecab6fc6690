"""What a single value of ``sources.yml`` may be, and the nearest right one where it is not.

Every function takes the value as written and gives it as meant, or raises Wrong. Knows neither YAML nor pydantic.
"""

import re
from collections.abc import Collection
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources
from ipaddress import ip_network
from zoneinfo import available_timezones

from feeds.address import check_url, mask
from feeds.characters import drop_unwanted
from news.categories import CATEGORIES
from news.expressions import ExpressionError
from news.places import COUNTRY_NAMES
from news.rules import parse_rule
from news.types import Failed, Reason

ID = r"^[a-z0-9-]{1,64}$"
DURATION = r"^[0-9]{1,6}(s|m|h|d)$"
SIZE = r"^[0-9]{1,9}(KB|MB)?$"
COUNTRY = r"^[A-Z]{2}$"
CONTACT = r"^[!-'*-:<-\[\]-~]{1,200}$"  # what may stand in a comment of a header (RFC 9110, 5.6.5), without ";"

EVERY = (timedelta(minutes=1), timedelta(days=7))
DEADLINE = (timedelta(seconds=1), timedelta(minutes=10))
SPACING = (timedelta(0), timedelta(minutes=10))
MAX_BODY = (1024, 256 * 1024 * 1024)  # bytes
LONGEST_LINE = 500  # characters of a title or description

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"": 1, "KB": 1024, "MB": 1024 * 1024}


class Wrong(ValueError):
    """A value cannot be used. ``position`` counts characters of the value from 0, where one of them is to blame."""

    def __init__(self, message: str, hint: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.position = position


def shown(text: str) -> str:
    """Something the editor wrote, fit for a message: short, in quotes, its secrets masked."""
    masked = mask(text)
    return repr(masked if len(masked) <= 60 else masked[:59] + "…")


def nearest(word: str, candidates: Collection[str]) -> str | None:
    """The candidate that is spelled most like ``word``, upper and lower case alike, if one is."""
    folded = {candidate.casefold(): candidate for candidate in sorted(candidates)}
    found = get_close_matches(word[:100].casefold(), folded, n=1)
    return folded[found[0]] if found else None


def identifier(text: str) -> str:
    if re.fullmatch(ID, text):
        return text
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64].strip("-") if mask(text) == text else ""
    raise Wrong(f"{shown(text)} is no id: a–z, 0–9 and '-' only, at most 64 of them", hint=slug or None)


def line(text: str) -> str:
    """A title or a description: something to see, in one line."""
    if not text.strip():
        raise Wrong("there is nothing in this")
    if len(text) > LONGEST_LINE:
        raise Wrong(f"this is longer than {LONGEST_LINE} characters")
    if "\n" in text or "\r" in text or "\t" in text:
        raise Wrong("this must be one line, without tabs")
    if drop_unwanted(text) != text:
        raise Wrong("there is an invisible character in this")
    return text


def address(url: str) -> str:
    """An http or https address, as written. Whether its machine may be asked is judged when it is (feeds/guard.py)."""
    checked = check_url(url)
    if not isinstance(checked, Failed):
        return url
    scheme, colon, _ = url.partition(":")
    hint = None
    if checked.reason is Reason.BAD_SCHEME:
        hint = f"{close}://" if (close := nearest(scheme, ("http", "https"))) else None
    elif not colon and not isinstance(check_url(f"https://{url}"), Failed) and "." in url:
        hint = mask(f"https://{url}")
    raise Wrong(checked.message, hint=hint)


def site_address(url: str) -> str:
    """The public address of what we publish; ends with a slash."""
    address(url)
    checked = check_url(url)
    if isinstance(checked, Failed) or checked.auth is not None:
        raise Wrong("a user name or password in this address would be published")
    if "?" in url or "#" in url:
        raise Wrong("this address goes before the names of files: it must end with its path")
    return url if url.endswith("/") else url + "/"


def country(code: str) -> str:
    names = _countries()
    if names.get(code.casefold()) == code:
        return code
    key = code.strip().casefold()
    hint = names.get(key) or (names[close] if (close := nearest(key, names)) else None)
    raise Wrong(f"{shown(code)} is no country code: two capital letters (ISO 3166-1)", hint=hint)


def category(id: str) -> str:
    ids = {known.id: known.id for known in CATEGORIES}
    if id in ids:
        return id
    names = ids | {known.name: known.id for known in CATEGORIES}
    hint = names[close] if (close := nearest(id, names)) else None
    listed = "" if hint else f"; there are {', '.join(ids)}"
    raise Wrong(f"unknown category {shown(id)}{listed}", hint=hint)


def timezone(name: str) -> str:
    zones = _zones()
    if zones.get(name.casefold()) == name:
        return name
    key = name.strip().replace(" ", "_").casefold()
    hint = zones.get(key) or (zones[close] if (close := nearest(key, zones)) else None)
    raise Wrong(f"unknown timezone {shown(name)}: names as in Asia/Riyadh (IANA)", hint=hint)


def interval(text: str) -> timedelta:
    return _duration(text, *EVERY, usual="m")


def deadline(text: str) -> timedelta:
    return _duration(text, *DEADLINE, usual="s")


def spacing(text: str) -> timedelta:
    return _duration(text, *SPACING, usual="s")


def _duration(text: str, least: timedelta, most: timedelta, *, usual: str) -> timedelta:
    if not re.fullmatch(DURATION, text):
        guess = re.fullmatch(r"\s*([0-9]{1,6})\s*(?:([smhd])[a-z]*)?\s*", text.lower())
        hint = f"{guess[1]}{guess[2] or usual}" if guess else None
        raise Wrong(f"{shown(text)} is no time span: a number and s, m, h or d, as in 90s, 10m, 2h, 1d", hint=hint)
    span = timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])
    if not least <= span <= most:
        raise Wrong(f"{text} is not between {_span(least)} and {_span(most)}")
    return span


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit = max((unit for unit, size in _SECONDS.items() if seconds % size == 0), key=lambda unit: _SECONDS[unit])
    return f"{seconds // _SECONDS[unit]}{unit}"


def size(text: str) -> int:
    """Bytes; KB and MB are powers of 1024."""
    if not re.fullmatch(SIZE, text):
        guess = re.fullmatch(r"\s*([0-9]{1,9})\s*([km])i?b?(?:ytes)?\s*", text.lower())
        raise Wrong(
            f"{shown(text)} is no size: bytes, or a number and KB or MB, as in 10MB",
            hint=f"{guess[1]}{guess[2].upper()}B" if guess else None,
        )
    digits = text.rstrip("KMB")
    number = int(digits) * _BYTES[text[len(digits) :]]
    if not MAX_BODY[0] <= number <= MAX_BODY[1]:
        raise Wrong(f"{text} is not between 1KB and 256MB")
    return number


def network(text: str) -> str:
    """A network in CIDR notation, IPv4 or IPv6."""
    try:
        ip_network(text)
    except ValueError:
        try:
            hint = str(ip_network(text, strict=False))
        except ValueError:
            hint = None
        raise Wrong(f"{shown(text)} is no network: an address and a prefix, as in 10.0.0.0/8", hint=hint) from None
    return text


def contact(text: str) -> str:
    if not re.fullmatch(CONTACT, text):
        raise Wrong("a contact is one mail or web address in ASCII: it goes into a header of every request")
    return text


def expression(text: str) -> str:
    """A match expression, see news/rules.py."""
    try:
        parse_rule(text)
    except ExpressionError as fault:
        raise Wrong(fault.message, position=fault.column - 1) from None
    return text


@cache
def _countries() -> dict[str, str]:
    """Codes and names, English and Arabic, casefolded → code."""
    names: dict[str, str] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            code, name = row.split("\t")
            for part in (code, name, *re.split(r"[()]", name)):
                names.setdefault(part.strip().casefold(), code)
    names.pop("", None)
    known = frozenset(names.values())
    return names | {name.casefold(): code for code, name in COUNTRY_NAMES.items() if code in known}


@cache
def _zones() -> dict[str, str]:
    """Names, and cities alone, casefolded → name."""
    names = sorted(available_timezones() - {"localtime", "Factory"})
    cities = {name.rpartition("/")[2].casefold(): name for name in names}
    return cities | {name.casefold(): name for name in names}
