"""Bytes of a document into text: what was declared, unless the bytes say otherwise.

Valid UTF-8 is UTF-8. Other bytes are what their words show them to be, else what HTTP or the document declared, else
nothing that can be told. Knows nothing of feeds; pure, and no bytes make it raise.
"""

import codecs
from dataclasses import dataclass

from arabic.bytes_evidence import ARABIC_ENCODINGS, evidence
from arabic.charsets import charset, codec, is_disguised

_UTF_16 = frozenset({"utf-16-le", "utf-16-be"})
# XML's own four bytes (XML 1.0, appendix F): marks, of which one begins as UTF-16's does, and "<".
_UTF_32 = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
)
_LATIN = frozenset({
    *(f"windows-{page}" for page in (1250, 1252, 1254, 1257, 1258)),
    *(f"iso-8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)),
    "macintosh",
})  # fmt: skip
_SAMPLE = 4096  # bytes
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, and what it took to get it. ``message`` is for the operator: set when repaired or suspect."""

    text: str
    encoding: (
        str  # lower case, as WHATWG names it; "utf-16" or "utf-32" with a byte order mark, else with "-le" or "-be"
    )
    repaired: bool = False  # it was not what was declared, or bytes had to be replaced
    suspect: bool = False  # it cannot be told: the text is a guess, and must not be published
    message: str | None = None


def decode(body: bytes, *, http_charset: str | None, declared: str | None) -> Decoded:
    """Decode ``body``, for which HTTP said ``http_charset`` and the document itself ``declared``: labels, or None.

    A document of which nobody names the encoding says UTF-8 (XML 1.0 section 4.3.3).
    """
    over_http, in_document = charset(http_charset), charset(declared)
    claims = _Claims(over_http=over_http, in_document=in_document)
    utf_32 = next((name for mark, name in _UTF_32 if body.startswith(mark)), None)
    if utf_32:
        return _read(body, utf_32, _Claims(over_http=None, in_document=utf_32), utf_32)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        marked = _Claims(over_http=over_http, in_document=in_document or "utf-16-le")
        return _read(body, "utf-16", marked, "utf-16")
    utf_16 = _utf_16_without_mark(body)
    if utf_16:
        return _read(body, utf_16, claims, utf_16)
    if is_disguised(body, http_charset) or is_disguised(body, declared):
        message = "declared an encoding that hides text in ASCII, which is never honoured"
        return Decoded(text=body.decode("utf-8", "replace"), encoding="utf-8", suspect=True, message=message)
    if body.isascii():
        honoured = (claim for claim in (over_http, in_document) if claim and claim not in _UTF_16)
        return Decoded(text=body.decode("ascii"), encoding=next(honoured, "utf-8"))
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return _done(body.decode(), "utf-8", claims, broken=0)
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count(_REPLACEMENT) - body.count(_REPLACEMENT.encode())
    whole = _characters_above_ascii(text) - broken
    if whole > 2 * broken and broken <= _allowed(whole):
        return _done(text, "utf-8", claims, broken=broken)
    # Single-byte text makes a character of UTF-8 by accident: a final letter and its comma.
    if whole > max(1, broken // 4):
        message = f"neither UTF-8 ({broken} broken bytes) nor any other encoding throughout"
        return Decoded(text=text, encoding="utf-8", suspect=True, message=message)
    return _decode_legacy(body, claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    over_http: str | None
    in_document: str | None

    def disagree(self, encoding: str) -> bool:
        """Whether anybody said something else than ``encoding``."""
        said = {self.in_document or self.over_http or "utf-8", self.over_http} - {None}
        return any(claim not in _UTF_16 if encoding.startswith("utf-16") else claim != encoding for claim in said)

    def __str__(self) -> str:
        said = [f"the document says {self.in_document}"] if self.in_document else ["the document names no encoding"]
        return ", ".join([*said, *([f"HTTP says {self.over_http}"] if self.over_http else [])])


def _decode_legacy(body: bytes, claims: _Claims) -> Decoded:
    """Bytes that are not UTF-8."""
    said = [name for name in (claims.over_http, claims.in_document) if name and not name.startswith("utf-")]
    other_scripts = [name for name in said if name not in _LATIN and name not in ARABIC_ENCODINGS]
    if other_scripts and not set(said).intersection(ARABIC_ENCODINGS):
        return _read(body, codec(other_scripts[0]), claims, other_scripts[0])
    found = evidence(body, expected=said)
    if found.arabic:
        return _read(body, found.arabic, claims, found.arabic)
    # Servers say iso-8859-1 of anything, since HTTP/1.1 once made it the default (RFC 2616 section 3.7.1).
    for name in sorted(said, key=lambda name: name == "windows-1252"):
        if name != "windows-1252" or found.western:
            return _read(body, codec(name), claims, name)
    if found.western:
        return _read(body, "windows-1252", claims, "windows-1252")
    message = f"{claims}; the bytes are neither that nor Arabic"
    return Decoded(text=body.decode("cp1252", "replace"), encoding="windows-1252", suspect=True, message=message)


def _read(body: bytes, python: str, claims: _Claims, encoding: str) -> Decoded:
    try:
        return _done(body.decode(python), encoding, claims, broken=0)
    except UnicodeDecodeError:
        text = body.decode(python, "replace")
    broken = text.count(_REPLACEMENT)
    if broken > _allowed(_characters_above_ascii(text)):
        message = f"{claims}; {broken} bytes mean nothing in {encoding}"
        return Decoded(text=text, encoding=encoding, suspect=True, message=message)
    return _done(text, encoding, claims, broken=broken)


def _allowed(characters: int) -> int:
    """How many broken bytes among that many characters above ASCII are an accident."""
    return max(3, characters // 20)


def _done(text: str, encoding: str, claims: _Claims, *, broken: int) -> Decoded:
    said = []
    if claims.disagree(encoding):
        said.append(f"{claims}, read as {encoding}")
    if broken:
        said.append(f"{broken} broken bytes replaced in {encoding} text")
    return Decoded(text=text, encoding=encoding, repaired=bool(said), message="; ".join(said) or None)


def _utf_16_without_mark(body: bytes) -> str | None:
    """A document begins with an ASCII character; in UTF-16 every such character brings a zero byte."""
    sample = body[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for name, first, zeros, others in (("utf-16-le", sample[:1], odd, even), ("utf-16-be", sample[1:2], even, odd)):
        if first not in (b"", b"\0") and zeros > len(sample) // 20 and zeros > 10 * others:
            return name
    return None


def _characters_above_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
