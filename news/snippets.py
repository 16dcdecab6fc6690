"""Where a text says what was asked for: places in the display text, and the piece of it that is worth showing.

The text itself is shown as it is; what is folded is compared only.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from arabic.fold import fold
from arabic.stems import Term, index_terms
from news.expressions import wanted
from news.query import Query, Terms

SNIPPET_WORDS = 32
SEARCHED_WORDS = 3000  # of one text
LONGEST_WORD = 80  # characters that are shown of one
MOST_MARKS = 200  # of one text

_WORD = re.compile(r"\S+")
_BEFORE_WORD = re.compile(r"\W*")
_AFTER_WORD = re.compile(r"[^\w\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}]*$")
_REMEMBERED = 1 << 16

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of display text and the spans in it that were asked for, in order, none touching another."""

    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    first: int  # word
    last: int
    what: int  # which of the things asked for


def marked(text: str, query: Query, *, is_title: bool = False) -> tuple[Span, ...]:
    """The spans of ``text`` that answer the query, in order; neighbouring ones are one."""
    words = _words(text)
    return _spans(text, words, _find(text, words, query, is_title=is_title), offset=0)


def snippet_of(text: str, query: Query) -> Snippet:
    """The piece that holds most of what was asked for; the beginning, if there is nothing of it."""
    words = _words(text)
    if not words:
        return Snippet(text="", marks=())
    found = _find(text, words, query, is_title=False)
    first = _best_window(found)
    chosen = words[first : first + SNIPPET_WORDS]
    begin, end = chosen[0][0], chosen[-1][1]
    before = "… " if first else ""
    after = " …" if first + SNIPPET_WORDS < len(words) else ""
    shown = [f for f in found if first <= f.first and f.last < first + SNIPPET_WORDS]
    piece = re.sub(r"\s", " ", text[begin:end])  # as long as before: the spans stay true
    marks = _spans(text, words, shown, offset=len(before) - begin)
    return Snippet(text=f"{before}{piece}{after}", marks=marks)


def _words(text: str) -> list[Span]:
    words: list[Span] = []
    for match in _WORD.finditer(text):
        words.append((match.start(), min(match.end(), match.start() + LONGEST_WORD)))
        if len(words) == SEARCHED_WORDS:
            break
    return words


def _find(text: str, words: Sequence[Span], query: Query, *, is_title: bool) -> list[_Found]:
    forms: dict[Term, list[tuple[tuple[Term, ...], int]]] = {}
    for what, sought in enumerate(dict.fromkeys(wanted(query.sought))):
        if isinstance(sought, Terms) and (is_title or not sought.in_title):
            for form in sought.forms:
                forms.setdefault(form[0], []).append((form, what))
    if not forms:
        return []
    terms: list[Term] = []
    owners: list[int] = []
    for number, (begin, end) in enumerate(words):
        for term in _terms_of(text[begin:end]):
            terms.append(term)
            owners.append(number)
    found = (
        _Found(owners[place], owners[place + len(form) - 1], what)
        for place, term in enumerate(terms)
        for form, what in forms.get(term, ())
        if tuple(terms[place : place + len(form)]) == form
    )
    return list(islice(found, MOST_MARKS))


@lru_cache(_REMEMBERED)
def _terms_of(word: str) -> tuple[Term, ...]:
    return tuple(index_terms(fold(word)))


def _best_window(found: Collection[_Found]) -> int:
    """The word at which the best piece begins: the most different things, then the most, then the earliest."""
    best, begin = (0, 0), 0
    for start in sorted({f.first for f in found}):
        inside = [f.what for f in found if start <= f.first and f.last < start + SNIPPET_WORDS]
        worth = (len(set(inside)), len(inside))
        if worth > best:
            best, begin = worth, start
    return max(0, begin - 4) if begin > 6 else 0  # a few words before the first, and no cut for a handful


def _spans(text: str, words: Sequence[Span], found: Collection[_Found], *, offset: int) -> tuple[Span, ...]:
    return tuple((begin + offset, end + offset) for begin, end in _joined(_trimmed(text, words, found)))


def _trimmed(text: str, words: Sequence[Span], found: Collection[_Found]) -> Iterator[Span]:
    """The words found, without the punctuation around them."""
    for f in sorted(found, key=lambda f: f.first):
        begin, end = words[f.first][0], words[f.last][1]
        before, after = _BEFORE_WORD.match(text, begin, end), _AFTER_WORD.search(text, begin, end)
        yield (before.end() if before else begin), (after.start() if after else end)


def _joined(spans: Iterator[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
