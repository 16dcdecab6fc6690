"""Learns between which letters a lost byte was a vowel mark, not «ف»: ``python -m benchmarks.learn_feh``.

Writes arabic/feh.tsv from two corpora beside the checkout that may be trained on (SANAD, CC BY 4.0; ANT v2.1). Only
frequencies of letters enter the repository.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from math import log
from pathlib import Path

from arabic.lost_feh import CERTAIN, contexts
from benchmarks.categories import DATA

CORPORA = ("sanad", "antv21")
_FEH = "\N{ARABIC LETTER FEH}"
_MARKS = "\N{ARABIC DAMMA}\N{ARABIC KASRA}\N{ARABIC KASRATAN}"  # windows-1252 has no character for their second bytes
_OTHER_MARKS = re.compile("[\u064b\u064c\u064e\u0651\u0652\u0640]")
_VOWELLED = re.compile("[\u064c\u064e\u0652]")
_WORD = re.compile("[\u0621-\u063a\u0641-\u0652]+")
_PRIOR = 10


def _seen() -> Iterator[tuple[bool, str, str]]:
    """(is it a letter, the letters before, the letters after) of all that would be lost."""
    for corpus in CORPORA:
        with gzip.open(DATA / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for article in map(json.loads, lines):
                text = " ".join((article["title"], article["summary"], article["text"]))
                if _VOWELLED.search(text):
                    continue
                for word in _WORD.findall(_OTHER_MARKS.sub("", text)):
                    for at, character in enumerate(word):
                        if character == _FEH or character in _MARKS:
                            before, after = contexts(_unmarked(word[:at]), _unmarked(word[at + 1 :]))
                            yield character == _FEH, before, after


def _unmarked(text: str) -> str:
    return re.sub(f"[{_MARKS}]", "", text)


def main() -> None:
    lines = ["weight\tside\tletters"]
    seen = list(_seen())
    rare = sum(not is_letter for is_letter, _, _ in seen) / len(seen)
    before = [(is_letter, context) for is_letter, context, _ in seen]
    after = [(is_letter, context) for is_letter, _, context in seen]
    for side, found in (("before", before), ("after", after)):
        letters = Counter(context for is_letter, context in found if is_letter)
        marks = Counter(context for is_letter, context in found if not is_letter)
        weights: dict[int, list[str]] = {}
        for context in sorted({*letters, *marks}):
            mark = (marks[context] + _PRIOR * rare) / (letters[context] + marks[context] + _PRIOR)
            weights.setdefault(min(CERTAIN, round(log((1 - mark) / mark))), []).append(context)
        for weight in sorted(weights):
            if weight < CERTAIN:
                lines.append(f"{weight}\t{side}\t{' '.join(weights[weight])}")
    path = Path(__file__).resolve().parent.parent / "arabic" / "feh.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
