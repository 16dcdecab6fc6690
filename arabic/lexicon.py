"""Finding many words and phrases in folded text at once. Knows how to look, not what the words mean."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from arabic.fold import Folded, fold
from arabic.tokens import stems, tokens

Meaning = TypeVar("Meaning")


class Lexicon(Generic[Meaning]):
    """Words and phrases with a meaning each. The first word of a phrase may carry clitics, the others are exact."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        """Take (display text, meaning) pairs; a later meaning of the same text replaces an earlier one."""
        by_words = {tokens(fold(text)): meaning for text, meaning in entries}
        self._by_first: dict[Folded, list[tuple[tuple[Folded, ...], Meaning]]] = {}
        for words, meaning in sorted(by_words.items(), key=lambda entry: (-len(entry[0]), entry[0])):
            if words:
                self._by_first.setdefault(words[0], []).append((words[1:], meaning))

    def find(self, words: Sequence[Folded]) -> Iterator[tuple[int, str, Meaning]]:
        """Yield (position, phrase as folded, meaning), left to right, the longest at each place, none overlapping."""
        position = 0
        while position < len(words):
            found = self._at(words, position)
            if found is None:
                position += 1
                continue
            phrase, meaning = found
            yield position, " ".join(phrase), meaning
            position += len(phrase)

    def _at(self, words: Sequence[Folded], position: int) -> tuple[tuple[Folded, ...], Meaning] | None:
        best: tuple[tuple[Folded, ...], Meaning] | None = None
        for stem in stems(words[position]):
            for rest, meaning in self._by_first.get(stem, ()):
                if best is not None and len(rest) < len(best[0]):
                    break
                if tuple(words[position + 1 : position + 1 + len(rest)]) == rest:
                    best = ((stem, *rest), meaning) if best is None or len(rest) >= len(best[0]) else best
                    break
        return best
