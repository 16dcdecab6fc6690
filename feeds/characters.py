"""Which characters of theirs never enter: those that break XML, and those that turn a line around.

Marks that Arabic, Persian and Urdu need (LRM, RLM, ALM, ZWNJ, ZWJ, tashkeel, tatweel) pass untouched.
"""

import re

_ISOLATES = "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}"
_POP = "\N{POP DIRECTIONAL ISOLATE}"
_EMBEDDINGS_AND_OVERRIDES = "\u202a-\u202e"
_FAR_NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
# C0 and C1 save white space (tab, line feed, vertical tab, form feed, carriage return, next line), lone surrogates,
# noncharacters. Those beyond the first plane stand apart: in one expression they make the search several times slower.
_UNWANTED = re.compile(
    f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f{_EMBEDDINGS_AND_OVERRIDES}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_UNWANTED_FAR_OFF = re.compile(f"[\U00010000-\U0010ffff](?<=[{_FAR_NONCHARACTERS}])")
# Readers that unescape once too often would turn their lines around.
_WRITTEN_OVERRIDE = re.compile(r"&(?:amp;)*+#(?:[xX]0*+202[a-eA-E](?![0-9a-fA-F])|0*+823[4-8](?![0-9]));?", re.ASCII)
_ISOLATE_MARKS = re.compile(f"[{_ISOLATES}{_POP}]")


def drop_unwanted(text: str) -> str:
    """``text`` without control characters, noncharacters, lone surrogates, bidi embeddings and overrides."""
    # What is printable holds none of them, and is known several times sooner.
    return text if text.isprintable() else _UNWANTED_FAR_OFF.sub("", _UNWANTED.sub("", text))


def drop_written_overrides(text: str) -> str:
    """``text`` without references to bidi embeddings and overrides, however often they are escaped."""
    if "&" not in text or not _WRITTEN_OVERRIDE.search(text):
        return text
    # What is left may stand together as another one: then something stays between, for there may be thousands.
    return _WRITTEN_OVERRIDE.sub("\N{REPLACEMENT CHARACTER}", _WRITTEN_OVERRIDE.sub("", text))


def balance_isolates(text: str) -> str:
    """``text`` without the bidi isolates that are never closed, and the closings that close nothing.

    An isolate left open would carry its direction into whatever is shown next (UAX 9, X5a–X6a).
    """
    if text.isprintable() or not _ISOLATE_MARKS.search(text):
        return text
    open_at: list[int] = []
    stray: set[int] = set()
    for mark in _ISOLATE_MARKS.finditer(text):
        if mark[0] != _POP:
            open_at.append(mark.start())
        elif open_at:
            open_at.pop()
        else:
            stray.add(mark.start())
    stray.update(open_at)
    return "".join(character for at, character in enumerate(text) if at not in stray) if stray else text
