"""Addresses as publishers write them: made absolute, stripped of secrets, or refused.

Pure: knows nothing of sockets. What may be connected to is judged in feeds/guard.py, on the address itself.
"""

import ipaddress
import re
import unicodedata
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from feeds.characters import drop_unwanted

MAX_LINK = 8_000  # characters: an Arabic slug grows sixfold when it is percent-encoded

# What the WHATWG URL standard removes before it parses: everything a browser would not see.
_INVISIBLE_IN_URLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\u2066-\u2069]")
_NEVER_IN_A_HOST = re.compile(r"[\s%<>\"'`{}|^\\]")
# Most links: absolute, no port, Latin or Arabic letters. The rules below would give them back as they are.
_SIGN = r"[!\"$->@-\[\]-~\u0600-\u06ff]"  # none of ? # \
_SIGN_IN_HTML = r"[!$%'-;=@-\[\]-~\u0600-\u06ff]"  # and none of " & < >
_PLAIN, PLAIN_IN_HTML = (
    rf"https?://[a-z0-9\-]+(?:\.[a-z0-9\-]+)*+(?:/{sign}*+)?(?:\?{sign}++)?(?:#{sign}++)?"
    for sign in (_SIGN, _SIGN_IN_HTML)
)
_PLAIN_LINK = re.compile(_PLAIN)
# Names that end in letters, none of them a suffix of internal ones.
_PUBLIC = re.compile(
    r"https?://(?:[a-z0-9\-]+\.)++(?!(?:localhost|local|internal|lan|arpa|intranet|corp|home)(?:[/?#]|\Z))[a-z]{2,63}(?:[/?#]|\Z)"
)
_SPACES = re.compile(r"\s")
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_INTERNAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp", ".home")
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_IPV4_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def is_plain(url: str) -> bool:
    """Whether ``clean_link`` would give ``url`` back as it is, by one look; False may be wrong."""
    return _PLAIN_LINK.fullmatch(url) is not None and len(url) <= MAX_LINK


def clean_link(url: str, base: str | None) -> str | None:
    """The absolute http or https address meant by ``url``, or None when it is none.

    User names and passwords are cut off; Arabic letters stay as they were given, rendering encodes them.
    """
    if is_plain(url):
        return url
    text = _visible(url)
    if not text or len(text) > MAX_LINK:
        return None
    if base is None and not _SCHEME.match(text):
        return None
    try:
        text = _as_browsers_read_backslashes(text) if "\\" in text else text
        parts = urlsplit(text if _WHOLE.match(text) else urljoin(_visible(base or ""), text))
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in ("http", "https") or not host or _NEVER_IN_A_HOST.search(host):
        return None
    if ":" in host and not is_ipv6(host):
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != {"http": 80, "https": 443}[scheme]:
        netloc = f"{netloc}:{port}"
    link = urlunsplit((scheme, netloc, parts.path, parts.query, parts.fragment))
    return link if len(link) <= MAX_LINK else None


def is_ipv6(host: str) -> bool:
    """Whether ``host`` can stand between brackets: urllib finds one in ``a[:`` too."""
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def mixes_scripts(url: str) -> bool:
    """Whether a label of the host has letters of two scripts that share shapes (UTS 39, section 5.2)."""
    if is_plain(url) and "xn--" not in url:
        return False
    try:
        host = urlsplit(url).hostname or ""
        labels = [label.encode().decode("idna") if label.startswith("xn--") else label for label in host.split(".")]
    except ValueError:
        return False
    return any(
        len(_ALIKE.intersection(unicodedata.name(letter, "").partition(" ")[0] for letter in label)) > 1
        for label in labels
    )


def is_internal(url: str) -> bool:
    """Whether an absolute URL names a machine that is not on the public internet, in any spelling of its host."""
    if _PUBLIC.match(url):
        return False
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return True
    if not host:
        return True
    name = unicodedata.normalize("NFKC", unquote(host)).replace("\N{IDEOGRAPHIC FULL STOP}", ".").lower().rstrip(".")
    address = _address(name)
    if address is not None:
        return not address.is_global or address.is_multicast
    return "." not in name or name.endswith(_INTERNAL_SUFFIXES)


def _visible(url: str) -> str:
    return _SPACES.sub("%20", _INVISIBLE_IN_URLS.sub("", drop_unwanted(url)).strip())


def _as_browsers_read_backslashes(url: str) -> str:
    """``http://a\\@b`` has the host ``a`` in a browser and ``b`` in urllib: settle it the browser's way."""
    end = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=len(url))
    return url[:end].replace("\\", "/") + url[end:]


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a literal host stands for, wrapped IPv4 unwrapped; None for a name."""
    if ":" in host:
        try:
            wide = ipaddress.IPv6Address(host.split("%")[0])
        except ValueError:
            return ipaddress.IPv6Address(0)
        return _unwrapped(wide) or wide
    parts = host.split(".")
    if not _IPV4_NUMBER.fullmatch(parts[-1]):
        return None
    # The WHATWG IPv4 parser: 1 to 4 numbers, decimal, 0x or leading-zero octal, the last filling what is left.
    try:
        numbers = [_ipv4_number(part) for part in parts]
        if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]):
            raise ValueError(host)
        value = numbers[-1]
        for place, number in enumerate(numbers[:-1]):
            value += number << (8 * (3 - place))
        return ipaddress.IPv4Address(value)
    except ValueError:
        return ipaddress.IPv4Address(0)  # no public machine can be meant


def _ipv4_number(part: str) -> int:
    if not _IPV4_NUMBER.fullmatch(part) or len(part) > 16:
        raise ValueError(part)
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8) if len(part) > 1 and part[0] == "0" else int(part)


def _unwrapped(wide: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """IPv4 inside IPv6: mapped, compatible, 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052)."""
    if wide.ipv4_mapped is not None:
        return wide.ipv4_mapped
    if wide.sixtofour is not None:
        return wide.sixtofour
    if wide.teredo is not None:
        return wide.teredo[1]
    value = int(wide)
    if value >> 32 in (0, 0x0064FF9B << 64):
        return ipaddress.IPv4Address(value & 0xFFFFFFFF)
    return None
