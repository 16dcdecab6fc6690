"""What bytes above ASCII that are no UTF-8 most likely are: judged by their words, not by what was declared.

Knows the letters of Arabic, Persian and Urdu and those of Western Europe; every other script is "cannot tell".
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from arabic.languages import words_of

# A run that holds a high byte, with the ASCII letter before it: enough to see whether it is a Latin word.
_RUN = re.compile(rb"[A-Za-z]?[\x80-\xff][A-Za-z\x80-\xff]{0,40}")
ARABIC_ENCODINGS = ("windows-1256", "iso-8859-6")
_TRUST = 1.25  # the two share half of their letters: a few words may look alike in both
_SAMPLE = 1000  # runs: as much as a feed has in some articles; more tell no more (python -m benchmarks encodings)
_WORD = re.compile(r"(?:[^\W\d_]|[\u0640\u064b-\u0652\u200c\u200d\u2019])+")
_MARK = re.compile("[\u0640\u064b-\u0652\u200c\u200d\u2019]")
_ARABIC = re.compile(
    "[\u0621-\u063a\u0641-\u064a"  # Arabic
    "\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06d2]+"  # Persian and Urdu in 1256
)
# Half of the letters of Arabic, Persian or Urdu text are these six; of other scripts read as Arabic, few are.
_COMMONEST = frozenset("اليمون")
_RAREST = frozenset("ظغثذؤئ")  # one letter in forty
# windows-1256 has no Farsi yeh: Persian and Urdu are typed with the Arabic letter in it.
_COMMON_WORDS = frozenset(
    word.replace("\N{ARABIC LETTER FARSI YEH}", "\N{ARABIC LETTER YEH}") for word in words_of("ar", "fa", "ur")
)
_LETTERS_THAT_SUFFICE = 7  # "خبر عاجل": letters of another script rarely pass the other tests that long
_WESTERN = frozenset("éèêëàâäáãåæçîïíìñôöóòõøœùûüúÿßºªµ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the sampled words say. ``arabic`` names the encoding that reads them as Arabic script, if one does."""

    arabic: str | None
    western: bool  # read as windows-1252 they are words of a Western European language, or only punctuation


def evidence(body: bytes, *, expected: Collection[str] = ()) -> Evidence:
    """Look at the first thousand runs of high bytes in ``body``; between near equals, what is expected wins."""
    sample = b" ".join(run[0] for run in islice(_RUN.finditer(body), _SAMPLE))
    scores = {
        name: _arabic_score(sample.decode(name, "replace")) * (_TRUST if name in expected else 1)
        for name in ARABIC_ENCODINGS
    }
    best = max(scores, key=lambda name: scores[name])
    return Evidence(arabic=best if scores[best] > 0 else None, western=_is_western(sample.decode("cp1252", "replace")))


def _arabic_score(text: str) -> float:
    """How much of ``text`` is plausible Arabic script: 0 for none or not enough, up to about 2."""
    letters = marks = common = rare = plausible = words = known = latin = 0
    for written in _words(text):
        word = _MARK.sub("", written)
        if any(letter.isascii() for letter in word):
            latin += 1
            continue
        if len(word) == 1 and word != "\N{ARABIC LETTER WAW}":
            continue  # «à» alone is French
        words += 1
        letters += len(word)
        marks += len(written) - len(word)
        if _ARABIC.fullmatch(word):
            plausible += len(word)
            common += sum(letter in _COMMONEST for letter in word)
            rare += sum(letter in _RAREST for letter in word)
            known += word in _COMMON_WORDS or word.startswith("ال")
    if not letters or words < latin / 20:
        return 0
    share = plausible / (letters + text.count("\N{REPLACEMENT CHARACTER}"))
    frequent, familiar = common / letters, known / words
    if share < 0.85 or frequent < 0.25 or (letters < _LETTERS_THAT_SUFFICE and not known):
        return 0
    # Hebrew letters are vowel marks in both; vowelled Arabic still has its article and its particles.
    if familiar < 0.05 and (words >= 30 or marks > letters / 10):
        return 0
    return share * (frequent + familiar) * max(0, 1 - 2 * rare / letters)


def _is_western(text: str) -> bool:
    western = unusual = foreign = 0
    for word in _words(text.lower()):
        if len(word) > 1 and not any(letter.isascii() for letter in word):
            foreign += 1  # no Western word is all accents: this is another script
        elif _WESTERN.issuperset(letter for letter in word if not letter.isascii()):
            western += 1
        else:
            unusual += 1
    return foreign <= western / 10 and unusual <= max(2, western / 4)


def _words(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text) if not word.isascii())
