"""The ways in which text is taken for another, and how each is undone: the tables behind arabic/mojibake.py.

Knows single stretches of text; the evidence of a whole document is weighed elsewhere.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache

from arabic.bytes_evidence import evidence
from arabic.code_pages import ARABIC, CONTINUED, CONTINUED_IN_ARABIC, LOST, SPECIAL, WESTERN
from arabic.language import language_of
from arabic.lost_feh import is_feh

_ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_VOWEL = re.compile("Ù[ŒŽ’\x8c\x8e\x92]")  # dammatan, fatha, sukun: what writes these writes damma and kasra


@dataclass(frozen=True, slots=True)
class Undone:
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Losses:
    """What a first byte stands for that has lost its second, as far as the whole text tells."""

    letters: dict[str, str]
    quotes: bool  # the second byte of a closing quotation mark
    spaces: bool  # nothing else is lost: what lacks a second byte lost a NO-BREAK SPACE
    line_feeds: bool  # U+0085, the second byte of «م», became white space
    page_is_whole: bool  # what windows-1252 has no character for is still there
    latin_1: bool  # no character of windows-1252 alone is among the second bytes


_FIRST_AND_SPECIAL = re.compile(f"[Ø-Û][{re.escape(SPECIAL)}]")
_CONTROL = re.compile("[\x80-\x9f]")
_FIRST_AND_CONTROL = re.compile("[Ø-Û][\x80-\x9f]")


def losses_of(text: str) -> Losses:
    """How letters got lost on the way: ISO-8859-1 loses half of the alphabet, windows-1252 only «ف» and «ح»."""
    special, control = _FIRST_AND_SPECIAL.search(text), _FIRST_AND_CONTROL.search(text)
    letters: dict[str, str] = {}
    if (special or control) and "Ø\xad" not in text:
        letters["Ø"] = "\N{ARABIC LETTER HAH}"
    if special and "Ù\x81" not in text and not _VOWEL.search(text):
        letters["Ù"] = "\N{ARABIC LETTER FEH}"
        if "Û’" in text:  # «ے»: only Urdu writes it
            letters["Û"] = "\N{ARABIC LETTER HEH GOAL}"
    line_feeds = bool(control) and not special and "Ù\x85" not in text and text.count("Ù") > 20
    quotes = "â€œ" in text and "â€\x9d" not in text
    return Losses(
        letters, quotes, bool(special or control), line_feeds, _CONTROL.search(text) is not None, special is None
    )


class Way(ABC):
    """One way of taking a text for another."""

    name: str
    is_code_page = False  # an Arabic code page, not UTF-8

    @abstractmethod
    def may_apply(self, text: str) -> bool:
        """A quick look."""

    @abstractmethod
    def undo(self, text: str, losses: Losses) -> Undone | None:
        """The text before, if that is more plausible than the text itself."""

    @abstractmethod
    def force(self, text: str, losses: Losses) -> str | None:
        """The text before, supposing that this is the way; None where it cannot have been."""


# --- UTF-8 read as windows-1252 or ISO-8859-1 ---------------------------------------------------------------------

# First bytes of what newsrooms write: Latin, Greek, Cyrillic, Hebrew, Arabic; «É»» and “PÅ” end in others.
_TWO = f"[ÂÃÎÏÐÑ×Ø-Û]{CONTINUED}"
_MORE = f"[âï]{CONTINUED}{{2}}|ð{CONTINUED}{{3}}"
# What windows-1252 puts in the place of a second byte, itself taken apart; NO-BREAK SPACE may have become a space.
_TURKISH = "[ÄÅ][±°Ÿžœ]|Å“(?=[a-z])"
_DEEPER = f"{_TURKISH}|(?<![A-Za-z])[ÅÆË]{CONTINUED}|(?<=Ã[˜™š›\x98-\x9b])(?:Å |â€ )"
_DIGITS = r"(?<![Ø-Û\x80-\xbf" + re.escape(SPECIAL) + r"])(?:Ù[ \xa0-\xa9])*Ù[\xa0-\xa9](?:Ù[ \xa0-\xa9])*"
_UTF_8_IN_WESTERN = re.compile(
    f"(?P<digits>{_DIGITS})|{_DEEPER}|{_MORE}|{_TWO}|(?P<space>Â |Ã )"
    f"|(?P<quote>â€[{LOST}?]?)|(?P<lone>[Ø-Û×ÂÃÐÑ][{LOST}?]?|[âï]{CONTINUED}|ðŸ)|[À-ÿ]"
)
_SIGN_WESTERN = re.compile(f"{_MORE}|{_TWO}|[Ø-Û]{{2}}|[ØÙ][{LOST}?]|â€|ðŸ")


_GAP = "\ufdd0"  # a noncharacter, in the place of a lost letter
_LETTERS_AND_GAP = re.compile(f"([\u0621-\u0652]*){_GAP}")
_AGENCY = re.compile(f"(?<=[اأ][ .]){_GAP}(?=[ .]ب)")  # AFP
_NOT_A_LETTER = re.compile("[^\u0621-\u063a\u0641-\u064a].*", re.DOTALL)
_MARKS = re.compile("[\u0640\u064b-\u0652]")


def _unmarked(text: str) -> str:
    """The letters that ``text`` begins with, of which another gap is one."""
    return _NOT_A_LETTER.sub("", _MARKS.sub("", text).replace(_GAP, "\N{ARABIC LETTER FEH}"))


def _decoded(page: dict[str, int], written: str) -> str | None:
    try:
        return bytes(0xA0 if letter == " " else page[letter] for letter in written).decode()
    except (KeyError, UnicodeDecodeError):
        return None


class _Utf8InWestern(Way):
    def __init__(self, name: str, *, latin_1: bool) -> None:
        self.name, self._latin_1 = name, latin_1

    def may_apply(self, text: str) -> bool:
        return _SIGN_WESTERN.search(text) is not None

    def undo(self, text: str, losses: Losses) -> Undone | None:
        if losses.latin_1 != self._latin_1:
            return None
        before, gained, unexplained, lost = self._undone(text, losses)
        if not gained or lost or before == text:
            return None
        share = gained / (gained + 3 * unexplained)
        # «ر،» in windows-1256 is a sequence of UTF-8 by accident, among letters that are none.
        return Undone(before, share * (1 - 0.5**gained)) if share > 0.5 else None

    def force(self, text: str, losses: Losses) -> str | None:
        before, _, unexplained, lost = self._undone(text, losses)
        return None if unexplained or lost else before

    def _undone(self, text: str, losses: Losses) -> tuple[str, int, int, int]:
        """The text before; second bytes explained, characters that are in no sequence, letters that are gone."""
        gained = unexplained = lost = 0

        def decode(match: re.Match[str]) -> str:
            nonlocal gained, unexplained, lost
            written = match[0]
            if match["space"] and losses.spaces:
                return " " if written[0] == "Â" else "à" if text[match.end() : match.end() + 1] == " " else "à "
            if match["quote"] and losses.quotes:
                return "\N{RIGHT DOUBLE QUOTATION MARK}"
            if match["lone"] or match["quote"]:
                if losses.line_feeds and written == "Ù" and text[match.end() : match.end() + 1].isspace():
                    return "\N{ARABIC LETTER MEEM}"
                if written[0] in losses.letters:
                    return _GAP if written[0] == "Ù" else losses.letters[written[0]]
                lost += 1
                return written
            found = _decoded(WESTERN, written)
            if found is None:
                unexplained += 1
                return written
            gained += len(written) - 1 if not match["digits"] else 0
            return found

        def fill(gap: re.Match[str]) -> str:
            nonlocal lost
            after = before[gap.end() : gap.end() + 4]
            # Beside another mark it is most likely one itself: the two of «ّ» and its vowel.
            marked = _MARKS.match(gap[1][-1:]) or _MARKS.match(after)
            if not marked and is_feh(_unmarked(gap[1]), _unmarked(after)):
                return gap[1] + "\N{ARABIC LETTER FEH}"
            lost += 1
            return gap[1] + "Ù"

        before = _UTF_8_IN_WESTERN.sub(decode, text)
        if _GAP in before:
            before = _AGENCY.sub("\N{ARABIC LETTER FEH}", before)
            before = _LETTERS_AND_GAP.sub(fill, before)
        if losses.line_feeds:
            before = re.sub("\N{ARABIC LETTER MEEM}\n", "\N{ARABIC LETTER MEEM}", before)
        return before, gained, unexplained, lost


# --- UTF-8 read as windows-1256 -----------------------------------------------------------------------------------

LETTERS = "\u0621-\u064a\u066e-\u06d3"
_LETTERS_BUT_FIRST = "\u0621-\u0636\u063b-\u064a\u066e-\u06d3"
_SEQUENCE = (
    f"[آأإئث×طظعغ]{CONTINUED_IN_ARABIC}|â{CONTINUED_IN_ARABIC}{{2}}|ï{CONTINUED_IN_ARABIC}{{2}}"
    f"|\u064bں{CONTINUED_IN_ARABIC}{{2}}|ط(?!{CONTINUED_IN_ARABIC}|[{_LETTERS_BUT_FIRST}])"
)
_UTF_8_IN_ARABIC = re.compile(f"(?<![{LETTERS}])(?:{_SEQUENCE})+(?![{LETTERS}])")
_ONLY_LETTERS = re.compile(f"[{LETTERS}]+")
_ONE_IN_ARABIC = re.compile(_SEQUENCE)
# Second bytes that no Arabic letter is ever followed by.
SIGN_IN_ARABIC = re.compile("\u064bں|[طظعغأآ×][€‚ƒ„†‡ˆ‰‹Œ•™›œ¢£¤¥¦§¨©¬­®¯°±²³´µ¶·¸¹¼½¾]")


class _Utf8InArabic(Way):
    name = "UTF-8 read as windows-1256"

    def may_apply(self, text: str) -> bool:
        return SIGN_IN_ARABIC.search(text) is not None

    def undo(self, text: str, losses: Losses) -> Undone | None:
        if len(SIGN_IN_ARABIC.findall(text)) < 2:
            return None
        before, gained = self._undone(text)
        left = len(SIGN_IN_ARABIC.findall(_UTF_8_IN_ARABIC.sub("", text)))
        return Undone(before, gained / (gained + 3 * left) * (1 - 0.6**gained)) if gained else None

    def force(self, text: str, losses: Losses) -> str | None:
        return self._undone(text)[0]

    def _undone(self, text: str) -> tuple[str, int]:
        gained = 0

        def decode(match: re.Match[str]) -> str:
            nonlocal gained
            written = match[0]
            if written == "ط":
                return "\N{ARABIC LETTER HAH}"
            found = _decoded(ARABIC, written)
            if found is None:
                return written
            gained += 1
            return found

        def decode_run(run: re.Match[str]) -> str:
            # «آپ» is a word of Urdu.
            certain = run[0][0] not in "آأإئث" or not _ONLY_LETTERS.fullmatch(run[0])
            return _ONE_IN_ARABIC.sub(decode, run[0]) if certain else run[0]

        return _UTF_8_IN_ARABIC.sub(decode_run, text), gained


# --- an Arabic code page read as windows-1252 ---------------------------------------------------------------------

ABOVE = re.compile(r"[^\W\d_]*[\u00c0-\u00ff][^\W\d_]*")  # words with letters of the upper half


class _ArabicInWestern(Way):
    is_code_page = True

    def __init__(self, encoding: str) -> None:
        self.name, self._encoding = f"{encoding} read as windows-1252", encoding
        self._letters = {
            ord(character): letter
            for character, byte in WESTERN.items()
            if (letter := bytes([byte]).decode(encoding, "replace")) != LOST and letter != character
        }

    def may_apply(self, text: str) -> bool:
        return any(is_all_above(word) for word in ABOVE.findall(text))

    def undo(self, text: str, losses: Losses) -> Undone | None:
        words = ABOVE.findall(text)
        whole = [word for word in words if is_all_above(word)]
        changed = sum(not is_all_above(word) and word.translate(self._letters) != word for word in words)
        if changed > len(whole):
            return None
        body = bytes(WESTERN.get(letter, ord(letter) if letter.isascii() else 0x20) for letter in text)
        if evidence(body, expected=("windows-1256",)).arabic != self._encoding:
            return None
        before = text.translate(self._letters)
        if not losses.page_is_whole and language_of(before) not in ("ar", None):
            return None  # letters of Persian and Urdu lie where windows-1252 has none: they are lost, unseen
        letters = len(_ARABIC_LETTER.findall(before)) - len(_ARABIC_LETTER.findall(text))
        left = sum(is_all_above(word) for word in ABOVE.findall(before))
        return Undone(before, len(whole) / (len(whole) + changed + left) * (1 - 0.5 ** (letters / 2)))

    def force(self, text: str, losses: Losses) -> str | None:
        return text.translate(self._letters)


# Where windows-1256 has Arabic letters and marks, and French hardly any letter.
ARABIC_IN_WESTERN = re.compile("[À-ÖØ-ßáãäåæìíðñòóõö]+")


def is_all_above(word: str) -> bool:
    """Whether no letter of the word is ASCII, nor from beyond ISO-8859-1: Western words are not made so."""
    return len(word) > 1 and min(word) >= "\xaa" and max(word) <= "\xff"


@cache
def ways() -> tuple[Way, ...]:
    """All ways, the most certain ones first."""
    return (
        _Utf8InArabic(),
        _Utf8InWestern("UTF-8 read as windows-1252", latin_1=False),
        _Utf8InWestern("UTF-8 read as ISO-8859-1", latin_1=True),
        _ArabicInWestern("windows-1256"),
        _ArabicInWestern("iso-8859-6"),
    )
