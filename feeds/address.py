"""What an address says: whether it can be asked for at all, what in it is secret, whose machines it names.

Pure, and one parser (yarl, by which aiohttp connects) for the check and for the request. Knows nothing of sockets:
whether the machine behind an address may be reached is judged in feeds/guard.py.
"""

import re
import socket
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote

from publicsuffixlist import PublicSuffixList
from yarl import URL

from news.types import Failed, Reason

MAX_URL = 8_000  # characters

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_AUTHORITY = re.compile(r"[A-Za-z]+://([^/?#]*)")
# %2f, %5c, %3f, %23 and encoded controls before the "@" make readers disagree on where the host begins.
_CONFUSING = re.compile(r"%(?:2f|5c|3f|23|[01][0-9a-f]|7f)", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # part of Persian and Urdu words, in paths too
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}

_USERINFO = re.compile(r"(?<=//)(?:[^/?#@\s]*@)+|(?<=//)[^/?#@\[\s:]*:(?!\d*(?:[/?#]|\Z))[^@]*@")
_PARAMETER = re.compile(r"([?&;#])([^=&;#]{1,200})=([^&;#]+)")
_SECRET_NAME = re.compile(
    r".*(?:token|secret|password|passwd|pwd|credential|signature|session|jwt).*"
    r"|(?:.*[\-_.\[]|api|access|private|feed|user|rss|app)?(?:key|pass|auth|authorization|sig|hash|sid|code)\]?"
)
MASKED = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """A user name and password (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        """The value of ``Authorization``."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedUrl:
    """An address that may be asked for: http or https, its host in ASCII, without a fragment."""

    parsed: URL = field(repr=False)  # with the user name and password it came with
    literal: IPv4Address | IPv6Address | None  # where its host is an address in numbers, in any spelling

    @property
    def url(self) -> str:
        return str(self.parsed)

    @property
    def host(self) -> str:
        return self.parsed.raw_host or ""

    @property
    def port(self) -> int:
        return self.parsed.port or 0

    @property
    def auth(self) -> BasicAuth | None:
        if self.parsed.user is None and self.parsed.password is None:
            return None
        return BasicAuth(user=self.parsed.user or "", password=self.parsed.password or "")

    @property
    def bare(self) -> "CheckedUrl":
        """The same without user name and password."""
        return CheckedUrl(parsed=self.parsed.with_user(None), literal=self.literal)

    @property
    def is_localhost(self) -> bool:
        """Names that mean this machine whatever a name server says (RFC 6761, 6.3)."""
        return f".{self.host.rstrip('.')}".endswith(".localhost")


@lru_cache(maxsize=1 << 14)  # every source's address is asked for again and again, and a value is a value
def check_url(url: str) -> CheckedUrl | Failed:
    """The address as it would be asked for, or BAD_URL, BAD_SCHEME and why. Never raises."""
    if len(url) > MAX_URL:
        return _bad(f"the address is longer than {MAX_URL} characters")
    for char in url:
        if char == "\\" or (unicodedata.category(char) in _INVISIBLE and char not in _JOINERS):
            return _bad(f"the address contains {_named(char)}")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _bad("the address does not begin with https:// or http://")
    if scheme[1].lower() not in ("http", "https"):
        return Failed(reason=Reason.BAD_SCHEME, message="only http and https addresses can be read")
    authority = _AUTHORITY.match(url)
    if authority is None:
        return _bad("the address has no host")
    userinfo, _, place = authority[1].rpartition("@")
    if "@" in userinfo or _CONFUSING.search(userinfo):
        return _bad("the user name or password in the address is ambiguous")
    try:
        parsed = URL(url).with_fragment(None)
        if parsed.raw_path == "/":  # http://a and http://a/ are one address (RFC 9110, 4.2.3)
            parsed = parsed.with_path("/", keep_query=True)
        # What follows asks for every part once, so that nobody meets a ValueError later.
        host, _, _, _ = parsed.raw_host, parsed.port, parsed.user, parsed.password
    except ValueError:
        return _bad("the address cannot be understood")
    return _checked_host(parsed, host or "", bracketed="[" in place)


def _checked_host(parsed: URL, host: str, *, bracketed: bool) -> CheckedUrl | Failed:
    if not host:
        return _bad("the address has no host")
    if "%" in host:  # an encoded letter, or the zone of an IPv6 address
        return _bad("the host is no name a machine can have")
    if ":" in host:
        try:
            return CheckedUrl(parsed=parsed, literal=IPv6Address(host))
        except ValueError:
            return _bad("the host is no IPv6 address")
    if bracketed or not _NAME.fullmatch(host):
        return _bad("the host is no name a machine can have")
    if not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return CheckedUrl(parsed=parsed, literal=None)
    # Numbers in any spelling (127.1, 0x7f.1, 2130706433), read as the resolver would read them, and written plainly.
    try:
        literal = IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return _bad("the host is no IPv4 address")
    return CheckedUrl(parsed=parsed.with_host(str(literal)), literal=literal)


def split_credentials(url: str) -> tuple[str, BasicAuth | None]:
    """The address without user name and password, and these. An address that cannot be read is returned as it is."""
    checked = check_url(url)
    if isinstance(checked, Failed) or checked.auth is None:
        return url, None
    return checked.bare.url, checked.auth


def mask(url: str) -> str:
    """``url``, however broken, with everything that looks secret in it replaced by ``***``: for logs and messages."""
    without_user = _USERINFO.sub(f"{MASKED}@", url[:MAX_URL], count=1)
    return _PARAMETER.sub(_masked_parameter, without_user)


def _masked_parameter(found: re.Match[str]) -> str:
    secret = _SECRET_NAME.fullmatch(unquote(found[2]).lower().replace("\n", " "))
    return f"{found[1]}{found[2]}={MASKED if secret else found[3]}"


def host_group(address: CheckedUrl) -> str:
    """Whose machines these are: the registrable domain, or host and port where there is none (numbers, localhost)."""
    domain = None if address.literal else _public_suffixes().privatesuffix(address.host.rstrip("."))
    return str(domain) if domain else f"{address.host}:{address.port}"


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _named(char: str) -> str:
    if char == "\\":
        return "a backslash"
    if char == " ":
        return "a space"
    name = unicodedata.name(char, "control character" if unicodedata.category(char) == "Cc" else "invalid character")
    return f"U+{ord(char):04X} {name}"


def _bad(message: str) -> Failed:
    return Failed(reason=Reason.BAD_URL, message=message)
