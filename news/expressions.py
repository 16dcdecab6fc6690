"""The grammar of what can be asked of text: words, "phrases", AND, OR, NOT and parentheses.

Rules of feeds (news/rules.py) and queries (news/query.py) are trees of it over words of their own. Words side by side
must all occur. Knows folded words and columns, nothing of what they are looked for in.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from arabic.fold import Folded, fold
from arabic.tokens import tokens

MAX_LENGTH = 1000  # characters of one expression
MAX_DEPTH = 32  # parentheses and NOTs inside each other

_LEXEME = re.compile(r'\s*(?:(?P<paren>[()])|(?P<quote>["«“”])|(?P<word>[^\s()"«»“”]+)|(?P<odd>\S))')
_CLOSING = {'"': '"', "«": "»", "“": "”", "”": "“"}
_FIELD = re.compile(r"([^\W\d_]+):")

Leaf = TypeVar("Leaf")
Other = TypeVar("Other")


class ExpressionError(ValueError):
    """The expression cannot be read. ``column`` counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Not(Generic[Leaf]):
    part: "Tree[Leaf]"


@dataclass(frozen=True, slots=True)
class All(Generic[Leaf]):
    parts: tuple["Tree[Leaf]", ...]


@dataclass(frozen=True, slots=True)
class Either(Generic[Leaf]):
    parts: tuple["Tree[Leaf]", ...]


Tree: TypeAlias = Not[Leaf] | All[Leaf] | Either[Leaf] | Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words that stand side by side, and the field they are looked for in; None: anywhere."""

    text: str  # as written, without quotes and field
    words: tuple[Folded, ...]
    column: int
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What can be written beside words and parentheses."""

    operators: Mapping[str, str] = field(default_factory=lambda: {"AND": "AND", "OR": "OR", "NOT": "NOT"})
    fields: Mapping[str, str] = field(default_factory=dict)  # as written before a colon → its name
    has_minus: bool = False  # «-word» is NOT word
    most_words: int = MAX_LENGTH


def read_expression(text: str, grammar: Grammar) -> Tree[Words]:
    """Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", MAX_LENGTH + 1)
    return _Reader(tuple(_lexemes_of(text, grammar))).read()


def mapped(tree: Tree[Leaf], leaf: Callable[[Leaf], Other]) -> Tree[Other]:
    """The same tree over other leaves."""
    match tree:
        case Not(part):
            return Not(mapped(part, leaf))
        case All(parts):
            return All(tuple(mapped(part, leaf) for part in parts))
        case Either(parts):
            return Either(tuple(mapped(part, leaf) for part in parts))
        case _:
            return leaf(tree)


def wanted(tree: Tree[Leaf]) -> Iterator[Leaf]:
    """The leaves that speak for a text, in order: those below no NOT."""
    match tree:
        case Not():
            return
        case All(parts) | Either(parts):
            for part in parts:
                yield from wanted(part)
        case _:
            yield tree


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str  # "(", ")", "AND", "OR", "NOT", "field", "words", "end"
    column: int
    text: str = ""
    words: tuple[Folded, ...] = ()


class _Reader:
    """Recursive descent: OR binds weakest, then AND (written or not), then NOT."""

    def __init__(self, lexemes: tuple[_Lexeme, ...]) -> None:
        self._lexemes = lexemes
        self._next = 0

    def read(self) -> Tree[Words]:
        tree = self._either(0, None)
        if self._peek.kind == ")":
            raise ExpressionError("this parenthesis was never opened", self._peek.column)
        return tree

    @property
    def _peek(self) -> _Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> _Lexeme:
        self._next += 1
        return self._lexemes[self._next - 1]

    def _either(self, depth: int, field: str | None) -> Tree[Words]:
        parts = [self._both(depth, field)]
        while self._peek.kind == "OR":
            self._take()
            parts.append(self._both(depth, field))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int, field: str | None) -> Tree[Words]:
        parts = [self._one(depth, field)]
        while self._peek.kind not in {"OR", ")", "end"}:
            if self._peek.kind == "AND":
                self._take()
            parts.append(self._one(depth, field))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int, field: str | None) -> Tree[Words]:
        lexeme = self._take()
        if depth > MAX_DEPTH:
            raise ExpressionError(f"more than {MAX_DEPTH} levels deep", lexeme.column)
        match lexeme.kind:
            case "words":
                return Words(text=lexeme.text, words=lexeme.words, column=lexeme.column, field=field)
            case "NOT":
                return Not(self._one(depth + 1, field))
            case "field":
                if field is not None:
                    raise ExpressionError(f"{lexeme.text}: stands inside {field}:", lexeme.column)
                if self._peek.kind not in {"words", "("}:
                    raise ExpressionError(f"a word or a phrase is missing behind {lexeme.text}:", self._peek.column)
                return self._one(depth, lexeme.text)
            case "(":
                tree = self._either(depth + 1, field)
                if self._peek.kind != ")":
                    raise ExpressionError("this parenthesis is never closed", lexeme.column)
                self._take()
                return tree
        found = {"end": "the end", ")": "a closing parenthesis"}.get(lexeme.kind, lexeme.kind)
        raise ExpressionError(f"a word or a phrase is missing before {found}", lexeme.column)


def _lexemes_of(text: str, grammar: Grammar) -> Iterator[_Lexeme]:
    place, words = 0, 0
    while match := _LEXEME.match(text, place):
        kind = match.lastgroup
        begin = match.start(kind or 0)
        value = text[begin : match.end()]
        place = match.end()
        if kind == "paren":
            yield _Lexeme(value, begin + 1)
            continue
        if kind == "odd":
            raise ExpressionError(f"{value} closes a phrase that was never opened", begin + 1)
        if kind == "word":
            if value in grammar.operators:
                yield _Lexeme(grammar.operators[value], begin + 1)
                continue
            if grammar.has_minus and value[0] == "-" and text[begin + 1 : begin + 2].strip(" \n\t)"):
                yield _Lexeme("NOT", begin + 1)
                place = begin + 1
                continue
            if name := _field_of(value, text[place : place + 1], begin + 1, grammar):
                yield _Lexeme("field", begin + 1, name)
                place = begin + value.index(":") + 1
                continue
        if kind == "quote":
            end = text.find(_CLOSING[value], place)
            if end < 0:
                raise ExpressionError("this phrase is never closed", begin + 1)
            value, place = text[place:end], end + 1
        phrase = tokens(fold(value))
        if not phrase:
            raise ExpressionError("there is no letter or digit in this", begin + 1)
        words += len(phrase)
        if words > grammar.most_words:
            raise ExpressionError(f"more than {grammar.most_words} words", begin + 1)
        yield _Lexeme("words", begin + 1, value, phrase)
    yield _Lexeme("end", len(text) + 1)


def _field_of(value: str, following: str, column: int, grammar: Grammar) -> str | None:
    """The field that ``value`` begins with. What only looks like one, «عاجل: …», is a word, unless it is in Latin."""
    begins = _FIELD.match(value)
    if begins is None or not grammar.fields:
        return None
    name = grammar.fields.get(begins[1].casefold())
    if name is None and begins[1].isascii() and (begins.end() < len(value) or following == '"'):
        raise ExpressionError(f"no field is called {begins[1]}; there are {_listed(grammar)}", column)
    return name


def _listed(grammar: Grammar) -> str:
    return ", ".join(dict.fromkeys(grammar.fields.values()))
