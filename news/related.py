"""Headlines of other stories that stand in the middle of a text.

Knows shapes and the phrases that introduce such links, not what a text is about. Where the shape is not clear, a
paragraph stays.
"""

import re
from collections.abc import Sequence

from arabic.fold import fold
from arabic.tokens import tokens

FEWEST_WORDS, MOST_WORDS = 5, 16  # of a headline; a sub-heading is shorter
FEWEST_ANNOUNCED = 3  # words of a headline behind a marker
MOSTLY = 0.6  # share of a text's paragraphs that must end like sentences before one that does not stands out
LONGEST_MARKER = 30  # words of a headline behind a marker on the same line

# Beginnings of the lines that point to another story.
_MARKER_LINES = """
اقرأ أيضا
إقرأ أيضا
اقرأوا أيضا
اقرأ المزيد
اقرأ كذلك
قد يهمك
قد يهمك أيضا
قد يعجبك
شاهد أيضا
شاهد المزيد
شاهد كذلك
طالع أيضا
طالع المزيد
تابع أيضا
انظر أيضا
أخبار متعلقة
أخبار ذات صلة
مواضيع متعلقة
مواضيع ذات صلة
موضوعات متعلقة
موضوعات ذات صلة
مقالات ذات صلة
روابط ذات صلة
ذات صلة
خبر متعلق
المزيد من الأخبار
لقراءة المزيد
"""
_MARKERS = tuple(sorted(map(fold, _MARKER_LINES.split("\n")[1:-1]), key=len, reverse=True))
# Alone on its line, or with a colon behind it, also these mean "another story".
_BARE_MARKERS = frozenset(map(fold, ("اقرأ", "إقرأ", "شاهد", "طالع", "انظر", "أيضا", "المزيد", "تابع")))
_SENTENCE_ENDS = (".", "!", "؟", "?", "…")
_CLOSING = '»”")]'
_ENDS_HEADING = re.compile(r"[:：،,؛;]\s*$")
_BEGINS_ITEM = re.compile(r"\s*(?:[-–—•*▪●·■◆]|\d{1,2}\s*[-–.)،:/]|[٠-٩]{1,2}\s*[-–.)،:/])")
# A headline does not begin with "and": these words only look as if they did.
_AND = "\N{ARABIC LETTER WAW}"
_NOT_AND_WORDS = """
وزير وزيرة وزارة وزراء وفاة وفد وفود وصول وكالة واشنطن وسط ولي ولاية ولادة وثائق وثيقة وثائقي وقف وقفة وساطة وسيط وداعا
وداع ودائع وحدة وحدات ورشة ورش ورقة أوراق وضع وعود وجبات وجبة والد والدة والي وائل وليد وسائل وسام وباء وظائف واقعة
"""
_NOT_AND = frozenset(fold(_NOT_AND_WORDS).split())
_QUOTED = re.compile(r"\s*[«“\"].*[»”\"]\s*$")


def split_related(paragraphs: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide paragraphs into (the text, headlines of other stories). First and last always belong to the text."""
    if len(paragraphs) < 3:
        return tuple(paragraphs), ()
    sentences = list(map(_ends_sentence, paragraphs))
    tidy = len(paragraphs) >= 4 and sum(sentences) >= MOSTLY * len(paragraphs)
    kept = [paragraphs[0]]
    related: list[str] = []
    announced = 0  # the fewest words that make the next paragraph a headline; 0: no marker stands before it
    for place, paragraph in enumerate(paragraphs[1:-1], start=1):
        marker, headline = _marker(paragraph)
        if marker:
            announced = 0 if headline else FEWEST_ANNOUNCED
            related += [headline] if headline else []
        elif announced and _is_headline(paragraph, announced):
            related.append(paragraph)
            announced = FEWEST_WORDS if tidy else 0  # «أخبار ذات صلة» may head a list
        elif tidy and sentences[place - 1] and sentences[place + 1] and _is_headline(paragraph, FEWEST_WORDS):
            related.append(paragraph)
        else:
            kept.append(paragraph)
            announced = 0
    return (*kept, paragraphs[-1]), tuple(related)


def _ends_sentence(text: str) -> bool:
    return text.rstrip().rstrip(_CLOSING).rstrip().endswith(_SENTENCE_ENDS)


def _marker(paragraph: str) -> tuple[bool, str]:
    """Whether a line introduces another story, and that story's headline if it stands on the line."""
    if paragraph.count(" ") >= LONGEST_MARKER:
        return False, ""
    head, colon, tail = paragraph.partition(":")
    folded = fold(head)
    if folded in _BARE_MARKERS:
        return bool(colon) or not tail, tail.strip()
    if not folded.startswith(_MARKERS):
        return False, ""
    for marker in _MARKERS:
        if folded == marker:
            return True, tail.strip(" .…")
        if folded.startswith(f"{marker} ") and not _ends_sentence(paragraph):
            used = len(tokens(marker))
            return True, " ".join(paragraph.split()[used:]).lstrip(" :|-–—«").rstrip("» ")
    return False, ""


def _is_headline(paragraph: str, fewest: int) -> bool:
    words = paragraph.split()
    first = fold(words[0])
    return (
        fewest <= len(words) <= MOST_WORDS
        and (not first.startswith(_AND) or first in _NOT_AND)
        and not _ends_sentence(paragraph)
        and not _ENDS_HEADING.search(paragraph)
        and not _BEGINS_ITEM.match(paragraph)
        and not _QUOTED.match(paragraph)
    )
