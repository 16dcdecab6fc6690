"""The one folding: what text looks like when spelling, marks and punctuation do not count.

Knows characters only, no words. Folded text is for comparing and is never displayed. The folding has a version:
whatever is stored and was made with it (fingerprints, indexes) stores the version beside it.
"""

import codecs
import re
import unicodedata
from typing import NewType, cast

Folded = NewType("Folded", str)

FOLD_VERSION = 2

_HAMZA = "\N{ARABIC LETTER HAMZA}"
_HAMZA_MARK = "\N{ARABIC HAMZA ABOVE}"

# What writers exchange and Unicode does not decompose. Hamza on waw and on yeh is hamza: its seat follows grammar
# («أعضاؤها», «أعضائها», «أعضاءها»), and without it «فئة» (a group) would be «فيه» (in it). On alef it is dropped, as
# most writers drop it. Letters made for sounds that Arabic lacks are the letters it writes in their place.
_LETTERS = {
    **dict.fromkeys("\N{ARABIC LETTER WAW WITH HAMZA ABOVE}\N{ARABIC LETTER YEH WITH HAMZA ABOVE}", _HAMZA),
    **dict.fromkeys(
        "\N{ARABIC LETTER TEH MARBUTA}\N{ARABIC LETTER TEH MARBUTA GOAL}\N{ARABIC LETTER AE}"
        "\N{ARABIC LETTER HEH GOAL}\N{ARABIC LETTER HEH DOACHASHMEE}",
        "\N{ARABIC LETTER HEH}",
    ),
    **dict.fromkeys(
        "\N{ARABIC LETTER ALEF MAKSURA}\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER YEH BARREE}"
        "\N{ARABIC LETTER E}\N{ARABIC LETTER YEH WITH SMALL V}",
        "\N{ARABIC LETTER YEH}",
    ),
    **dict.fromkeys(
        "\N{ARABIC LETTER KEHEH}\N{ARABIC LETTER SWASH KAF}\N{ARABIC LETTER GAF}\N{ARABIC LETTER NG}",
        "\N{ARABIC LETTER KAF}",
    ),
    **dict.fromkeys("\N{ARABIC LETTER VEH}\N{ARABIC LETTER FEH WITH THREE DOTS BELOW}", "\N{ARABIC LETTER FEH}"),
    **dict.fromkeys("\N{ARABIC LETTER PEH}\N{ARABIC LETTER DOTLESS BEH}", "\N{ARABIC LETTER BEH}"),
    **dict.fromkeys("\N{ARABIC LETTER OE}\N{ARABIC LETTER VE}", "\N{ARABIC LETTER WAW}"),
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER TCHEH}": "\N{ARABIC LETTER JEEM}",
    "\N{ARABIC LETTER REH WITH SMALL V BELOW}": "\N{ARABIC LETTER REH}",
    "\N{ARABIC LETTER QAF WITH THREE DOTS ABOVE}": "\N{ARABIC LETTER QAF}",
    "\N{ARABIC LETTER LAM WITH SMALL V}": "\N{ARABIC LETTER LAM}",
    "\N{ARABIC LETTER NOON GHUNNA}": "\N{ARABIC LETTER NOON}",
    "\N{ARABIC TATWEEL}": "",
    # Marks that Unicode counts among the letters.
    **dict.fromkeys("\N{ARABIC LETTER HIGH HAMZA}\N{ARABIC SMALL WAW}\N{ARABIC SMALL YEH}", ""),
    **dict.fromkeys("\N{MODIFIER LETTER RIGHT HALF RING}\N{MODIFIER LETTER LEFT HALF RING}", ""),
    "\N{GREEK SMALL LETTER FINAL SIGMA}": "\N{GREEK SMALL LETTER SIGMA}",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": ",",
    "\N{ARABIC COMMA}": ",",
    ".": ".",
    ",": ",",
    _HAMZA_MARK: _HAMZA_MARK,  # until its seat is seen
}
# What nearly all texts are made of, at most 256 characters: such a text is folded as bytes, a third faster than any way
# over characters (``python -m benchmarks folding``).
_FREQUENT = "".join(
    map(
        chr,
        (
            *range(0x80),
            *(0xA0, 0xAB, 0xAD, 0xB0, 0xB7, 0xBB, 0xD7, 0xE8, 0xE9),  # space, «», °, ·, ×, è, é
            *(0x060C, 0x061B, 0x061F),  # ، ؛ ؟
            *range(0x0621, 0x063B),  # hamza to ghain
            *range(0x0640, 0x0654),  # tatweel, feh to yeh, tashkeel
            *range(0x0660, 0x0672),  # digits, their separators, superscript alef, alef wasla
            *(0x067E, 0x0686, 0x06A4, 0x06A9, 0x06AF, 0x06C1, 0x06CC),  # peh, tcheh, veh, keheh, gaf, heh goal, yeh
            *range(0x06F0, 0x06FA),  # Persian digits
            *range(0x200B, 0x2010),  # no width, direction
            *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026),  # – — quotes • …
            *range(0x202A, 0x202F),  # embedding
            *range(0x2066, 0x206A),  # isolates
            0xFEFF,
        ),
    )
)
# Each begins with its literal, so that the regex engine can look for it at memory speed.
_THOUSANDS = re.compile(",(?<=[0-9],)(?=[0-9]{3}(?![0-9]))")
_DECIMAL_COMMA = re.compile(",(?<=[0-9],)(?=[0-9])")
_ON_SEAT = re.compile(f"[\N{ARABIC LETTER WAW}\N{ARABIC LETTER YEH}]{_HAMZA_MARK}")
_FULL_STOP = re.compile(r"\.(?:(?<![0-9]\.)|(?![0-9]))")


