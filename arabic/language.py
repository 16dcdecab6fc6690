"""Which language a text is in, told by its script, its letters and its commonest words. Display text in.

Knows Arabic and its neighbours in newsrooms and in script, and when to say that it cannot tell.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from arabic.languages import languages
from arabic.tokens import LONGEST_WORD

_LOOKED_AT = 500  # characters: a title and the first paragraph
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
_UNREAD_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200d-\u200f]")
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC_WORD = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08c7\ufb50-\ufdfb\ufe80-\ufefc]+")
_LATIN_WORD = re.compile("[a-z\u00df-\u00f6\u00f8-\u024f]+")
_HEBREW_WORD = re.compile("[\u05d0-\u05ea]+")

_OWN_LETTERS = "\u0621-\u063a\u0641-\u064a"
_PUNCTUATION = re.compile(f"[^{_OWN_LETTERS} ]+")
_NO_PLAIN_ARABIC = re.compile(f"[^{_OWN_LETTERS}\\s0-9.,:;!?'\"()\\[\\]/%*+=_\\-–—‘’“”…«»،؛؟٠-٩]")

# Arabic and Persian keyboards differ in two letters, and either language is also typed on the other's.
_ONE_KEYBOARD = str.maketrans(
    {
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    }
)
_ARABIC_KEYBOARD = frozenset({"\N{ARABIC LETTER YEH}", "\N{ARABIC LETTER KAF}"})
_PERSIAN_KEYBOARD = frozenset({"\N{ARABIC LETTER FARSI YEH}", "\N{ARABIC LETTER KEHEH}"})
_CLITICS = "\N{ARABIC LETTER WAW}\N{ARABIC LETTER FEH}\N{ARABIC LETTER BEH}\N{ARABIC LETTER KAF}"
_ARTICLE = re.compile(f"[{_CLITICS}]?(?:ال|لل)..")

_REMEMBERED = 1 << 15
# What one word can say, beside naming one of the other languages.
_IS_ARABIC, _TYPED_ARABIC = "arabic", "arabic keyboard"
_IS_PERSIAN, _TYPED_PERSIAN = "persian", "persian keyboard"
_LOOKS_PERSIAN = "persian letter"  # Arabic writes them too, in foreign names and dialect

_LANGUAGES = {language.tag: language for language in languages()}
_ARABIC, _PERSIAN = _LANGUAGES["ar"], _LANGUAGES["fa"]
_ARABIC_WORDS = frozenset(word.translate(_ONE_KEYBOARD) for word in _ARABIC.words)
_PERSIAN_WORDS = frozenset(word.translate(_ONE_KEYBOARD) for word in _PERSIAN.words)
_OTHERS_IN_ARABIC_SCRIPT = tuple(
    language for language in languages() if language.script == "arabic" and language not in (_ARABIC, _PERSIAN)
)
_NEIGHBOURS_WORDS = _PERSIAN_WORDS.union(*(language.words for language in _OTHERS_IN_ARABIC_SCRIPT))
_IN_LATIN_SCRIPT = tuple(language for language in languages() if language.script == "latin")


def language_of(text: str) -> str | None:
    """The BCP 47 language of display text, or None where it cannot be told.

    >>> language_of("شركة Orion Labs تعلن نتائجها في دبي")
    'ar'
    """
    text = text[:_LOOKED_AT]
    if _is_plainly_arabic(text):
        return "ar"
    words = _words(text)
    if _ARABIC_WORD.fullmatch("".join(words)):
        return _arabic_script_language(words)
    arabic, latin, hebrew = (
        list(filter(script.fullmatch, words)) for script in (_ARABIC_WORD, _LATIN_WORD, _HEBREW_WORD)
    )
    letters = _letters(words)
    if _letters(hebrew) * 2 > letters:
        return "he"
    # Names keep their Latin letters in Arabic sentences; a Latin sentence has room for one Arabic name.
    if _letters(arabic) * 5 >= letters and (len(arabic) * 3 >= len(latin) or not _latin_language(latin)):
        return _arabic_script_language(arabic)
    if _letters(latin) * 2 > letters:
        return _latin_language(latin)
    return None


def _is_plainly_arabic(text: str) -> bool:
    """Whether nothing in it says anything else: Arabic's own letters only, and no common word of its neighbours.

    So it is in four articles of five, and seen in half of the time that the words take one by one.
    """
    bare = _UNREAD_MARKS.sub("", text)
    if _NO_PLAIN_ARABIC.search(bare) or "://" in bare:
        return False
    words = _PUNCTUATION.sub(" ", bare).split()
    return len(words) > 1 and _NEIGHBOURS_WORDS.isdisjoint(words)


def settled_language(text: str, declared: str | None) -> str | None:
    """The language of display text that is declared to be in ``declared`` (BCP 47), which may be wrong: "en" is often
    what a publisher's software came with. A declaration that says more than the words do stands (ar-TN), and so does
    one of a language in Latin letters that is none of those told apart here.
    """
    told = language_of(text)
    if declared is None or told is None:
        return told or declared
    primary = declared.partition("-")[0].lower()
    if primary == told or (primary not in _LANGUAGES and told in {language.tag for language in _IN_LATIN_SCRIPT}):
        return declared
    return told


def _words(text: str) -> list[str]:
    # The search for addresses looks back from every letter: only where there is one.
    if "://" in text or "www." in text or "@" in text:
        text = _ADDRESS.sub(" ", text)
    return _WORD.findall(_UNREAD_MARKS.sub("", text).lower())


def _letters(words: Sequence[str]) -> int:
    return sum(map(len, words))


def _arabic_script_language(words: Sequence[str]) -> str | None:
    if max(map(len, words), default=0) > LONGEST_WORD:  # or a hostile feed would have its words remembered whole
        words = [word[:LONGEST_WORD] for word in words]
    found = Counter(map(_clue, words))
    other = max((language.tag for language in _OTHERS_IN_ARABIC_SCRIPT), key=lambda tag: found[tag])
    if found[other] and found[other] * 4 >= len(words):
        return other
    arabic = 4 * found[_IS_ARABIC] + found[_TYPED_ARABIC]
    persian = 4 * found[_IS_PERSIAN] + 2 * found[_TYPED_PERSIAN]
    if persian:
        persian += 3 * found[_LOOKS_PERSIAN]
    elif found[_LOOKS_PERSIAN] and not arabic:
        return None
    if persian > arabic:
        return "fa" if persian >= 4 else None
    # Persian sentences give themselves away: what says nothing is Arabic, unless it is a name alone.
    return "ar" if arabic > persian or len(words) > 1 else None


@lru_cache(_REMEMBERED)
def _clue(word: str) -> str | None:
    """What a word of Arabic script says: one of the clues above, or the tag of another language."""
    for language in _OTHERS_IN_ARABIC_SCRIPT:
        if word in language.words or not language.letters.isdisjoint(word):
            return language.tag
    spelled = word.translate(_ONE_KEYBOARD)
    if spelled in _ARABIC_WORDS or _ARTICLE.match(spelled) or not _ARABIC.letters.isdisjoint(word):
        return _IS_ARABIC
    if spelled in _PERSIAN_WORDS:
        return _IS_PERSIAN
    if not _PERSIAN.letters.isdisjoint(word):
        return _LOOKS_PERSIAN
    if not _PERSIAN_KEYBOARD.isdisjoint(word):
        return _TYPED_PERSIAN
    return _TYPED_ARABIC if not _ARABIC_KEYBOARD.isdisjoint(word) else None


def _latin_language(words: Sequence[str]) -> str | None:
    votes = Counter(language.tag for word in words for language in _IN_LATIN_SCRIPT if word in language.words)
    (best, most), (_, second) = (*votes.most_common(2), ("", 0), ("", 0))[:2]
    return best if most > second and most * 8 >= len(words) else None
