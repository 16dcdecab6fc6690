"""Finding many words and phrases in folded text at once. Knows how to look, not what the words mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress, count
from typing import Generic, TypeVar

from arabic.fold import Folded, fold
from arabic.tokens import forms, stems, tokens

Meaning = TypeVar("Meaning")


class Lexicon(Generic[Meaning]):
    """Words and phrases with a meaning each. The first word of a phrase may carry clitics, the others are exact."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        """Take (display text, meaning) pairs; a later meaning of what folds the same replaces an earlier one."""
        self._meanings = {tokens(fold(text)): meaning for text, meaning in entries}
        self._meanings.pop((), None)
        self._beginnings = _Beginnings(self._meanings)

    def find(self, words: Sequence[Folded]) -> list[tuple[int, int, Meaning]]:
        """(position, length in words, meaning), left to right, the longest at each place, none overlapping."""
        found: list[tuple[int, int, Meaning]] = []
        end = 0
        # Most words begin nothing, and are passed over without a step of the interpreter's.
        for position in compress(count(), map(self._beginnings.forms.__contains__, words)):
            begun = self._beginnings[words[position]]
            if position < end or begun is None:
                continue
            length, meaning = 1, begun.alone
            # Most that may begin a phrase do not: the second word is another.
            if begun.phrases and position + 1 < len(words) and words[position + 1] in begun.seconds:
                length, meaning = self._longest(words, position, begun)
            if meaning is not None:
                found.append((position, length, meaning))
                end = position + length
        return found

    def whole(self, words: Sequence[Folded]) -> Meaning | None:
        """What all the words mean as one entry."""
        begun = self._beginnings[words[0]] if words and words[0] in self._beginnings.forms else None
        if begun is None:
            return None
        length, meaning = self._longest(words, 0, begun)
        return meaning if length == len(words) else None

    def _longest(self, words: Sequence[Folded], position: int, begun: "_Begun[Meaning]") -> tuple[int, Meaning | None]:
        for length, stem in begun.phrases:
            phrase = (stem, *words[position + 1 : position + length])
            if len(phrase) == length and (meaning := self._meanings.get(phrase)) is not None:
                return length, meaning
        return 1, begun.alone


@dataclass(frozen=True, slots=True)
class _Begun(Generic[Meaning]):
    """What a word may begin."""

    phrases: tuple[tuple[int, Folded], ...]  # length of two words and more, the word's stem; the longest first
    seconds: frozenset[Folded]  # the second words of these
    alone: Meaning | None  # what the word itself means


class _Beginnings(dict[Folded, _Begun[Meaning] | None]):
    """One of the ``forms`` of a first word → what it may begin, worked out at first sight.

    The forms are known beforehand, some 26 for a word: a text's words are looked up and none is remembered, so that
    the first text costs what the thousandth does.
    """

    def __init__(self, meanings: Mapping[tuple[Folded, ...], Meaning]) -> None:
        super().__init__()
        self._meanings = meanings
        self._lengths: dict[Folded, set[int]] = {}  # first word → the lengths of its phrases
        self._seconds: dict[Folded, set[Folded]] = {}  # first word → the second words of its phrases
        for words in meanings:
            self._lengths.setdefault(words[0], set()).add(len(words))
            self._seconds.setdefault(words[0], set()).update(words[1:2])

    @cached_property  # 10 ms, of no use to whom no text is read
    def forms(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(map(forms, self._lengths)))

    def __missing__(self, word: Folded) -> _Begun[Meaning] | None:
        self[word] = found = self._begun(word)
        return found

    def _begun(self, word: Folded) -> _Begun[Meaning] | None:
        candidates = [(length, stem) for stem in stems(word) for length in self._lengths.get(stem, ())]
        if not candidates:
            return None
        candidates.sort(key=lambda candidate: -candidate[0])  # of stems with phrases of one length, the first one's
        alone = next((self._meanings[stem,] for length, stem in candidates if length == 1), None)
        phrases = tuple(candidate for candidate in candidates if candidate[0] > 1)
        seconds = frozenset(second for _, stem in phrases for second in self._seconds[stem])
        return _Begun(phrases, seconds, alone)
