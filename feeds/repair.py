"""Mends XML that is nearly right, so that one bare ampersand does not cost a whole document its meaning.

Works on text, outside CDATA and comments; knows nothing of feeds but the names their last tag may have.
"""

import html.entities
import re

_VERBATIM_START = re.compile(r"<!\[CDATA\[|<!--")
_VERBATIM_END = {"<![CDATA[": "]]>", "<!--": "-->"}
# XML 1.0 section 2.2: no C0 control save tab, line feed and carriage return, no surrogates, not FFFE and FFFF.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{0,40});)")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,8})|#[xX]([0-9a-fA-F]{1,7})|([A-Za-z][A-Za-z0-9]{0,40}));")
_STRAY_BRACKET = re.compile(r"<(?![A-Za-z_/!?])")
_END_OF_ROOT = re.compile(r"</(?:[A-Za-z_][\w.\-]*:)?(?:rss|RDF|feed)\s*>")
_PREFIX_IN_USE = re.compile(r"</?([A-Za-z_][\w.\-]*):|\s([A-Za-z_][\w.\-]*):[\w.\-]+\s*=")
_PREFIX_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.\-]*)\s*=")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
MAX_PREFIXES = 50


def repair(text: str) -> str:
    """``text``, which starts with its root element, with its common faults mended.

    Bare ampersands, HTML's named entities, forbidden characters and references to them, a stray ``<``, ``]]>`` in
    text, prefixes nobody declared, anything after the root element. Entities that a document type declared stay
    words: nothing is expanded.
    """
    text = "".join(piece if verbatim else _mend(piece) for piece, verbatim in _pieces(_FORBIDDEN.sub("", text)))
    return _declare_prefixes(_cut_after_root(text))


def _pieces(text: str) -> list[tuple[str, bool]]:
    """``text`` cut into (piece, is it verbatim): CDATA sections and comments are. One that never ends is none."""
    pieces: list[tuple[str, bool]] = []
    endless: set[str] = set()
    at = 0
    for start in _VERBATIM_START.finditer(text):
        if start.start() < at or start[0] in endless:
            continue
        end = text.find(_VERBATIM_END[start[0]], start.end())
        if end < 0:
            endless.add(start[0])  # looked for once: half a million openings must not each search to the end
            continue
        pieces.append((text[at : start.start()], False))
        at = end + 3
        pieces.append((text[start.start() : at], True))
    pieces.append((text[at:], False))
    return pieces


def _mend(text: str) -> str:
    text = _REFERENCE.sub(_reference, _BARE_AMPERSAND.sub("&amp;", text))
    return _STRAY_BRACKET.sub("&lt;", text).replace("]]>", "]]&gt;")


def _reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        if name in _XML_ENTITIES:
            return match[0]
        code = html.entities.name2codepoint.get(name)
        return f"&#{code};" if code is not None else f"&amp;{name};"
    value = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if value > 0x10FFFF or 0xD800 <= value < 0xE000 or _FORBIDDEN.fullmatch(chr(value)):
        return ""
    return match[0]


def _cut_after_root(text: str) -> str:
    ends = [end.end() for end in _END_OF_ROOT.finditer(text)]
    return text[: ends[-1]] if ends else text


def _declare_prefixes(text: str) -> str:
    markup = "".join(piece for piece, verbatim in _pieces(text) if not verbatim)
    declared = set(_PREFIX_DECLARED.findall(markup)) | {"xml", "xmlns"}
    used = {element or attribute for element, attribute in _PREFIX_IN_USE.findall(markup)}
    missing = sorted(used - declared)[:MAX_PREFIXES]
    root = re.match(r"<[^\s/>]+", text)
    if not missing or root is None:
        return text
    declarations = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, "urn:undeclared:" + prefix)}"' for prefix in missing
    )
    return text[: root.end()] + declarations + text[root.end() :]
