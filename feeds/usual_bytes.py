"""Which documents may be read for their words before anybody has looked at their bones.

Knows bytes, no elements. What feeds/structure.py would refuse is none, nor what feedparser reads in a way of its own.
"""

import re

from feeds.structure import MAX_COMMENTS, MAX_REFERENCES

MAX_TAGS = 200_000

_ROOT = re.compile(rb"(?:<\?xml[^<>]*\?>\s*)?<[A-Za-z_]")  # no document type before it, and thus no entities
# What no XML document may hold, in UTF-8.
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # feedparser takes these controls for windows-1252
# The same as references, and such as are longer than they have to be.
_ODD_REFERENCE = re.compile(rb"&#(?:1[2-5][0-9];|[xX][89][0-9a-fA-F];|[xX]?0)")


def is_usual(body: bytes) -> bool:
    """Whether to look at the words before the bones, and whether they mean to feedparser what they say."""
    # A single byte is looked for many times faster than two.
    return (
        _ROOT.match(body) is not None
        and (len(body) < 3 * MAX_TAGS or body.count(b"<") <= MAX_TAGS)
        and (len(body) < MAX_REFERENCES or body.count(b"&") <= MAX_REFERENCES)
        and (body.count(b"!") <= MAX_COMMENTS or body.count(b"<!--") <= MAX_COMMENTS)
        and len(body.translate(None, _CONTROLS)) == len(body)
        and not (b"\xef" in body and _NONCHARACTER.search(body))
        and not (b"\xc2" in body and _C1.search(body))
        and not (b"&" in body and _ODD_REFERENCE.search(body))
    )
