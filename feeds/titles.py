"""Titles that were cut off, made whole from the text below them, where that is certain.

Knows how titles are cut and where sentences end; judges no words.
"""

import re
from collections.abc import Iterator

from feeds.clean import words_of

LONGEST = 200  # characters: what is longer is a paragraph, no title
_KNOWN = 20  # characters of the title that must stand at the beginning of the text
_KNOWN_WORDS = 4

_CUT = re.compile(r"\s*(?:\[?(?:\.{3,}|…)+\]?|\.\.)$")
_SIGNS_OF_A_CUT = (".", "…", "]")
_LINE_END = re.compile(r"</(?:p|div|li|h[2-6]|blockquote|figcaption|td)>|<br>")
_SENTENCE_END = re.compile(r"[.!?؟](?=\s|$)")
_ABBREVIATION = re.compile(r"(?:^|\s)\S{1,2}$")  # «د. محمد», "U.S."


def whole_title(title: str, html: str | None) -> str:
    """``title``; one that ends in "..." as the first sentence of ``html`` has it whole, if it begins with its words.

    ``html`` is what feeds/clean.py leaves.
    """
    cut = _CUT.search(title) if title.endswith(_SIGNS_OF_A_CUT) else None
    if cut is None or not html:
        return title
    known = title[: cut.start()]
    if len(known) < _KNOWN or len(known.split()) < _KNOWN_WORDS:
        return title
    line = next(_lines(html), "")
    if not line.startswith(known):
        return title
    sentence = _first_sentence(line, len(known)).removesuffix(".")
    if len(sentence) > LONGEST or len(sentence) <= len(known) or _CUT.search(sentence):
        return title
    return sentence


def _lines(html: str) -> Iterator[str]:
    """The lines that say something, among the first."""
    for piece in _LINE_END.split(html[: 20 * LONGEST])[:5]:
        if words := words_of(piece):
            yield words


def _first_sentence(line: str, after: int) -> str:
    for end in _SENTENCE_END.finditer(line, after):
        if not (end[0] == "." and _ABBREVIATION.search(line[: end.start()])):
            return line[: end.end()]
    return line