def fold(text: str) -> Folded:
    """Fold display text. Idempotent; never longer than ``text`` once its ligatures are spelled out.

    >>> fold("الأُمَم المتّحدة: ٦٫٢ مليون")
    'الامم المتحده 6.2 مليون'
    """
    return Folded(" ".join(folded_words(text)))


def folded_words(text: str) -> tuple[Folded, ...]:
    """The words of display text, folded: the tokens of what ``fold`` makes of it, without putting them together first.

    >>> folded_words("الأُمَم المتّحدة")
    ('الامم', 'المتحده')
    """
    try:
        plain = _fold_bytes(text)
    except UnicodeEncodeError:
        plain = text.translate(_FOLDED_CHARACTERS)
        if _HAMZA_MARK in plain:
            plain = _ON_SEAT.sub(_HAMZA, plain).replace(_HAMZA_MARK, "")
    if "," in plain:
        plain = _THOUSANDS.sub("", plain)
        plain = _DECIMAL_COMMA.sub(".", plain).replace(",", " ")
    if "." in plain:
        plain = _FULL_STOP.sub(" ", plain)
    return cast(tuple[Folded, ...], tuple(plain.split()))


class _FoldedCharacters(dict[int, str]):
    """Code point → what it folds to, worked out at first sight; remembers the basic plane only, so it is bounded."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code <= 0xFFFF:
            self[code] = folded
        return folded


_FOLDED_CHARACTERS = _FoldedCharacters()


def _fold_bytes(text: str) -> str:
    """Fold through one byte for each character. Raises UnicodeEncodeError where a character is not a frequent one."""
    packed, _ = codecs.charmap_encode(text, "strict", _BYTES)
    return codecs.charmap_decode(packed.translate(None, _VANISHING), "strict", _FOLDED_BYTES)[0]


def _fold_character(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if _is_presentation_form(character):
        spelled = unicodedata.normalize("NFKC", character)
        if spelled == character:
            return " "
        # Isolated vowel marks decompose to a space and a mark: the space is no word boundary.
        return "".join(map(_fold_character, spelled)) if spelled[0] != " " else ""
    if category[0] not in "LNM":
        return " "
    for form in ("NFKD", "NFD"):
        decomposed = unicodedata.normalize(form, character)
        base = "".join(map(_fold_character, decomposed)) if decomposed != character else character.lower()
        base = base.replace(_HAMZA_MARK, "")
        if len(base) == 1 and base not in " .,":
            return base if base == character else _fold_character(base)
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _is_presentation_form(character: str) -> bool:
    return "\ufb50" <= character <= "\ufdff" or "\ufe70" <= character <= "\ufefe"


_BYTES = codecs.charmap_build(_FREQUENT)
_VANISHING = bytes(byte for byte, character in enumerate(_FREQUENT) if not _fold_character(character))
_FOLDED_BYTES = "".join(_fold_character(character) or " " for character in _FREQUENT)
