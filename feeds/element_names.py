"""Names the elements of a feed as feedparser names them: ``dc_creator`` for ``{http://purl.org/dc/elements/1.1/}creator``.

Gives up (NotPlainError) where feedparser would take one thing for another because of how namespaces are declared.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

from lxml.etree import _Element

_USERLAND = "backend.userland.com/rss"  # whatever holds this is RSS to feedparser
# Bounded: of a million beginnings none may be searched to the end of the document.
_DECLARED = re.compile(rb"xmlns(?::([^\s=:<>]{1,100}))?\s{0,9}=\s{0,9}(?:\"([^\"]{0,500})\"|'([^']{0,500})')")
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_RSS_10 = "http://purl.org/rss/1.0/"
_RSS_090 = "http://my.netscape.com/rdf/simple/0.9/"
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


def check_declarations(body: bytes) -> None:
    """Refuse a prefix that stands for several namespaces, or not for the one that feedparser knows by that name."""
    uris: dict[str, str] = {}
    for prefix, quoted, single in _DECLARED.findall(body):
        uri = (quoted or single).decode()
        name = prefix.decode().lower()
        if not name:
            continue
        usual = _NAMESPACES.get(uri.lower())
        if name in _USUAL_PREFIXES and usual != name:
            raise NotPlainError(name)
        if "&" in uri or uris.setdefault(name, uri) != uri:
            raise NotPlainError(name)
    unknown = [uri for uri in uris.values() if uri.lower() not in _NAMESPACES]
    if len(set(unknown)) < len(unknown):
        raise NotPlainError("two prefixes for one namespace")


def name_of(element: _Element) -> str:
    tag = element.tag
    if not isinstance(tag, str):
        raise NotPlainError("no element")
    uri, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
    if not uri:
        return local.lower()
    uri = uri.lower()
    prefix = "" if _USERLAND in uri else _NAMESPACES.get(uri, element.prefix)
    if prefix is None:
        raise NotPlainError("an unknown namespace without a prefix")
    return f"{prefix}_{local}".lower() if prefix else local.lower()


def version_of(root: _Element) -> str:
    """The dialect, as feedparser calls it, of RSS 0.91 to 2.0, RSS 1.0 and Atom 1.0."""
    name = name_of(root)
    declared = {uri.lower() for uri in root.nsmap.values()}
    if name == "rss" and not declared & {_RSS_10, _RSS_090}:
        version = root.get("version", "")
        if version in _VERSIONS or version.startswith("2."):
            return _VERSIONS.get(version, "rss20")
    elif name == "rdf_rdf" and _RSS_10 in declared and not declared & {_RSS_090, _ATOM_10}:
        return "rss10"
    elif name == "feed" and _ATOM_10 in declared and not declared & {_RSS_10, _RSS_090}:
        return "atom10"
    raise NotPlainError("of no dialect that is plain to see")
