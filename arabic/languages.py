"""What ``languages.tsv`` knows of each language: its script, letters that give it away, its commonest words."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    tag: str  # BCP 47
    script: str  # arabic or latin
    letters: frozenset[str]  # what of the other languages of the table none, or almost none, writes
    words: frozenset[str]  # lower case


@cache
def languages() -> tuple[Language, ...]:
    """All rows of the table, in its order."""
    lines = files("arabic").joinpath("languages.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return tuple(
        Language(tag=tag, script=script, letters=frozenset(letters.split()), words=frozenset(words.split()))
        for tag, script, letters, words in rows
    )


def words_of(*tags: str) -> frozenset[str]:
    """The commonest words of the languages named."""
    return frozenset[str]().union(*(language.words for language in languages() if language.tag in tags))
