"""Takes the line off the end of a text that a plugin appended: «ظهرت المقالة … أولاً على …».

Knows the wordings of ``tails.tsv``, nothing of feeds. Sentences that are only like them stay.
"""

import re
from collections.abc import Iterator

from arabic.fold import fold
from feeds.clean import words_of
from feeds.element_names import rows

LONGEST = 600  # characters: the titles of a post and of a site
_NEAR = 400  # characters of HTML at the end, in which the site and its address stand
_BEHIND_THE_LINK = 80  # characters of HTML: the last words and end tags
_FURTHEST = 6_000  # characters of HTML: the addresses of both in percent-encoded Arabic

_LINE_STARTS = ("<p>", "<p ", "<div>", "<div ", "<br>", "</p>", "</div>", "</li>", "</figure>", "</blockquote>")
_SENTENCE_ENDS = (".", "…", "]", ">", "!", "؟", "؛", ":")
_TRIED = 3  # places of one beginning: it may stand in the title, too
_ENDS = ("</p>", "</div>")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>")

_WORDINGS = tuple(rows("tails"))
_FIRST = "ول"  # «أولا على», in which all spellings of the first word are alike
_SIGNS = tuple(sorted({sign for *_, sign in _WORDINGS} - {_FIRST}))
_FIRST_ON = re.compile(rf"{_FIRST}[^\s<]{{0,4}}\s+(?:على|علي|في)")
_BEGINNINGS = tuple({begins for _, begins, *_ in _WORDINGS if begins})


def _pattern() -> re.Pattern[str]:
    ways = []
    for _, begins, between, ends, _ in _WORDINGS:
        first, middle, last = (re.escape(fold(words)) for words in (begins, between, ends))
        ways.append(rf"{first + ' ' if first else ''}\S.* {middle} \S.*{' ' + last if last else ''}")
    return re.compile("|".join(ways))


_TAIL = _pattern()


def without_tail(html: str, *, title: str = "") -> str:
    """``html``, as feeds/clean.py leaves it, without such a last line, in which ``title`` or a link stands."""
    if "</a>" not in html[-_BEHIND_THE_LINK:] and not (title and title in html[-LONGEST:]):
        return html
    near = html[-_NEAR:] if html.endswith(">") else html[-_NEAR // 2 :]
    if not any(map(near.__contains__, _SIGNS)) and not _FIRST_ON.search(near):
        return html
    at = _last_line(html)
    last = html[at:]
    for start in _starts(last):
        line = last[start:]
        said = fold(words_of(line)) if len(line) <= _FURTHEST else ""
        if len(said) > LONGEST or not _TAIL.fullmatch(said):
            continue
        if "<a " in line or (title and fold(title) in said):
            return html[: at + start].rstrip() + _left_open(line)
    return html


def _last_line(html: str) -> int:
    """Where the last line begins; what closes the elements around it belongs to it."""
    end = len(html)
    while html.endswith(_ENDS, 0, end):
        end = len(html[: html.rindex("</", 0, end)].rstrip())
    at = html.rfind("<", 0, end)
    while at >= 0 and not html.startswith(_LINE_STARTS, at):
        at = html.rfind("<", 0, at)
    return html.index(">", at) + 1 if html.startswith("</", max(at, 0)) else max(at, 0)


def _starts(last: str) -> Iterator[int]:
    """Where it may begin: with the line, or behind the text in the same line."""
    yield 0
    for begins in _BEGINNINGS:
        start = len(last)
        for _ in range(_TRIED):
            start = last.rfind(begins, 0, start)
            if start <= 0:
                break
            if last[:start].rstrip().endswith(_SENTENCE_ENDS):
                yield start


def _left_open(line: str) -> str:
    """The end tags in ``line`` of what began before it."""
    depth, ends = 0, []
    for slash, name in _TAG.findall(line):
        if name in ("br", "img", "hr"):
            continue
        if not slash:
            depth += 1
        elif depth:
            depth -= 1
        else:
            ends.append(f"</{name}>")
    return "".join(ends)
