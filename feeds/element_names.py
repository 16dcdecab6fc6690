"""Names the elements of a feed as feedparser names them: ``dc_creator`` for ``{http://purl.org/dc/elements/1.1/}creator``.

Gives up (NotPlainError) where feedparser would take one thing for another because of how namespaces are declared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from xml.etree.ElementTree import Element

_USERLAND = "backend.userland.com/rss"  # whatever holds this is RSS to feedparser
# Bounded: of a million beginnings none may be searched to the end of the document.
_DECLARED = re.compile(r"xmlns(?::([^\s=:<>]{1,100}))?\s{0,9}=\s{0,9}(?:\"([^\"]{0,500})\"|'([^']{0,500})')")
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_XLINK = "1999/xlink"
_RSS_10 = "http://purl.org/rss/1.0/"
_RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
MAX_PREFIXES = 100
_ATOM_10 = "http://www.w3.org/2005/atom"


def rows(table: str) -> Iterator[list[str]]:
    """The rows of a table beside this module, without its header; "-" stands for nothing."""
    lines = files("feeds").joinpath(f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        if not line.startswith("#"):
            yield ["" if cell == "-" else cell for cell in line.split("\t")]


_NAMESPACES = {uri: prefix for prefix, uris in rows("namespaces") for uri in uris.split()}
_USUAL_PREFIXES = frozenset(_NAMESPACES.values()) - {""}


class NotPlainError(Exception):
    """The document holds what only feedparser itself can be trusted to read as feedparser reads it."""


def declared_in(text: str) -> list[tuple[str, str]]:
    """The namespaces declared, as (prefix, namespace); the prefix "" is none."""
    return [(prefix, quoted or single) for prefix, quoted, single in _DECLARED.findall(text)]


def prefixes_of(declared: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """The prefixes by namespace; None for one that is declared without, which may not have any beside.

    Refuses a prefix that stands for several namespaces, or not for the one that feedparser knows by that name.
    """
    uris: dict[str, str] = {}
    prefixes: dict[str, str | None] = {}
    for prefix, uri in declared:
        name = prefix.lower()
        if "&" in uri or _XLINK in uri or len(f"-{uri}-".split()) > 1:
            raise NotPlainError("a namespace with references or spaces, or that feedparser sees among the attributes")
        usual = _NAMESPACES.get(uri.lower())
        if name and ((name in _USUAL_PREFIXES and usual != name) or uris.setdefault(name, uri) != uri):
            raise NotPlainError(name)
        if prefixes.setdefault(uri, name or None) != (name or None) and usual is None:
            raise NotPlainError("two prefixes for one namespace")
    if len(uris) > MAX_PREFIXES:
        raise NotPlainError("many prefixes")
    return prefixes


def name_of(tag: str, prefixes: Mapping[str, str | None]) -> str:
    """The name of an element with the ``tag`` that ElementTree gives it."""
    uri, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
    if not uri:
        return local.lower()
    prefix = "" if _USERLAND in uri.lower() else _NAMESPACES.get(uri.lower(), prefixes.get(uri))
    if prefix is None:
        raise NotPlainError("an unknown namespace without a prefix")
    return f"{prefix}_{local}".lower() if prefix else local.lower()


def version_of(root: Element, prefixes: Mapping[str, str | None]) -> str:
    """The dialect, as feedparser calls it, of RSS 0.91 to 2.0, RSS 1.0 and Atom 1.0."""
    name = name_of(root.tag, prefixes)
    declared = {uri.lower() for uri in prefixes}
    if name == "rss" and not declared & {_RSS_10, _RSS_090}:
        version = root.get("version", "")
        if version in _VERSIONS or version.startswith("2."):
            return _VERSIONS.get(version, "rss20")
    elif name == "rdf_rdf" and _RSS_10 in declared and not declared & {_RSS_090, _ATOM_10}:
        return "rss10"
    elif name == "feed" and _ATOM_10 in root.tag.lower() and not declared & {_RSS_10, _RSS_090}:
        return "atom10"
    raise NotPlainError("of no dialect that is plain to see")
