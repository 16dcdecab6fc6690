"""Who wrote an article and which agency brought it, read from the line above its text or the prefix of its text.

Recognises what Arabic outlets write there; a first paragraph that is a sentence stays as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from arabic.fold import Folded, fold, folded_words
from arabic.tokens import stems
from news.places import is_place
from news.tables import read_table

MAX_CREDIT_LINES = 2  # «كتب: …» above «القاهرة - وكالات»
MAX_LINE = 120  # characters of a credit line, or of the prefix of a sentence

_AGENCIES = {
    fold(alias): name
    for name, aliases in read_table("agencies", ("name", "aliases"))
    for alias in (name, *aliases.split("|"))
}
_NOBODY = (None, "وكالات", "متابعات", "خاص")  # credited where no agency is named
_REPORTING = {fold(word) for (word,) in read_table("reporting_words", ("word",))}

_OFFICE_NAMES = """
محرر محررة مراسل مراسلنا مراسلتنا مراسلو مندوب فريق قسم هيئة تحرير مكتب إدارة موقع جريدة صحيفة شبكة قناة بوابة مركز
وكالة مجلة إذاعة تلفزيون أخبار editor editors admin administrator staff news team desk webmaster
"""
_OFFICES = frozenset(fold(_OFFICE_NAMES).split())

_MARK = (
    "كتبت|كتبه|كتبها|كتب|بقلم|إعداد|اعداد|تقرير|تحرير|حوار|حاوره|حاورها|حاورته|حاورتها|ترجمة|تغطية|تحقيق|متابعة|"
    "رصد|أعده|أعدته"
)
_WRITTEN_BY = re.compile(rf"(?P<mark>{_MARK})\s*(?P<sign>[:：/|\-–—]|\s)\s*(?P<rest>\S.*)")
_SOURCE = re.compile(r"(?:المصدر|المصادر|مصدر|نقلا عن|نقلًا عن)\s*[:：/\-–—]\s*(?P<rest>\S.*)")
_AGENCY_PATTERN = re.compile(r"وكاله .{1,40} للانباء|وكاله \S{2,15}(?: \S{2,15}){0,2}|.{2,20} برس")
_OUTLET = re.compile(r"[^\s.]{2,20}[.\s]?(?:نت|كوم)|[a-z0-9-]{2,20}\.(?:net|com|org)", re.IGNORECASE)
# A tatweel between two spaces is a dash to whoever typed it.
_SEPARATOR = re.compile(r"\s*(?P<sign>[:：/|،,()\[\]«»\-–—]+|(?<=\s)\N{ARABIC TATWEEL}+(?=\s))\s*")
_SIGN = re.compile(r"[:：/|،,()\[\]«»\-–—\N{ARABIC TATWEEL}]")  # what a separator has in it
_SPACED_DASH = re.compile(r"\s[\-–—\N{ARABIC TATWEEL}]+\s+")
# «تونس – كما قال الوزير – ماضية»: a second dash soon after the first closes an insertion.
_INSERTION = re.compile(r"(?:\S+\s+){1,6}?[\-–—\N{ARABIC TATWEEL}]+\s")
_MONTHS = (
    "يناير|فبراير|مارس|أبريل|ابريل|إبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|"
    "جانفي|فيفري|أفريل|جوان|جويلية|أوت|(?:كانون|تشرين) (?:الأول|الثاني)|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|"
    "محرم|صفر|ربيع (?:الأول|الآخر|الثاني)|جمادى (?:الأولى|الآخرة|الثانية)|رجب|شعبان|رمضان|شوال|ذو القعدة|ذو الحجة"
)
# The day in a dateline: «الكويت في 20 نوفمبر (كونا)», «الكويت - 20 - 11 (كونا)».
_DAY = re.compile(rf"(?:^|\s+)(?:في\s+)?\d{{1,2}}\s+(?:{_MONTHS})(?:\s+\d{{4}})?$|^\d{{1,2}}$")
_DIGIT = re.compile(r"\d")
_SENTENCE_END = (".", "؟", "!", "…", "؛")
_NAME_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}])*"
_NAME_WORD = re.compile(rf"{_NAME_LETTERS}\.?|[«\"]?{_NAME_LETTERS}[»\"]?")
_TATWEEL = "\N{ARABIC TATWEEL}"
# A man's name that folds like the preposition على, as long as the house writes its yeh with dots.
_ALI = "علي"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The credits of a text as written, and the paragraphs that remain without them."""

    byline: str | None
    agency: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Credit:
    byline: str | None = None
    agency: str | None = None


