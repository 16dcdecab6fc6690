"""The one folding: what text looks like when spelling, marks and punctuation do not count.

Knows characters only, no words. Folded text is for comparing and is never displayed. The folding has a version:
whatever is stored and was made with it (fingerprints, indexes) stores the version beside it.
"""

import re
import unicodedata
from typing import NewType

Folded = NewType("Folded", str)

FOLD_VERSION = 1

# Letters that Unicode does not decompose and that writers exchange. Bare hamza is kept: dropping it would make
# «ماء» (water) the particle «ما».
_LETTERS = {
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER DOTLESS BEH}": "\N{ARABIC LETTER BEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER VEH}": "\N{ARABIC LETTER FEH}",
    "\N{ARABIC LETTER HIGH HAMZA}": "",
    "\N{ARABIC TATWEEL}": "",
    "\N{GREEK SMALL LETTER FINAL SIGMA}": "\N{GREEK SMALL LETTER SIGMA}",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": ",",
    "\N{ARABIC COMMA}": ",",
    ".": ".",
    ",": ",",
}
# What most Arabic text is made of once the letters above are exchanged: left alone, which halves the time.
_UNTOUCHED = (
    " .,0-9a-z"
    "\N{ARABIC LETTER HAMZA}\N{ARABIC LETTER ALEF}\N{ARABIC LETTER BEH}"
    "\N{ARABIC LETTER TEH}-\N{ARABIC LETTER GHAIN}"
    "\N{ARABIC LETTER FEH}-\N{ARABIC LETTER WAW}\N{ARABIC LETTER YEH}"
)
_OTHERS = re.compile(f"[^{_UNTOUCHED}]+")
# Each begins with its literal, so that the regex engine can look for it at memory speed.
_THOUSANDS = re.compile(",(?<=[0-9],)(?=[0-9]{3}(?![0-9]))")
_DECIMAL_COMMA = re.compile(",(?<=[0-9],)(?=[0-9])")
_FULL_STOP = re.compile(r"\.(?:(?<![0-9]\.)|(?![0-9]))")


def fold(text: str) -> Folded:
    """Fold display text. Idempotent; never longer than ``text`` once its ligatures are spelled out.

    >>> fold("الأُمَم المتّحدة: ٦٫٢ مليون")
    'الامم المتحده 6.2 مليون'
    """
    plain = text
    for letter, folded in _FREQUENT:
        plain = plain.replace(letter, folded)
    plain = _OTHERS.sub(_fold_run, plain)
    if "," in plain:
        plain = _THOUSANDS.sub("", plain)
        plain = _DECIMAL_COMMA.sub(".", plain).replace(",", " ")
    if "." in plain:
        plain = _FULL_STOP.sub(" ", plain)
    return Folded(" ".join(plain.split()))


class _FoldedCharacters(dict[int, str]):
    """Code point → what it folds to, worked out at first sight; remembers the basic plane only, so it is bounded."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code <= 0xFFFF:
            self[code] = folded
        return folded


_FOLDED_CHARACTERS = _FoldedCharacters()


def _fold_run(match: re.Match[str]) -> str:
    return match[0].translate(_FOLDED_CHARACTERS)


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
        if len(base) == 1 and base not in " .,":
            return base if base == character else _fold_character(base)
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _is_presentation_form(character: str) -> bool:
    return "\ufb50" <= character <= "\ufdff" or "\ufe70" <= character <= "\ufefe"


_FREQUENT = tuple(
    (letter, _fold_character(letter))
    for letter in (
        "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER TEH MARBUTA}",
        "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
        "\N{ARABIC LETTER ALEF MAKSURA}",
        "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
        "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}",
        "\N{ARABIC COMMA}",
    )
)
