"""The ways in which feeds arrive broken: what each makes of a document that was right. Text in, text or bytes out."""

import re
from collections.abc import Callable

_CONTROLS = re.compile("[\x80-\x9f]")
_SOFT_HYPHEN, _NO_BREAK_SPACE = "\N{SOFT HYPHEN}", "\N{NO-BREAK SPACE}"


def _as_browsers_read_1252(body: bytes) -> str:
    """windows-1252 of the WHATWG: the five bytes that mean nothing are controls."""
    return "".join(bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in body)


def _1252(text: str) -> str:
    return _as_browsers_read_1252(text.encode())


def _latin_1(text: str) -> str:
    return text.encode().decode("iso-8859-1")


def _1256(text: str) -> str:
    return text.encode().decode("cp1256")


def _arabic_as_1252(text: str) -> str:
    return _as_browsers_read_1252(text.encode("cp1256", "ignore"))


TWICE: dict[str, Callable[[str], str]] = {
    "UTF-8 read as windows-1252": _1252,
    "… its C1 controls dropped": lambda text: _CONTROLS.sub("", _1252(text)),
    "… its C1 controls replaced by U+FFFD": lambda text: _CONTROLS.sub("\ufffd", _1252(text)),
    "… its C1 controls replaced by ?": lambda text: _CONTROLS.sub("?", _1252(text)),
    "… its NBSP turned to spaces": lambda text: _1252(text).replace(_NO_BREAK_SPACE, " "),
    "… its soft hyphens dropped": lambda text: _1252(text).replace(_SOFT_HYPHEN, ""),
    "… and that read as windows-1252": lambda text: _1252(_1252(text)),
    "… and that with NBSP turned to spaces": lambda text: _1252(_1252(text)).replace(_NO_BREAK_SPACE, " "),
    "… and that read as ISO-8859-1": lambda text: _latin_1(_1252(text)),
    "… written as character references": lambda text: re.sub(
        "[^\x00-\x7f]", lambda letter: f"&#{ord(letter[0])};", _1252(text)
    ),
    "UTF-8 read as ISO-8859-1": _latin_1,
    "… its C1 controls dropped, latin-1": lambda text: _CONTROLS.sub("", _latin_1(text)),
    "… its C1 controls replaced by ?, latin-1": lambda text: _CONTROLS.sub("?", _latin_1(text)),
    "… and that read as windows-1252, latin-1": lambda text: _1252(_latin_1(text)),
    "… and that read as ISO-8859-1, latin-1": lambda text: _latin_1(_latin_1(text)),
    "UTF-8 read as windows-1256": _1256,
    "… its soft hyphens dropped, 1256": lambda text: _1256(text).replace(_SOFT_HYPHEN, ""),
    "… and that read as windows-1256": lambda text: _1256(_1256(text)),
    "windows-1256 read as windows-1252": _arabic_as_1252,
    "… and that encoded twice": lambda text: _1252(_arabic_as_1252(text)),
    "windows-1256 read as ISO-8859-1": lambda text: text.encode("cp1256", "ignore").decode("iso-8859-1"),
    "ISO-8859-6 read as windows-1252": lambda text: _as_browsers_read_1252(text.encode("iso-8859-6", "ignore")),
    "letters replaced by ?": lambda text: text.encode("ascii", "replace").decode(),
}


def _one_broken_byte(text: str) -> bytes:
    # In the markup between two items: no text is harmed.
    head, tag, tail = text.partition("</item>")
    return head.encode() + tag.encode() + b"\n\xff\n" + tail.encode()


# What a document arrives as: bytes, and what HTTP says of them.
BYTES: dict[str, tuple[Callable[[str], bytes], str | None]] = {
    "windows-1256, nothing declared": (lambda text: text.encode("cp1256", "ignore"), None),
    "windows-1256, HTTP says UTF-8": (lambda text: text.encode("cp1256", "ignore"), "utf-8"),
    "windows-1256, HTTP says windows-1252": (lambda text: text.encode("cp1256", "ignore"), "windows-1252"),
    "windows-1256, HTTP says ISO-8859-1": (lambda text: text.encode("cp1256", "ignore"), "iso-8859-1"),
    "ISO-8859-6, nothing declared": (lambda text: text.encode("iso-8859-6", "ignore"), None),
    "ISO-8859-6, declared": (lambda text: text.encode("iso-8859-6", "ignore"), "iso-8859-6"),
    "UTF-16, no mark": (lambda text: text.encode("utf-16-le"), None),
    "UTF-16 big-endian, HTTP says UTF-8": (lambda text: text.encode("utf-16-be"), "utf-8"),
    "UTF-8, HTTP says windows-1256": (lambda text: text.encode(), "windows-1256"),
    "UTF-8 in lines of several kinds": (
        lambda text: text.replace("><", ">\r\n<", 3).replace("><", ">\r<").encode(),
        None,
    ),
    "UTF-8 with one broken byte": (_one_broken_byte, None),
}


def held(name: str, text: str) -> str:
    """As much of ``text`` as the encoding of that name can hold."""
    codec = next((codec for said, codec in _LEGACY if name.startswith(said)), "utf-8")
    if name == "… and that encoded twice":
        codec = "cp1256"
    return text.encode(codec, "ignore").decode(codec)


_LEGACY = (("windows-1256", "cp1256"), ("ISO-8859-6", "iso-8859-6"))
