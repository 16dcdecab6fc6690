"""What text and addresses must look like before they leave in a feed. Pure.

Knows XML's characters, the bidirectional controls and URIs; knows no feed format.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from feeds.characters import balance_isolates, drop_unwanted
from feeds.links import is_ipv6

_BREAKS_XML_FORBIDS = re.compile("[\x0b\x0c\x85]")  # §2.2 Char, and NEL, which XML 1.1 alone knows

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "ckb", "he", "ps", "sd", "ug", "yi", "dv"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

_LONGEST_ADDRESS = 8000  # characters, as many as feeds/links.py lets in
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_URI_CHARACTERS = "!#$%&'()*+,/:;=?@~-._"  # RFC 3986 §2.2 and §2.3, without the brackets, which only hosts may have


def printable(text: str) -> str:
    """``text`` without control characters, noncharacters, lone surrogates, bidi overrides and embeddings, and isolates
    without a partner.

    Everything else stays as it is: direction marks, joiners, vowel signs, tatweel.
    """
    if text.isprintable():  # none of them is
        return text
    return balance_isolates(drop_unwanted(_BREAKS_XML_FORBIDS.sub("", text)))


def language_tag(language: str | None) -> str | None:
    """``language`` if it looks like a BCP 47 tag."""
    return language if language is not None and _LANGUAGE.fullmatch(language) else None


def direction(language: str | None) -> str:
    """The HTML ``dir`` for text in ``language``: rtl, ltr, or auto where the language is not known."""
    if language is None:
        return "auto"
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=1000)  # the links of a feed come again in each of its formats
def ascii_address(address: str | None) -> str | None:
    """The http or https ``address`` as a URI (RFC 3986): path percent-encoded, host in punycode, no user or password.

    None if it is no such address. The same address gives the same URI, and a URI stays what it is.
    """
    if address is None or len(address) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(drop_unwanted(address).strip())
        port = parts.port
    except ValueError:
        return None
    host = _ascii_host(parts.hostname or "")
    if parts.scheme not in ("http", "https") or host is None:
        return None
    place = host if port is None else f"{host}:{port}"
    path = parts.path if not parts.path or parts.path.startswith("/") else f"/{parts.path}"
    query = "?" + _escaped(parts.query, without="#") if parts.query else ""
    fragment = "#" + _escaped(parts.fragment, without="#") if parts.fragment else ""
    return f"{parts.scheme}://{place}{_escaped(path, without='?#')}{query}{fragment}"


def ascii_identifier(identifier: str) -> str:
    """``identifier`` with everything percent-encoded that a URI may not hold; a URI stays what it is."""
    return _escaped(drop_unwanted(identifier).strip())


def _escaped(text: str, *, without: str = "") -> str:
    """``text`` percent-encoded; the delimiters ``without`` belong to another part of the address."""
    safe = "".join(character for character in _URI_CHARACTERS if character not in without)
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        return f"[{host}]" if is_ipv6(host) and "%" not in host else None
    if len(host) > 253:
        return None
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return ascii_host if _HOST.fullmatch(ascii_host) else None
