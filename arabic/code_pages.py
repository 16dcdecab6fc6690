"""The upper halves of windows-1252, ISO-8859-1 and windows-1256, from character back to byte."""

import re

LOST = "\N{REPLACEMENT CHARACTER}"


def _page(codec: str, *, controls: bool) -> dict[str, int]:
    """Character → byte above ASCII; with ``controls`` also those that ISO-8859-1 has in these places."""
    page = {chr(byte): byte for byte in range(0x80, 0x100)} if controls else {}
    for byte in range(0x80, 0x100):
        character = bytes([byte]).decode(codec, "replace")
        if character != LOST:
            page[character] = byte
    return page


WESTERN, ARABIC = _page("cp1252", controls=True), _page("cp1256", controls=False)


def _class(page: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(character) for character, byte in page.items() if first <= byte <= last) + "]"


CONTINUED, CONTINUED_IN_ARABIC = _class(WESTERN, 0x80, 0xBF), _class(ARABIC, 0x80, 0xBF)
SPECIAL = "".join(character for character, byte in WESTERN.items() if ord(character) > 0xFF)  # of windows-1252 alone
