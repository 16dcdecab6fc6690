"""What a charset label means, as browsers read it (WHATWG Encoding Standard): "iso-8859-1" is windows-1252.

Knows names only. Encodings that hide markup in ASCII bytes (utf-7, iso-2022-*, hz) are never honoured.
"""

import re
from functools import cache
from importlib.resources import files

# Label → what the bytes look like that such an encoding means something else by.
_DISGUISES = (
    (
        re.compile(r"(?:x-)?(?:unicode-\d-\d-)?utf-?7|csunicode11utf7", re.IGNORECASE),
        re.compile(rb"\+[A-Za-z0-9+/]{2}"),
    ),
    (re.compile(r"(?:cs)?iso-?2022.*", re.IGNORECASE), re.compile(rb"[\x0e\x1b]")),
    (re.compile(r"hz(?:-gb-2312)?", re.IGNORECASE), re.compile(rb"~\{")),
)


def charset(label: str | None) -> str | None:
    """The encoding that ``label`` names, lower case: "windows-1252" for "Latin1"; None for a label nobody knows."""
    return _encodings().get((label or "").strip().lower())


def codec(encoding: str) -> str:
    """What Python calls an encoding that ``charset`` named."""
    return _codecs()[encoding]


def is_disguised(body: bytes, label: str | None) -> bool:
    """Whether ``label`` names an encoding that is never honoured, and ``body`` uses what only that encoding reads."""
    return any(name.fullmatch((label or "").strip()) and shift.search(body) for name, shift in _DISGUISES)


@cache
def _table() -> tuple[tuple[str, str, str], ...]:
    lines = files("arabic").joinpath("charsets.tsv").read_text(encoding="ascii").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return tuple((encoding, python, labels) for encoding, python, labels in rows)


@cache
def _encodings() -> dict[str, str]:
    return {label: encoding for encoding, _, labels in _table() for label in labels.split()}


@cache
def _codecs() -> dict[str, str]:
    return {encoding: python for encoding, python, _ in _table()}
