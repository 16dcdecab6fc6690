"""Cuts a date as written into tokens: numbers, signs, and the words of the tables, each with a letter for its kind.

Marks, tatweel and controls of direction count for nothing, and a space no more than that. What the order of the tokens
means is ``arabic.dates``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo

from arabic.date_words import Word, longest, words
from arabic.fold import fold

_WESTERNMOST, _EASTERNMOST = timedelta(hours=-12), timedelta(hours=14)
_SIGNS = str.maketrans(
    {
        "\N{ARABIC COMMA}": ",",
        "\N{ARABIC SEMICOLON}": ",",
        ";": ",",
        "|": ",",
        "=": ",",
        "\N{BULLET}": ",",
        "\N{MIDDLE DOT}": ",",
        "[": "(",
        "]": ")",
        "\N{ARABIC DECIMAL SEPARATOR}": ".",
        "\N{ARABIC THOUSANDS SEPARATOR}": ",",
        "\N{ARABIC DATE SEPARATOR}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{FRACTION SLASH}": "/",
        "\N{FULLWIDTH SOLIDUS}": "/",
        "\\": "/",
        "\N{FULLWIDTH COLON}": ":",
        "\N{RATIO}": ":",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{FIGURE DASH}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL BAR}": "-",
        "\N{MINUS SIGN}": "-",
    }
)
_SIGN = re.compile(r"([/:\-.,()+])")
_DOTTED_LETTERS = re.compile(r"(?<![^\W\d_])([^\W\d_])\. ?([^\W\d_])\b\.?(?![^\W\d_])")
# Lebanon's newspapers number the two Tishreens and Kanuns: ت2 is November.
_NUMBERED_MONTH = "[\N{ARABIC LETTER TEH}\N{ARABIC LETTER KAF}][12](?![0-9])"
_TOKEN = re.compile(rf"(?P<number>[0-9]+)|(?P<words>{_NUMBERED_MONTH}|[^\W\d_]+(?: [^\W\d_]+)*)|(?P<sign>[/:\-.,()+])")
_OFFSET = re.compile(r"([+\-])([0-9]{2}):?([0-9]{2})(?![0-9:])")
_TIME_BEFORE_OFFSET = re.compile(r":n(?:\.n)?[pa]?$")
_SHORT_OFFSET = re.compile(r"([+\-])([0-9]{1,2})()(?=[),]|$)")
_NOTHING = Word(kind="")
_MEEM = Word(kind="meem")
_OUR_ERA = Word(kind="era", calendar="gregorian")
_MARCH = Word(kind="month", calendar="gregorian", value=3)
_TUESDAY = Word(kind="weekday", value=1)

# The letters of the code.
_CODES = {
    "month": "m", "weekday": "w", "day_part": "p", "meem": "a", "era": "e", "clock": "c", "zone": "z", "same": ",",
    "since": "r", "one_unit": "u", "units": "v", "two_units": "d", "count": "k", "day": "o", "days_ago": "y",
    "now": "x", "colon": ":", "filler": "", "mar": "m",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    code: str
    digits: str = ""
    said: Word = _NOTHING

    @property
    def number(self) -> int:
        return int(self.digits) if self.digits else self.said.value


def tokens_of(text: str) -> list[Token]:
    """Empty where a word is none of a date's."""
    plain = "".join(piece if _SIGN.fullmatch(piece) else fold(piece) for piece in _SIGN.split(text.translate(_SIGNS)))
    plain = _DOTTED_LETTERS.sub(r"\1\2", plain)
    tokens: list[Token] = []
    at = 0
    while at < len(plain):
        if plain[at] == " ":
            at += 1
            continue
        offset = _offset_at(plain, at, tokens)
        if offset is not None:
            zone, at = offset
            if tokens[-1].code == "z":  # GMT+3
                tokens.pop()
            tokens.append(Token("z", said=Word(kind="zone", zone=zone)))
            continue
        match = _TOKEN.match(plain, at)
        if match is None:
            return []
        at = match.end()
        if match["number"]:
            tokens.append(Token("n", digits=match["number"]))
        elif match["sign"]:
            is_heading = match["sign"] == ":" and (not tokens or tokens[-1].code != "n")  # «آخر تحديث:»
            tokens.append(Token("," if is_heading else match["sign"]))
        else:
            said = [*_spoken(match["words"])]
            if None in said:
                return []
            if said[0] == _MEEM and plain[match.start() - 1 : match.start()].isdigit() and len(tokens[-1].digits) == 4:
                said[0] = _OUR_ERA  # 2026م
            tokens += [Token(code, said=word) for word in said if word is not None and (code := _CODES[word.kind])]
    is_tuesday = any(token.said.kind == "month" for token in tokens)
    mar = Token("w", said=_TUESDAY) if is_tuesday else Token("m", said=_MARCH)
    return [mar if token.said.kind == "mar" else token for token in tokens]


def _spoken(phrase: str) -> Iterator[Word | None]:
    """The words of a phrase, the longest spellings first; None for a word that says nothing of dates."""
    parts = phrase.split(" ")
    known = words()
    while parts:
        for count in range(min(len(parts), longest()), 0, -1):
            word = known.get(" ".join(parts[:count]))
            if word is not None:
                yield word
                del parts[:count]
                break
        else:
            yield None
            return


def _offset_at(plain: str, at: int, tokens: list[Token]) -> tuple[tzinfo, int] | None:
    """The distance to Greenwich that may stand after a time or «GMT», and where it ends."""
    if plain[at] not in "+-":
        return None
    codes = "".join(token.code for token in tokens[-6:])
    after_zone = codes.endswith("z")
    if not after_zone and not _TIME_BEFORE_OFFSET.search(codes):
        return None
    is_certain = after_zone or plain[at] == "+"  # «10:30 - 07» may go on as a date
    match = _OFFSET.match(plain, at) or (_SHORT_OFFSET.match(plain, at) if is_certain else None)
    if match is None:
        return None
    east = timedelta(hours=int(match[2]), minutes=int(match[3] or 0)) * (-1 if match[1] == "-" else 1)
    if int(match[3] or 0) % 15 or not _WESTERNMOST <= east <= _EASTERNMOST:
        return None
    return timezone(east), match.end()