_NO_CREDIT = _Credit()


def read_lead(paragraphs: Sequence[str], *, author: str | None = None) -> Lead:
    """Take byline and agency off the beginning, and a line that only names the agency off the end.

    ``author`` as the feed names it: a first line that is nothing but this name is a byline too.
    """
    rest = list(paragraphs)
    credits: list[_Credit] = []
    while len(rest) > 1 and len(credits) < MAX_CREDIT_LINES and (credit := _credit_line(rest[0], author)):
        credits.append(credit)
        rest.pop(0)
    if rest:
        credit, rest[0] = _prefix(rest[0])
        credits.append(credit)
    if len(rest) > 1 and (credit := _credit_line(rest[-1], None)) and credit.agency and not credit.byline:
        credits.append(credit)
        rest.pop()
    return Lead(
        byline=next((credit.byline for credit in credits if credit.byline), None),
        agency=next((credit.agency for credit in credits if credit.agency), None),
        paragraphs=tuple(rest),
    )


def looks_like_name(text: str) -> bool:
    """Whether display text has the shape of a person's name: two to five words, no verb of reporting, no office."""
    return _has_name_shape(text) and not _is_office(text)


def _has_name_shape(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(_NAME_WORD.fullmatch(word) for word in words) and not _reports(text)


def _reports(text: str) -> bool:
    """Whether there is a word of a sentence in display text: a verb of reporting, a preposition."""
    if _ALI in text:
        text = " ".join(word for word in text.split() if word != _ALI)
    return not _REPORTING.isdisjoint(_folded(text))


def _is_office(text: str) -> bool:
    """Whether display text names a desk, a role or an outlet instead of a person."""
    return any(stem in _OFFICES for word in _folded(text) for stem in stems(word))


def agency_of(text: str) -> str | None:
    """The agency or outlet that display text names as a whole; None if it names none."""
    folded = Folded(" ".join(_folded(text)))
    if folded in _AGENCIES:
        return _AGENCIES[folded]
    if _AGENCY_PATTERN.fullmatch(folded) or _OUTLET.fullmatch(text.strip()):
        return text.strip()
    return None


@lru_cache(maxsize=1000)  # one source has many articles
def is_agency(name: str) -> bool:
    """Whether an outlet of this name is a news agency, whose texts others print."""
    folded = fold(name)
    return _AGENCIES.get(folded) not in _NOBODY or _AGENCY_PATTERN.fullmatch(folded) is not None


_folded = lru_cache(16)(folded_words)  # one part of a line is looked at by several judges in a row


def _credit_line(line: str, author: str | None) -> _Credit | None:
    """What a whole line credits; None where it is text."""
    line = line.strip().strip("*").strip()
    if len(line) > MAX_LINE or line.endswith(_SENTENCE_END):
        return None
    if author and looks_like_name(line) and _folded(line) == folded_words(author):
        return _Credit(byline=line)
    if source := _SOURCE.fullmatch(line):
        return _from_parts(_parts(source["rest"])[0]) or _Credit(agency=source["rest"].strip(" ()"))
    if written := _WRITTEN_BY.fullmatch(line):
        # Without a sign after it, «كتب» is more often the verb of a sentence.
        if written["sign"].isspace() and not _has_name_shape(written["rest"].rstrip(": ")):
            return None
        parts = [part for part, _ in _parts(written["rest"])[0]]
        names = [part for part in parts if not agency_of(part) and not is_place(_folded(part))]
        if len(names) <= 3 and all(_can_sign(name) for name in names):
            return _Credit(byline="، ".join(names) or None, agency=next((a for a in map(agency_of, parts) if a), None))
        return None
    return _from_parts(_parts(line)[0])


def _can_sign(text: str) -> bool:
    """Whether display text behind «كتب:» is persons or a desk; behind «تقرير:» there may be a heading."""
    words = _folded(text)
    return len(words) <= 7 and (not _reports(text) or (len(words) <= 3 and _is_office(text)))


def _stands_for_place(part: str, following: str | None) -> bool:
    """Whether a part of a credit is a place: one we know, or the one word before an agency: «كيتو – وكالات».

    ``following`` is the part behind the first one; None for the others.
    """
    if is_place(_folded(part)):
        return True
    if following is None or not _NAME_WORD.fullmatch(part):
        return False
    return agency_of(following) is not None and not _reports(part) and not _is_office(part)


def _from_parts(parts: Sequence[tuple[str, str]]) -> _Credit | None:
    """Parts of one line: every one an agency, a place or a name, and at least one of the former two."""
    byline = agency = None
    grounded = False
    undated = [left for part, _ in parts if (left := _undated(part))]
    for position, part in enumerate(undated):
        if found := agency_of(part):
            agency, grounded = agency or found, True
        elif _stands_for_place(part, undated[1] if position == 0 and len(undated) > 1 else None):
            grounded = True
        elif byline is None and looks_like_name(part):
            byline = part
        else:
            return None
    # A place alone may be a heading.
    return _Credit(byline=byline, agency=agency) if grounded and (agency or byline) else None


def _prefix(paragraph: str) -> tuple[_Credit, str]:
    """Take «القاهرة – وكالات:» off the sentence it runs into."""
    head = paragraph[:MAX_LINE]
    # Most texts end here, at a third of the cost: no separator, or words before the first one that are no credit.
    first_sign = _SIGN.search(head)
    if not first_sign or (first_sign[0] != _TATWEEL and not _may_be_known(head[: first_sign.start()].strip())):
        return _NO_CREDIT, paragraph
    parts, ends = _parts(head)
    taken = 0
    signs = ""
    for position, (dated, sign) in enumerate(parts):
        if not sign:
            break
        part = _undated(dated)
        following = _undated(parts[1][0]) if position == 0 and len(parts) > 1 else None
        known = part and (agency_of(part) or _stands_for_place(part, following))
        if not (known or (taken and (not part or looks_like_name(part)))):
            break
        taken += 1
        signs = sign
    # The sentence begins after a colon, a dash or a bracket; a comma only continues a list of places. A number
    # that nothing follows is the sentence's own.
    while taken and ("،" in signs or "," in signs or signs in {"(", "[", "«"} or parts[taken - 1][0].isdigit()):
        taken -= 1
        signs = parts[taken - 1][1] if taken else ""
    if not taken:
        return _NO_CREDIT, paragraph
    credit = _from_parts(parts[:taken])
    rest = paragraph[ends[taken - 1] :]
    # «القاهرة – » is a dateline; «مصر – العراق: » and «القاهرة: » may be the subject.
    dateline = taken == 1 and _SPACED_DASH.fullmatch(paragraph[len(parts[0][0]) : ends[0]])
    if rest and (credit or (dateline and not _INSERTION.match(rest))):
        return credit or _NO_CREDIT, rest
    return _NO_CREDIT, paragraph


def _may_be_known(first: str) -> bool:
    """Whether the first part of a line is, or may be after a look at what follows, an agency or a place."""
    part = _undated(first)
    return not part or " " not in part or agency_of(part) is not None or is_place(_folded(part))


def _undated(part: str) -> str:
    return _DAY.sub("", part) if _DIGIT.search(part) else part


def _parts(text: str) -> tuple[list[tuple[str, str]], list[int]]:
    """Split at separators: (part, the separator after it), and where the text after that separator begins."""
    parts: list[tuple[str, str]] = []
    ends: list[int] = []
    start = 0
    if not _SIGN.search(text):
        return ([(part, "")], [len(text)]) if (part := text.strip()) else ([], [])
    for match in _SEPARATOR.finditer(text):
        part = text[start : match.start()].strip()
        start = match.end()
        if part:
            parts.append((part, match["sign"]))
            ends.append(start)
        elif parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + match["sign"])
            ends[-1] = start
    if last := text[start:].strip():
        parts.append((last, ""))
        ends.append(len(text))
    return parts, ends
