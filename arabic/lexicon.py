"""Finding many words and phrases in folded text at once. Knows how to look, not what the words mean."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from arabic.fold import Folded, fold
from arabic.tokens import stems, tokens

Meaning = TypeVar("Meaning")

_Stems = tuple[tuple[Folded, tuple[int, ...]], ...]  # a stem, and the lengths of the phrases it begins

_REMEMBERED = 1 << 16  # words; a language has more, a day of news has fewer


class Lexicon(Generic[Meaning]):
    """Words and phrases with a meaning each. The first word of a phrase may carry clitics, the others are exact."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        """Take (display text, meaning) pairs; a later meaning of what folds the same replaces an earlier one."""
        self._meanings = {tokens(fold(text)): meaning for text, meaning in entries}
        self._meanings.pop((), None)
        lengths: dict[Folded, list[int]] = {}  # first word → the lengths of its phrases, longest first
        for first, length in sorted({(words[0], len(words)) for words in self._meanings}, reverse=True):
            lengths.setdefault(first, []).append(length)
        self._beginnings = _Beginnings(lengths)

    def find(self, words: Sequence[Folded]) -> Iterator[tuple[int, int, Meaning]]:
        """Yield (position, length in words, meaning), left to right, the longest at each place, none overlapping."""
        beginnings, end, position = self._beginnings, len(words), 0
        while position < end:
            stems_here = beginnings[words[position]]
            if stems_here:
                length, meaning = max(
                    self._at(words, position, stems_here), key=lambda found: found[0], default=(1, None)
                )
                if meaning is not None:
                    yield position, length, meaning
                position += length
            else:
                position += 1

    def _at(self, words: Sequence[Folded], position: int, beginnings: _Stems) -> Iterator[tuple[int, Meaning]]:
        for stem, lengths in beginnings:
            for length in lengths:
                if position + length > len(words):
                    continue  # its words would be fewer, and perhaps another phrase
                meaning = self._meanings.get((stem, *words[position + 1 : position + length]))
                if meaning is not None:
                    yield length, meaning
                    break


class _Beginnings(dict[Folded, _Stems]):
    """Word → those of its stems with which phrases begin, and the lengths of these; worked out at first sight.

    Most words begin nothing: to know that of a word seen before costs one look-up.
    """

    def __init__(self, lengths: dict[Folded, list[int]]) -> None:
        super().__init__()
        self._lengths = lengths

    def __missing__(self, word: Folded) -> _Stems:
        found = tuple((stem, tuple(self._lengths[stem])) for stem in stems(word) if stem in self._lengths)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = found
        return found
