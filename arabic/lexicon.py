"""Finding many words and phrases in folded text at once. Knows how to look, not what the words mean."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from arabic.fold import Folded, fold
from arabic.tokens import stems, tokens

Meaning = TypeVar("Meaning")


class Lexicon(Generic[Meaning]):
    """Words and phrases with a meaning each. The first word of a phrase may carry clitics, the others are exact."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        """Take (display text, meaning) pairs; a later meaning of what folds the same replaces an earlier one."""
        self._meanings = {tokens(fold(text)): meaning for text, meaning in entries}
        self._meanings.pop((), None)
        self._lengths: dict[Folded, list[int]] = {}  # first word → the lengths of its phrases, longest first
        for first, length in sorted({(words[0], len(words)) for words in self._meanings}, reverse=True):
            self._lengths.setdefault(first, []).append(length)

    def find(self, words: Sequence[Folded]) -> Iterator[tuple[int, int, Meaning]]:
        """Yield (position, length in words, meaning), left to right, the longest at each place, none overlapping."""
        position = 0
        while position < len(words):
            length, meaning = max(self._at(words, position), key=lambda found: found[0], default=(1, None))
            if meaning is not None:
                yield position, length, meaning
            position += length

    def _at(self, words: Sequence[Folded], position: int) -> Iterator[tuple[int, Meaning]]:
        for stem in stems(words[position]):
            for length in self._lengths.get(stem, ()):
                meaning = self._meanings.get((stem, *words[position + 1 : position + length]))
                if meaning is not None:
                    yield length, meaning
                    break
