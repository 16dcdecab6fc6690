"""Match expressions of ``feeds:`` in sources.yml: words, "phrases", AND, OR, NOT and parentheses.

Words side by side must all occur. Everything is compared folded, and a word matches with clitics before it.
Knows folded text only, nothing of articles.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from arabic.fold import Folded, fold
from arabic.tokens import stems, tokens

MAX_LENGTH = 1000  # characters of one expression
MAX_DEPTH = 32  # parentheses and NOTs inside each other

_Places = Mapping[Folded, tuple[int, ...]]
_Test = Callable[["_Text"], bool]

_LEXEME = re.compile(r'\s*(?:(?P<paren>[()])|(?P<quote>["«“”])|(?P<word>[^\s()"«»“”]+)|(?P<odd>\S))')
_CLOSING = {'"': '"', "«": "»", "“": "”", "”": "“"}


class RuleError(ValueError):
    """The expression cannot be read. ``column`` counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A match expression, read."""

    text: str
    _test: _Test

    def matches(self, folded: Folded) -> bool:
        """Whether folded text satisfies the expression."""
        return self._test(_read_text(folded))


def parse_rule(text: str) -> Rule:
    """Read a match expression. Raises RuleError."""
    if len(text) > MAX_LENGTH:
        raise RuleError(f"the expression is longer than {MAX_LENGTH} characters", MAX_LENGTH + 1)
    return Rule(text=text, _test=_Reader(text).read())


@dataclass(frozen=True, slots=True)
class _Text:
    words: tuple[Folded, ...]
    places: _Places  # every stem → where it stands

    def has(self, phrase: tuple[Folded, ...]) -> bool:
        rest = phrase[1:]
        return any(self.words[place + 1 : place + len(phrase)] == rest for place in self.places.get(phrase[0], ()))


@lru_cache(maxsize=4)  # all rules look at one article before the next comes
def _read_text(folded: Folded) -> _Text:
    words = tokens(folded)
    places: dict[Folded, list[int]] = {}
    for place, word in enumerate(words):
        for stem in stems(word):
            places.setdefault(stem, []).append(place)
    return _Text(words, {stem: tuple(found) for stem, found in places.items()})


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str  # "(", ")", "AND", "OR", "NOT", "words", "end"
    column: int
    phrase: tuple[Folded, ...] = ()


class _Reader:
    """Recursive descent: OR binds weakest, then AND (written or not), then NOT."""

    def __init__(self, text: str) -> None:
        self._lexemes = _lexemes_of(text)
        self._next = 0

    def read(self) -> _Test:
        test = self._either(0)
        if self._peek.kind == ")":
            raise RuleError("this parenthesis was never opened", self._peek.column)
        return test

    @property
    def _peek(self) -> _Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> _Lexeme:
        self._next += 1
        return self._lexemes[self._next - 1]

    def _either(self, depth: int) -> _Test:
        tests = [self._both(depth)]
        while self._peek.kind == "OR":
            self._take()
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda text: any(test(text) for test in tests)

    def _both(self, depth: int) -> _Test:
        tests = [self._one(depth)]
        while self._peek.kind not in {"OR", ")", "end"}:
            if self._peek.kind == "AND":
                self._take()
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda text: all(test(text) for test in tests)

    def _one(self, depth: int) -> _Test:
        lexeme = self._take()
        if depth > MAX_DEPTH:
            raise RuleError(f"more than {MAX_DEPTH} levels deep", lexeme.column)
        if lexeme.kind == "words":
            phrase = lexeme.phrase
            return lambda text: text.has(phrase)
        if lexeme.kind == "NOT":
            test = self._one(depth + 1)
            return lambda text: not test(text)
        if lexeme.kind == "(":
            test = self._either(depth + 1)
            if self._peek.kind != ")":
                raise RuleError("this parenthesis is never closed", lexeme.column)
            self._take()
            return test
        found = {"end": "the end", ")": "a closing parenthesis"}.get(lexeme.kind, lexeme.kind)
        raise RuleError(f"a word or a phrase is missing before {found}", lexeme.column)


def _lexemes_of(text: str) -> list[_Lexeme]:
    lexemes: list[_Lexeme] = []
    place = 0
    while match := _LEXEME.match(text, place):
        kind = match.lastgroup
        column = match.start(kind or 0) + 1
        value = text[column - 1 : match.end()]
        place = match.end()
        if kind == "paren" or value in {"AND", "OR", "NOT"}:
            lexemes.append(_Lexeme(value, column))
            continue
        if kind == "odd":
            raise RuleError(f"{value} closes a phrase that was never opened", column)
        if kind == "quote":
            end = text.find(_CLOSING[value], place)
            if end < 0:
                raise RuleError("this phrase is never closed", column)
            value, place = text[place:end], end + 1
        phrase = tokens(fold(value))
        if not phrase:
            raise RuleError("there is no letter or digit in this", column)
        lexemes.append(_Lexeme("words", column, phrase))
    lexemes.append(_Lexeme("end", len(text) + 1))
    return lexemes
